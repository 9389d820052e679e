package rewrite

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

const (
	userURI  = `"urn:ietf:params:scim:schemas:core:2.0:User"`
	groupURI = `"urn:ietf:params:scim:schemas:core:2.0:Group"`
	entURI   = `"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"`
	listHead = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],`
	errHead  = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],`
)

// strictUser is an answer that needs no repair: 1.4 KB with its white space.
const strictUser = `{
  "schemas": [` + userURI + `, ` + entURI + `],
  "id": "4c81f9d2-6a57-4b0e-9f3e-2f6f1c0d7a55",
  "externalId": "mara.lind",
  "meta": {
    "resourceType": "User",
    "created": "2024-03-01T08:12:45Z",
    "lastModified": "2024-05-17T15:01:09Z",
    "location": "https://scim.example.com/scim/v2/Users/4c81f9d2-6a57-4b0e-9f3e-2f6f1c0d7a55",
    "version": "W/\"a41f\""
  },
  "userName": "mara.lind@example.com",
  "name": {"formatted": "Dr. Mara K. Lind", "familyName": "Lind", "givenName": "Mara", "middleName": "Karin"},
  "displayName": "Mara Lind",
  "title": "Head of Logistics",
  "preferredLanguage": "sv-SE",
  "active": true,
  "emails": [
    {"value": "mara.lind@example.com", "type": "work", "primary": true},
    {"value": "mara@lind.example", "type": "home"}
  ],
  "phoneNumbers": [{"value": "tel:+46-8-555-0101", "type": "work"}],
  "addresses": [{"type": "work", "streetAddress": "Hamngatan 7", "locality": "Stockholm", "postalCode": "111 47", "country": "SE"}],
  "groups": [
    {"value": "9b1c", "$ref": "https://scim.example.com/scim/v2/Groups/9b1c", "display": "Logistics"},
    {"value": "7d20", "$ref": "../Groups/7d20", "display": "Everyone"}
  ],
  ` + entURI + `: {
    "employeeNumber": "70211",
    "department": "Logistics",
    "manager": {"value": "26", "$ref": "../Users/26", "displayName": "Ida Holm"}
  }
}`

// exchange is one answer and what becomes of it.
type exchange struct {
	name, method, target string // GET, /scim/v2/Users/17
	sent                 string // body of the request
	status               int
	header               http.Header
	body                 string

	wantStatus int // status if zero
	wantBody   string
	wantHeader map[string]string
	shapes     []Shape
	off        []Shape
}

func (e exchange) run(t *testing.T) {
	t.Helper()
	method := e.method
	if method == "" {
		method = http.MethodGet
	}
	path, query, _ := strings.Cut(e.target, "?")
	s := sessionAt(t, path, e.off...)
	req := &scim.Request{Method: method, Path: path, Query: query, Body: e.sent, Origin: "https://scim.example.com"}
	header := e.header.Clone()
	if header == nil {
		header = http.Header{"Content-Type": {scim.MediaType}}
	}
	given := header.Clone()
	resp := &scim.Response{Status: e.status, Header: header, Body: e.body}
	s.answer(req, resp)
	if e.wantStatus == 0 {
		e.wantStatus = e.status
	}
	if resp.Status != e.wantStatus {
		t.Errorf("status is %d, want %d", resp.Status, e.wantStatus)
	}
	if diff := cmp.Diff(e.wantBody, resp.Body); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	for name, want := range e.wantHeader {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if diff := cmp.Diff(e.shapes, shapesOf(s)); diff != "" {
		t.Errorf("shapes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(given, header); diff != "" {
		t.Errorf("the header of the service provider changed (-want +got):\n%s", diff)
	}
	s.changes = nil
	body := resp.Body
	if s.answer(req, resp); resp.Body != body || len(s.changes) > 0 {
		t.Errorf("a second repair changes it again: %s, %v", resp.Body, s.changes)
	}
}

func runExchanges(t *testing.T, tests []exchange) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, tt.run)
	}
}

