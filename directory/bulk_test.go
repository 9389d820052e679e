package directory

import (
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

func bulk(members string) string {
	return `{"schemas":["` + scim.BulkRequestURI + `"],` + members + `}`
}

func newUser(bulkID, name, more string) string {
	return `{"method":"POST","path":"/Users","bulkId":"` + bulkID + `","data":{"schemas":["` + userURI + `","` + ent + `"],"userName":"` + name + `"` + more + `}}`
}

func newGroup(bulkID, name, members string) string {
	return `{"method":"POST","path":"/Groups","bulkId":"` + bulkID + `","data":{"schemas":["` + groupURI + `"],"displayName":"` + name + `","members":[` + members + `]}}`
}

// statuses lists what became of the operations: bulkId or method, and status.
func statuses(body string) string {
	v := scim.Parse(body)
	var list []string
	for i := range v.Get("Operations").Members() {
		op := v.Get("Operations").At(i)
		name := op.Get("bulkId").Text()
		if name == "" {
			name = op.Get("method").Text()
		}
		list = append(list, name+" "+op.Get("status").Text())
	}
	return strings.Join(list, ", ")
}

func TestBulk(t *testing.T) {
	d := seeded(t)
	version := do(d, "GET", "/Users/olga", "").Header().Get("ETag")
	w := do(d, "POST", "/Bulk", bulk(`"Operations":[`+strings.Join([]string{
		newUser("u1", "pia.holm@example.com", ""),
		`{"method":"PUT","path":"/Users/nils","data":{"schemas":["` + userURI + `"],"userName":"nils.berg@example.com","title":"Lead"}}`,
		`{"method":"PATCH","path":"/Users/olga","version":` + scim.Quote(version) + `,"data":` + patch(`{"op":"add","path":"title","value":"x"}`) + `}`,
		`{"method":"PATCH","path":"/Users/olga","version":` + scim.Quote(version) + `,"data":` + patch(`{"op":"add","path":"title","value":"y"}`) + `}`,
		`{"method":"DELETE","path":"/Users/mara"}`,
		`{"method":"DELETE","path":"/Users/mara"}`,
		`{"method":"PUT","path":"/Users","data":{}}`,
		`{"method":"PATCH","path":"/Schemas/x","data":{}}`,
		newUser("u2", "PIA.HOLM@example.com", ""),
	}, ",")+`]`))
	want := "u1 201, PUT 200, PATCH 200, PATCH 412, DELETE 204, DELETE 404, PUT 405, PATCH 404, u2 409"
	if got := statuses(w.Body.String()); w.Code != 200 || got != want {
		t.Fatalf("%d %s\n%s", w.Code, got, w.Body)
	}
	first := at(w, "Operations/0")
	made := do(d, "GET", "/Users/id-1", "")
	if want := `{"method":"POST","bulkId":"u1","location":"http://scim.example.com/v2/Users/id-1","version":` + at(made, "meta/version") + `,"status":"201"}`; first != want {
		t.Errorf("%s\n%s", first, want)
	}
	last := at(w, "Operations/8")
	if !strings.HasPrefix(last, `{"method":"POST","bulkId":"u2","response":{"schemas":["`+scim.ErrorURI+`"],"status":"409","scimType":"uniqueness"`) {
		t.Errorf("%s", last)
	}
	if got := at(w, "Operations/5/location"); got != `"http://scim.example.com/v2/Users/mara"` {
		t.Errorf("location of a failed deletion %s", got)
	}
	if got := at(do(d, "GET", "/Users/olga", ""), "title"); got != `"x"` {
		t.Errorf("title %s", got)
	}
}

func TestBulkReferences(t *testing.T) {
	tests := []struct {
		name, operations, want string
		target, place, value   string
	}{
		{
			"backward",
			newUser("u", "pia@example.com", "") + "," + newGroup("g", "A", `{"value":"bulkId:u"}`),
			"u 201, g 201", "/Groups/id-2?attributes=members.value", "members", `[{"value":"id-1"}]`,
		},
		{
			"forward",
			newGroup("g", "A", `{"value":"bulkId:u"}`) + "," + newUser("u", "pia@example.com", ""),
			"g 201, u 201", "/Groups/id-1?attributes=members.value", "members", `[{"value":"id-2"}]`,
		},
		{
			"in an extension",
			newUser("a", "a@example.com", `,"`+ent+`":{"manager":{"value":"bulkId:b"}}`) + "," + newUser("b", "b@example.com", ""),
			"a 201, b 201", "/Users/id-1", ent, `{"manager":{"value":"id-2"}}`,
		},
		{
			"circular",
			newGroup("a", "A", `{"value":"bulkId:b"}`) + "," + newGroup("b", "B", `{"value":"bulkId:a"}`),
			"a 201, b 201", "/Groups/id-2?attributes=members.value", "members", `[{"value":"id-1"}]`,
		},
		{
			"itself",
			newGroup("a", "A", `{"value":"bulkId:a"}`),
			"a 201", "/Groups/id-1?attributes=members.value", "members", `[{"value":"id-1"}]`,
		},
		{
			"in a path",
			newUser("u", "pia@example.com", "") + `,{"method":"PATCH","path":"/Users/bulkId:u","data":` + patch(`{"op":"add","path":"title","value":"x"}`) + `}`,
			"u 201, PATCH 200", "/Users/id-1", "title", `"x"`,
		},
		{
			"in a patch",
			`{"method":"PATCH","path":"/Groups/tools","data":` + patch(`{"op":"replace","path":"members","value":[{"value":"bulkId:u"}]}`) + `},` + newUser("u", "pia@example.com", ""),
			"PATCH 200, u 201", "/Groups/tools?attributes=members.value", "members", `[{"value":"id-1"}]`,
		},
		{
			"to nothing",
			newGroup("g", "A", `{"value":"bulkId:none"}`),
			"g 409", "/Groups", "totalResults", "2",
		},
		{
			"to a failure",
			newUser("u", "mara.lind@example.com", "") + "," + newGroup("g", "A", `{"value":"bulkId:u"}`) + "," + newGroup("h", "B", `{"value":"bulkId:g"}`),
			"u 409, g 409, h 409", "/Groups", "totalResults", "2",
		},
		{
			"circular with a failure",
			newGroup("a", "A", `{"value":"bulkId:b"}`) + "," + newGroup("b", "B", `{"value":"bulkId:a"},{"value":"bulkId:u"}`) + "," +
				newUser("u", "mara.lind@example.com", `,"`+ent+`":{"manager":{"value":"bulkId:u"}}`),
			"a 409, b 409, u 409", "/Groups", "totalResults", "2",
		},
		{
			"circular, the last one fails",
			newUser("a", "a@example.com", `,"`+ent+`":{"manager":{"value":"bulkId:b"}}`) + "," +
				newUser("b", "MARA.lind@example.com", `,"`+ent+`":{"manager":{"value":"bulkId:a"}}`) + "," + newUser("c", "c@example.com", ""),
			"a 409, b 409, c 201", "/Users", "totalResults", "4",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := seeded(t)
			w := do(d, "POST", "/Bulk", bulk(`"Operations":[`+tt.operations+`]`))
			if got := statuses(w.Body.String()); got != tt.want {
				t.Errorf("%s, want %s\n%s", got, tt.want, w.Body)
			}
			if got := at(do(d, "GET", tt.target, ""), tt.place); got != tt.value {
				t.Errorf("%s: %s, want %s", tt.target, got, tt.value)
			}
		})
	}
}

