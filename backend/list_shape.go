package backend

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/caddy-scim/caddy-scim/scim"
)

// maxResource is the size of one resource, or of one member that stands beside
// them, in a list that is read as a stream.
const maxResource = 16 << 20

// maxBeside is the number of members that may stand before the resources. A list
// has six, and a resource in its place some dozens.
const maxBeside = 1000

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
		resource: func(v *scim.Value) { b.shape(x, v) },
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
	case errors.Is(err, errWhole):
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
