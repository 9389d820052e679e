package rewrite

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

// sessionAt begins the work on a request for a path, with a rule for every
// shape but those that are off.
func sessionAt(tb testing.TB, path string, off ...Shape) *session {
	tb.Helper()
	rules := []*Rule{{ID: "flag", Do: DropQuery{Name: "aadOptscim062020"}}}
	for shape := range numShapes {
		if !slices.Contains(off, shape) {
			rules = append(rules, &Rule{ID: "shape", Do: shape})
		}
	}
	set, err := NewRuleset(rules)
	if err != nil {
		tb.Fatal(err)
	}
	p := &Plan{Rules: set, Registry: scim.Core()}
	route, ok := p.Registry.Route(p.Base, path)
	if !ok {
		tb.Fatalf("no route for %s", path)
	}
	return &session{plan: p, route: route, rt: p.resourceType(route)}
}

// shapesOf lists what was done, each once.
func shapesOf(s *session) []Shape {
	var shapes []Shape
	for _, c := range s.changes {
		if shape, ok := c.Do.(Shape); ok && !slices.Contains(shapes, shape) {
			shapes = append(shapes, shape)
		}
	}
	return shapes
}

// wantError reports an error that is not of the type that is wanted.
func wantError(t *testing.T, err error, status int, typ scim.ErrorType, part string) {
	t.Helper()
	e, ok := errors.AsType[*scim.Error](err)
	if !ok || e.Status != status || e.Type != typ || !strings.Contains(e.Detail, part) {
		t.Errorf("error is %v, want %d %s with %q", err, status, typ, part)
	}
}

