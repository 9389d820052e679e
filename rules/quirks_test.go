package rules_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/rules"
	"github.com/caddy-scim/caddy-scim/scim"
)

// TestQuirksDoc holds docs/quirks.md current; go generate ./rules writes it.
func TestQuirksDoc(t *testing.T) {
	const path = "../docs/quirks.md"
	want := quirks(t)
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s is not what the catalogue says; run go generate ./rules (-want +got):\n%s", path, diff)
	}
}

const quirksHead = `# Quirks

<!-- Generated from rules/ by go generate ./rules. Do not edit. -->

What clients and service providers do that is not the normal form, and what the
gateway makes of it. Each quirk is one rule; the rules work by the shape of a
message, so they help with every client that sends it, and they are all on.

To turn a rule off for a provider:

` + "```caddyfile" + `
scim {
	provider entra {
		disable patch.op-case
	}
}
` + "```" + `

Under each rule stand the section of the normal form that asks for it, for whom it
is in force, whether RFC 7644 allows the shape all the same, and where the shape was
seen or is documented. Then an example: lines with a minus came in, lines with a
plus went out. ` + "`caddy scim rules ID`" + ` prints reason and source of a rule, and
` + "`caddy scim explain`" + ` which rules a request of yours meets.

The normal form is RFC 7644, and where that leaves a choice, the one that every
server reads the same way. Its sections: **G** every request, **P** PATCH, **B**
bodies of POST and PUT, **F** filters, **L** paging, sorting and projection, **R**
answers, **V** clients of SCIM 1.1.

`

const verdictsHead = `
## Client by client

The clients that are known, by the names that a Caddyfile has for them. One that is
not told by its requests has to be named by ` + "`match`" + `, which is best for all of
them: a matcher on the path, the host or a header of each client's own. Who is
believed to call decides what the answer is like and the few rules of its own, not
how a shape is read. Below are the peculiarities that each has been reported with
and what becomes of them, also where that is nothing.
`

// areas are the sections of docs/quirks.md, by the first part of a rule's id.
var areas = []struct{ prefix, title string }{
	{"path", "Paths"},
	{"query", "Queries"},
	{"page", "Paging"},
	{"sort", "Sorting"},
	{"projection", "Projection"},
	{"media", "Media types"},
	{"body", "Bodies"},
	{"name", "Attribute names"},
	{"schema", "Schema URIs"},
	{"patch", "PATCH"},
	{"value", "Values"},
	{"filter", "Filters"},
	{"answer", "Answers"},
	{"scim11", "SCIM 1.1"},
	{"entra", "Microsoft Entra ID"},
	{"okta", "Okta"},
	{"jumpcloud", "JumpCloud"},
	{"pingfederate", "PingFederate"},
	{"rippling", "Rippling"},
	{"sailpoint", "SailPoint"},
	{"authentik", "authentik"},
	{"connid", "ConnId"},
	{"keycloak-scim", "keycloak-scim"},
	{"sap-ips", "SAP Cloud Identity Services"},
}

func quirks(t *testing.T) string {
	t.Helper()
	var doc strings.Builder
	doc.WriteString(quirksHead)
	left := rules.Catalogue()
	for _, area := range areas {
		fmt.Fprintf(&doc, "- [%s](#%s)\n", area.title, strings.ToLower(strings.NewReplacer(" ", "-", ".", "").Replace(area.title)))
	}
	doc.WriteString("- [Client by client](#client-by-client)\n- [Measured against what others send](#measured-against-what-others-send)\n")
	for _, area := range areas {
		fmt.Fprintf(&doc, "\n## %s\n", area.title)
		left = slices.DeleteFunc(left, func(r *rewrite.Rule) bool {
			if !strings.HasPrefix(r.ID, area.prefix+".") {
				return false
			}
			quirk(t, &doc, r)
			return true
		})
	}
	if len(left) > 0 {
		t.Errorf("%s belongs to no area of docs/quirks.md", left[0].ID)
	}
	doc.WriteString(verdictsHead)
	doc.WriteString(providerTable())
	doc.WriteString(verdictList(t))
	doc.WriteString(corpusReport(t))
	return doc.String()
}

