package explain

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseHTTP(t *testing.T) {
	get := func(target string) Request { return Request{Method: "GET", Target: target, Header: http.Header{}} }
	post := func(body string, header ...string) Request {
		r := Request{Method: "POST", Target: "/Users", Header: http.Header{}, Body: body}
		for i := 0; i < len(header); i += 2 {
			r.Header.Add(header[i], header[i+1])
		}
		return r
	}
	for _, c := range []struct {
		name, text string
		want       []Request
	}{
		{"nothing", "", nil},
		{"only comments", "### x\n\n# y\n", nil},
		{"request line only", "GET /Users", []Request{get("/Users")}},
		{"with version", "GET /Users HTTP/1.1\r\n\r\n", []Request{get("/Users")}},
		{"URL as target", "GET https://scim.example.com/Users HTTP/2", []Request{get("https://scim.example.com/Users")}},
		{"spaces in the target", "GET /Users?filter=userName eq \"ada\" HTTP/1.1", []Request{get(`/Users?filter=userName eq "ada"`)}},
		{"spaces and no version", "GET /Users?filter=userName eq \"ada\"", []Request{get(`/Users?filter=userName eq "ada"`)}},
		{"headers", "POST /Users\nx-a: 1\nX-A:2\nHost: a.example.com:80\n\n{}", []Request{post("{}", "X-A", "1", "X-A", "2", "Host", "a.example.com:80")}},
		{"CRLF", "POST /Users HTTP/1.1\r\nX-A: 1\r\n\r\n{\r\n}\r\n", []Request{post("{\r\n}", "X-A", "1")}},
		{"body to the end", "POST /Users\n\n{\n\n\"a\":1}\n\n", []Request{post("{\n\n\"a\":1}")}},
		{"separators", "### one\nGET /Users\n\n### two\n# and a comment\n\nPOST /Users\n\n{}\n### three\nGET /Groups", []Request{get("/Users"), post("{}"), get("/Groups")}},
		{"no separators", "GET /Users\n\nPOST /Users\n\n{}\nGET /Groups\n", []Request{get("/Users"), post("{}"), get("/Groups")}},
		{"Content-Length", "POST /Users\nContent-Length: 5\n\n{ }\n\nGET /Groups HTTP/1.1\n\n", []Request{post("{ }\n\n", "Content-Length", "5"), get("/Groups")}},
		{"Content-Length to the end", "POST /Users\nContent-Length: 3\n\n{ }\n", []Request{post("{ }", "Content-Length", "3")}},
		{"Content-Length of a request within", "POST /Users\nContent-Length: 10\n\n\"\nGET /x\n\"\n", []Request{post("\"\nGET /x\n\"", "Content-Length", "10")}},
		{"Content-Length too short", "POST /Users\nContent-Length: 3\n\n{   }\n", []Request{post("{   }", "Content-Length", "3")}},
		{"Content-Length too long", "POST /Users\nContent-Length: 300\n\n{   }\n", []Request{post("{   }", "Content-Length", "300")}},
		{"body that is no JSON", "POST /Users\n\nPOST it\n", []Request{post("POST it")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParseHTTP(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestParseHTTPErrors(t *testing.T) {
	for text, want := range map[string]string{
		"{}":                                 "line 1: a request line",
		"get /Users":                         "line 1: a request line",
		"GET Users":                          "line 1: a request line",
		"\n### x\nGET\n":                     "line 3: a request line",
		"GET /Users\nAccept\n":               "line 2: a header",
		"GET /Users\nAccept : x\n":           "line 2: a header",
		"GET /Users\n: x\n":                  "line 2: a header",
		"POST /Users\n\n{\n}\n###\nnonsense": "line 6: a request line",
	} {
		if _, err := ParseHTTP(text); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: error %v, want %s", text, err, want)
		}
	}
}

func FuzzParseHTTP(f *testing.F) {
	f.Add("### x\nPOST /Users HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}\nGET /Groups")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := ParseHTTP(text)
		if err != nil {
			return
		}
		for _, r := range all {
			if r.Method == "" || r.Target == "" || r.Header == nil {
				t.Errorf("%+v", r)
			}
		}
	})
}
