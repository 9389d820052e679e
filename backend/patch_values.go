package backend

import (
	"net/http"
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// valuePath compiles an operation at a value filter. Where the service provider
// does not understand it, the attribute is read and written as a whole.
func (p *patchPlan) valuePath(op *scim.Operation, path scim.AttrPath, a *scim.Attribute) error {
	sendable := p.values != "off" && p.values != "read"
	if a != nil && isHidden(a) {
		if p.values == "off" || !on(p.caps.PatchPaths) {
			return p.located(scim.Errorf(http.StatusNotImplemented, "",
				"%s: the service provider does not show this attribute and understands no value filter", op.Path))
		}
		sendable = true
	}
	if sendable {
		p.emit(op)
		p.edits[len(p.edits)-1].tried = p.values == "try"
		return nil
	}
	s, err := p.part(path)
	if err != nil {
		return err
	}
	changed, err := p.after(s, op)
	if err != nil {
		return err
	}
	p.changed = true
	if changed {
		p.write(path, a, s.value())
	}
	return nil
}

// singleValue compiles an operation on an attribute of which one value is kept.
func (p *patchPlan) singleValue(op *scim.Operation, path scim.AttrPath, a *scim.Attribute) error {
	if op.Op == scim.Remove || op.Value.Empty() {
		p.emit(op)
		return nil
	}
	if op.Op == scim.Replace {
		one := *op
		if one.Value = op.Value.Clone(); keepOne(&one.Value) {
			p.changed = true
		}
		p.emit(&one)
		return nil
	}
	// What is added may be worth less than what is there.
	s, err := p.part(path)
	if err != nil {
		return err
	}
	var old scim.Value
	if before := s.value(); before != nil {
		old = before.Clone()
	}
	changed, err := p.after(s, op)
	if err != nil {
		return err
	}
	now := s.value()
	keepOne(now)
	p.changed = true
	if changed && (old.Len() != 1 || !sameValues(&old, now)) {
		p.write(path, a, now)
	}
	return nil
}

// isSingle reports whether the service provider keeps one value of an attribute
// that has several by its schema.
func (b *Backend) isSingle(path scim.AttrPath) bool {
	if len(b.caps.SingleValued) == 0 {
		return false
	}
	path.Sub = ""
	name := path.String()
	return slices.ContainsFunc(b.caps.SingleValued, func(s string) bool { return strings.EqualFold(s, name) })
}

// flatten leaves one value of the attributes of which only one is kept. It
// reports whether there were more.
func (b *Backend) flatten(resource *scim.Value) bool {
	flattened := false
	for _, name := range b.caps.SingleValued {
		path, err := scim.ParseAttrPath(name)
		if err == nil && keepOne(lookUp(resource, path)) {
			flattened = true
		}
	}
	return flattened
}

// keepOne leaves the primary value of a list, else the one of type work, else the
// first.
func keepOne(list *scim.Value) bool {
	if list == nil || list.Kind() != scim.Array || list.Len() < 2 {
		return false
	}
	best, rank := 0, 0
	for i := range list.Members() {
		switch v := list.At(i); {
		case v.Get("primary").True() && rank < 2:
			best, rank = i, 2
		case strings.EqualFold(v.Get("type").Text(), "work") && rank < 1:
			best, rank = i, 1
		}
	}
	list.Put(scim.ArrayValue(*list.At(best)))
	return true
}
