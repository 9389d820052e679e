package rewrite_test

import "github.com/caddy-scim/caddy-scim/scim"

// nameGarments are ways to spell the attributes that queries, searches, filters
// and paths name (G5, F5).
var nameGarments = []garment{
	{"name in another case", "name.case", forNames(func(m maker, n name) name {
		if n.leaf != nil {
			n.attr, n.sub = m.anyCase(n.attr), m.anyCase(n.sub)
		}
		return n
	})},
	{"URN in another case", "name.case", forNames(func(m maker, n name) name {
		if n.uri != "" && n.uri == n.def.uri {
			n.uri = m.anyCase(n.uri)
		}
		return n
	})},
	{"core URN in front", "name.core-prefix", forNames(func(m maker, n name) name {
		if isCore(n) {
			n.uri, n.separator = m.rt.Schema.ID, ":"
		}
		return n
	})},
	{"outdated core URN in front", "schema.core-v1", forNames(func(m maker, n name) name {
		if isCore(n) {
			n.uri, n.separator = "urn:scim:schemas:core:1.0", ":"
		}
		return n
	})},
	{"misspelt enterprise URN", "", forNames(func(m maker, n name) name {
		if n.uri == scim.EnterpriseUserURI && n.separator == ":" {
			n.uri = one(m.Rand, enterpriseAliases...)
		}
		return n
	})},
	{"attribute behind a dot", "name.urn-dot", forNames(func(_ maker, n name) name {
		if n.uri != "" && n.uri == n.def.uri && n.sub == "" {
			n.separator = "."
		}
		return n
	})},
	{"extension attribute without its URN", "name.bare-extension", forNames(func(_ maker, n name) name {
		if n.uri != "" && n.def.uri != "" {
			n.uri = ""
		}
		return n
	})},
	{"displayName of a role in a path", "entra.role-display", forPatch(func(_ maker, _ *request, b *patchBody) bool {
		for _, o := range b.leaves() {
			if o.path != nil && o.path.name.def.def != nil && o.path.name.def.def.Name == "roles" && o.path.sub == "display" {
				o.path.sub = "displayName"
				return true
			}
		}
		return false
	})},
}

var enterpriseAliases = []string{
	"urn:ietf:params:scim:schemas:extension:enterprise:2.0User",
	"urn:scim:schemas:extension:enterprise:1.0",
	"urn:scim:schemas:extension:enterprise:2.0",
}

// isCore tells an attribute that is no extension's and has no URN in front.
func isCore(n name) bool { return n.def.def != nil && n.def.uri == "" && n.uri == "" }

// forNames makes a garment that spells some of the names anew.
func forNames(spell func(maker, name) name) func(maker, *request) bool {
	return func(m maker, r *request) bool {
		r.mapNames(func(n name) name {
			if m.coin() {
				return n
			}
			return spell(m, n)
		})
		return true
	}
}
