package rewrite_test

import "github.com/caddy-scim/caddy-scim/scim"

// envelopeGarments are shapes of the body of a PATCH and of a search around
// what they say (P1, P2, L5).
var envelopeGarments = []garment{
	{"no schemas", "patch.schemas", forPatch(func(_ maker, _ *request, b *patchBody) bool {
		b.schemas = false
		return true
	})},
	{"other schemas", "patch.schemas", forPatch(func(m maker, _ *request, b *patchBody) bool {
		b.schemas = one[node](m.Rand, list{}, scim.PatchOpURI, list{"urn:scim:schemas:core:1.0"}, list{scim.PatchOpURI, scim.UserURI}, nil)
		return true
	})},
	{"operations in another case", "patch.key-case", forPatch(func(m maker, _ *request, b *patchBody) bool {
		b.names[1] = m.anyCase(b.names[1])
		b.last = m.coin()
		return b.names[1] != "Operations"
	})},
	{"keys in another case", "patch.key-case", forPatch(func(m maker, _ *request, b *patchBody) bool {
		o := one(m.Rand, b.ops...)
		i := m.IntN(3)
		o.keys[i] = m.anyCase(o.keys[i])
		return true
	})},
	{"path without text", "patch.key-case", forPatch(func(m maker, _ *request, b *patchBody) bool {
		o, ok := oneWhere(m.Rand, b.ops, func(o *operation) bool { return o.path == nil && o.uri == "" })
		if ok {
			nothing := one[node](m.Rand, nil, "")
			o.pathless = &nothing
		}
		return ok
	})},
	{"op in another case", "patch.op-case", forPatch(func(m maker, _ *request, b *patchBody) bool {
		o := one(m.Rand, b.ops...)
		if o.op = m.anyCase(o.op); m.coin() {
			m.Shuffle(3, func(i, j int) { o.order[i], o.order[j] = o.order[j], o.order[i] })
		}
		return o.op != "add" && o.op != "remove" && o.op != "replace"
	})},
	{"members that mean nothing", "patch.extra-member", forPatch(func(m maker, _ *request, b *patchBody) bool {
		nothing := one(m.Rand, field{"externalId", "4711"}, field{"meta", object{{"version", "7"}}}, field{"failOnErrors", number("1")})
		if m.coin() {
			b.extra = append(b.extra, nothing)
			return true
		}
		o := one(m.Rand, b.ops...)
		o.extra = append(o.extra, nothing)
		return true
	})},
	{"one operation without an array", "patch.bare-body", forPatch(func(_ maker, _ *request, b *patchBody) bool {
		b.single = len(b.ops) == 1
		return true
	})},
	{"no envelope", "patch.bare-body", forPatch(func(_ maker, _ *request, b *patchBody) bool {
		b.bare = true
		return true
	})},
	{"no schemas in a search", "body.schemas", func(_ maker, r *request) bool {
		if r.search != nil {
			r.search.schemas = false
		}
		return r.search != nil
	}},
}
