package rewrite_test

import (
	"slices"

	"github.com/caddy-scim/caddy-scim/scim"
)

// pathlessGarments put several operations into one (P3).
var pathlessGarments = []garment{
	{"extension as a path", "patch.extension-path", extensionPath(func(_ maker, uri string) string { return uri })},
	{"extension as a path in another case", "patch.extension-path", extensionPath(maker.anyCase)},
	{"extension as a misspelt path", "schema.enterprise", extensionPath(func(m maker, uri string) string {
		if uri != scim.EnterpriseUserURI {
			return ""
		}
		return one(m.Rand, enterpriseAliases...)
	})},
	{"extension removed as a whole", "patch.extension-path", forPatch(removeExtension)},
	{"resource as the body", "patch.resource", forPatch(func(m maker, r *request, b *patchBody) bool {
		for _, o := range b.ops {
			if !gatherable(o) || o.op != "replace" || o.path.filter != nil {
				return false
			}
		}
		for _, part := range b.gathered(0, len(b.ops)).parts {
			n := part.path.name
			part.nested = n.leaf != nil && m.coin()
		}
		b.resource, b.schemaURI = true, r.rt.Schema.ID
		return true
	})},
	{"path-less", "patch.pathless", forPatch(func(m maker, r *request, b *patchBody) bool {
		from, to := b.run(m, func(first, o *operation) bool { return gatherable(o) && o.op == first.op })
		if from == to {
			return false
		}
		o := b.gathered(from, to)
		flat := false
		for _, part := range o.parts {
			n := part.path.name
			part.nested = (n.uri != "" || n.sub != "") && n.leaf != nil && part.path.filter == nil && m.coin()
			flat = flat || !part.nested && (n.uri != "" || n.sub != "" || part.path.filter != nil)
		}
		if !flat || m.chance(0.2) {
			extra := made(o.op, &path{name: name{attr: "id"}}, r.state.get("id"))
			if m.coin() {
				extra = made(o.op, &path{name: name{attr: "schemas"}}, r.state.get("schemas"))
			}
			o.parts = slices.Insert(o.parts, m.IntN(len(o.parts)+1), extra)
		}
		return true
	})},
}

// extensionPath makes a garment that sets attributes of an extension through its
// URI, spelled in some way.
func extensionPath(spell func(maker, string) string) func(maker, *request) bool {
	return forPatch(func(m maker, _ *request, b *patchBody) bool {
		from, to := b.run(m, func(first, o *operation) bool {
			uri := o.path.uri()
			return gatherable(o) && o.op == first.op && o.path.filter == nil && uri != "" && uri == first.path.uri() && spell(m, uri) != ""
		})
		if from == to {
			return false
		}
		o := b.gathered(from, to)
		o.uri = o.parts[0].path.uri()
		o.spelt = spell(m, o.uri)
		for _, part := range o.parts {
			part.nested = true
		}
		return true
	})
}

// uri is that of the extension a path leads into.
func (p *path) uri() string {
	if p == nil {
		return ""
	}
	return p.name.def.uri
}

// gathered puts one operation in the place of some in a row, which become its
// parts.
func (b *patchBody) gathered(from, to int) *operation {
	first := b.ops[from]
	o := &operation{op: first.op, before: first.before, keys: first.keys, order: first.order, parts: slices.Clone(b.ops[from:to])}
	b.ops = slices.Replace(b.ops, from, to, o)
	return o
}

// gatherable tells an assignment that may be a member of a path-less one.
func gatherable(o *operation) bool {
	if o.op == "remove" || o.path == nil || o.parts != nil || o.plain || !o.valued {
		return false
	}
	n := o.path.name
	if n.leaf == nil && n.uri != "" {
		return false // the object of an unknown extension
	}
	return n.def.def == nil || !isNested(n.def) || n.sub != ""
}

// removeExtension removes an extension as a whole, if the operations remove all
// that it has.
func removeExtension(m maker, r *request, b *patchBody) bool {
	for from, first := range b.ops {
		if first.op != "remove" || first.path == nil || first.path.name.def.uri == "" {
			continue
		}
		uri := first.path.name.def.uri
		present, _ := first.before.get(uri).(object)
		fits := len(present) > 0 && from+len(present) <= len(b.ops)
		for i := 0; fits && i < len(present); i++ {
			o := b.ops[from+i]
			fits = o.op == "remove" && o.path != nil && !o.valued && o.path.filter == nil && o.parts == nil &&
				o.path.String() == uri+":"+present[i].name
		}
		if fits {
			whole := made("remove", &path{name: name{uri: uri, def: first.path.name.def}}, nil)
			whole.uri, whole.before = uri, first.before
			b.ops = slices.Replace(b.ops, from, from+len(present), whole)
			return true
		}
	}
	return false
}
