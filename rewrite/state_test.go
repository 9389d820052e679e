package rewrite_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

// TestStateNotShown has a service provider that does not show the resource that
// a PATCH depends on. The client gets no answer that it could take for success,
// and nothing is written.
func TestStateNotShown(t *testing.T) {
	plan := compile(t, "generic")
	for _, c := range []struct {
		status int
		body   string
		want   int
	}{
		{http.StatusOK, "", http.StatusBadGateway},
		{http.StatusOK, "<html>", http.StatusBadGateway},
		{http.StatusOK, "[]", http.StatusBadGateway},
		{http.StatusNoContent, "", http.StatusBadGateway},
		{http.StatusAccepted, `{"id":"u1"}`, http.StatusBadGateway},
		{http.StatusPermanentRedirect, "", http.StatusPermanentRedirect},
		{http.StatusUnauthorized, "", http.StatusUnauthorized},
		{http.StatusNotFound, "", http.StatusNotFound},
	} {
		req := &scim.Request{
			Method: http.MethodPatch, Path: "/scim/v2/Users/u1", Header: http.Header{"Content-Type": {scim.MediaType}},
			Body: `{"schemas":["` + scim.PatchOpURI + `"],"Operations":[{"op":"add","path":"emails[type eq \"work\"].value","value":"x"}]}`,
		}
		resp, _, err := plan.Do(context.Background(), req, func(_ context.Context, r *scim.Request) (*scim.Response, error) {
			if r.Method != http.MethodGet {
				t.Errorf("%d: %s was sent", c.status, r.Method)
			}
			return &scim.Response{Status: c.status, Header: http.Header{}, Body: c.body}, nil
		})
		got := 0
		if err != nil {
			got = scim.AsError(err).Status
		} else {
			got = resp.Status
		}
		if got != c.want {
			t.Errorf("a read that is answered %d %q leads to %d, want %d", c.status, c.body, got, c.want)
		}
	}
}
