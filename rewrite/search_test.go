package rewrite

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

const searchSchemas = `"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]`

func TestSearch(t *testing.T) {
	tests := []struct {
		name, sent, want string
		shapes           []Shape
	}{
		{
			"strict",
			`{ ` + searchSchemas + `, "attributes": ["userName","emails"], "filter": "userName eq \"mara\"", "startIndex": 1, "count": 10, "cursor": "", "x": null }`,
			`{ ` + searchSchemas + `, "attributes": ["userName","emails"], "filter": "userName eq \"mara\"", "startIndex": 1, "count": 10, "cursor": "", "x": null }`,
			nil,
		},
		{"no schemas", `{"count":1}`, `{` + searchSchemas + `,"count":1}`, []Shape{BodySchemas}},
		{"other schemas", `{"Schemas":"x","count":1}`, `{` + searchSchemas + `,"count":1}`, []Shape{BodySchemas}},
		{"keys", `{` + searchSchemas + `,"StartIndex":1,"FILTER":"userName pr"}`, `{` + searchSchemas + `,"startIndex":1,"filter":"userName pr"}`, []Shape{QueryNameCase}},
		{"filter", `{` + searchSchemas + `,"filter":"userName EQ 'mara'"}`, `{` + searchSchemas + `,"filter":"userName eq \"mara\""}`, []Shape{FilterOperatorCase, FilterQuotes}},
		{"says nothing", `{` + searchSchemas + `,"filter":"","sortBy":null,"attributes":[]}`, `{` + searchSchemas + `}`, []Shape{QueryEmpty}},
		{"both projections", `{` + searchSchemas + `,"excludedAttributes":["members"],"attributes":["id"]}`, `{` + searchSchemas + `,"attributes":["id"]}`, []Shape{QueryProjection}},
		{"numbers", `{` + searchSchemas + `,"startIndex":"0","count":10.0}`, `{` + searchSchemas + `,"startIndex":1,"count":10}`, []Shape{PagingNumber, PagingBounds}},
		{"a list as text", `{` + searchSchemas + `,"attributes":"userName, emails"}`, `{` + searchSchemas + `,"attributes":["userName","emails"]}`, []Shape{ProjectionList}},
		{"lists in a list", `{` + searchSchemas + `,"attributes":["username,emails","EMAILS"]}`, `{` + searchSchemas + `,"attributes":["userName","emails"]}`, []Shape{NameCase, ProjectionList}},
		{"sorting", `{` + searchSchemas + `,"sortBy":"NAME.familyName","sortOrder":"ASCENDING"}`, `{` + searchSchemas + `,"sortBy":"name.familyName","sortOrder":"ascending"}`, []Shape{NameCase, SortOrderCase}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := sessionAt(t, "/Users/.search")
			body := scim.Parse(tt.sent)
			if err := s.search(&body); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, body.Raw()); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.shapes, shapesOf(s)); diff != "" {
				t.Errorf("shapes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSearchRefused(t *testing.T) {
	tests := []struct {
		body string
		typ  scim.ErrorType
		part string
	}{
		{`[]`, scim.InvalidSyntax, "object"},
		{`{"filter":7}`, scim.InvalidFilter, "filter"},
		{`{"filter":"userName eq"}`, scim.InvalidFilter, ""},
		{`{"count":true}`, scim.InvalidValue, "count"},
		{`{"count":""}`, scim.InvalidValue, "count"},
		{`{"attributes":{"a":1}}`, scim.InvalidValue, "attributes"},
		{`{"attributes":[1]}`, scim.InvalidValue, "attributes[0]"},
		{`{"sortOrder":"up"}`, scim.InvalidValue, "sortOrder"},
	}
	for _, tt := range tests {
		body := scim.Parse(tt.body)
		wantError(t, sessionAt(t, "/Users/.search").search(&body), 400, tt.typ, tt.part)
	}
}
