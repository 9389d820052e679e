package directory

import (
	"bytes"
	"io"
	"net/http"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// body is the JSON in a request. It reports false if there is none that can be
// read, which is for the directory itself to refuse. Either way the body can be
// read again.
func (x *exchange) body(most int) (scim.Value, bool) {
	read, err := io.ReadAll(io.LimitReader(x.req.Body, int64(most)+1))
	x.req.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(read), x.req.Body), x.req.Body}
	if err != nil || len(read) > most {
		return scim.Value{}, false
	}
	text, err := scim.Check(string(read), scim.Limits{Bytes: most})
	if err != nil {
		return scim.Value{}, false
	}
	return scim.Parse(text), true
}

// setBody gives a request another body.
func (x *exchange) setBody(text string) {
	x.req.Body = io.NopCloser(strings.NewReader(text))
	x.req.ContentLength = int64(len(text))
	if x.req.Header.Get("Content-Type") == "" {
		x.req.Header.Set("Content-Type", scim.MediaType)
	}
}

// maxLimited bounds the bodies that limits look into. What is larger is refused
// by the directory, unless it is configured to take more.
const maxLimited = 8 << 20

// eachResource changes the resources in a successful answer, those of a list
// too.
func (x *exchange) eachResource(a answer, change func(*scim.Value)) answer {
	if a.body == nil || a.status >= http.StatusBadRequest {
		return a
	}
	doc := scim.Parse(string(a.body))
	switch x.operation {
	case "list", "search":
		list := doc.Get("Resources")
		for i := range list.Members() {
			change(list.At(i))
		}
	case "get", "create", "replace", "patch":
		change(&doc)
	default:
		return a
	}
	a.body = doc.AppendTo(nil)
	return a
}

// drop removes a member.
func drop(v *scim.Value, name string) {
	if i := v.Index(name); i >= 0 {
		v.Delete(i)
	}
}
