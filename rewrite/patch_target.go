package rewrite

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// schemaPath corrects a path that is the URI of a schema, where it is known to
// be misspelt. It reports true for the core schema, whose attributes are those
// of an operation without a path.
func (p *patcher) schemaPath(o *operation, at *place) bool {
	if p.rt == nil || !isURI(o.text) {
		return false
	}
	if r, to := p.plan.Rules.schemaAlias(o.text, p.rt); r != nil {
		p.applied(r, at)
		o.text, o.whole = to, ""
	}
	if !strings.EqualFold(o.text, p.rt.Schema.ID) || !p.didAt(NameCorePrefix, at) {
		return false
	}
	o.text, o.whole = "", ""
	return true
}

// target resolves the path of an operation and goes on by its verb.
func (p *patcher) target(o *operation) error {
	at := o.pathAt(p.session)
	before := len(p.changes)
	if p.schemaPath(o, at) {
		return p.withoutPath(o)
	}
	path, liberty, err := scim.ParsePath(o.text)
	if err != nil {
		if paths := alternatives(o); paths != nil && p.didAt(RemoveEither, at) {
			return p.removeEach(o, paths)
		}
		return p.located(err, o)
	}
	if !p.liberty(liberty, at) {
		return p.emit(o)
	}
	target, known := p.resolve(path.Attr, at)
	if known {
		o.target, path.Attr = target, target.Path
	}
	if path.Filter != nil {
		path.Filter = p.elementExpression(path.Filter, o.target.Leaf(), at)
	}
	if path.Sub != "" {
		path.Sub = p.subName(o.target, path.Sub, at)
	}
	o.path = path
	if len(p.changes) != before {
		o.text, o.whole = path.String(), ""
	}
	switch {
	case o.target.Schema != nil && o.target.Attr == nil:
		return p.extension(o)
	case o.op == scim.Remove:
		return p.remove(o)
	default:
		return p.assign(o)
	}
}

// subName gives the sub-attribute behind brackets the schema's spelling.
func (p *patcher) subName(t scim.Target, name string, at *place) string {
	if t.Attr == nil {
		return name
	}
	sub := t.Attr.SubAttribute(name)
	if sub == nil {
		if r, to := p.plan.Rules.renamed(t.Attr, name); r != nil {
			p.applied(r, at)
			return to
		}
		return name
	}
	if sub.Name != name && p.didAt(NameCase, at) {
		return sub.Name
	}
	return name
}

// leaf is the definition of what the operation's value is: the sub-attribute if
// the path names one. Nil if no schema knows it.
func (o *operation) leaf() *scim.Attribute {
	if o.path.Sub == "" {
		return o.target.Leaf()
	}
	if sub := o.target.Attr.SubAttribute(o.path.Sub); sub != nil {
		return sub
	}
	if strings.EqualFold(o.path.Sub, "primary") {
		return primaryAttribute
	}
	return nil
}
