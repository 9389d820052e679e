package backend

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/caddy-scim/caddy-scim/scim"
)

// listPage is one ListResponse: what it says beside its resources.
type listPage struct {
	n     int // resources that were visited
	total int // totalResults; -1 if not given
	start int // startIndex; -1 if not given
	next  string
	first string // id of the first resource
}

func newListPage() listPage { return listPage{total: -1, start: -1} }

// visitor is given a resource, its id and how many came before it. It tells
// whether to go on.
type visitor func(v scim.Value, id string, n int) (bool, error)

var errStopped = errors.New("the rest of the list is not wanted")

// decoders keeps the buffers of decoders for the next list.
var decoders = sync.Pool{New: func() any { return new(jsontext.Decoder) }}

// read reads a ListResponse as it comes and visits its resources one by one. It
// is the one that readList writes: each resource has passed scim.Check. Reading
// ends early when the visitor says so.
func (p *listPage) read(r io.Reader, visit visitor) error {
	if list, ok := r.(*listReader); ok { // has taken the resources apart already
		list.each = func(v *scim.Value) error { return p.visit(*v, visit) }
	}
	dec := decoders.Get().(*jsontext.Decoder)
	defer func() {
		dec.Reset(strings.NewReader(""))
		decoders.Put(dec)
	}()
	dec.Reset(r, jsontext.AllowDuplicateNames(true))
	err := p.object(dec, visit)
	if errors.Is(err, errStopped) {
		return nil
	}
	if _, ok := errors.AsType[*jsontext.SyntacticError](err); ok || errors.Is(err, io.ErrUnexpectedEOF) {
		return badList("it ends in the middle")
	}
	return err
}

func (p *listPage) object(dec *jsontext.Decoder, visit visitor) error {
	token, err := dec.ReadToken()
	if err != nil {
		return err
	}
	if token.Kind() != '{' {
		return badList("it is no object")
	}
	for dec.PeekKind() != '}' {
		token, err := dec.ReadToken()
		if err != nil {
			return err
		}
		if name := token.String(); name == keyResources {
			err = p.resources(dec, visit)
		} else {
			err = p.member(dec, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *listPage) member(dec *jsontext.Decoder, name string) error {
	var number *int
	switch name {
	case keyTotal:
		number = &p.total
	case "startIndex":
		number = &p.start
	case "nextCursor":
	default:
		return dec.SkipValue()
	}
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	if number == nil {
		v := scim.Parse(string(raw))
		p.next = v.Text()
		return nil
	}
	if n, err := strconv.ParseUint(string(raw), 10, 31); err == nil {
		*number = int(n)
	}
	return nil
}

func (p *listPage) resources(dec *jsontext.Decoder, visit visitor) error {
	if dec.PeekKind() != '[' {
		return dec.SkipValue()
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != ']' {
		raw, err := dec.ReadValue()
		if err != nil {
			return err
		}
		if err := p.visit(scim.Parse(string(raw)), visit); err != nil {
			return err
		}
	}
	_, err := dec.ReadToken()
	return err
}

func (p *listPage) visit(v scim.Value, visit visitor) error {
	more, err := visit(v, idOf(&v), p.n)
	if err != nil {
		return err
	}
	if p.n++; !more {
		return errStopped
	}
	return nil
}