func TestQuery(t *testing.T) {
	tests := []struct {
		name, sent, want string
		shapes           []Shape
	}{
		{"spaces as plus signs", "filter=userName+eq+%22mara.lind%40example.com%22", "filter=userName%20eq%20%22mara.lind%40example.com%22", []Shape{QueryEncoding}},
		{"raw quotes and spaces", `filter=userName eq "mara"`, "filter=userName%20eq%20%22mara%22", []Shape{QueryEncoding}},
		{"raw brackets and letters", `filter=emails[type eq "büro"]`, "filter=emails%5Btype%20eq%20%22b%C3%BCro%22%5D", []Shape{QueryEncoding}},
		{"escapes keep their case", "filter=userName+eq+%22a%2fb%22", "filter=userName%20eq%20%22a%2fb%22", []Shape{QueryEncoding}},
		{"a literal plus", "filter=userName%20eq%20%22a%2Bb%22", "filter=userName%20eq%20%22a%2Bb%22", nil},
		{"a filter is encoded anew", "filter=userName+Eq+mara", "filter=userName%20eq%20%22mara%22", []Shape{FilterOperatorCase, FilterBareword}},
		{"encoded twice", "filter=userName%2520eq%2520%2522mara%2522", "filter=userName%20eq%20%22mara%22", []Shape{FilterEncodedTwice}},
		{"encoded twice, half of it", "filter=userName+eq+%2522mara%2522", "filter=userName%20eq%20%22mara%22", []Shape{FilterEncodedTwice}},
		{"encoded twice with a plus sign", "filter=userName%2520eq%2520%2522a%252Bb%2522", "filter=userName%20eq%20%22a%2Bb%22", []Shape{FilterEncodedTwice}},
		{"encoded twice as a form", "filter=userName%2Bpr%2Band%2Btitle%2Beq%2B%2522a%2522", "filter=userName%20pr%20and%20title%20eq%20%22a%22", []Shape{FilterEncodedTwice}},
		{"encoded twice without quotes", "filter=userName%2Bpr", "filter=userName%20pr", []Shape{FilterEncodedTwice}},
		{"a text with percent signs", "filter=title%20eq%20%22100%2520%22", "filter=title%20eq%20%22100%2520%22", nil},
		{"names in another case", "startindex=3&COUNT=10", "startIndex=3&count=10", []Shape{QueryNameCase}},
		{"flags of the client", "aadOptscim062020&count=1&aadOptscim062020=", "count=1", nil},
		{"empty pieces", "&count=1&&startIndex=2&", "count=1&startIndex=2", []Shape{QueryEmpty}},
		{"a question mark too many", "count=1&?", "count=1", []Shape{QueryEmpty}},
		{"nothing left", "&", "", []Shape{QueryEmpty}},
		{"an empty filter", "filter=&count=1", "count=1", []Shape{QueryEmpty}},
		{"repeated", "count=1&startIndex=2&count=1", "count=1&startIndex=2", []Shape{QueryRepeated}},
		{"both projections", "excludedAttributes=members&attributes=displayName", "attributes=displayName", []Shape{QueryProjection}},
		{"an empty projection", "excludedAttributes=members&attributes=", "excludedAttributes=members", []Shape{QueryEmpty}},
		{"bounds", "startIndex=0&count=-1", "startIndex=1&count=0", []Shape{PagingBounds}},
		{"numbers", `startIndex=1.0&count=%2210%22`, "startIndex=1&count=10", []Shape{PagingNumber}},
		{"a negative float", "startIndex=-3.0", "startIndex=1", []Shape{PagingNumber, PagingBounds}},
		{"sort order", "sortBy=username&sortOrder=Descending", "sortBy=userName&sortOrder=descending", []Shape{NameCase, SortOrderCase}},
		{"a list with spaces", "attributes=userName,+emails,username", "attributes=userName,emails", []Shape{NameCase, ProjectionList}},
		{"a list in another case", "attributes=UserName%2Cid", "attributes=userName,id", []Shape{NameCase}},
		{"an extension attribute", "attributes=department", "attributes=urn%3Aietf%3Aparams%3Ascim%3Aschemas%3Aextension%3Aenterprise%3A2.0%3AUser%3Adepartment", []Shape{NameBareExtension}},
		{"unknown parameters", "tenant=a+b&tenant=c&x", "tenant=a%20b&tenant=c&x", []Shape{QueryEncoding}},
		{"the first page by cursor", "cursor&count=10", "cursor&count=10", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := sessionAt(t, "/scim/v2/Users")
			req := &scim.Request{Query: tt.sent}
			if err := s.query(req); err != nil {
				t.Fatal(err)
			}
			if req.Query != tt.want {
				t.Errorf("got  %s\nwant %s", req.Query, tt.want)
			}
			if diff := cmp.Diff(tt.shapes, shapesOf(s)); diff != "" {
				t.Errorf("shapes (-want +got):\n%s", diff)
			}
			s = sessionAt(t, "/scim/v2/Users")
			if err := s.query(req); err != nil || req.Query != tt.want || len(s.changes) > 0 {
				t.Errorf("the normal form does not keep its form: %s, %v, %v", req.Query, s.changes, err)
			}
		})
	}
}

var strictQueries = []string{
	"filter=userName%20eq%20%22mara.lind%40example.com%22&startIndex=1&count=100",
	"filter=(userName%20eq%20%22a%22)&sortOrder=ascending",
	"attributes=userName,emails.value&count=0",
	"attributes=userName%2Cemails",
	"excludedAttributes=members",
	"sortBy=name.familyName&sortOrder=descending",
	"cursor=VZUTiyhEQJ94IR&count=10",
	"debug=1&debug=2&trace",
}

func TestQueryStrict(t *testing.T) {
	for _, query := range strictQueries {
		s := sessionAt(t, "/Users")
		req := &scim.Request{Query: query}
		if err := s.query(req); err != nil || req.Query != query || len(s.changes) > 0 {
			t.Errorf("%s became %s, %v, %v", query, req.Query, s.changes, err)
		}
	}
}

