package rewrite

import (
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// schemas is B1: the resource's schema and each extension with a value in the
// body, and no others. A list that says just that is left as it is.
func (b *resourceBody) schemas() {
	wanted := b.wantedSchemas()
	i := b.body.Index("schemas")
	if i < 0 {
		if b.did(BodySchemas, "body.schemas") {
			b.body.Insert(0, scim.Member{Name: "schemas", Value: uris(wanted.uris)})
		}
		return
	}
	m := &b.body.Members()[i]
	listed, odd := b.listedSchemas(&m.Value)
	if !odd && len(listed.uris) == len(wanted.uris) && listed.hasAll(&wanted) {
		return
	}
	final := uriSet{uris: make([]string, 0, len(wanted.uris))}
	for _, uri := range listed.uris {
		if wanted.has(uri) && !final.has(uri) {
			final.add(uri)
		} else {
			odd = b.did(BodySchemas, "body.schemas") || odd
		}
	}
	for _, uri := range wanted.uris {
		if !final.has(uri) {
			odd = b.did(BodySchemas, "body.schemas") || odd
			final.add(uri)
		}
	}
	if odd {
		m.Value.Put(uris(final.uris))
	}
}

// wantedSchemas lists the URIs that fit the body.
func (b *resourceBody) wantedSchemas() uriSet {
	wanted := append(make([]string, 0, 4), b.rt.Schema.ID)
	for _, m := range b.body.Members() {
		if isURI(m.Name) && m.Value.Kind() == scim.Object {
			wanted = append(wanted, m.Name)
		}
	}
	return uriSet{uris: wanted}
}

// listedSchemas reads schemas with the known misspellings put right and the
// vendor markers left out. It reports whether there were any.
func (b *resourceBody) listedSchemas(v *scim.Value) (uriSet, bool) {
	at := place{up: &bodyPlace, name: "schemas"}
	elements := v.Members()
	odd := v.Kind() != scim.Array
	if odd {
		elements = []scim.Member{{Value: *v}}
		b.didAt(BodySchemas, &at)
	}
	listed := uriSet{uris: make([]string, 0, len(elements))}
	for i := range elements {
		uri := elements[i].Value.Text()
		if r := b.plan.Rules.schema(uri); r != nil {
			b.applied(r, &at)
			odd = true
			if _, renames := r.Do.(RenameSchema); !renames {
				continue
			}
			_, uri = b.plan.Rules.schemaAlias(uri, b.rt)
		} else if known := b.knownURI(uri); known != uri && b.didAt(NameCase, &at) {
			uri, odd = known, true
		}
		if odd && listed.has(uri) {
			continue
		}
		listed.add(uri)
	}
	return listed, odd
}

// knownURI gives a schema URI the case in which it is defined.
func (b *resourceBody) knownURI(uri string) string {
	if strings.EqualFold(uri, b.rt.Schema.ID) {
		return b.rt.Schema.ID
	}
	if ext := b.rt.Extension(uri); ext != nil {
		return ext.Schema.ID
	}
	return uri
}

// uriSet is a list of schema URIs. A body may name very many.
type uriSet struct {
	uris []string
	seen map[string]bool // once there are many
}

func (u *uriSet) add(uri string) {
	u.uris = append(u.uris, uri)
	if u.seen != nil {
		u.seen[uri] = true
	}
}

func (u *uriSet) has(uri string) bool {
	const few = 32
	if len(u.uris) <= few {
		return slices.Contains(u.uris, uri)
	}
	if u.seen == nil {
		u.seen = make(map[string]bool, len(u.uris))
		for _, known := range u.uris {
			u.seen[known] = true
		}
	}
	return u.seen[uri]
}

func (u *uriSet) hasAll(other *uriSet) bool {
	for _, uri := range other.uris {
		if !u.has(uri) {
			return false
		}
	}
	return true
}

func uris(list []string) scim.Value {
	values := make([]scim.Value, len(list))
	for i, uri := range list {
		values[i] = scim.StringValue(uri)
	}
	return scim.ArrayValue(values...)
}