func TestBulkFailOnErrors(t *testing.T) {
	operations := `"Operations":[` + strings.Join([]string{
		newUser("a", "mara.lind@example.com", ""),
		newUser("b", "b@example.com", ""),
		newUser("c", "nils.berg@example.com", ""),
		newUser("d", "d@example.com", ""),
	}, ",") + `]`
	for failOnErrors, want := range map[string]string{
		``:                   "a 409, b 201, c 409, d 201",
		`"failOnErrors":1,`:  "a 409",
		`"failOnErrors":2,`:  "a 409, b 201, c 409",
		`"failOnErrors":20,`: "a 409, b 201, c 409, d 201",
	} {
		w := do(seeded(t), "POST", "/Bulk", bulk(failOnErrors+operations))
		if got := statuses(w.Body.String()); got != want {
			t.Errorf("%s: %s, want %s", failOnErrors, got, want)
		}
	}
}

func TestRefusesBulk(t *testing.T) {
	opt := testOptions(t)
	opt.MaxOperations, opt.MaxPayload = 2, 2000
	d, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	op := newUser("a", "a@example.com", "")
	tests := []struct {
		body             string
		status           int
		scimType, detail string
	}{
		{`[]`, 400, "invalidSyntax", "must be an object"},
		{`{"Operations":[` + op + `]}`, 400, "invalidSyntax", "schemas"},
		{bulk(`"Operations":[]`), 400, "invalidSyntax", "Operations"},
		{bulk(`"operations":[` + op + `]`), 400, "invalidSyntax", "unknown member"},
		{bulk(`"failOnErrors":0,"Operations":[` + op + `]`), 400, "invalidValue", "failOnErrors"},
		{bulk(`"failOnErrors":"1","Operations":[` + op + `]`), 400, "invalidValue", "failOnErrors"},
		{bulk(`"Operations":[7]`), 400, "invalidSyntax", "Operations[0]: must be an object"},
		{bulk(`"Operations":[{"method":"GET","path":"/Users"}]`), 400, "invalidSyntax", "Operations[0].method"},
		{bulk(`"Operations":[{"method":"post","path":"/Users"}]`), 400, "invalidSyntax", "Operations[0].method"},
		{bulk(`"Operations":[{"method":"POST","path":"/Users","data":{}}]`), 400, "invalidSyntax", "Operations[0].bulkId"},
		{bulk(`"Operations":[{"method":"PUT","path":"/Users/1"}]`), 400, "invalidSyntax", "Operations[0].data"},
		{bulk(`"Operations":[{"method":"DELETE"}]`), 400, "invalidSyntax", "Operations[0].path"},
		{bulk(`"Operations":[{"method":"DELETE","path":7}]`), 400, "invalidSyntax", "Operations[0].path: want a string"},
		{bulk(`"Operations":[{"method":"DELETE","path":"/Users/1","Version":"x"}]`), 400, "invalidSyntax", "Operations[0]: unknown member"},
		{bulk(`"Operations":[` + op + `,` + op + `]`), 400, "invalidValue", "Operations[1].bulkId"},
		{bulk(`"Operations":[` + op + `,` + op + `,` + op + `]`), 413, "", "maxOperations: a Bulk request has at most 2"},
		{strings.Repeat(" ", 2001), 413, "", "maxPayloadSize: a Bulk request has at most 2000"},
	}
	for _, tt := range tests {
		refused(t, do(d, "POST", "/Bulk", tt.body), tt.status, tt.scimType, tt.detail)
	}
	if got := at(do(d, "GET", "/Users", ""), "totalResults"); got != "0" {
		t.Errorf("%s users", got)
	}
}
