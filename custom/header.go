package custom

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Header sets a field of the request's header on the way to the service provider,
// or deletes it.
//
// It works on each exchange of a request, the reads that it needs included; a
// Bulk request is one for which it works if the rule is for bulk. Fields that
// belong to the connection or describe the body are not set by it. There is
// nothing to undo.
type Header struct {
	Name, Value string
	Delete      bool
}

// String is the verb as the Caddyfile has it. A value may be a secret, and is left
// out.
func (v Header) String() string {
	if v.Delete {
		return "header -" + v.Name
	}
	return "header " + v.Name
}

func (Header) attributes() []string { return nil }

// fixedFields are those of the connection (RFC 9110 section 7.6.1), those that
// describe the body, and those by which the gateway makes sure that it can read
// the answer.
var fixedFields = []string{
	"Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "Te", "Trailer",
	"Transfer-Encoding", "Upgrade", "Expect", "Host", "Content-Length", "Content-Type", "Content-Encoding", "Accept-Encoding",
	"Range", "If-Range",
}

func (v Header) compile(c *compiler) (worker, error) {
	name := http.CanonicalHeaderKey(v.Name)
	switch {
	case name == "":
		return nil, errors.New("the name of a field is missing")
	case strings.ContainsFunc(name, notInToken):
		return nil, fmt.Errorf("%s is not the name of a header field", scim.Quote(v.Name))
	case slices.Contains(fixedFields, name):
		return nil, fmt.Errorf("%s belongs to the connection or to the body; it cannot be set", name)
	case !isFieldValue(v.Value):
		return nil, errors.New("the value has a control character in it")
	}
	return &headerWorker{name: name, value: c.text(v.Value), drop: v.Delete}, nil
}

// notInToken tells what a token is not made of (RFC 9110 section 5.6.2).
func notInToken(r rune) bool {
	return r <= ' ' || r >= 0x7F || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
}

func isFieldValue(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7F })
}

type headerWorker struct {
	still
	name  string
	value func(context.Context) string
	drop  bool
}

func (w *headerWorker) head(t *turn) error {
	if t.m.at != "" { // an operation of a Bulk request has none of its own
		return nil
	}
	if w.drop {
		if len(t.m.req.Header.Values(w.name)) > 0 {
			t.m.header().Del(w.name)
			t.didOnce("header." + w.name)
		}
		return nil
	}
	value := w.value(t.m.ctx)
	if !isFieldValue(value) {
		return scim.BadRequest(scim.InvalidValue, "header.%s: what its placeholders stand for has a control character in it", w.name)
	}
	t.m.header().Set(w.name, value)
	t.didOnce("header." + w.name)
	return nil
}
