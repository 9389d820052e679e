package rewrite_test

import (
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/caddy-scim/caddy-scim/scim"
)

// normal makes a request in normal form.
func normal(rng *rand.Rand) *request {
	m := maker{rng, userType}
	if m.chance(0.25) {
		m.rt = groupType
	}
	r := &request{
		rt: m.rt, provider: one(rng, "generic", "entra", one(rng, providers...)), path: "/scim/v2/" + m.rt.Endpoint,
		accept: []string{scim.MediaType},
	}
	switch n := m.IntN(20); {
	case n < 3:
		r.method, r.query = "GET", m.list()
	case n < 4:
		r.method, r.path, r.query = "GET", r.path+"/"+m.id(), m.projection()
	case n < 5 && m.coin():
		r.method, r.path = "DELETE", r.path+"/"+m.id()
	case n < 6:
		r.method, r.path = "POST", r.path+"/.search"
		r.search = &searchBody{list{scim.SearchRequestURI}, m.list()}
	case n < 9:
		r.method, r.resource = "POST", m.resource(true)
	case n < 11:
		id := m.id()
		r.method, r.path, r.resource = "PUT", r.path+"/"+id, m.resource(false)
		if m.coin() {
			r.resource = r.resource.insert(1, field{"id", id})
		}
	default:
		r.method, r.path = "PATCH", r.path+"/2819c223"
		r.state = m.state()
		r.patch = m.patch(r.state)
	}
	if r.document() != nil {
		r.contentType = []string{scim.MediaType}
		if m.chance(0.2) {
			r.query = m.projection()
		}
	}
	return r
}

// unheard are attributes that no schema defines.
var unheard = []field{
	{"favouriteColour", "red"}, {"lockers", list{number("3"), "B-4"}}, {"parking", object{{"lot", "P1"}, {"primary", true}}}, {"vegan", true},
}

func (m maker) id() string {
	return one(m.Rand, "2819c223", "4711", "a%20b", "mara@example.com", "x.y~z", "7f3e-11")
}

// list makes the parameters of a search.
func (m maker) list() []*param {
	var params []*param
	if m.chance(0.8) {
		params = append(params, &param{name: "filter", filter: m.filter(2)})
	}
	if m.chance(0.4) {
		params = append(params, &param{name: "startIndex", text: strconv.Itoa(1 + m.IntN(3)*50)})
	}
	if m.chance(0.4) {
		params = append(params, &param{name: "count", text: strconv.Itoa(m.IntN(3) * 100)})
	}
	if m.chance(0.3) {
		params = append(params, &param{name: "sortBy", names: []name{m.name()}})
	}
	if m.chance(0.3) {
		params = append(params, &param{name: "sortOrder", text: one(m.Rand, "ascending", "descending")})
	}
	params = append(params, m.projection()...)
	m.Shuffle(len(params), func(i, j int) { params[i], params[j] = params[j], params[i] })
	return params
}

// projection makes parameters that any request may have.
func (m maker) projection() []*param {
	var params []*param
	if m.coin() {
		p := &param{name: one(m.Rand, "attributes", "excludedAttributes")}
		for range 1 + m.IntN(3) {
			n := m.name()
			if !slices.ContainsFunc(p.names, func(known name) bool { return known.String() == n.String() }) {
				p.names = append(p.names, n)
			}
		}
		params = append(params, p)
	}
	if m.chance(0.2) {
		params = append(params, &param{name: "tenant", text: m.word()})
	}
	return params
}

// name makes the name of an attribute, or of a sub-attribute.
func (m maker) name() name {
	if m.chance(0.05) {
		return name{attr: "favouriteColour"}
	}
	a, _ := m.attribute(func(attribute) bool { return true })
	if a.def.Type != scim.TypeComplex || m.coin() {
		return named(a, nil)
	}
	return named(a, m.sub(a))
}

// resource makes the body of a create or a replace. A replace may hold values
// that clear an attribute.
func (m maker) resource(create bool) object {
	schemas := list{m.rt.Schema.ID}
	body := object{{"schemas", nil}}
	extensions := map[string]object{}
	for _, a := range settables[m.rt] {
		switch {
		case m.chance(0.75) && !a.def.Required:
			continue
		case a.uri != "" && extensions[a.uri] == nil:
			schemas = append(schemas, a.uri)
			body = append(body, field{a.uri, nil})
		}
		f := field{a.def.Name, m.value(a.def)}
		if !create && !a.def.Required && m.chance(0.1) {
			if f.value = nil; a.def.MultiValued {
				f.value = list{}
			}
		}
		if a.uri == "" {
			body = append(body, f)
		} else {
			extensions[a.uri] = append(extensions[a.uri], f)
		}
	}
	for i := range body {
		if o := extensions[body[i].name]; o != nil {
			body[i].value = o
		}
	}
	if m.chance(0.1) {
		body = append(body, one(m.Rand, unheard...))
	}
	tail := body[1:]
	if len(schemas) == 1 && m.coin() {
		m.Shuffle(len(tail), func(i, j int) { tail[i], tail[j] = tail[j], tail[i] })
	}
	body[0].value = schemas
	return body
}

// state makes a resource as a service provider shows it.
func (m maker) state() object {
	body := m.resource(true)
	meta := object{
		{"resourceType", m.rt.Name},
		{"created", "2024-02-29T08:30:00Z"},
		{"lastModified", "2025-01-01T00:00:00Z"},
		{"location", "https://scim.example.com/scim/v2/" + m.rt.Endpoint + "/2819c223"},
		{"version", `W/"7"`},
	}
	if i := body.index("password"); i >= 0 {
		body = body.without(i)
	}
	body = append(body.insert(1, field{"id", "2819c223"}), field{"meta", meta})
	if m.rt == userType && m.coin() {
		body = append(body, field{"groups", list{object{{"value", "g1"}, {"display", "Editors"}, {"type", "direct"}}}})
	}
	return body
}
