package backend

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/caddy-scim/caddy-scim/scim"
)

// maxResource is the size of one resource, or of one member that stands beside
// them, in a list that is read as a stream.
const maxResource = 16 << 20

// list reads an answer that is a list and is held.
func (b *Backend) list(x *exchange, resp *scim.Response, streamed bool) error {
	if streamed || resp.Status == http.StatusAccepted {
		return nil
	}
	if resp.Status == http.StatusNoContent || strings.TrimSpace(resp.Body) == "" {
		resp.Body = "[]"
		if resp.Status != http.StatusNoContent {
			return notAList("it is empty")
		}
	}
	var body strings.Builder
	body.Grow(len(resp.Body) + 128)
	if _, err := io.Copy(&body, b.readList(x, strings.NewReader(resp.Body))); err != nil {
		return err
	}
	setBody(resp, http.StatusOK, body.String())
	return nil
}

// readList reads a list in whatever shape as a ListResponse (RFC 7644 section
// 3.4.2). It holds one resource at a time.
func (b *Backend) readList(x *exchange, body io.Reader) io.Reader {
	r := &listReader{
		in:       &bounded{r: bufio.NewReader(body)},
		resource: func(v *scim.Value) { b.shape(x.route.Type, v) },
		whole:    b.caps.Page != nil && b.caps.Page.Style == "off",
	}
	if shape := b.caps.List; shape != nil {
		r.resources, r.total = strings.Split(shape.Resources, "."), splitPath(shape.Total)
	}
	r.dec = jsontext.NewDecoder(r.in, jsontext.AllowDuplicateNames(true)) // scim.Check looks at names
	r.next = r.start
	return r
}

func splitPath(path string) []string {
	if path == "" {
		return nil
	}
	return strings.Split(path, ".")
}

// Members of a ListResponse (RFC 7644 section 3.4.2, RFC 9865 section 2).
const (
	keySchemas   = "schemas"
	keyResources = "Resources"
	keyTotal     = "totalResults"
)

var listKeys = [...]string{keyTotal, "startIndex", "itemsPerPage", "nextCursor", "previousCursor"}

// listReader writes a ListResponse while it reads the list that it is made of:
// a bare array, an object with the resources under other names, or a single
// resource in place of a list of one.
type listReader struct {
	dec      *jsontext.Decoder
	in       *bounded
	resource func(*scim.Value)
	// Where resources and total stand, beside the names that RFC 7644 has.
	resources, total []string
	whole            bool // there is no other page

	next func() error // reads on and appends to out
	out  []byte       // what has not been taken yet begins at pos
	pos  int
	err  error

	at     []string      // names of the objects that are open
	before []scim.Member // members that came before the resources
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
	case !r.opened && (r.is(r.resources) || r.is(rfcResources[:])):
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
	if len(r.before) == 1000 {
		return notAList("it has more members than a list")
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

// notAList refuses the answer to a list request. What cannot be read must not
// look as if nothing were there.
func notAList(why string) *scim.Error {
	return scim.Errorf(http.StatusBadGateway, "", "the service provider did not answer with a list: %s", why)
}

// errWhole ends a list that has been read to its end.
var errWhole = errors.New("the list is whole")

// readError tells what is wrong with the list from what is wrong with its
// transport.
func readError(err error) error {
	switch {
	case err == errWhole:
		return io.EOF
	case errors.Is(err, io.EOF):
		return notAList("it ends early")
	}
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return notAList(syntax.Error())
	}
	return err
}

// bounded refuses to read on when a single value is too large to hold.
type bounded struct {
	r *bufio.Reader
	n int
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if b.n > maxResource {
		return 0, notAList("a value has more than " + strconv.Itoa(maxResource) + " bytes")
	}
	n, err := b.r.Read(p)
	b.n += n
	return n, err
}

// skipMark skips a byte order mark (RFC 8259 section 8.1).
func (b *bounded) skipMark() {
	if mark, _ := b.r.Peek(3); string(mark) == "\uFEFF" {
		_, _ = b.r.Discard(len(mark))
	}
}
