package backend

import (
	"net/http"
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// needs collects the attributes that the gateway itself has to see, each as a
// whole: those of the filter that is evaluated here and the one to sort by.
func needs(rt *scim.ResourceType, filter scim.Expression, sortBy string) []scim.AttrPath {
	var list []scim.AttrPath
	add := func(p scim.AttrPath) {
		if t, ok := rt.Resolve(p); ok {
			p = t.Path
		}
		p.Sub = ""
		if !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	eachPath(filter, add)
	if p, err := scim.ParseAttrPath(sortBy); err == nil {
		add(p)
	}
	return list
}

// eachPath visits the attributes that a filter names. What stands in brackets
// belongs to the attribute in front of them.
func eachPath(e scim.Expression, visit func(scim.AttrPath)) {
	switch e := e.(type) {
	case *scim.AttributeExpression:
		visit(e.Path)
	case *scim.LogicalExpression:
		eachPath(e.Left, visit)
		eachPath(e.Right, visit)
	case *scim.NotExpression:
		eachPath(e.Expression, visit)
	case *scim.ValuePath:
		visit(e.Path)
	}
}

// project adds to a query which attributes the service provider shall show:
// those that the client wants and those that are needed here. The client's
// answer is pruned when it is complete. A group's members are left out whenever
// nobody needs them.
func (l *listing) project(p *parameters, rt *scim.ResourceType) {
	if !on(l.b.caps.Projection) {
		return
	}
	needed := needs(rt, l.q.filter, l.q.sortBy)
	switch {
	case l.q.attributes != "":
		p.add("attributes", widened(rt, l.q.attributes, needed))
	case l.q.excluded != "":
		if names := narrowed(rt, l.q.excluded, needed); names != "" {
			p.add("excludedAttributes", names)
		}
	}
}

// widened is a list of names with what is needed besides.
func widened(rt *scim.ResourceType, names string, needed []scim.AttrPath) string {
	for _, path := range needed {
		if !lists(rt, names, path) {
			names += "," + path.String()
		}
	}
	return names
}

// lists reports whether a list of names has an attribute as a whole.
func lists(rt *scim.ResourceType, names string, path scim.AttrPath) bool {
	for name := range strings.SplitSeq(names, ",") {
		if uri, whole := schemaOf(rt, name); whole && uri == path.URI {
			return true
		}
		if p, err := scim.ParseAttrPath(name); err == nil && (dialect{rt: rt}).canonical(p) == path {
			return true
		}
	}
	return false
}

// narrowed is a list of names without what is needed.
func narrowed(rt *scim.ResourceType, names string, needed []scim.AttrPath) string {
	var kept []string
	for name := range strings.SplitSeq(names, ",") {
		if !touches(rt, name, needed) {
			kept = append(kept, name)
		}
	}
	return strings.Join(kept, ",")
}

// touches reports whether a name takes away part of what is needed.
func touches(rt *scim.ResourceType, name string, needed []scim.AttrPath) bool {
	uri, whole := schemaOf(rt, name)
	p, err := scim.ParseAttrPath(name)
	p = dialect{rt: rt}.canonical(p)
	p.Sub = ""
	for _, path := range needed {
		if whole && path.URI == uri || err == nil && p == path {
			return true
		}
	}
	return false
}

// schemaOf tells a name that stands for an extension as a whole.
func schemaOf(rt *scim.ResourceType, name string) (string, bool) {
	if ext := rt.Extension(strings.TrimSpace(name)); ext != nil {
		return ext.Schema.ID, true
	}
	return "", false
}

// unprojected takes the names of attributes out of the query of a request for
// one resource, for a service provider that does not know what they mean.
func unprojected(x *exchange) *exchange {
	if x.req.Query == "" {
		return x
	}
	var p parameters
	for piece := range strings.SplitSeq(x.req.Query, "&") {
		switch name, _, _ := strings.Cut(piece, "="); name {
		case "attributes", "excludedAttributes":
		default:
			p.piece([]byte(piece))
		}
	}
	if len(p) == len(x.req.Query) {
		return x
	}
	out, req := *x, *x.req
	req.Query = string(p)
	out.req = &req
	return &out
}

// shows tells a request whose answer is a resource.
func shows(x *exchange) bool {
	switch x.operation {
	case "get", "create", "replace", "patch", "me":
		return x.req.Method != http.MethodDelete
	}
	return false
}
