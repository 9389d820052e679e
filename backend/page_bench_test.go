package backend

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

// endless writes a collection while it is read, so that nothing but the
// adaptation holds any of it. It watches the heap in passing.
type endless struct {
	n, at int
	rest  []byte
	peak  *uint64
}

// Read implements io.Reader.
func (e *endless) Read(p []byte) (int, error) {
	if len(e.rest) == 0 {
		switch {
		case e.at > e.n:
			return 0, io.EOF
		case e.at == e.n:
			e.rest = append(e.rest, fmt.Sprintf(`],"totalResults":%d}`, e.n)...)
		default:
			e.user()
		}
		if e.at++; e.at%5000 == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			*e.peak = max(*e.peak, m.HeapInuse)
		}
	}
	n := copy(p, e.rest)
	if e.rest = e.rest[n:]; len(e.rest) == 0 {
		e.rest = nil
	}
	return n, nil
}

func (e *endless) user() {
	sep := ","
	if e.at == 0 {
		sep = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"Resources":[`
	}
	e.rest = fmt.Appendf(e.rest, `%s{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],`+
		`"id":"7e1f3a52-0000-4000-8000-%012d","externalId":"hr-%d","userName":"mara.lind.%d@example.com","name":{"givenName":"Mara","familyName":"Lind"},`+
		`"displayName":"Mara Lind","active":%t,"emails":[{"value":"mara.lind.%d@example.com","type":"work","primary":true}],`+
		`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Ovens"},"meta":{"resourceType":"User"}}`,
		sep, e.at, e.at, e.at, e.at%2 == 0, e.at)
}

// BenchmarkCollection walks through 100,000 users that a service provider shows
// all at once. peak-MiB is the most that the heap held above what it held
// before.
func BenchmarkCollection(b *testing.B) {
	const n = 100_000
	for _, bench := range []struct{ name, query string }{
		{"last page", "startIndex=99901&count=100"},
		{"filter", "filter=externalId%20eq%20%22hr-77777%22"},
		{"filter in brackets", "filter=emails%5Btype%20eq%20%22work%22%20and%20value%20sw%20%22mara.lind.9999%22%5D"},
		{"sort", "sortBy=userName&sortOrder=descending&count=100"},
		{"sort, in the middle", "sortBy=userName&startIndex=50000&count=100"},
		{"first page by cursor", "count=100&cursor="},
	} {
		b.Run(bench.name, func(b *testing.B) {
			adapted, err := New(Options{Capabilities: Capabilities{
				Page: &Paging{Style: "off"}, Filter: []string{"off"}, Sort: new(bool),
			}, Registry: scim.Core()})
			if err != nil {
				b.Fatal(err)
			}
			var peak uint64
			send := adapted.Adapt(func(_ context.Context, req *scim.Request) (*scim.Response, error) {
				resp := &scim.Response{Status: http.StatusOK, Header: http.Header{"Content-Type": {scim.MediaType}}}
				return resp, req.Stream(&endless{n: n, peak: &peak})
			})
			runtime.GC()
			var before runtime.MemStats
			runtime.ReadMemStats(&before)
			b.ReportAllocs()
			for b.Loop() {
				resp, err := send(b.Context(), &scim.Request{Method: http.MethodGet, Path: "/Users", Query: bench.query, Header: http.Header{}})
				if err != nil || resp.Status != http.StatusOK {
					b.Fatal(err, resp)
				}
			}
			b.ReportMetric(float64(max(peak, before.HeapInuse)-before.HeapInuse)/(1<<20), "peak-MiB")
		})
	}
}
