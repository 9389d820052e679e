package rewrite_test

import (
	"cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

// patchBody is the body of a PATCH.
type patchBody struct {
	ops     []*operation
	schemas node // absent if it is a bool
	names   [2]string
	last    bool // schemas behind Operations
	bare    bool // no envelope
	single  bool // one operation that is not in an array
	extra   object

	resource  bool   // there are no operations, but the resource of the parts of the first
	schemaURI string // of that resource
	partial   node   // what says it in SCIM 1.1; nil if it is not
}

// operation is one of a PATCH, or a member of a path-less one.
type operation struct {
	op     string
	path   *path // nil for a path-less one
	value  node
	valued bool
	keys   [3]string // op, path and value as they are spelled
	order  [3]int    // in which they stand

	parts    []*operation // members of a path-less value, or of an extension's object
	nested   bool         // as a part: inside the objects that it belongs to
	uri      string       // the path is the URI of this extension
	spelt    string       // how that URI is spelled, if otherwise
	pathless *node        // what stands in place of a path: null or an empty text

	plain   bool            // a path-less operation that is normal and stays as it is
	typed   *scim.Attribute // what the value is, for those who dress it
	element bool            // the value is one of several

	before object // the resource in front of this operation
	seeds  int    // in an add of one new element: sub-attributes that its filter names
	picked object // in the removal of one element: that element
	rest   list   // in the removal of simple values: those that go
	extra  object // members that mean nothing
}

// path is the target of an operation.
type path struct {
	name   name
	filter expr
	sub    string          // behind the brackets
	subDef *scim.Attribute // its definition
	look   look
	others []*path // joined to this one by or
}

func (p *path) String() string {
	text := p.name.String()
	if p.filter != nil {
		text = p.look.write(&selection{p.name, p.filter})
	}
	if p.sub != "" {
		text += "." + p.sub
	}
	for _, other := range p.others {
		text += " or " + other.String()
	}
	return text
}

// mapNames lets fn spell the names of the path anew.
func (p *path) mapNames(fn func(name) name) {
	p.name = fn(p.name)
	if p.filter != nil {
		p.filter = mapFilterNames(p.filter, fn)
	}
	if p.sub != "" {
		p.sub = fn(name{attr: p.sub, leaf: p.subDef}).attr
	}
	for _, other := range p.others {
		other.mapNames(fn)
	}
}

// is reports whether the path leads to an attribute or into it.
func (p *path) is(a attribute) bool { return p.name.def == a && a.def != nil }

// made is an operation in normal form.
func made(op string, p *path, value node) *operation {
	o := &operation{op: op, path: p, value: value, valued: op != "remove", keys: [3]string{"op", "path", "value"}, order: [3]int{0, 1, 2}}
	if p != nil && o.valued && p.name.leaf != nil {
		o.typed, o.element = p.name.leaf, p.filter != nil
		if p.subDef != nil {
			o.typed, o.element = p.subDef, false
		}
	}
	return o
}

// node is the operation as JSON.
func (o *operation) node() node {
	members := make(object, 0, 3)
	for _, key := range o.order {
		switch {
		case key == 0:
			members = append(members, field{o.keys[0], o.op})
		case key == 1 && o.uri != "":
			members = append(members, field{o.keys[1], cmp.Or(o.spelt, o.uri)})
		case key == 1 && o.path != nil:
			members = append(members, field{o.keys[1], o.path.String()})
		case key == 1 && o.pathless != nil:
			members = append(members, field{o.keys[1], *o.pathless})
		case key == 2 && o.parts != nil:
			members = append(members, field{o.keys[2], joined(o.parts, o.uri)})
		case key == 2 && o.valued:
			members = append(members, field{o.keys[2], o.value})
		}
	}
	return append(members, o.extra...)
}

// joined is the object of the parts of a path-less value, or of the object of
// the extension uri. Nested neighbours share their objects.
func joined(parts []*operation, uri string) object {
	var o object
	var before []string
	for _, part := range parts {
		keys := part.way(uri)
		o = enter(o, keys, before, part.value)
		before = keys[:len(keys)-1]
	}
	return o
}

// way leads to a part: the keys of the objects it stands in and its own.
func (o *operation) way(uri string) []string {
	n := o.path.name
	switch {
	case !o.nested && uri == "":
		return []string{o.path.String()}
	case uri == "" && n.uri != "" && n.sub != "":
		return []string{n.uri, n.attr, n.sub}
	case uri == "" && n.uri != "":
		return []string{n.uri, n.attr}
	case n.sub != "":
		return []string{n.attr, n.sub}
	}
	return []string{n.attr}
}

// enter puts a value below the last objects of o as far as they are those that
// keys lead through, and below new ones from there on.
func enter(o object, keys, before []string, value node) object {
	if len(keys) > 1 && len(before) > 0 && keys[0] == before[0] {
		last := &o[len(o)-1]
		inner, _ := last.value.(object)
		last.value = enter(inner, keys[1:], before[1:], value)
		return o
	}
	for i := len(keys) - 1; i > 0; i-- {
		value = object{{keys[i], value}}
	}
	return append(o, field{keys[0], value})
}

// node is the body as JSON.
func (b *patchBody) node() node {
	switch {
	case b.partial != nil:
		return b.partial
	case b.resource:
		return append(object{{"schemas", list{b.schemaURI}}}, joined(b.ops[0].parts, "")...)
	}
	ops := make(list, len(b.ops))
	for i, o := range b.ops {
		ops[i] = o.node()
	}
	var operations node = ops
	if b.single && len(ops) == 1 {
		operations = ops[0]
	}
	if b.bare {
		return operations
	}
	members := append(object{{b.names[1], operations}}, b.extra...)
	if _, absent := b.schemas.(bool); absent {
		return members
	}
	schemas := field{b.names[0], b.schemas}
	if b.last {
		return append(members, schemas)
	}
	return members.insert(0, schemas)
}

// leaves are the operations that set or remove one thing each.
func (b *patchBody) leaves() []*operation {
	var all []*operation
	for _, o := range b.ops {
		if o.parts == nil {
			all = append(all, o)
		} else if !o.plain {
			all = append(all, o.parts...)
		}
	}
	return all
}

func (p *path) clone() *path {
	c := *p
	c.others = nil
	for _, other := range p.others {
		c.others = append(c.others, other.clone())
	}
	return &c
}

func cloneOperations(ops []*operation) []*operation {
	c := make([]*operation, len(ops))
	for i, o := range ops {
		one := *o
		one.value = copied(o.value)
		if o.path != nil {
			one.path = o.path.clone()
		}
		if o.parts != nil {
			one.parts = cloneOperations(o.parts)
		}
		c[i] = &one
	}
	return c
}