func TestQueryRefused(t *testing.T) {
	tests := []struct {
		query string
		typ   scim.ErrorType
		part  string
	}{
		{"count=1&count=2", scim.InvalidValue, "count"},
		{"count=ten", scim.InvalidValue, "count"},
		{"count=", scim.InvalidValue, "count"},
		{"startIndex=1.5", scim.InvalidValue, "startIndex"},
		{"startIndex=0x10", scim.InvalidValue, "startIndex"},
		{"sortOrder=upwards", scim.InvalidValue, "sortOrder"},
		{"filter=userName%2", scim.InvalidValue, "filter"},
		{"filter=%ff", scim.InvalidValue, "filter"},
		{"discount=100%", scim.InvalidValue, "discount"},
		{"%zz=1", scim.InvalidValue, "%zz"},
		{"filter=userName+eq", scim.InvalidFilter, ""},
		{"filter=userName%2520eq", scim.InvalidFilter, ""},
	}
	for _, tt := range tests {
		err := sessionAt(t, "/Users").query(&scim.Request{Query: tt.query})
		wantError(t, err, 400, tt.typ, tt.part)
	}
}

// What a disabled rule would change is left as it is.
func TestQueryDisabled(t *testing.T) {
	tests := []struct {
		off   Shape
		query string
	}{
		{QueryEncoding, "filter=userName+eq+%22mara%22"},
		{QueryNameCase, "StartIndex=2"},
		{QueryEmpty, "&count=1&&"},
		{QueryRepeated, "count=1&count=1"},
		{QueryProjection, "attributes=id&excludedAttributes=members"},
		{PagingBounds, "startIndex=0&count=-1"},
		{PagingNumber, "count=1.0"},
		{SortOrderCase, "sortOrder=Ascending"},
		{ProjectionList, "attributes=id,%20emails,id"},
		{NameCase, "attributes=username"},
	}
	for _, tt := range tests {
		s := sessionAt(t, "/Users", tt.off)
		req := &scim.Request{Query: tt.query}
		if err := s.query(req); err != nil || req.Query != tt.query {
			t.Errorf("%s became %s, %v", tt.query, req.Query, err)
		}
	}
}

// A long list of names costs no time that grows with its square.
func TestQueryManyNames(t *testing.T) {
	var names []string
	for c := 'a'; c <= 'z'; c++ {
		for d := 'a'; d <= 'z'; d++ {
			names = append(names, "x"+string(c)+string(d))
		}
	}
	list := strings.Join(names, ",")
	s := sessionAt(t, "/Users")
	req := &scim.Request{Query: "attributes=" + list + ",XAA"}
	if err := s.query(req); err != nil {
		t.Fatal(err)
	}
	if want := "attributes=" + list; req.Query != want {
		t.Errorf("got %s", req.Query)
	}
}

func FuzzQuery(f *testing.F) {
	for _, query := range strictQueries {
		f.Add(query)
	}
	f.Add(`Filter=userName+Eq+'x'&count=1.0&&attributes=a,+b&aadOptscim062020`)
	f.Add("filter=userName%2520eq%2520%2522x%2522&startIndex=-0")
	f.Fuzz(func(t *testing.T, query string) {
		req := &scim.Request{Query: query}
		if sessionAt(t, "/Users").query(req) != nil {
			return
		}
		once := req.Query
		for i := range len(once) {
			if c := once[i]; c != '%' && !inQuery(c) {
				t.Fatalf("%q became %q, which is no query", query, once)
			}
		}
		s := sessionAt(t, "/Users")
		if err := s.query(req); err != nil || req.Query != once {
			t.Fatalf("%q became %q and then %q, %v", query, once, req.Query, err)
		}
	})
}

func BenchmarkQueryStrict(b *testing.B) {
	s := sessionAt(b, "/Users")
	req := &scim.Request{Query: "filter=userName%20eq%20%22mara.lind%40example.com%22&startIndex=1&count=100&attributes=userName,emails"}
	b.ReportAllocs()
	for b.Loop() {
		if err := s.query(req); err != nil {
			b.Fatal(err)
		}
	}
}
