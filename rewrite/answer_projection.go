package rewrite

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// projection is what attributes or excludedAttributes ask for (RFC 7644 section
// 3.9).
type projection struct {
	read    bool // from the request
	exclude bool
	names   []string

	rt    *scim.ResourceType // that paths are resolved for
	paths []scim.AttrPath    // canonical; a whole extension has no Name
}

// project is L3: it prunes a resource to what was asked for, should the service
// provider have ignored that. id, schemas and what else is returned always stay
// in any case.
func (a *answer) project(v *scim.Value, rt *scim.ResourceType) {
	pr := &a.projection
	if !pr.read {
		a.readProjection()
	}
	if len(pr.names) == 0 || rt == nil {
		return
	}
	pr.resolve(rt)
	members, gone := v.Members(), false
	for i := range members {
		m := &members[i]
		a.trail.enter(m.Name, i)
		switch ext := extensionOf(rt, m.Name); {
		case ext != nil:
			gone = a.projectExtension(ext.Schema, m) || gone
		case isURI(m.Name):
			gone = !pr.keeps(m.Name) && a.removed(AnswerProjection, m) || gone
		default:
			gone = a.projectAttribute("", attributeOf(rt, m.Name), m) || gone
		}
		a.trail.leave()
	}
	sweep(v, gone)
}

// readProjection takes the two lists from the query, or from a search request.
func (a *answer) readProjection() {
	pr := &a.projection
	pr.read = true
	pr.names = splitNames(queryValue(a.req.Query, paramAttributes))
	if len(pr.names) == 0 {
		pr.names = splitNames(queryValue(a.req.Query, paramExcluded))
		pr.exclude = len(pr.names) > 0
	}
	if a.operation != "search" {
		return
	}
	body := scim.Parse(a.req.Body)
	for _, p := range [...]param{paramExcluded, paramAttributes} {
		list := body.Get(params[p].name)
		if list.Empty() || !isArray(list) {
			continue
		}
		pr.names, pr.exclude = pr.names[:0:0], p == paramExcluded
		for i := range list.Members() {
			pr.names = append(pr.names, list.At(i).Text())
		}
	}
}

func splitNames(text string) []string {
	if saysNothing(text) {
		return nil
	}
	return strings.Split(text, ",")
}

func (pr *projection) resolve(rt *scim.ResourceType) {
	if pr.rt == rt {
		return
	}
	pr.rt, pr.paths = rt, pr.paths[:0]
	for _, name := range pr.names {
		path, err := scim.ParseAttrPath(strings.TrimSpace(name))
		if ext := rt.Extension(name); ext != nil {
			path = scim.AttrPath{URI: ext.Schema.ID}
		} else if err != nil {
			path = scim.AttrPath{Name: name}
		} else if t, ok := rt.Resolve(path); ok {
			path = t.Path
		}
		pr.paths = append(pr.paths, path)
	}
}

// named tells whether an attribute is named as a whole, or in part by some of
// its sub-attributes.
func (pr *projection) named(uri, name string) (whole, part bool) {
	for _, path := range pr.paths {
		if path.URI != uri || path.Name != "" && !strings.EqualFold(path.Name, name) {
			continue
		}
		if path.Sub == "" {
			return true, false
		}
		part = true
	}
	return false, part
}

// keeps tells whether an extension that no schema is known of stays: as a whole,
// if any part of it is asked for.
func (pr *projection) keeps(uri string) bool {
	for _, path := range pr.paths {
		whole := strings.EqualFold(path.String(), uri)
		if whole || !pr.exclude && strings.EqualFold(path.URI, uri) {
			return !pr.exclude
		}
	}
	return pr.exclude
}

func (pr *projection) namedSub(uri, name, sub string) bool {
	for _, path := range pr.paths {
		if path.URI == uri && strings.EqualFold(path.Name, name) && strings.EqualFold(path.Sub, sub) {
			return true
		}
	}
	return false
}

// projectExtension prunes the attributes of an extension and reports whether it
// goes because none is left.
func (a *answer) projectExtension(s *scim.Schema, m *scim.Member) bool {
	members, gone := m.Value.Members(), false
	for i := range members {
		m := &members[i]
		a.trail.enter(m.Name, i)
		gone = a.projectAttribute(s.ID, schemaAttribute(s, m.Name), m) || gone
		a.trail.leave()
	}
	return leaves(m, gone)
}

// leaves sweeps the value of a member and removes the member if nothing is
// left. It reports whether it did.
func leaves(m *scim.Member, gone bool) bool {
	sweep(&m.Value, gone)
	if !gone || m.Value.Len() > 0 {
		return false
	}
	remove(m)
	return true
}

// projectAttribute prunes one attribute and reports whether it goes.
func (a *answer) projectAttribute(uri string, attr *scim.Attribute, m *scim.Member) bool {
	if attr != nil && attr.Returned == scim.ReturnedAlways {
		return false
	}
	whole, part := a.projection.named(uri, m.Name)
	switch {
	case part && !whole:
	case whole == a.projection.exclude:
		return a.removed(AnswerProjection, m)
	default:
		return false
	}
	if m.Value.Kind() != scim.Array {
		return a.projectSubs(uri, attr, m.Name, m)
	}
	elements, gone := m.Value.Members(), false
	for i := range elements {
		a.trail.enter("", i)
		gone = a.projectSubs(uri, attr, m.Name, &elements[i]) || gone
		a.trail.leave()
	}
	return leaves(m, gone)
}

// projectSubs prunes the sub-attributes of one value and reports whether it goes
// because none is left.
func (a *answer) projectSubs(uri string, attr *scim.Attribute, name string, value *scim.Member) bool {
	if value.Value.Kind() != scim.Object {
		return false
	}
	members, gone := value.Value.Members(), false
	for i := range members {
		m := &members[i]
		if sub := attr.SubAttribute(m.Name); sub != nil && sub.Returned == scim.ReturnedAlways {
			continue
		}
		if a.projection.namedSub(uri, name, m.Name) == a.projection.exclude {
			a.trail.enter(m.Name, i)
			gone = a.removed(AnswerProjection, m) || gone
			a.trail.leave()
		}
	}
	return leaves(value, gone)
}
