package scim

import (
	"strings"
	"testing"
)

func bulkBody(ops ...string) *Value {
	v := Parse(`{"schemas":["` + BulkRequestURI + `"],"Operations":[` + strings.Join(ops, ",") + `]}`)
	return &v
}

var testLimits = BulkLimits{Operations: 4, Payload: 1 << 10}

func TestParseBulkReferences(t *testing.T) {
	b, err := ParseBulk(bulkBody(
		`{"method":"POST","bulkId":"u 1","path":"/Users","data":{"userName":"mara","note":"bulkId"}}`,
		`{"method":"POST","bulkId":"g","path":"/Groups","data":{"members":[{"value":"bulkId:u 1"},{"value":"bulkId:u 1"},{"value":"bulkId:g"}]}}`,
		`{"method":"PATCH","bulkId":"p","path":"/Groups/bulkId:g","data":{"Operations":[{"op":"remove","path":"members[value eq \"bulkId:u 1\" or display eq \"say \\\"bulkId:no\\\"\"]"},{"op":"add","path":"externalId","value":"bulkId:p"}]}}`,
		`{"method":"DELETE","path":"/Users/bulkId:u%201"}`,
	), testLimits)
	if err != nil {
		t.Fatal(err)
	}
	var refs []string
	for _, op := range b.Operations {
		text := op.Name() + " ->"
		for _, ref := range op.Refs {
			text += " " + ref.BulkID
		}
		for _, unknown := range op.Unknown {
			text += " ? " + unknown
		}
		refs = append(refs, text)
		op.Resolve(func(op *BulkOperation) string { return map[string]string{"u 1": "17/4", "g": `2"2`}[op.BulkID] })
	}
	want := `bulkId "u 1" ->; bulkId "g" -> u 1 g; bulkId "p" -> g u 1 ? p; DELETE /Users/bulkId:u%201 -> u 1`
	if got := strings.Join(refs, "; "); got != want {
		t.Errorf("%s\n%s", got, want)
	}
	for i, want := range []string{
		`{"userName":"mara","note":"bulkId"}`,
		`{"members":[{"value":"17/4"},{"value":"17/4"},{"value":"2\"2"}]}`,
		`{"Operations":[{"op":"remove","path":"members[value eq \"17/4\" or display eq \"say \\\"bulkId:no\\\"\"]"},{"op":"add","path":"externalId","value":"bulkId:p"}]}`,
	} {
		if got := b.Operations[i].Data.Raw(); got != want {
			t.Errorf("%s\n%s", got, want)
		}
	}
	if p, d := b.Operations[2].Path, b.Operations[3].Path; p != "/Groups/2%222" || d != "/Users/17%2F4" {
		t.Errorf("%s %s", p, d)
	}
}

// What has no id yet stays a reference.
func TestResolveKeepsWhatIsNotKnown(t *testing.T) {
	b, err := ParseBulk(bulkBody(
		`{"method":"POST","bulkId":"a","path":"/Groups","data":{"members":[{"value":"bulkId:a"},{"value":"bulkId:b"}]}}`,
		`{"method":"POST","bulkId":"b","path":"/Users","data":{"userName":"b"}}`,
	), testLimits)
	if err != nil {
		t.Fatal(err)
	}
	op := b.Operations[0]
	op.Resolve(func(op *BulkOperation) string { return map[string]string{"b": "7"}[op.BulkID] })
	if got := op.Data.Raw(); got != `{"members":[{"value":"bulkId:a"},{"value":"7"}]}` {
		t.Errorf("%s", got)
	}
}

func TestParseBulkRefuses(t *testing.T) {
	op := `{"method":"DELETE","path":"/Users/1"}`
	for body, want := range map[string]string{
		`[]`: "400 invalidSyntax: the body must be an object",
		`{"schemas":["` + BulkRequestURI + `"],"Operations":[` + strings.Repeat(op+",", 4) + op + `]}`: "413: maxOperations: a Bulk request has at most 4",
		`{"schemas":["` + BulkRequestURI + `"],"failOnErrors":1.5,"Operations":[` + op + `]}`:          "400 invalidValue: failOnErrors",
		`{"schemas":["` + BulkRequestURI + `"],"Operations":{}}`:                                       "400 invalidSyntax: Operations",
		`{"schemas":["` + BulkRequestURI + `","urn:x"],"Operations":[` + op + `]}`:                     "400 invalidSyntax: schemas",
		`{"schemas":["` + BulkRequestURI + `"],"Operations":[` + op + `,{"method":"PUT","path":"x"}]}`: "400 invalidSyntax: Operations[1].path",
	} {
		v := Parse(body)
		if _, err := ParseBulk(&v, testLimits); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", body, err)
		}
	}
	if e := testLimits.TooLarge(); e.Status != 413 || !strings.Contains(e.Detail, "maxPayloadSize") {
		t.Error(e)
	}
}

func TestAppendBulkResponse(t *testing.T) {
	ops := []*BulkOperation{{Method: "POST", BulkID: "a"}, {Method: "DELETE"}}
	got := string(AppendBulkResponse(nil, []BulkResult{
		{Operation: ops[0], Location: "https://x/Users/1", Version: `W/"1"`, Status: 201},
		{Operation: ops[1], Status: 404, Response: `{"status":"404"}`},
	}))
	want := `{"schemas":["` + BulkResponseURI + `"],"Operations":[{"method":"POST","bulkId":"a","location":"https://x/Users/1","version":"W/\"1\"","status":"201"},` +
		`{"method":"DELETE","response":{"status":"404"},"status":"404"}]}`
	if got != want {
		t.Errorf("%s\n%s", got, want)
	}
}
