package custom

import (
	"math/rand/v2"
	"net/http"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

// asked are filters, and lists of attributes, that TestStrictStaysStrict asks by.
var asked = []string{
	`costCenter eq "7"`, `title eq "a" or not (nickName pr)`, `emails[type eq "work" and value co "x"]`, `name.familyName sw "L" and active eq true`,
	`addresses[type eq "work" and locality eq "Ulm"]`, `city eq "Ulm"`, `phone eq "1"`, department + ` eq "7"`, `userName eq "Mara@example.com"`, `badges pr`,
	enterprise + `:manager.value eq "1"`, `emails.value eq "x"`, `name pr`, `meta.lastModified gt "2026-01-01T00:00:00Z"`,
}

// TestStrictStaysStrict puts random requests through random rules: what is sent is
// as strict as what came, and what is refused is refused with an error of SCIM.
func TestStrictStaysStrict(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	for range 3000 {
		var chosen []Rule
		for _, rule := range fuzzed {
			if r.IntN(3) == 0 {
				chosen = append(chosen, rule)
			}
		}
		r.Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
		rules := newRules(t, chosen...)
		ops := make([]string, 1+r.IntN(5))
		for i := range ops {
			ops[i] = pieces[r.IntN(len(pieces))]
		}
		req := &scim.Request{Method: http.MethodPatch, Path: "/Users/1", Header: http.Header{}, Body: patchOf(ops...)}
		switch r.IntN(5) {
		case 0:
			filter := asked[r.IntN(len(asked))] + " and (" + asked[r.IntN(len(asked))] + ")"
			req = &scim.Request{Method: http.MethodGet, Path: "/Users", Header: http.Header{}, Query: "filter=" + escape(filter) + "&sortBy=title&attributes=name,emails.value,nickName"}
		case 1:
			req.Method, req.Body = http.MethodPut, whole
		case 2:
			req.Method, req.Path, req.Body = http.MethodPost, "/Bulk", bulkOf("", `{"method":"PATCH","path":"/Users/1","data":`+req.Body+`}`, `{"method":"PUT","path":"/Users/2","data":`+whole+`}`)
		}
		answer := whole
		if req.Method == http.MethodGet {
			answer = `{"totalResults":1,"Resources":[` + whole + `]}`
		}
		putThrough(t, rules, req, answer)
		if t.Failed() {
			t.Fatalf("%s %s %s", req.Method, req.Query, req.Body)
		}
	}
}
