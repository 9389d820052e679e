package rewrite

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// discovery says in SCIM 1.1 what a service provider says about itself
// (draft-scim-core-schema-01 sections 9 and 10).
func (a *answer11) discovery(v *scim.Value) {
	if v.Kind() != scim.Object {
		return
	}
	switch route := a.s.route; {
	case route.Endpoint == scim.EndpointConfig:
		a.config(v)
	case route.Endpoint == scim.EndpointSchemas && route.ID != "":
		a.schema(v)
	case route.Endpoint == scim.EndpointSchemas:
		a.list(v, a.schema)
		a.selected(v)
	}
}

// schemaFilter keeps the filter of a search for a schema. It is about the
// definitions of SCIM 1.1, and SCIM 2.0 has none here (RFC 7644 section 4).
func (s *session) schemaFilter(req *scim.Request) {
	text := queryValue(req.Query, paramFilter)
	if text == "" || s.route.ID != "" {
		return
	}
	f, err := scim.ParseFilter(text)
	if err != nil || !s.did(Discovery11, params[paramFilter].query) {
		return
	}
	s.schemasWanted, req.Query = f.Expression, ""
}

// selected leaves the definitions that were searched for.
func (a *answer11) selected(v *scim.Value) {
	if a.s.schemasWanted == nil {
		return
	}
	resources := v.Get(keyResources)
	gone := resources.Keep(func(m *scim.Member) bool {
		ok, err := scim.Matches(a.s.schemasWanted, &m.Value, nil)
		return ok && err == nil
	})
	if gone > 0 {
		v.Set(keyTotal, scim.IntValue(resources.Len()))
		v.Set(keyItemsPerPage, scim.IntValue(resources.Len()))
	}
}

// config is the document of /ServiceProviderConfigs. There is no XML.
func (a *answer11) config(v *scim.Value) {
	renameKey(v, "documentationUri", "documentationUrl")
	schemes := v.Get("authenticationSchemes")
	for i := range schemes.Members() {
		renameKey(schemes.At(i), "documentationUri", "documentationUrl")
		renameKey(schemes.At(i), "specUri", "specUrl")
	}
	if meta := v.Get("meta"); meta.Index("resourceType") >= 0 {
		meta.Delete(meta.Index("resourceType"))
	}
	v.Set("xmlDataFormat", scim.ObjectValue(scim.Member{Name: "supported", Value: scim.BoolValue(false)}))
	putSchemas(v, scim.CoreURI11)
}

func renameKey(v *scim.Value, from, to string) {
	if i := v.Index(from); i >= 0 {
		v.Rename(i, to)
	}
}

// schema is the definition of a schema. That of a resource type says where its
// resources stand.
func (a *answer11) schema(v *scim.Value) {
	if v.Kind() != scim.Object {
		return
	}
	id := v.Get("id").Text()
	uri := a.uri(id)
	list := v.Get("attributes")
	for i := range list.Members() {
		attribute11(list.At(i), uri)
	}
	if i := v.Index("meta"); i >= 0 {
		v.Delete(i)
	}
	v.Set("schema", scim.StringValue(uri))
	for _, rt := range a.s.plan.Registry.Types {
		if strings.EqualFold(id, rt.Schema.ID) {
			v.Set("id", scim.StringValue(uri+":"+rt.Name))
			v.Set("endpoint", scim.StringValue("/"+rt.Endpoint))
			putSchemas(v, scim.CoreURI11)
			return
		}
	}
	v.Set("id", scim.StringValue(uri))
	putSchemas(v, scim.CoreURI11)
}

// attribute11 defines an attribute of a schema, or below one a sub-attribute.
func attribute11(v *scim.Value, uri string) {
	if v.Kind() != scim.Object {
		return
	}
	if v.Get("type").Text() == "reference" {
		v.Set("type", scim.StringValue("string"))
	}
	v.Set("readOnly", scim.BoolValue(v.Get("mutability").Text() == string(scim.ReadOnly)))
	if uri != "" {
		v.Set("schema", scim.StringValue(uri))
	}
	name := v.Get("name").Text()
	if v.Get("multiValued").True() {
		v.Set("multiValuedAttributeChildName", scim.StringValue(singular(name)))
	}
	v.Keep(func(m *scim.Member) bool {
		switch m.Name {
		case "mutability", "returned", "uniqueness", "referenceTypes":
			return false
		}
		return true
	})
	subs := v.Get("subAttributes")
	subs.Keep(func(m *scim.Member) bool { return m.Value.Get("name").Text() != "$ref" })
	for i := range subs.Members() {
		sub := subs.At(i)
		if uri == scim.EnterpriseUserURI11 && name == "manager" && sub.Get("name").Text() == "value" {
			sub.Set("name", scim.StringValue(managerID11))
		}
		attribute11(sub, "")
	}
}

// singular names one value of a list, as the elements of XML are named.
func singular(name string) string {
	if stem, ok := strings.CutSuffix(name, "sses"); ok {
		return stem + "ss"
	}
	return strings.TrimSuffix(name, "s")
}

// schemaID finds the id that a schema of SCIM 1.1 has in 2.0: clients ask for
// that of a resource type by its name or by its URI and name.
func (s *session) schemaID(id string) string {
	name := strings.TrimPrefix(id, scim.CoreURI11+":")
	for _, rt := range s.plan.Registry.Types {
		if strings.EqualFold(name, rt.Name) || strings.EqualFold(name, rt.Endpoint) {
			return rt.Schema.ID
		}
	}
	if strings.EqualFold(id, scim.EnterpriseUserURI11) {
		return scim.EnterpriseUserURI
	}
	return id
}
