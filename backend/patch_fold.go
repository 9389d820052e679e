package backend

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// fold makes operations without a path of those with one: consecutive ones of
// the same verb become one object, as long as no leaf stands in it twice. What
// is removed is given null, which is the same (RFC 7643 section 2.5).
func (p *patchPlan) fold() {
	folded := p.edits[:0]
	var object *folding // in the last of folded; nil if that takes no more
	for _, e := range p.edits {
		if e.join != nil || e.leave != nil || e.op.Path == "" {
			folded, object = append(folded, e), nil
			continue
		}
		p.changed = true
		op := e.op
		if op.Op == scim.Remove {
			op.Op, op.Value = scim.Replace, scim.NullValue()
		}
		at := p.place(&op)
		if object == nil || object.op != op.Op || !object.takes(at) {
			object = &folding{op: op.Op, leaves: map[string]bool{}}
			object.takes(at)
			folded = append(folded, edit{op: scim.Operation{Op: op.Op, Value: scim.ObjectValue()}})
		}
		put(&folded[len(folded)-1].op.Value, at, op.Value)
	}
	p.edits = folded
}

// place is where the value of an operation stands in an object without a path.
func (p *patchPlan) place(op *scim.Operation) scim.AttrPath {
	path := op.Target.Attr
	if t, ok := p.rt.Resolve(path); ok {
		if t.Attr == nil {
			return scim.AttrPath{Name: t.Schema.ID}
		}
		return t.Path
	}
	// The path of an extension that no schema tells about looks like one of its
	// attributes; only its value shows.
	if path.URI != "" && op.Value.Kind() == scim.Object && isVersioned(path.URI) {
		return scim.AttrPath{Name: path.String()}
	}
	return path
}

// isVersioned tells what stands before the last part of a schema URI: it ends in
// a version, as urn:ietf:params:scim:schemas:core:2.0 does.
func isVersioned(uri string) bool {
	last := uri[strings.LastIndexByte(uri, ':')+1:]
	return strings.Trim(last, "0123456789.") == "" && strings.IndexByte(last, '.') > 0
}

// folding is what stands in an object without a path.
type folding struct {
	op     scim.Op
	leaves map[string]bool // by their place; false for what holds some
}

// takes reports whether there is room for a leaf, and takes it: neither the leaf
// itself, nor anything that holds it or that it would hold, is there.
func (f *folding) takes(at scim.AttrPath) bool {
	var key string
	var holders []string
	for _, name := range segments(at) {
		if f.leaves[key] {
			return false
		}
		if key != "" {
			holders = append(holders, key)
		}
		key += "\x00" + strings.ToLower(name)
	}
	if _, there := f.leaves[key]; there {
		return false
	}
	for _, holder := range holders {
		f.leaves[holder] = false
	}
	f.leaves[key] = true
	return true
}

// put gives an object a value at a path.
func put(into *scim.Value, at scim.AttrPath, v scim.Value) {
	names := segments(at)
	for _, name := range names[:len(names)-1] {
		if into.Get(name) == nil {
			into.Set(name, scim.ObjectValue())
		}
		into = into.Get(name)
	}
	into.Set(names[len(names)-1], v)
}

// segments are the names that lead to a path's place.
func segments(at scim.AttrPath) []string {
	names := make([]string, 0, 3)
	for _, name := range [...]string{at.URI, at.Name, at.Sub} {
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}
