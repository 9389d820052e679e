package rewrite_test

import (
	"net/url"
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// oldGarments say a request in SCIM 1.1 (V). They come last: what they find has
// to be possible in that version.
var oldGarments = []garment{
	{"partial resource", "scim11.patch", forPatch(func(m maker, r *request, b *patchBody) bool {
		part := partial{}
		if !part.take(b.ops) {
			return false
		}
		b.partial = part.node(m)
		return true
	})},
	{"version 1", "scim11.version", version1},
	{"format", "scim11.format", func(_ maker, r *request) bool {
		path := r.path
		r.path += ".json"
		if strings.HasSuffix(path, ".scim") || strings.HasSuffix(path, "/") || strings.HasSuffix(path, ".json") {
			return false
		}
		return strings.HasSuffix(path, "/"+r.rt.Endpoint) || r.isOld() && strings.Contains(path, r.rt.Endpoint+"/")
	}},
	{"method in a header", "scim11.method-override", func(m maker, r *request) bool {
		r.override = []string{one(m.Rand, r.method, strings.ToLower(r.method))}
		return slices.Contains([]string{"PUT", "PATCH", "DELETE"}, r.method) && (r.isOld() || version1(m, r))
	}},
}

// version1 says a request in the words of SCIM 1.1, if it can be.
func version1(m maker, r *request) bool {
	if r.search != nil || r.patch != nil && r.patch.partial == nil || !strings.HasPrefix(r.path, "/scim/v2/") {
		return false
	}
	r.path = "/scim/v1/" + strings.TrimPrefix(r.path, "/scim/v2/")
	r.accept = one(m.Rand, nil, []string{"*/*"}, []string{"application/json"})
	if r.document() != nil {
		r.contentType = one(m.Rand, nil, []string{"application/json"}, []string{"application/json; charset=utf-8"})
	}
	r.mapNames(func(n name) name {
		if n.separator == ":" {
			n.uri = uri11(n.uri, r.rt)
		}
		return n
	})
	for i := range r.resource {
		f := &r.resource[i]
		f.name = uri11(f.name, r.rt)
		if schemas, ok := f.value.(list); ok && f.name == "schemas" {
			for j := range schemas {
				if uri, ok := schemas[j].(string); ok {
					schemas[j] = uri11(uri, r.rt)
				}
			}
		}
	}
	message := r.message()
	query, _ := url.QueryUnescape(message.Query)
	return !strings.Contains(strings.ToLower(query+message.Body), "urn:ietf:params:scim")
}

// isOld reports whether the path alone says that the client speaks SCIM 1.1.
func (r *request) isOld() bool { return strings.HasPrefix(r.path, "/scim/v1/") }

// uri11 is a schema URI as SCIM 1.1 has it.
func uri11(uri string, rt *scim.ResourceType) string {
	switch uri {
	case rt.Schema.ID:
		return "urn:scim:schemas:core:1.0"
	case scim.EnterpriseUserURI:
		return "urn:scim:schemas:extension:enterprise:1.0"
	}
	return uri
}

// partial is a PATCH of SCIM 1.1 that asks for what operations do.
type partial struct {
	cleared list
	body    object
	before  []string
}

// take reports whether the operations can be said in SCIM 1.1: removals first,
// and each attribute once.
func (p *partial) take(ops []*operation) bool {
	for i, o := range ops {
		switch {
		case o.path == nil || o.parts != nil || o.path.others != nil || o.extra != nil || !o.path.name.isPlain():
			return false
		case !p.one(o) || twice(p.body):
			return false
		case i > 0 && p.isCleared(o) && o.op != "remove":
			return false
		}
	}
	return true
}

// isPlain tells a name of which nothing is dressed, apart from its case.
func (n name) isPlain() bool {
	return n.leaf != nil && n.uri == n.def.uri && (n.uri == "" || n.separator == ":")
}

// one takes one operation.
func (p *partial) one(o *operation) bool {
	n := o.path.name
	switch {
	case o.isPicked() && !o.path.look.isWritten():
		element, _ := copied(o.picked).(object)
		return p.value(o, append(element, field{"operation", "delete"}))
	case o.path.filter != nil || o.path.sub != "":
		return false
	case o.op == "remove" && !o.valued && len(p.body) == 0:
		n.uri = uri11(n.uri, userType)
		p.cleared = append(p.cleared, n.String())
		return true
	case o.op == "replace" && o.value != nil && !n.leaf.MultiValued && (n.sub != "" || !isNested(n.def)):
		p.put(n, o.value)
		return true
	case o.op == "add" && n.leaf.MultiValued && (!isPlural(n.def) || isReference(n.def.def)):
		values, ok := o.value.(list)
		for _, v := range values {
			ok = ok && p.value(o, v)
		}
		return ok
	}
	return false
}

// value adds a value to a list.
func (p *partial) value(o *operation, v node) bool {
	n := o.path.name
	in := p.body
	if n.uri != "" {
		in, _ = in.get(uri11(n.uri, userType)).(object)
	}
	if l, ok := in.get(n.attr).(list); ok {
		in[in.index(n.attr)].value = append(l, v)
		return o.op != "remove" || isDeletion(l[len(l)-1]) // what is added comes last
	}
	p.put(n, list{v})
	return true
}

func isDeletion(v node) bool {
	o, _ := v.(object)
	return o.get("operation") != nil
}

// put gives an attribute its value.
func (p *partial) put(n name, value node) {
	n.uri = uri11(n.uri, userType)
	keys := (&operation{path: &path{name: n}, nested: true}).way("")
	p.body, p.before = enter(p.body, keys, p.before, value), keys[:len(keys)-1]
}

// isCleared reports whether an attribute, or that which it is part of, is
// removed before.
func (p *partial) isCleared(o *operation) bool {
	n := o.path.name
	n.uri = uri11(n.uri, userType)
	whole := n
	whole.sub = ""
	return slices.Contains(p.cleared, node(n.String())) || slices.Contains(p.cleared, node(whole.String()))
}

func (p *partial) node(m maker) node {
	body := object{{"schemas", list{"urn:scim:schemas:core:1.0"}}}
	if p.cleared == nil {
		return append(body, p.body...)
	}
	meta := field{"meta", object{{"attributes", p.cleared}}}
	if m.coin() {
		return append(append(body, meta), p.body...)
	}
	return append(append(body, p.body...), meta)
}

// isWritten reports whether a filter is written in any way but the strict one.
func (l look) isWritten() bool { return l != (look{}) }
