package explain

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/rules"
)

// WriteCatalogue writes a table of all rules, and of those of the user.
func WriteCatalogue(out io.Writer, own ...Own) error {
	var b strings.Builder
	b.WriteString("RULE\tFORM\tPROVIDERS\tWHY\n")
	for _, r := range rules.Catalogue() {
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\n", r.ID, r.Form, providersOf(r), r.Why)
	}
	for _, r := range own {
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\n", r.ID, "own", r.Provider, strings.Join(r.Does, "; "))
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if _, err := io.WriteString(table, b.String()); err != nil {
		return err
	}
	return table.Flush()
}

// WriteRule writes all that is known about one rule. Those of the user come
// first: several providers may have one of that id.
func WriteRule(out io.Writer, id string, own ...Own) error {
	found := false
	for _, r := range own {
		if r.ID != id {
			continue
		}
		if err := WriteOwn(out, r); err != nil {
			return err
		}
		found = true
	}
	if found {
		return nil
	}
	catalogue := rules.Catalogue()
	i := slices.IndexFunc(catalogue, func(r *rewrite.Rule) bool { return r.ID == id })
	if i < 0 {
		return unknownRule(id, catalogue, own)
	}
	r := catalogue[i]
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", r.ID)
	fmt.Fprintf(&b, "  form       %s\n", r.Form)
	fmt.Fprintf(&b, "  providers  %s\n", providersOf(r))
	fmt.Fprintf(&b, "  legal      %s\n", legality(r))
	fmt.Fprintf(&b, "  source     %s\n\n", r.Source)
	writeProse(&b, "  ", r.Why)
	_, err := io.WriteString(out, b.String())
	return err
}

func unknownRule(id string, catalogue []*rewrite.Rule, own []Own) error {
	ids := make([]string, 0, len(catalogue)+len(own))
	for _, r := range catalogue {
		ids = append(ids, r.ID)
	}
	for _, r := range own {
		ids = append(ids, r.ID)
	}
	if near := rules.Nearest(id, ids); near != "" {
		return fmt.Errorf("there is no rule %q: did you mean %q?", id, near)
	}
	return fmt.Errorf("there is no rule %q: caddy scim rules lists them", id)
}

// providersOf says whose requests a rule is for. A shape that is known from some
// provider is undone whoever sends it; only a provider's own rules are for that
// one alone.
func providersOf(r *rewrite.Rule) string {
	var names []string
	for _, p := range rules.All() {
		switch {
		case p.Name == "generic" && slices.Contains(p.Rules, r):
			return "all"
		case slices.Contains(p.Own, r):
			return p.Name + " alone"
		case slices.Contains(p.Rules, r):
			names = append(names, p.Name)
		}
	}
	return strings.Join(names, ", ")
}

func legality(r *rewrite.Rule) string {
	if r.Legal {
		return "yes: RFC 7644 allows the shape, but servers in the field read it differently"
	}
	return "no: RFC 7644 does not allow the shape"
}
