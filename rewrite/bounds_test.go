package rewrite_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

// TestBounds sends requests that are small enough for the door but would cost
// far more than they weigh.
func TestBounds(t *testing.T) {
	const user = "/scim/v2/Users/u1"
	patch := func(operations string) string {
		return `{"schemas":["` + scim.PatchOpURI + `"],"Operations":[` + operations + `]}`
	}
	operation := func(i int) string {
		return `{"op":"add","path":"emails[type eq \"t` + strconv.Itoa(i) + `\"].value","value":"x"}`
	}
	list := func(n int) string { return many(n, func(i int) string { return `"v` + strconv.Itoa(i) + `"` }) }
	for _, c := range []struct {
		name, method, path, body, state string
		status                          int
	}{
		{"as many filters as there may be", http.MethodPatch, user, patch(many(500, operation)), `{}`, 0},
		{"too many filters", http.MethodPatch, user, patch(many(501, operation)), `{}`, http.StatusRequestEntityTooLarge},
		{
			"too many removals from one list", http.MethodPatch, user,
			patch(many(501, func(i int) string { return `{"op":"remove","path":"badges","value":"v` + strconv.Itoa(i) + `"}` })),
			`{"badges":[` + list(1000) + `]}`, http.StatusRequestEntityTooLarge,
		},
		{
			"removals from a long list", http.MethodPatch, user, patch(`{"op":"remove","path":"badges","value":[` + list(1000) + `]}`),
			`{"badges":[` + list(2000) + `]}`, 0,
		},
		{
			"too many values against too many", http.MethodPatch, user, patch(`{"op":"remove","path":"badges","value":[` + list(5000) + `]}`),
			`{"badges":[` + list(5000) + `]}`, http.StatusRequestEntityTooLarge,
		},
		{
			"too many operations on one resource in Bulk", http.MethodPost, "/scim/v2/Bulk",
			`{"schemas":["` + scim.BulkRequestURI + `"],"Operations":[` + many(501, func(i int) string {
				return `{"method":"PATCH","path":"/Users/u1","data":` + patch(operation(i)) + `}`
			}) + `]}`, `{}`, http.StatusRequestEntityTooLarge,
		},
		{
			"as many resources in Bulk as one likes", http.MethodPost, "/scim/v2/Bulk",
			`{"schemas":["` + scim.BulkRequestURI + `"],"Operations":[` + many(600, func(i int) string {
				return `{"method":"PATCH","path":"/Users/u` + strconv.Itoa(i) + `","data":` + patch(operation(i)) + `}`
			}) + `]}`, `{}`, 0,
		},
		{
			"schemas without end", http.MethodPost, "/scim/v2/Users",
			`{"schemas":["urn:scim:schemas:core:1.0",` + many(40000, func(i int) string { return `"urn:x:` + strconv.Itoa(i) + `"` }) + `],"userName":"mara"}`, ``, 0,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			req := &scim.Request{Method: c.method, Path: c.path, Header: http.Header{"Content-Type": {scim.MediaType}}, Body: c.body}
			_, _, err := compile(t, "generic").Do(context.Background(), req, func(_ context.Context, r *scim.Request) (*scim.Response, error) {
				return &scim.Response{Status: http.StatusOK, Header: http.Header{}, Body: c.state}, nil
			})
			status := 0
			if err != nil {
				status = scim.AsError(err).Status
			}
			if status != c.status {
				t.Errorf("status %d, want %d: %v", status, c.status, err)
			}
		})
	}
}

// many joins n texts by commas.
func many(n int, one func(int) string) string {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = one(i)
	}
	return strings.Join(texts, ",")
}
