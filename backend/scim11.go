package backend

import (
	"net/http"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// The versions of SCIM (Capabilities.SCIM).
const (
	version11 = "1.1"
	version20 = "2.0"
)

// What SCIM 1.1 calls by another name (draft-scim-core-schema-01 and
// draft-scim-api-01). One core schema holds users and groups.
const (
	coreURI11       = scim.CoreURI11
	enterpriseURI11 = scim.EnterpriseUserURI11

	managerID11 = "managerId" // manager.value
)

// implied11 are the capabilities that go with SCIM 1.1 unless they are
// configured: it has no not, ne, ew or brackets in filters, no .search and no
// cursors; its PATCH knows values, but no filters to find them by; its Bulk is
// another.
func (c Capabilities) implied11() Capabilities {
	off := false
	if c.Filter == nil {
		c.Filter = []string{"eq", "co", "sw", "pr", "gt", "ge", "lt", "le", "and", "or"}
	}
	if c.Search == nil {
		c.Search = &off
	}
	if c.Bulk == nil {
		c.Bulk = &off
	}
	if c.ValuePaths == "" {
		c.ValuePaths = "read"
	}
	return c
}

// to11 writes a request in SCIM 1.1.
func (b *Backend) to11(x *exchange, req *scim.Request) (err error) {
	rt := x.route.Type
	switch x.operation {
	case "bulk", "search", "me":
		return scim.Errorf(http.StatusNotImplemented, "", "the service provider speaks SCIM 1.1, which has no such %s", x.operation)
	}
	req.Query, err = mapQuery(req.Query, func(name, value string) (string, error) {
		switch name {
		case "filter":
			return filter11(value)
		case "sortBy", "attributes", "excludedAttributes":
			return attributes11(value), nil
		}
		return value, nil
	})
	if err != nil || req.Body == "" || rt == nil {
		return err
	}
	body := scim.Parse(req.Body)
	switch x.operation {
	case "create", "replace":
		resource11(rt, &body)
		req.Body = body.Raw()
	case "patch":
		req.Body, err = patch11(rt, &body)
	}
	return err
}

// resource11 writes a resource, or a part of one, in SCIM 1.1.
func resource11(rt *scim.ResourceType, v *scim.Value) {
	for i := range v.Members() {
		m := &v.Members()[i]
		if strings.EqualFold(m.Name, scim.EnterpriseUserURI) {
			enterprise11(&m.Value)
			v.Rename(i, enterpriseURI11)
		}
	}
	uris := []scim.Value{scim.StringValue(coreURI11)}
	for i := range rt.Extensions {
		uri := schema11(rt.Extensions[i].Schema.ID)
		if v.Get(uri) != nil {
			uris = append(uris, scim.StringValue(uri))
		}
	}
	v.Set(keySchemas, scim.ArrayValue(uris...))
}

func enterprise11(v *scim.Value) {
	manager := v.Get("manager")
	if i := manager.Index("value"); i >= 0 {
		manager.Rename(i, managerID11)
	}
	if i := manager.Index("$ref"); i >= 0 {
		manager.Delete(i)
	}
}

// schema11 is the URI of an extension in SCIM 1.1. Only the enterprise extension
// is of the standard and has another.
func schema11(uri string) string {
	if strings.EqualFold(uri, scim.EnterpriseUserURI) {
		return enterpriseURI11
	}
	return uri
}

// from11 reads a resource of SCIM 1.1. Its one core schema stands for that of
// the resource type.
func (b *Backend) from11(rt *scim.ResourceType, v *scim.Value) {
	if rt == nil {
		return
	}
	for i := range v.Members() {
		m := &v.Members()[i]
		if strings.EqualFold(m.Name, enterpriseURI11) {
			manager := m.Value.Get("manager")
			if j := manager.Index(managerID11); j >= 0 && manager.Get("value") == nil {
				manager.Rename(j, "value")
			}
			v.Rename(i, scim.EnterpriseUserURI)
		}
	}
	if meta := v.Get("meta"); meta.Exists() && meta.Kind() == scim.Object && meta.Get("resourceType").Empty() {
		meta.Set("resourceType", scim.StringValue(rt.Name))
	}
	schemas := v.Get(keySchemas)
	for i := range schemas.Members() {
		switch uri := schemas.At(i); {
		case strings.EqualFold(uri.Text(), coreURI11):
			uri.Put(scim.StringValue(rt.Schema.ID))
		case strings.EqualFold(uri.Text(), enterpriseURI11):
			uri.Put(scim.StringValue(scim.EnterpriseUserURI))
		}
	}
}

// path11 is an attribute path in SCIM 1.1.
func path11(path scim.AttrPath) scim.AttrPath {
	if strings.EqualFold(path.URI, scim.EnterpriseUserURI) {
		path.URI = enterpriseURI11
		if strings.EqualFold(path.Name, "manager") && strings.EqualFold(path.Sub, "value") {
			path.Sub = managerID11
		}
	}
	return path
}

func filter11(text string) (string, error) {
	e, err := scim.ParseStrictFilter(text)
	if err != nil {
		return "", err
	}
	changed := false
	eachComparison(e, nil, func(_ *scim.ValuePath, c *scim.AttributeExpression) {
		to := path11(c.Path)
		if to.URI == enterpriseURI11 && to.Sub == "" && strings.EqualFold(to.Name, "manager") {
			to.Sub = managerID11 // a complex attribute means its value
		}
		changed = changed || to != c.Path
		c.Path = to
	})
	if !changed {
		return text, nil
	}
	return e.String(), nil
}

// attributes11 is a list of attribute paths in SCIM 1.1.
func attributes11(list string) string {
	names := strings.Split(list, ",")
	for i, name := range names {
		if path, err := scim.ParseAttrPath(name); err == nil {
			names[i] = path11(path).String()
		}
	}
	return strings.Join(names, ",")
}