func TestAnswerStrict(t *testing.T) {
	list := strictList(3)
	runExchanges(t, []exchange{
		{name: "user", target: "/scim/v2/Users/4c81", status: 200, body: strictUser, wantBody: strictUser},
		{name: "list", target: "/scim/v2/Users", status: 200, body: list, wantBody: list},
		{name: "no content", method: "PATCH", target: "/scim/v2/Users/4c81", status: 204},
		{name: "deleted", method: "DELETE", target: "/scim/v2/Users/4c81", status: 204},
		{name: "not modified", target: "/scim/v2/Users/4c81", status: 304},
		{
			name: "count of none", target: "/scim/v2/Users?count=0", status: 200,
			body:     listHead + `"totalResults":41,"startIndex":1,"itemsPerPage":0,"Resources":[]}`,
			wantBody: listHead + `"totalResults":41,"startIndex":1,"itemsPerPage":0,"Resources":[]}`,
		},
		{
			name: "by cursor", target: "/scim/v2/Users?cursor", status: 200,
			body:     listHead + `"itemsPerPage":0,"nextCursor":"x","Resources":[]}`,
			wantBody: listHead + `"itemsPerPage":0,"nextCursor":"x","Resources":[]}`,
		},
		{
			name: "error", target: "/scim/v2/Users/4c81", status: 404,
			body:     errHead + `"status":"404","detail":"Resource 4c81 not found"}`,
			wantBody: errHead + `"status":"404","detail":"Resource 4c81 not found"}`,
		},
		{
			name: "later, with what will be", method: "PUT", target: "/scim/v2/Users/4c81", status: 202, body: strictUser, wantBody: strictUser,
		},
		{
			name: "later", method: "PATCH", target: "/scim/v2/Users/4c81", status: 202,
			header: http.Header{"Set-Txn": {"9"}}, wantHeader: map[string]string{"Set-Txn": "9"},
		},
	})
}

// What cannot be read passes as it is (R8).
func TestAnswerUnreadable(t *testing.T) {
	large := `{"id":1,"x":"` + strings.Repeat("a", DefaultMaxAnswer) + `"}`
	runExchanges(t, []exchange{
		{name: "too large", target: "/Users/1", status: 200, body: large, wantBody: large},
		{name: "no JSON", target: "/Users/1", status: 200, body: "<html>", wantBody: "<html>"},
		{name: "broken JSON", target: "/Users/1", status: 200, body: `{"id":1`, wantBody: `{"id":1`},
		{name: "a name twice", target: "/Users/1", status: 200, body: `{"id":1,"ID":2}`, wantBody: `{"id":1,"ID":2}`},
		{name: "a text", target: "/Users/1", status: 200, body: `"ok"`, wantBody: `"ok"`},
		{
			name: "compressed", target: "/Users/1", status: 404, body: "\x1f\x8b",
			header: http.Header{"Content-Encoding": {"gzip"}}, wantBody: "\x1f\x8b",
		},
		{
			name: "not compressed", target: "/Groups/1", status: 200, body: `{"schemas":[` + groupURI + `],"id":1}`,
			header:   http.Header{"Content-Encoding": {"identity"}, "Content-Type": {scim.MediaType}},
			wantBody: `{"schemas":[` + groupURI + `],"id":"1"}`, shapes: []Shape{AnswerTypes},
		},
	})
}

