package bench

import (
	"os"
	"strings"
	"testing"

	"github.com/scim2/filter-parser/v2"

	"github.com/caddy-scim/caddy-scim/scim"
)

func input(tb testing.TB, name string) string {
	tb.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	return strings.TrimSpace(string(data))
}

func filters(tb testing.TB) []string { return strings.Split(input(tb, "filters.txt"), "\n") }

// The filter benchmarks read and print twenty filters and report the time for
// one.

func BenchmarkFilter(b *testing.B) {
	list := filters(b)
	b.Run("caddy-scim", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, text := range list {
				f, err := scim.ParseFilter(text)
				if err != nil {
					b.Fatal(text, err)
				}
				_ = f.String()
			}
		}
		perFilter(b, list)
	})
	b.Run("filter-parser", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, text := range list {
				e, err := filter.ParseFilter([]byte(text))
				if err != nil {
					b.Fatal(text, err)
				}
				if s, ok := e.(interface{ String() string }); ok {
					_ = s.String()
				}
			}
		}
		perFilter(b, list)
	})
}

func perFilter(b *testing.B, list []string) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(list)), "ns/filter")
}

// BenchmarkApply applies a PATCH of five operations to a user of 1.4 KB. text is
// from the JSON text of both to that of the result; parsed begins with what has
// been read.
func BenchmarkApply(b *testing.B) {
	user, patch := input(b, "user.json"), input(b, "patch.json")
	resourceType := scim.Core().ByName("User")
	b.Run("text", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			resource, body := scim.Parse(user), scim.Parse(patch)
			ops, err := scim.ParsePatch(&body)
			if err != nil {
				b.Fatal(err)
			}
			result, changed, err := scim.Apply(&resource, ops, resourceType)
			if err != nil || !changed {
				b.Fatal(changed, err)
			}
			_ = result.Raw()
		}
	})
	b.Run("parsed", func(b *testing.B) {
		resource, body := scim.Parse(user), scim.Parse(patch)
		ops, err := scim.ParsePatch(&body)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			result, changed, err := scim.Apply(&resource, ops, resourceType)
			if err != nil || !changed {
				b.Fatal(changed, err)
			}
			_ = result.Raw()
		}
	})
}
