package directory

import (
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// filtered writes the numbers that a filter compares ids with as the text that
// they are kept as.
func filtered(raw string) string {
	p, ok := readParameters(raw)
	if !ok {
		return raw
	}
	at := slices.IndexFunc(p, func(each parameter) bool { return each.name == "filter" })
	if at < 0 {
		return raw
	}
	e, err := scim.ParseStrictFilter(p[at].value)
	if err != nil {
		return raw // for the directory itself to refuse
	}
	if !quoteIDs(e, "") {
		return raw
	}
	p[at].value = e.String()
	return p.encode()
}

// quoteIDs does so in an expression; of is the attribute whose brackets it
// stands in. It reports whether there was a number.
func quoteIDs(e scim.Expression, of string) bool {
	switch e := e.(type) {
	case *scim.LogicalExpression:
		left, right := quoteIDs(e.Left, of), quoteIDs(e.Right, of)
		return left || right
	case *scim.NotExpression:
		return quoteIDs(e.Expression, of)
	case *scim.ValuePath:
		return quoteIDs(e.Filter, e.Path.Name+".")
	case *scim.AttributeExpression:
		name := of + e.Path.Name
		if e.Path.Sub != "" {
			name += "." + e.Path.Sub
		}
		if e.Value.Kind() == scim.Number && slices.Contains(idNames, strings.ToLower(name)) {
			e.Value = scim.StringValue(e.Value.Raw())
			return true
		}
	}
	return false
}

// idNames are the attributes that hold an id.
var idNames = []string{"id", "members.value", "groups.value", "manager.value"}
