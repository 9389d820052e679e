package caddymodule

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

func zipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, text)
	w.Close()
	return b.String()
}

// TestBodyIsDecoded sends bodies in the codings that clients use.
func TestBodyIsDecoded(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, "scim\n reverse_proxy BACKEND")
	half := zipped(patchActive[:40]) + zipped(patchActive[40:])
	for _, c := range []struct{ name, body, coding string }{
		{"plain", patchActive, ""},
		{"identity", patchActive, "identity"},
		{"gzip", zipped(patchActive), "gzip"},
		{"x-gzip", zipped(patchActive), "X-GZIP"},
		{"two members", half, "gzip"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var headers []string
			if c.coding != "" {
				headers = []string{"Content-Encoding", c.coding, "Content-MD5", "x", "Digest", "x", "Content-Digest", "x", "Repr-Digest", "x"}
			}
			if got := s.do("PATCH", "/scim/v2/Users/17", c.body, headers...); got.status != 200 {
				t.Fatalf("status %d: %s", got.status, got.body)
			}
			got := b.one(t)
			if got.body != patchActive || got.length != int64(len(patchActive)) || got.coding != nil {
				t.Errorf("length %d, transfer coding %v, body %q", got.length, got.coding, got.body)
			}
			for _, name := range []string{"Content-Encoding", "Content-Md5", "Digest", "Content-Digest", "Repr-Digest"} {
				if got.header.Get(name) != "" {
					t.Errorf("%s is left", name)
				}
			}
		})
	}
}

// TestBodyIsRefused sends bodies that must not get through.
func TestBodyIsRefused(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, "scim {\n max_body 1000B\n }\n reverse_proxy BACKEND")
	long := `{"displayName":"` + strings.Repeat("x", 1000) + `"}`
	for _, c := range []struct {
		name, body, coding string
		chunked            bool
		status             int
		typ                scim.ErrorType
		detail             string
	}{
		{"too long", long, "", false, 413, "", "the body is larger than 1000 bytes"},
		{"too long, length unknown", long, "", true, 413, "", "the body is larger than 1000 bytes"},
		{"too long once unzipped", zipped(long), "gzip", false, 413, "", "the body is larger than 1000 bytes"},
		{"too long once unzipped, length unknown", zipped(long), "gzip", true, 413, "", "the body is larger than 1000 bytes"},
		{"endless members", strings.Repeat(zipped(""), 100), "gzip", true, 413, "", "the body is larger than 1000 bytes"},
		{"not gzip", patchActive, "gzip", false, 400, scim.InvalidSyntax, "not valid gzip"},
		{"cut gzip", zipped(patchActive)[:40], "gzip", false, 400, scim.InvalidSyntax, "not valid gzip"},
		{"gzip with wrong checksum", zipped(patchActive)[:len(zipped(patchActive))-8] + "12345678", "gzip", false, 400, scim.InvalidSyntax, "not valid gzip"},
		{"rubbish behind gzip", zipped(patchActive) + "x", "gzip", false, 400, scim.InvalidSyntax, "not valid gzip"},
		{"other coding", patchActive, "br", false, 415, "", `"br"; only gzip`},
		{"coded twice", zipped(zipped(patchActive)), "gzip, gzip", false, 415, "", `"gzip, gzip"; only gzip`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var body io.Reader = strings.NewReader(c.body)
			if c.chunked {
				body = io.MultiReader(body) // of a type whose length net/http does not know
			}
			r, err := http.NewRequest("PATCH", "http://"+s.addr+"/scim/v2/Users/17", body)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", scim.MediaType)
			if c.coding != "" {
				r.Header.Set("Content-Encoding", c.coding)
			}
			got := s.send(r)
			got.wantError(t, c.status, c.typ, c.detail)
			if c.status == 415 && got.header.Get("Accept-Encoding") != "gzip" {
				t.Errorf("Accept-Encoding %q", got.header.Get("Accept-Encoding"))
			}
			if n := len(b.requests()); n != 0 {
				t.Errorf("the backend got %d requests", n)
			}
		})
	}
}