func TestAnswerStatus(t *testing.T) {
	group := `{"schemas":[` + groupURI + `],"id":"9b1c","displayName":"Logistics"}`
	runExchanges(t, []exchange{
		{
			name: "created with 200", method: "POST", target: "/scim/v2/Groups", status: 200, body: group,
			wantStatus: 201, wantBody: group, shapes: []Shape{AnswerStatus, AnswerLocation},
			wantHeader: map[string]string{"Location": "https://scim.example.com/scim/v2/Groups/9b1c"},
		},
		{
			name: "created without Location", method: "POST", target: "/scim/v2/Groups", status: 201,
			body:     `{"schemas":[` + groupURI + `],"id":"a/b","meta":{"location":"https://scim.example.com/scim/v2/Groups/a%2Fb"}}`,
			wantBody: `{"schemas":[` + groupURI + `],"id":"a/b","meta":{"location":"https://scim.example.com/scim/v2/Groups/a%2Fb"}}`,
			shapes:   []Shape{AnswerLocation}, wantHeader: map[string]string{"Location": "https://scim.example.com/scim/v2/Groups/a%2Fb"},
		},
		{
			name: "id to be escaped", method: "POST", target: "/scim/v2/Groups", status: 201, body: `{"schemas":[` + groupURI + `],"id":"a/b"}`,
			wantBody: `{"schemas":[` + groupURI + `],"id":"a/b"}`, shapes: []Shape{AnswerLocation},
			wantHeader: map[string]string{"Location": "https://scim.example.com/scim/v2/Groups/a%2Fb"},
		},
		{name: "nothing created", method: "POST", target: "/Groups", status: 200, body: `{"ok":true}`, wantBody: `{"ok":true}`},
		{name: "rule off", method: "DELETE", target: "/Users/1", status: 200, body: `{"ok":true}`, wantBody: `{"ok":true}`, off: []Shape{AnswerStatus}},
		{
			name: "deleted with a body", method: "DELETE", target: "/Users/1", status: 200, body: `{"ok":true}`, wantStatus: 204, shapes: []Shape{AnswerStatus},
			header: http.Header{"Content-Type": {"text/plain"}, "Content-Length": {"11"}}, wantHeader: map[string]string{"Content-Type": "", "Content-Length": ""},
		},
		{name: "to be deleted later", method: "DELETE", target: "/Users/1", status: 202},
		{name: "replaced", method: "PUT", target: "/Groups/9b1c", status: 200, body: group, wantBody: group},
		{name: "head", method: "HEAD", target: "/Groups/9b1c", status: 200, body: group},
		{
			name: "head of JSON", method: "HEAD", target: "/Groups/9b1c", status: 200, shapes: []Shape{AnswerMediaType},
			header: http.Header{"Content-Type": {"application/json"}}, wantHeader: map[string]string{"Content-Type": scim.MediaType},
		},
	})
}

func TestAnswerRetryAfter(t *testing.T) {
	body := func(status string) string { return errHead + `"status":"` + status + `"}` }
	runExchanges(t, []exchange{
		{name: "too many", target: "/Users", status: 429, body: body("429"), wantBody: body("429"), shapes: []Shape{AnswerRetryAfter}, wantHeader: map[string]string{"Retry-After": "10"}},
		{name: "down", target: "/Users", status: 503, body: body("503"), wantBody: body("503"), shapes: []Shape{AnswerRetryAfter}, wantHeader: map[string]string{"Retry-After": "30"}},
		{
			name: "said", target: "/Users", status: 429, body: body("429"), wantBody: body("429"),
			header: http.Header{"Retry-After": {"3"}, "Content-Type": {scim.MediaType}}, wantHeader: map[string]string{"Retry-After": "3"},
		},
	})
}

func TestAnswerEntityTag(t *testing.T) {
	header := http.Header{
		"Content-Type": {scim.MediaType}, "Etag": {`"a41f"`}, "Content-Length": {"99"}, "Content-Md5": {"x"},
		"Digest": {"x"}, "Content-Digest": {"x"}, "Repr-Digest": {"x"},
	}
	runExchanges(t, []exchange{
		{
			name: "repaired", target: "/Groups/1", status: 200, header: header,
			body:     `{"schemas":[` + groupURI + `],"id":1,"meta":{"version":"\"a41f\""}}`,
			wantBody: `{"schemas":[` + groupURI + `],"id":"1","meta":{"version":"\"a41f\""}}`, shapes: []Shape{AnswerTypes},
			wantHeader: map[string]string{"ETag": `"a41f"`, "Content-Length": "", "Content-MD5": "", "Digest": "", "Content-Digest": "", "Repr-Digest": ""},
		},
		{
			name: "as it is", target: "/Groups/1", status: 200, header: header,
			body:       `{"schemas":[` + groupURI + `],"id":"1","meta":{"version":"\"a41f\""}}`,
			wantBody:   `{"schemas":[` + groupURI + `],"id":"1","meta":{"version":"\"a41f\""}}`,
			wantHeader: map[string]string{"ETag": `"a41f"`, "Content-Length": "99", "Digest": "x"},
		},
	})
}

