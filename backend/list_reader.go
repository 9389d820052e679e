package backend

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/caddy-scim/caddy-scim/scim"
)

// listReader writes a ListResponse while it reads the list that it is made of:
// a bare array, an object with the resources under other names, or a single
// resource in place of a list of one.
type listReader struct {
	dec      *jsontext.Decoder
	in       *bounded
	resource func(*scim.Value)
	// each, if set, takes the resources in place of the reader, in whose
	// ListResponse there are none then.
	each func(*scim.Value) error
	// Where resources and total stand, beside the names that RFC 7644 has.
	resources, total []string
	whole            bool // there is no other page

	next func() error // reads on and appends to out
	out  []byte       // what has not been taken yet begins at pos
	pos  int
	err  error

	at     []string      // names of the objects that are open
	before []scim.Member // members that came before the resources
	held   int           // bytes of them
	n      int           // resources so far
	opened bool          // resources have been met
	nulled bool          // null stood in their place
	total0 bool          // the total is there
}

// Read implements io.Reader.
func (r *listReader) Read(p []byte) (int, error) {
	for r.pos == len(r.out) {
		if r.err != nil {
			return 0, r.err
		}
		r.out, r.pos = r.out[:0], 0
		r.in.n = 0
		if err := r.next(); err != nil {
			r.err = readError(err)
		}
	}
	n := copy(p, r.out[r.pos:])
	r.pos += n
	return n, nil
}

func (r *listReader) start() error {
	r.in.skipMark()
	switch kind := r.dec.PeekKind(); kind {
	case '[':
		if _, err := r.dec.ReadToken(); err != nil {
			return err
		}
		r.open()
		r.next = r.element
		return nil
	case '{':
		r.next = r.member
		_, err := r.dec.ReadToken()
		return err
	default:
		if _, err := r.dec.ReadToken(); err != nil {
			return err
		}
		return notAList("it is no JSON object or array")
	}
}

// open writes all that stands before the resources.
func (r *listReader) open() {
	r.opened = true
	r.out = append(r.out, `{"`+keySchemas+`":["`+scim.ListResponseURI+`"]`...)
	for i := range r.before {
		r.write(r.before[i].Name, &r.before[i].Value)
	}
	r.before = nil
	r.out = append(r.out, `,"`+keyResources+`":[`...)
}

// element reads one resource, or the end of them. A null is none.
func (r *listReader) element() error {
	if r.dec.PeekKind() == ']' {
		r.out = append(r.out, ']')
		if r.next = r.member; r.dec.StackDepth() == 1 {
			r.next = r.finish
		}
		_, err := r.dec.ReadToken()
		return err
	}
	v, err := r.value()
	if err != nil || v.Kind() == scim.Null {
		return err
	}
	return r.add(&v)
}

func (r *listReader) add(v *scim.Value) error {
	if v.Kind() != scim.Object {
		return notAList("an element is " + v.Kind().String())
	}
	r.resource(v)
	if r.each != nil {
		r.n++
		return r.each(v)
	}
	if r.n > 0 {
		r.out = append(r.out, ',')
	}
	r.out = v.AppendTo(r.out)
	r.n++
	return nil
}

// member reads one member of an object, or its end.
func (r *listReader) member() error {
	token, err := r.dec.ReadToken()
	if err != nil {
		return err
	}
	if token.Kind() == '}' {
		if len(r.at) == 0 {
			r.next = r.finish
			return nil
		}
		r.at = r.at[:len(r.at)-1]
		return nil
	}
	name, top := token.String(), len(r.at) == 0
	r.at = append(r.at, name)
	switch kind := r.dec.PeekKind(); {
	case r.is(r.resources) || r.is(rfcResources[:]):
		return r.found(kind)
	case kind == '{' && (r.leadsTo(r.resources) || r.leadsTo(r.total)):
		_, err := r.dec.ReadToken()
		return err // at is kept until the object ends
	case r.is(r.total):
		name = keyTotal
	case !top:
		name = ""
	}
	r.at = r.at[:len(r.at)-1]
	if name == "" {
		return r.dec.SkipValue()
	}
	v, err := r.value()
	if err != nil {
		return err
	}
	return r.beside(name, v)
}

