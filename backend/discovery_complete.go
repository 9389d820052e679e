package backend

import (
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// completeConfig adds the members that RFC 7643 section 5 requires to a
// ServiceProviderConfig, and puts right what gateway and service provider
// together can and cannot do.
func (d *discovery) completeConfig(doc *scim.Value) {
	ours := scim.Parse(d.b.described(scim.EndpointConfig, d.root()))
	d.completeHead(doc, scim.ServiceProviderConfigURI, ours.Get("meta"))
	can := d.b.features()
	for _, f := range [...]struct {
		name string
		can  certainty
	}{
		{"patch", can.patch},
		{"bulk", can.bulk},
		{"filter", can.filter},
		{"changePassword", untold},
		{"sort", can.sort},
		{"etag", can.etag},
	} {
		if v := doc.Get(f.name); is(v, scim.Object) {
			completeFeature(v, ours.Get(f.name), f.can)
		} else {
			doc.Set(f.name, ours.Get(f.name).Clone())
		}
	}
	d.limitResults(doc.Get("filter"))
	if d.b.takesBulkApart() {
		for _, m := range ours.Get("bulk").Members() {
			setUnlessEqual(doc.Get("bulk"), m.Name, m.Value.Clone())
		}
	}
	if !d.b.full { // a full one has said what it has to say
		completePagination(doc, ours.Get("pagination"))
	}
	completeAuthentication(doc, ours.Get("authenticationSchemes"))
}

// completeFeature completes one feature. A number or a text for supported is
// read as what it stands for.
func completeFeature(v, ours *scim.Value, can certainty) {
	supported := v.Get("supported")
	switch {
	case can != untold:
		setUnlessEqual(v, "supported", scim.BoolValue(can == promised))
	case supported == nil:
		v.Set("supported", ours.Get("supported").Clone())
	case supported.Kind() != scim.Bool:
		text := strings.Trim(supported.Raw(), `"`)
		v.Set("supported", scim.BoolValue(text == "1" || strings.EqualFold(text, "true")))
	}
	for _, m := range ours.Members() {
		if have := v.Get(m.Name); have == nil || have.Kind() != m.Value.Kind() {
			v.Set(m.Name, m.Value.Clone())
		}
	}
}

// limitResults promises no larger page than can be had.
func (d *discovery) limitResults(filter *scim.Value) {
	most := d.b.caps.PageSize
	n, err := strconv.Atoi(filter.Get("maxResults").Raw()) // completed before
	switch {
	case most > 0 && (err != nil || n > most || n <= 0):
		setUnlessEqual(filter, "maxResults", scim.IntValue(most))
	case err != nil || n < 0:
		filter.Set("maxResults", scim.IntValue(maxResults))
	}
}

// completePagination says that pages can be had both ways (RFC 9865 section 4).
func completePagination(doc, ours *scim.Value) {
	v := doc.Get("pagination")
	if !is(v, scim.Object) {
		doc.Set("pagination", ours.Clone())
		return
	}
	setUnlessEqual(v, "cursor", scim.BoolValue(true))
	setUnlessEqual(v, "index", scim.BoolValue(true))
}

// completeAuthentication gives each scheme its required members.
func completeAuthentication(doc, ours *scim.Value) {
	schemes := doc.Get("authenticationSchemes")
	switch {
	case is(schemes, scim.Object):
		schemes.Put(scim.ArrayValue(schemes.Clone()))
	case !is(schemes, scim.Array):
		doc.Set("authenticationSchemes", ours.Clone())
		return
	}
	for i := range schemes.Members() {
		scheme := schemes.At(i)
		if scheme.Kind() != scim.Object {
			continue
		}
		setIfMissing(scheme, "type", "oauthbearertoken")
		setIfMissing(scheme, "name", scheme.Get("type").Text())
		setIfMissing(scheme, "description", scheme.Get("name").Text())
	}
}

// completeList makes a ListResponse of whatever holds the descriptions (RFC 7644
// section 4), and completes each.
func (d *discovery) completeList(doc *scim.Value) {
	switch {
	case doc.Kind() == scim.Array:
		*doc = newList(doc.Clone())
	case d.isDescription(doc) && doc.Get("Resources") == nil:
		*doc = newList(scim.ArrayValue(doc.Clone()))
	case !is(doc.Get("Resources"), scim.Array):
		doc.Set("Resources", scim.ArrayValue())
	}
	list := doc.Get("Resources")
	for i := range list.Members() {
		if one := list.At(i); one.Kind() == scim.Object {
			d.completeDescription(one)
		}
	}
	n := scim.IntValue(list.Len())
	if schemas := doc.Get("schemas"); schemas.Empty() || !names(schemas, scim.ListResponseURI) {
		doc.Set("schemas", scim.ArrayValue(scim.StringValue(scim.ListResponseURI)))
	}
	if doc.Get("totalResults") == nil {
		doc.Set("totalResults", n)
	}
}

func newList(resources scim.Value) scim.Value {
	n := scim.IntValue(resources.Len())
	return scim.ObjectValue(
		scim.Member{Name: "schemas", Value: scim.ArrayValue(scim.StringValue(scim.ListResponseURI))},
		scim.Member{Name: "totalResults", Value: n},
		scim.Member{Name: "startIndex", Value: scim.IntValue(1)},
		scim.Member{Name: "itemsPerPage", Value: n},
		scim.Member{Name: "Resources", Value: resources},
	)
}

// completeDescription completes one Schema or ResourceType with what is known
// about it here.
func (d *discovery) completeDescription(v *scim.Value) {
	if d.route.Endpoint == scim.EndpointSchemas {
		d.completeSchema(v)
	} else {
		d.completeResourceType(v)
	}
}

func (d *discovery) completeSchema(v *scim.Value) {
	id := v.Get("id").Text()
	if id == "" {
		if rt := d.b.registry.ByName(v.Get("name").Text()); rt != nil {
			id = rt.Schema.ID
		}
	}
	setIfMissing(v, "id", id)
	if s := d.b.registry.Schema(id); s != nil {
		setIfMissing(v, "name", s.Name)
		setIfMissing(v, "description", s.Description)
	}
	d.completeOne(v, scim.SchemaURI, "Schema", id)
}

func (d *discovery) completeResourceType(v *scim.Value) {
	name := v.Get("name").Text()
	if name == "" {
		name = v.Get("id").Text()
	}
	setIfMissing(v, "id", name)
	setIfMissing(v, "name", name)
	if rt := d.b.registry.ByName(name); rt != nil {
		setIfMissing(v, "endpoint", "/"+rt.Endpoint)
		setIfMissing(v, "schema", rt.Schema.ID)
	}
	extensions := v.Get("schemaExtensions")
	for i := range extensions.Members() {
		one := extensions.At(i)
		if one.Kind() == scim.String {
			one.Put(scim.ObjectValue(scim.Member{Name: "schema", Value: one.Clone()}))
		}
		if one.Kind() == scim.Object && one.Get("required") == nil {
			one.Set("required", scim.BoolValue(false))
		}
	}
	d.completeOne(v, scim.ResourceTypeURI, "ResourceType", name)
}

// completeOne adds what every description has.
func (d *discovery) completeOne(v *scim.Value, uri, resourceType, id string) {
	meta := scim.ObjectValue(scim.Member{Name: "resourceType", Value: scim.StringValue(resourceType)})
	if id != "" {
		meta.Set("location", scim.StringValue(d.root()+"/"+d.route.Endpoint+"/"+id))
	}
	d.completeHead(v, uri, &meta)
}

// completeHead adds schemas, and to meta what it lacks of ours.
func (d *discovery) completeHead(v *scim.Value, uri string, ours *scim.Value) {
	if schemas := v.Get("schemas"); schemas.Empty() || !names(schemas, uri) {
		v.Set("schemas", scim.ArrayValue(scim.StringValue(uri)))
	}
	meta := v.Get("meta")
	if !is(meta, scim.Object) {
		v.Set("meta", ours.Clone())
		return
	}
	for _, m := range ours.Members() {
		setIfMissing(meta, m.Name, m.Value.Text())
	}
}

// names reports whether an array holds a URI, in any case.
func names(schemas *scim.Value, uri string) bool {
	for _, v := range schemas.Parts() {
		if strings.EqualFold(v.Text(), uri) {
			return true
		}
	}
	return false
}

// setIfMissing gives a member a text that it lacks.
func setIfMissing(v *scim.Value, name, text string) {
	if v.Get(name).Empty() && text != "" {
		v.Set(name, scim.StringValue(text))
	}
}

// setUnlessEqual leaves the bytes of v alone if the member has that value.
func setUnlessEqual(v *scim.Value, name string, to scim.Value) {
	if have := v.Get(name); have == nil || have.Raw() != to.Raw() {
		v.Set(name, to)
	}
}
