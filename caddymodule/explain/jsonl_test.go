package explain

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseJSON(t *testing.T) {
	for _, c := range []struct {
		line string
		want Request
	}{
		{`{"method":"GET","target":"/Users"}`, Request{Method: "GET", Target: "/Users"}},
		{`{"method":"GET","target":"/Users","headers":null,"body":null,"resource":null}`, Request{Method: "GET", Target: "/Users"}},
		{`{"headers":{"accept":"a","X-A":["1","2"],"X-B":null}}`, Request{Header: http.Header{"Accept": {"a"}, "X-A": {"1", "2"}}}},
		{`{"body":{ "a" : 1.0e2,"a":2 , "b":"\u00e9<" }}`, Request{Body: `{ "a" : 1.0e2,"a":2 , "b":"\u00e9<" }`}},
		{`{"body":"{\"a\":1,}"}`, Request{Body: `{"a":1,}`}},
		{`{"body":[1, 2]}`, Request{Body: `[1, 2]`}},
		{`{"body":false}`, Request{Body: `false`}},
		{`{"body":""}`, Request{}},
		{`{"resource":{"id": "17"}}`, Request{Resource: `{"id": "17"}`}},
		{`{"unknown":1}`, Request{}},
	} {
		got, err := ParseJSON([]byte(c.line))
		if err != nil {
			t.Errorf("%s: %v", c.line, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.line, diff)
		}
	}
	for _, line := range []string{`{`, `[]`, `{"method":1}`, `{"headers":[]}`, `{"headers":{"a":1}}`} {
		if _, err := ParseJSON([]byte(line)); err == nil {
			t.Errorf("%s: no error", line)
		}
	}
}

// TestJSONLines answers line by line, also those that are broken.
func TestJSONLines(t *testing.T) {
	in := strings.Join([]string{
		`{"method":"GET","target":"/users?filter=userName%20eq%20\"<a>\"","headers":{"Accept":"application/scim+json"}}`,
		``,
		`{"method":`,
		`{"method":"DELETE","target":"/Users/17"}`,
	}, "\r\n")
	var out strings.Builder
	if err := newGateway(t).JSONLines(context.Background(), strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines:\n%s", len(lines), out.String())
	}
	want := `{"provider":"generic","signal":"a trait","operation":"list","forwarded":[{"method":"GET","target":"/Users?filter=userName%20eq%20%22%3Ca%3E%22",` +
		`"headers":{"Accept":"application/scim+json"},"body":""}],"changes":[{"rule":"path.endpoint-case","at":"path","why":`
	if !strings.HasPrefix(lines[0], want) {
		t.Errorf("first line\n%s\nwant\n%s", lines[0], want)
	}
	if want := `{"provider":"","operation":"","forwarded":[],"changes":[],"error":{"status":400,"scimType":"invalidSyntax","detail":"line 3: `; !strings.HasPrefix(lines[1], want) {
		t.Errorf("second line\n%s\nwant\n%s", lines[1], want)
	}
	var last Answer
	if err := json.Unmarshal([]byte(lines[2]), &last); err != nil || last.Operation != "delete" || last.Error != nil {
		t.Errorf("third line %s: %v", lines[2], err)
	}
}
