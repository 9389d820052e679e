package custom

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// TestUnreadableError is about an error whose body cannot be read: its status
// stays, and its body is kept back where it may hold what a rule hides.
func TestUnreadableError(t *testing.T) {
	for _, c := range []struct {
		verb         Verb
		coding, body string
		kept         bool
	}{
		{Remove{"nickName"}, "gzip", "SECRET", false},
		{Remove{"nickName"}, "", `{"nickName":"SECRET"`, false},
		{Remove{"nickName"}, "", "SECRET", true},
		{Rename{"nickName", "title"}, "gzip", "SECRET", true},
	} {
		rules, err := New(Options{Registry: scim.Core(), Rules: []Rule{{ID: "acme.x", Verbs: []Verb{c.verb}}}})
		if err != nil {
			t.Fatal(err)
		}
		req := request(http.MethodGet, "", "")
		route, _ := scim.Core().Route(scim.Base{}, req.Path)
		send, err := rules.Wrap(t.Context(), route, req, func(context.Context, *scim.Request) (*scim.Response, error) {
			return &scim.Response{Status: http.StatusConflict, Header: http.Header{"Content-Encoding": {c.coding}}, Body: c.body}, nil
		}, func(rewrite.Change) {})
		if err != nil {
			t.Fatal(err)
		}
		resp, err := send(t.Context(), req)
		if err != nil || resp.Status != http.StatusConflict || strings.Contains(resp.Body, "SECRET") != c.kept {
			t.Errorf("%s, %q %s: %+v, %v", c.verb, c.coding, c.body, resp, err)
		}
	}
}
