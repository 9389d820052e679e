package backend

import (
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

func TestHeaders(t *testing.T) {
	off := false
	for _, test := range []struct {
		name   string
		caps   Capabilities
		header http.Header
		body   string
		want   http.Header
	}{
		{
			"nothing configured", adapted,
			http.Header{"If-Match": {`"a"`}},
			`{}`,
			http.Header{"If-Match": {`"a"`}, "Accept": {scim.MediaType}, "Content-Type": {scim.MediaType}},
		},
		{
			"media type",
			Capabilities{MediaType: "application/json"},
			nil, `{}`,
			http.Header{"Accept": {"application/json"}, "Content-Type": {"application/json"}},
		},
		{"media type without a body", Capabilities{MediaType: "application/json"}, nil, "", http.Header{"Accept": {"application/json"}}},
		{
			"SCIM 1.1",
			Capabilities{SCIM: "1.1"},
			nil, `{}`,
			http.Header{"Accept": {"application/json"}, "Content-Type": {"application/json"}},
		},
		{
			"a field that is required",
			Capabilities{Headers: map[string]string{"user-agent": "gateway/1", "X-Org": "7"}},
			http.Header{"X-Org": {"8"}},
			"",
			http.Header{"Accept": {scim.MediaType}, "User-Agent": {"gateway/1"}, "X-Org": {"8"}},
		},
		{
			"Accept is the gateway's own",
			Capabilities{Headers: map[string]string{"Accept": "*/*"}},
			nil, "",
			http.Header{"Accept": {"*/*"}},
		},
		{
			"no entity tags",
			Capabilities{ETag: &off},
			http.Header{"If-Match": {"*"}, "Prefer": {"return=minimal"}},
			`{}`,
			http.Header{"Accept": {scim.MediaType}, "Content-Type": {scim.MediaType}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			i := always(200, `{"id":"17"}`)
			method := "GET"
			if test.body != "" {
				method = "PUT"
			}
			req := newRequest(method, "/Users/17", test.body)
			for name, values := range test.header {
				req.Header[name] = values
			}
			before := req.Header.Clone()
			resp, err := bottom(t, newBackend(t, test.caps), i, req)
			must(t, resp, err)
			if diff := cmp.Diff(test.want, i.asked[0].Header); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, req.Header); diff != "" {
				t.Errorf("the request itself was changed (-before +after):\n%s", diff)
			}
		})
	}
}

func TestConditionsWithoutEntityTags(t *testing.T) {
	off := false
	for _, test := range []struct {
		method, field, value string
		status               int
	}{
		{"PUT", "If-Match", `W/"3"`, 412},
		{"PATCH", "If-Match", `"a", "b"`, 412},
		{"DELETE", "If-Match", `"a"`, 412},
		{"PUT", "If-None-Match", "*", 412},
		{"DELETE", "If-Match", "*", 204},
		{"GET", "If-None-Match", `"a"`, 200},
		{"GET", "If-Match", `"a"`, 200},
	} {
		i := &imitation{answer: func(req *scim.Request) *scim.Response {
			if req.Method == "DELETE" {
				return message(204, "")
			}
			return &scim.Response{Status: 200, Header: http.Header{"Etag": {`"a"`}}, Body: `{"id":"17"}`}
		}}
		body := ""
		if test.method == "PUT" || test.method == "PATCH" {
			body = `{}`
		}
		req := newRequest(test.method, "/Users/17", body)
		req.Header.Set(test.field, test.value)
		resp, err := newBackend(t, Capabilities{ETag: &off}).Adapt(i.send)(t.Context(), req)
		if e, is := errors.AsType[*scim.Error](err); is {
			if e.Status != test.status || len(i.asked) != 0 {
				t.Errorf("%+v: %v after %v", test, e, i.lines())
			}
			continue
		}
		must(t, resp, err)
		if resp.Status != test.status || resp.Header.Get("ETag") != "" {
			t.Errorf("%+v: %d %v", test, resp.Status, resp.Header)
		}
	}
}
