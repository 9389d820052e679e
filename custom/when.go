package custom

import (
	"fmt"
	"net/http"

	"github.com/caddy-scim/caddy-scim/scim"
)

// condition is the filter of a rule that says when it works.
type condition struct {
	filter scim.Expression
	// operations is set if the filter is about the operations of a PATCH and not
	// about the resource.
	operations bool
}

// reshapes marks the workers that give attributes other names or shapes: a filter
// of a client could not follow them if they worked for some resources only.
type reshapes interface{ reshapes() }

// compileWhen reads the condition of a rule.
func (u *Rule) compileWhen(r *rule, registry *scim.Registry, bare *bareNames) error {
	if u.When == "" {
		return nil
	}
	f, err := scim.ParseFilter(u.When)
	if err != nil {
		return fmt.Errorf("when: %s", scim.AsError(err).Detail)
	}
	c := &condition{filter: f.Expression, operations: true}
	mixed := ""
	_, _, _ = rewritten(nil, c.filter, func(cmp comparison) (scim.Expression, error) {
		s := cmp.spot.root()
		switch s.name {
		case "op", "path", "value":
			if s.uri == "" {
				mixed = s.name
				break
			}
			fallthrough
		default:
			c.operations = false
		}
		return cmp.AttributeExpression, nil
	})
	if !c.operations && mixed != "" {
		return fmt.Errorf("when: %s is that of an operation of a PATCH, and the others are attributes of the resource: a condition is about one or the other", mixed)
	}
	if !c.operations {
		types := r.types
		if types == nil {
			types = registry.Types
		}
		c.filter = qualifiedFilter(c.filter, func(p scim.AttrPath) scim.AttrPath { return ofTypes(types, p, bare.qualified) })
		for _, rt := range r.types {
			if err := scim.CheckFilter(c.filter, rt); err != nil {
				return fmt.Errorf("when: %s", scim.AsError(err).Detail)
			}
		}
	}
	r.when = c
	return u.suitsWhen(r)
}

// suitsWhen refuses what could not work together with a condition.
func (u *Rule) suitsWhen(r *rule) error {
	for i := range r.verbs {
		v := &r.verbs[i]
		for _, w := range v.workers {
			if _, ok := w.(reshapes); ok {
				return fmt.Errorf("when: %s changes names or shapes for all resources or none, since filters could not follow it for some", u.Verbs[i])
			}
		}
		if v.plain != nil && !u.writes(r.when.operations) {
			return fmt.Errorf("when: %s can never work: there is a condition only for %s", u.Verbs[i], "create, replace, patch and delete")
		}
	}
	if r.when.operations && !r.worksOn("patch") {
		return fmt.Errorf("when: op, path and value are those of a PATCH, and the rule is not for patch")
	}
	return nil
}

// writes reports whether the rule is for an operation at which a condition holds
// for the request as a whole.
func (u *Rule) writes(patchOnly bool) bool {
	if len(u.On) == 0 {
		return true
	}
	for _, on := range u.On {
		switch on {
		case "patch":
			return true
		case "create", "replace", "delete", "me":
			if !patchOnly {
				return true
			}
		}
	}
	return false
}

// decide tells whether a rule with a condition works for the request, from the
// turn of its first verb on. For a request that brings and names no single
// resource it does not.
func (m *message) decide(t *turn) (bool, error) {
	c := t.rule.when
	switch {
	case m.kind == patchBody && c.operations:
		return m.anyOperation(c)
	case c.operations:
		return false, nil
	case m.kind == resourceBody:
		return scim.Matches(c.filter, &m.body, m.rt)
	case m.kind == patchBody:
		v, err := m.present(t.index)
		if err != nil {
			return false, err
		}
		after, _, err := scim.Apply(&v, m.ops, m.rt)
		if err != nil {
			if m.state.unknown {
				return false, nil
			}
			return false, err
		}
		return scim.Matches(c.filter, &after, m.rt)
	case m.req.Method == http.MethodDelete:
		v, err := m.present(t.index)
		if err != nil {
			return false, err
		}
		return scim.Matches(c.filter, &v, m.rt)
	}
	return false, nil
}

// anyOperation reports whether the condition holds for an operation. One without
// a path is held against it for each attribute that it names.
func (m *message) anyOperation(c *condition) (bool, error) {
	for i := range m.ops {
		op := &m.ops[i]
		if ok, err := c.holdsFor(op, op.Path, &op.Value); ok || err != nil {
			return ok, err
		}
		if op.Value.Kind() != scim.Object {
			continue
		}
		root := spot{}
		if op.Path != "" {
			if root = targetOf(m.rt, op); op.Target.Filter != nil || root.sub != "" {
				continue
			}
		}
		if ok, err := m.anyBelow(c, op, root, &op.Value); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// anyBelow holds a condition against what an operation does to each attribute in
// its value, which stands at root.
func (m *message) anyBelow(c *condition, op *scim.Operation, root spot, value *scim.Value) (bool, error) {
	for i := range value.Members() {
		name, inner := value.Members()[i].Name, value.At(i)
		var at spot
		switch {
		case root.name != "":
			at = root
			at.sub = name
		case root.uri != "":
			at = spotOf(m.rt, scim.AttrPath{URI: root.uri, Name: name})
		default:
			p, err := scim.ParseAttrPath(name)
			if err != nil {
				continue
			}
			at = spotOf(m.rt, p)
		}
		if ok, err := c.holdsFor(op, at.String(), inner); ok || err != nil {
			return ok, err
		}
		if inner.Kind() != scim.Object || at.sub != "" {
			continue
		}
		if ok, err := m.anyBelow(c, op, at, inner); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// holdsFor reports whether the condition holds for an operation with that path
// and value.
func (c *condition) holdsFor(op *scim.Operation, path string, value *scim.Value) (bool, error) {
	v := scim.ObjectValue(
		scim.Member{Name: "op", Value: scim.StringValue(op.Op.String())},
		scim.Member{Name: "path", Value: scim.StringValue(path)},
		scim.Member{Name: "value", Value: *value},
	)
	if value.Kind() == scim.Absent {
		v.Delete(2)
	}
	return scim.Matches(c.filter, &v, nil)
}