// TestBulkBody lets a Bulk request be larger than any other.
func TestBulkBody(t *testing.T) {
	b := startBackend(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", scim.MediaType)
		io.WriteString(w, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],"Operations":[]}`)
	})
	s := startSite(t, b, "scim\n reverse_proxy BACKEND")
	bulk := func(n int) string {
		return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{"method":"POST","path":"/Users","bulkId":"a",` +
			`"data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"` + strings.Repeat("x", n) + `"}}]}`
	}
	if got := s.do("POST", "/scim/v2/Bulk", bulk(2<<20)); got.status != 200 {
		t.Errorf("2 MiB: status %d: %.200s", got.status, got.body)
	}
	if got := b.one(t).body; got != bulk(2<<20) {
		t.Errorf("%d bytes reached the backend", len(got))
	}
	s.do("POST", "/scim/v2/Bulk", bulk(8<<20)).wantError(t, 413, "", "larger than 8388608 bytes")
	s.do("POST", "/scim/v2/Users", bulk(2<<20)).wantError(t, 413, "", "larger than 1048576 bytes")
}

// TestRequestBodyDirective keeps the status of request_body's own limit.
func TestRequestBodyDirective(t *testing.T) {
	s := startSite(t, nil, "request_body {\n max_size 10B\n }\n scim\n respond ok")
	r, err := http.NewRequest("PATCH", "http://"+s.addr+"/scim/v2/Users/17", io.MultiReader(strings.NewReader(patchActive)))
	if err != nil {
		t.Fatal(err)
	}
	s.send(r).wantError(t, 413, "", "larger than 10 bytes")
}

// TestChunkedBody is forwarded with its length.
func TestChunkedBody(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, "scim\n reverse_proxy BACKEND")
	r, err := http.NewRequest("PATCH", "http://"+s.addr+"/scim/v2/Users/17", io.MultiReader(strings.NewReader(patchActive)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", scim.MediaType)
	r.Trailer = http.Header{"X-Checksum": {"1"}}
	if got := s.send(r); got.status != 200 {
		t.Fatalf("status %d", got.status)
	}
	got := b.one(t)
	if got.body != patchActive || got.length != int64(len(patchActive)) || got.coding != nil || got.header.Get("Trailer") != "" {
		t.Errorf("length %d, transfer coding %v, trailer %q, body %q", got.length, got.coding, got.header.Get("Trailer"), got.body)
	}
}

// TestExpectContinue makes sure that the client is told to go on once only: the
// backend's own 100 must not arrive behind the body.
func TestExpectContinue(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, "scim\n reverse_proxy BACKEND")
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "PATCH /scim/v2/Users/17 HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
		s.addr, scim.MediaType, len(patchActive))
	in := bufio.NewReader(conn)
	if line, err := in.ReadString('\n'); err != nil || line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("first line %q: %v", line, err)
	}
	io.WriteString(conn, patchActive)
	rest, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(rest), "\r\nHTTP/1.1 200 OK\r\n") {
		t.Errorf("after the body came %q", rest)
	}
	if got := b.one(t).header.Get("Expect"); got != "" {
		t.Errorf("Expect: %s was forwarded", got)
	}
}

// TestCutBody is what remains when a client goes away while it sends.
func TestCutBody(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, "scim\n reverse_proxy BACKEND")
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "PATCH /scim/v2/Users/17 HTTP/1.1\r\nHost: %s\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nnonsense\r\n", s.addr)
	rest, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(rest), "HTTP/1.1 400 ") || !strings.Contains(string(rest), "could not be read to its end") {
		t.Errorf("answer %q", rest)
	}
	if n := len(b.requests()); n != 0 {
		t.Errorf("the backend got %d requests", n)
	}
}
