package rewrite

import (
	"strconv"

	"github.com/caddy-scim/caddy-scim/scim"
)

// discovery repairs what a service provider says about itself (RFC 7644 section
// 4). Collections of schemas and resource types are lists.
func (a *answer) discovery(v *scim.Value) {
	if a.s.route.ID != "" || a.s.route.Endpoint == "ServiceProviderConfig" {
		a.learn(v)
		a.description(v)
		return
	}
	if !a.listResponse(v) {
		return
	}
	resources := v.Get(keyResources)
	for i := range resources.Members() {
		a.learn(resources.At(i))
	}
	a.trail.enter(keyResources, 0)
	for i := range resources.Members() {
		a.trail.enter("", i)
		a.description(resources.At(i))
		a.trail.leave()
	}
	a.trail.leave()
}

// learn notes where the service provider stands before other addresses, such as
// those of its documentation, are held against it.
func (a *answer) learn(v *scim.Value) {
	for _, text := range [...]string{v.Get("meta").Get("location").Text(), v.Get("endpoint").Text()} {
		a.rebased(text)
	}
}

// description repairs one ServiceProviderConfig, ResourceType or Schema.
func (a *answer) description(v *scim.Value) {
	if v.Kind() != scim.Object {
		return
	}
	a.addresses(v)
	uri, key := "", ""
	switch a.s.route.Endpoint {
	case "ServiceProviderConfig":
		uri, key = scim.ServiceProviderConfigURI, "patch"
	case "ResourceTypes":
		uri, key = scim.ResourceTypeURI, "endpoint"
	case "Schemas":
		uri, key = scim.SchemaURI, "attributes"
	}
	if !v.Get(key).Empty() && v.Get(keySchemas).Empty() && a.did(AnswerSchemas, keySchemas) {
		putSchemas(v, uri)
	}
}

// addresses goes through a description at any depth, drops nulls and rebases
// what holds an address.
func (a *answer) addresses(v *scim.Value) {
	members, gone := v.Members(), false
	for i := range members {
		m := &members[i]
		a.trail.enter(m.Name, i)
		switch m.Name {
		case "location", "$ref", "endpoint", "documentationUri", "specUri":
			a.uri(&m.Value)
		}
		if m.Value.Kind() == scim.Null {
			gone = a.removed(AnswerNull, m) || gone
		}
		a.addresses(&m.Value)
		a.trail.leave()
	}
	sweep(v, gone)
}

// bulk repairs the answer to each operation of a Bulk request (RFC 7644 section
// 3.7).
func (a *answer) bulk(v *scim.Value) {
	operations := v.Get("Operations")
	a.trail.enter("Operations", 0)
	for i := range operations.Members() {
		a.trail.enter("", i)
		a.bulkOperation(operations.At(i))
		a.trail.leave()
	}
	a.trail.leave()
}

func (a *answer) bulkOperation(v *scim.Value) {
	a.uri(v.Get("location"), "location")
	a.bulkStatus(v.Get("status"))
	response := v.Get("response")
	if !response.Exists() {
		return
	}
	a.trail.enter("response", 0)
	defer a.trail.leave()
	if contains(response.Get(keySchemas), scim.ErrorURI) {
		a.bulkStatus(response.Get("status"))
		return
	}
	a.resource(response)
}

// bulkStatus makes a status a string. Examples of RFC 7644 section 3.7.2 give it
// as {"code":"201"}.
func (a *answer) bulkStatus(v *scim.Value) {
	if !v.Exists() || v.Kind() == scim.String {
		return
	}
	code := v
	if v.Kind() == scim.Object {
		code = v.Get("code")
	}
	if !code.Exists() {
		return
	}
	text := code.Text()
	if text == "" {
		text = code.Raw()
	}
	if _, err := strconv.Atoi(text); err == nil && a.did(AnswerTypes, "status") {
		v.Put(scim.StringValue(text))
	}
}
