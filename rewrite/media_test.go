package rewrite

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

func TestMedia(t *testing.T) {
	tests := []struct {
		name, contentType, accept, body string
		wantType, wantAccept            string
		shapes                          []Shape
	}{
		{"strict", "application/scim+json", "application/scim+json", "{}", "application/scim+json", "application/scim+json", nil},
		{"no headers", "", "", "{}", "application/scim+json", "application/scim+json", []Shape{MediaContentType, MediaAccept}},
		{"plain JSON", "application/json", "application/json", "{}", "application/scim+json", "application/scim+json", []Shape{MediaContentType, MediaAccept}},
		{"charset", "application/scim+json; charset=UTF-8", "application/scim+json;charset=utf-8", "{}", "application/scim+json", "application/scim+json", []Shape{MediaContentType, MediaAccept}},
		{"another order", "Application/JSON+SCIM", "text/html, application/json+scim;q=0.5", "{}", "application/scim+json", "application/scim+json", []Shape{MediaContentType, MediaAccept}},
		{"anything", "", "text/html, */*; q=.2", "", "", "application/scim+json", []Shape{MediaAccept}},
		{"a type without a body", "application/json", "application/scim+json", "", "application/json", "application/scim+json", nil},
		{"something else", "", "text/csv", "", "", "text/csv", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			given := http.Header{}
			if tt.contentType != "" {
				given.Set("Content-Type", tt.contentType)
			}
			if tt.accept != "" {
				given.Set("Accept", tt.accept)
			}
			before := given.Clone()
			s := sessionAt(t, "/Users")
			req := &scim.Request{Header: given, Body: tt.body}
			if err := s.media(req); err != nil {
				t.Fatal(err)
			}
			if got := req.Header.Get("Content-Type"); got != tt.wantType {
				t.Errorf("Content-Type is %q, want %q", got, tt.wantType)
			}
			if got := req.Header.Get("Accept"); got != tt.wantAccept {
				t.Errorf("Accept is %q, want %q", got, tt.wantAccept)
			}
			if diff := cmp.Diff(tt.shapes, shapesOf(s)); diff != "" {
				t.Errorf("shapes (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, given); diff != "" {
				t.Errorf("the caller's header changed (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMediaRefused(t *testing.T) {
	for _, contentType := range []string{
		"text/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
		"application/json-patch+json", "application/json; charset=utf-16", "json",
	} {
		req := &scim.Request{Header: http.Header{"Content-Type": {contentType}}, Body: "{}"}
		wantError(t, sessionAt(t, "/Users").media(req), 415, "", "")
	}
}

func TestMediaStrictCostsNothing(t *testing.T) {
	s := sessionAt(t, "/Users")
	req := &scim.Request{Header: http.Header{"Content-Type": {scim.MediaType}, "Accept": {scim.MediaType}}, Body: "{}"}
	if n := testing.AllocsPerRun(10, func() { _ = s.media(req) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