func quirk(t *testing.T, doc *strings.Builder, r *rewrite.Rule) {
	t.Helper()
	f := fixtureOf(t, r)
	fmt.Fprintf(doc, "\n### %s\n\n%s\n\n", r.ID, r.Why)
	fmt.Fprintf(doc, "%s · %s%s · source: %s · [fixture](../rules/%s)\n", r.Form, inForce(r), legal(r), link(r.Source), f.path)
	if lines := f.example(t, r); len(lines) > 0 {
		fmt.Fprintf(doc, "\n```diff\n%s\n```\n", strings.Join(lines, "\n"))
	}
}

// inForce says for whom a rule is in force.
func inForce(r *rewrite.Rule) string {
	for _, p := range rules.All() {
		if slices.Contains(p.Own, r) {
			return p.Title + " only"
		}
	}
	return "everyone"
}

// isAnswer tells the rules that are about the answer.
func isAnswer(r *rewrite.Rule) bool {
	return strings.HasPrefix(r.Form, "R") || strings.HasPrefix(r.ID, "answer.")
}

func legal(r *rewrite.Rule) string {
	switch {
	case isAnswer(r):
		return ""
	case r.Legal:
		return " · allowed by the RFC"
	default:
		return " · not allowed by the RFC"
	}
}

// link makes a link of a source; RFC sections have addresses too.
func link(source string) string {
	rfc, ok := strings.CutPrefix(source, "RFC ")
	if !ok {
		return "<" + source + ">"
	}
	number, section, _ := strings.Cut(rfc, " §")
	return fmt.Sprintf("[%s](https://www.rfc-editor.org/rfc/rfc%s#section-%s)", source, number, section)
}

// example shows what the rule does in its fixture: the lines that came in and
// did not go out, and the lines that went out in their place.
func (f *fixture) example(t *testing.T, r *rewrite.Rule) []string {
	t.Helper()
	before, after := f.section("sent"), f.section("forwarded")
	if f.has("response") && (len(f.messages("forwarded")) == 1 || isAnswer(r)) {
		before, after = f.section("response"), f.section("returned")
	}
	if messages := strings.Split(after, "\n###\n"); len(messages) > 0 {
		after = messages[len(messages)-1]
	}
	came, went := exampleLines(before), exampleLines(after)
	var lines []string
	for _, l := range came {
		if !slices.Contains(went, l) && !isAdded(l, before, after) {
			lines = append(lines, "- "+l)
		}
	}
	for _, l := range went {
		if !slices.Contains(came, l) {
			lines = append(lines, "+ "+l)
		}
	}
	return lines
}

// isAdded tells a header that the fixture lists on one side only.
func isAdded(line, before, after string) bool {
	name, _, ok := strings.Cut(line, ": ")
	return ok && !strings.HasPrefix(line, `"`) && !strings.HasPrefix(line, "{") &&
		strings.Contains(before, "\n"+name+": ") && !strings.Contains(after, "\n"+name+": ")
}

// exampleLines breaks a message into its first line, its headers, and the
// operations of a PATCH or the members of another body.
func exampleLines(message string) []string {
	head, body, _ := strings.Cut(message, "\n\n")
	lines := strings.Split(strings.ReplaceAll(head, " HTTP/1.1", ""), "\n")
	if body == "" {
		return lines
	}
	if text, ok := strings.CutPrefix(body, "\ufeff"); ok {
		body, lines = text, append(lines, "U+FEFF")
	}
	v := scim.Parse(body)
	if v.Kind() != scim.Object {
		return append(lines, body)
	}
	for _, m := range v.Members() {
		if strings.EqualFold(m.Name, "Operations") {
			for _, o := range m.Value.Members() {
				lines = append(lines, o.Value.Raw())
			}
			continue
		}
		lines = append(lines, scim.Quote(m.Name)+": "+m.Value.Raw())
	}
	return lines
}