var rfcResources = [...]string{keyResources}

// is reports whether path leads to what is read now.
func (r *listReader) is(path []string) bool { return slices.EqualFunc(r.at, path, strings.EqualFold) }

// leadsTo reports whether path goes through what is read now.
func (r *listReader) leadsTo(path []string) bool {
	return len(r.at) < len(path) && r.is(path[:len(r.at)])
}

// found reads what stands where the resources should: an array, null for none,
// or the only resource, as writers that came from XML have it.
func (r *listReader) found(kind jsontext.Kind) error {
	r.at = r.at[:len(r.at)-1]
	if r.opened {
		return notAList("it has resources in two places") // and one of them would be lost
	}
	if kind == '[' {
		r.open()
		r.next = r.element
		_, err := r.dec.ReadToken()
		return err
	}
	v, err := r.value()
	switch {
	case err != nil:
		return err
	case v.Kind() == scim.Null:
		r.nulled = true
		return nil
	}
	r.open()
	if err := r.add(&v); err != nil {
		return err
	}
	r.out = append(r.out, ']')
	return nil
}

// beside takes a member that stands beside the resources: at once behind them,
// and held before them.
func (r *listReader) beside(name string, v scim.Value) error {
	if r.opened {
		r.write(name, &v)
		return nil
	}
	if r.held += len(v.Raw()); r.held > maxResource || len(r.before) == maxBeside {
		return notAList("too much stands before the resources")
	}
	r.before = append(r.before, scim.Member{Name: name, Value: v})
	return nil
}

// write writes a member that a ListResponse has, with numbers as such.
func (r *listReader) write(name string, v *scim.Value) {
	i := slices.IndexFunc(listKeys[:], func(key string) bool { return strings.EqualFold(key, name) })
	if i < 0 || v.Kind() == scim.Null {
		return
	}
	name = listKeys[i]
	if n, err := strconv.ParseUint(strings.TrimSpace(v.Text()), 10, 31); err == nil && !strings.HasSuffix(name, "Cursor") {
		*v = scim.IntValue(int(n))
	}
	if name == keyTotal {
		if r.total0 {
			return
		}
		r.total0 = true
	}
	r.out = append(scim.AppendString(append(r.out, ','), name), ':')
	r.out = v.AppendTo(r.out)
}

// finish completes the ListResponse.
func (r *listReader) finish() error {
	if _, err := r.dec.ReadToken(); !errors.Is(err, io.EOF) {
		return notAList("something follows it")
	}
	if !r.opened {
		if err := r.unopened(); err != nil {
			return err
		}
	}
	if !r.total0 && r.whole {
		v := scim.IntValue(r.n)
		r.write(keyTotal, &v)
	}
	r.out = append(r.out, '}')
	r.next = func() error { return errWhole }
	return nil
}

// unopened makes a list of an object without resources. Of one that does not
// say that it is a list nothing is made: an empty list would have the client
// create what is there.
func (r *listReader) unopened() error {
	whole := scim.ObjectValue(r.before...)
	given := whole.Get(keySchemas)
	isList := given.Exists() && strings.Contains(strings.ToLower(given.Raw()), strings.ToLower(scim.ListResponseURI))
	switch {
	case r.nulled || isList || whole.Get(keyTotal).Exists():
		r.open()
	case !whole.Get("id").Empty() && !given.Empty():
		r.before = nil
		r.open()
		if err := r.add(&whole); err != nil {
			return err
		}
	default:
		return notAList("it has no resources")
	}
	r.out = append(r.out, ']')
	return nil
}

// value reads a whole value.
func (r *listReader) value() (scim.Value, error) {
	raw, err := r.dec.ReadValue()
	if err != nil {
		return scim.Value{}, err
	}
	text, err := scim.Check(string(raw), scim.Limits{Bytes: maxResource})
	if err != nil {
		return scim.Value{}, notAList(scim.AsError(err).Detail)
	}
	return scim.Parse(text), nil
}
