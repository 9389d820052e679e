package scim

import "testing"

// BenchmarkApply is a PATCH of five operations on a user, from the text of both
// to the text of the result.
func BenchmarkApply(b *testing.B) {
	user := Core().ByName("User")
	b.ReportAllocs()
	for b.Loop() {
		body := Parse(entraPatch)
		ops, err := ParsePatch(&body)
		if err != nil {
			b.Fatal(err)
		}
		resource := Parse(typicalUser)
		result, changed, err := Apply(&resource, ops, user)
		if err != nil || !changed {
			b.Fatal(changed, err)
		}
		if len(result.Raw()) < 1000 {
			b.Fatal("too short")
		}
	}
}
