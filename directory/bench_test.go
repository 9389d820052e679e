package directory

import (
	"fmt"
	"strings"
	"testing"
)

// large is a directory of many users, all of them in one group.
func large(b *testing.B, users int) *Directory {
	b.Helper()
	var doc strings.Builder
	doc.WriteString(`{"Users":[`)
	for i := range users {
		if i > 0 {
			doc.WriteByte(',')
		}
		fmt.Fprintf(&doc, `{"schemas":["%s","%s"],"id":"u%d","userName":"user%d@example.com","externalId":"E%d","name":{"givenName":"Given%d","familyName":"Family%d"},"active":true,"emails":[{"value":"user%d@example.com","type":"work","primary":true}],"%s":{"department":"D%d"}}`,
			userURI, ent, i, i, i, i, i, i, ent, i%10)
	}
	fmt.Fprintf(&doc, `],"Groups":[{"schemas":["%s"],"id":"all","displayName":"All","members":[`, groupURI)
	for i := range users {
		if i > 0 {
			doc.WriteByte(',')
		}
		fmt.Fprintf(&doc, `{"value":"u%d"}`, i)
	}
	doc.WriteString(`]}]}`)
	d, err := New(Options{Seed: []byte(doc.String())})
	if err != nil {
		b.Fatal(err)
	}
	return d
}

func BenchmarkServeHTTP(b *testing.B) {
	n := 0
	tests := []struct {
		name, method, target string
		body                 func() string
		want                 int
	}{
		{"create", "POST", "/Users", func() string {
			n++
			return fmt.Sprintf(`{"schemas":["%s"],"userName":"new%d@example.com","active":true,"emails":[{"value":"new%d@example.com"}]}`, userURI, n, n)
		}, 201},
		{"get", "GET", "/Users/u500", nil, 200},
		{"filter by userName", "GET", "/Users?filter=userName%20eq%20%22user500@example.com%22", nil, 200},
		{"filter by department", "GET", "/Users?count=10&filter=" + ent + ":department%20eq%20%22D5%22", nil, 200},
		{"list of 100", "GET", "/Users?count=100", nil, 200},
		{"patch of a user", "PATCH", "/Users/u500", func() string {
			n++
			return patch(fmt.Sprintf(`{"op":"replace","path":"name.givenName","value":"G%d"},{"op":"replace","path":"emails[type eq \"work\"].value","value":"g%d@example.com"}`, n, n))
		}, 200},
		{"patch of 1000 members", "PATCH", "/Groups/all?excludedAttributes=members", func() string {
			n++
			return patch(fmt.Sprintf(`{"op":"add","path":"members","value":[{"value":"x%d"}]},{"op":"remove","path":"members[value eq \"x%d\"]"}`, n, n-1))
		}, 200},
	}
	for _, tt := range tests {
		b.Run(tt.name, func(b *testing.B) {
			d := large(b, 1000)
			b.ReportAllocs()
			for b.Loop() {
				body := ""
				if tt.body != nil {
					body = tt.body()
				}
				if w := do(d, tt.method, tt.target, body); w.Code != tt.want {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}