func TestAnswerMediaType(t *testing.T) {
	group := `{"schemas":[` + groupURI + `],"id":"9b1c"}`
	for given, want := range map[string]string{
		"":                                     scim.MediaType,
		"application/json; charset=utf-8":      scim.MediaType,
		"text/html":                            scim.MediaType,
		"application/scim+json; charset=utf-8": scim.MediaType,
		"Application/SCIM+JSON":                scim.MediaType,
		"application/scim+json":                scim.MediaType,
	} {
		var shapes []Shape
		if given != want {
			shapes = []Shape{AnswerMediaType}
		}
		exchange{
			target: "/Groups/9b1c", status: 200, header: http.Header{"Content-Type": {given}}, body: group,
			wantBody: group, wantHeader: map[string]string{"Content-Type": want}, shapes: shapes,
		}.run(t)
	}
}

// Without an origin nobody knows how the client called.
func TestAnswerWithoutOrigin(t *testing.T) {
	s := sessionAt(t, "/Groups")
	body := `{"schemas":[` + groupURI + `],"id":"9b1c","meta":{"location":"http://10.0.0.4/Groups/9b1c"}}`
	resp := &scim.Response{Status: 201, Header: http.Header{"Content-Type": {scim.MediaType}, "Location": {"http://10.0.0.4/Groups/9b1c"}}, Body: body}
	s.answer(&scim.Request{Method: "POST", Path: "/Groups"}, resp)
	if resp.Body != body || len(s.changes) != 0 || resp.Header.Get("Location") != "http://10.0.0.4/Groups/9b1c" {
		t.Errorf("got %s, %v, %v", resp.Body, resp.Header, s.changes)
	}
}

// strictList is a ListResponse of n users.
func strictList(n int) string {
	return listHead + `"totalResults":` + strconv.Itoa(n) + `,"startIndex":1,"itemsPerPage":` + strconv.Itoa(n) +
		`,"Resources":[` + strings.TrimSuffix(strings.Repeat(strictUser+",", n), ",") + `]}`
}

func BenchmarkAnswer(b *testing.B) {
	flat := strings.NewReplacer(`"id": "4c81f9d2-6a57-4b0e-9f3e-2f6f1c0d7a55"`, `"id": 4711`, `"active": true`, `"active": "True"`, `"title": "Head of Logistics"`, `"title": null`, "https://scim.example.com", "http://10.0.0.4:8080").Replace(strictUser)
	list := strictList(100)
	for _, bb := range []struct{ name, path, body string }{
		{"user", "/scim/v2/Users/4c81", strictUser},
		{"user/repaired", "/scim/v2/Users/4c81", flat},
		{"list100", "/scim/v2/Users", list},
		{"list100/repaired", "/scim/v2/Users", strings.ReplaceAll(list, strictUser, flat)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			s := sessionAt(b, bb.path)
			req := &scim.Request{Method: "GET", Path: bb.path, Origin: "https://scim.example.com"}
			header := http.Header{"Content-Type": {scim.MediaType}}
			b.SetBytes(int64(len(bb.body)))
			b.ReportAllocs()
			for b.Loop() {
				s.changes = s.changes[:0]
				resp := &scim.Response{Status: 200, Header: header, Body: bb.body}
				s.answer(req, resp)
				if (resp.Body == bb.body) == strings.HasSuffix(bb.name, "repaired") {
					b.Fatal(resp.Body)
				}
			}
		})
	}
}
