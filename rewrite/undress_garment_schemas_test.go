package rewrite_test

import (
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// schemaGarments are shapes of schemas and of the URNs in front of extensions
// (B1).
var schemaGarments = []garment{
	{"unused extension in schemas", "body.schemas", forSchemas(func(m maker, r *request, l list) node {
		uri := one(m.Rand, one(m.Rand, r.rt.Extensions...).Schema.ID, "urn:example:unheard:1.0:User")
		if slices.Contains(l, node(uri)) {
			return l
		}
		return slices.Insert(l, m.IntN(len(l)+1), node(uri))
	})},
	{"misspelt enterprise URN as a key", "", forResource(func(m maker, r *request) bool {
		i := r.resource.index(scim.EnterpriseUserURI)
		if i >= 0 {
			r.resource[i].name = one(m.Rand, enterpriseAliases...)
		}
		return i >= 0
	})},
	{"extensions not in schemas", "body.schemas", forSchemas(func(m maker, _ *request, l list) node { return l[:1+m.IntN(len(l))] })},
	{"marker of Microsoft in schemas", "entra.group-marker", forSchemas(func(m maker, _ *request, l list) node {
		return slices.Insert(l, m.IntN(len(l)+1), node("http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"))
	})},
	{"URN twice in schemas", "body.schemas", forSchemas(func(m maker, _ *request, l list) node { return append(l, one(m.Rand, l...)) })},
	{"outdated core URN in schemas", "", forSchemas(func(m maker, r *request, l list) node {
		for i := range l {
			if l[i] == r.rt.Schema.ID {
				l[i] = one(m.Rand, "urn:scim:schemas:core:1.0", "urn:scim:schemas:core:2.0")
			}
		}
		return l
	})},
	{"core URN without its beginning in schemas", "schema.", forSchemas(func(m maker, r *request, l list) node {
		for i := range l {
			if l[i] == r.rt.Schema.ID {
				l[i] = "urn:scim:schemas:core:2.0:" + r.rt.Name
			}
		}
		return l
	})},
	{"misspelt enterprise URN in schemas", "", forSchemas(func(m maker, _ *request, l list) node {
		for i := range l {
			if l[i] == scim.EnterpriseUserURI {
				l[i] = one(m.Rand, enterpriseAliases...)
			}
		}
		return l
	})},
	{"schemas in another case", "name.case", forSchemas(func(m maker, r *request, l list) node {
		i := m.IntN(len(l))
		if uri, _ := l[i].(string); strings.EqualFold(uri, r.rt.Schema.ID) || r.rt.Extension(uri) != nil {
			l[i] = m.anyCase(uri)
		}
		return l
	})},
	{"schemas as text", "body.schemas", forSchemas(func(_ maker, _ *request, l list) node {
		if len(l) > 1 {
			return l
		}
		return l[0]
	})},
	{"no schemas in a resource", "body.schemas", forResource(func(_ maker, r *request) bool {
		first := r.resource[0].name == "schemas"
		if first {
			r.resource = r.resource.without(0)
		}
		return first
	})},
}

// forSchemas makes a garment for the list of schemas of a POST or PUT.
func forSchemas(change func(maker, *request, list) node) func(maker, *request) bool {
	return forResource(func(m maker, r *request) bool {
		i := r.resource.index("schemas")
		if i < 0 {
			return false
		}
		l, ok := r.resource[i].value.(list)
		if ok && len(l) > 0 {
			r.resource[i].value = change(m, r, l)
		}
		return ok
	})
}
