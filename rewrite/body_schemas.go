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
			b.body.Insert(0, scim.Member{Name: "schemas", Value: uris(wanted)})
		}
		return
	}
	m := &b.body.Members()[i]
	listed, odd := b.listedSchemas(&m.Value)
	if !odd && len(listed) == len(wanted) && containsAll(listed, wanted) {
		return
	}
	final := make([]string, 0, len(wanted))
	for _, uri := range listed {
		if slices.Contains(wanted, uri) && !slices.Contains(final, uri) {
			final = append(final, uri)
		} else {
			odd = b.did(BodySchemas, "body.schemas") || odd
		}
	}
	for _, uri := range wanted {
		if !slices.Contains(final, uri) {
			odd = b.did(BodySchemas, "body.schemas") || odd
			final = append(final, uri)
		}
	}
	if odd {
		m.Value.Put(uris(final))
	}
}

// wantedSchemas lists the URIs that fit the body.
func (b *resourceBody) wantedSchemas() []string {
	wanted := append(make([]string, 0, 4), b.rt.Schema.ID)
	for _, m := range b.body.Members() {
		if isURI(m.Name) && m.Value.Kind() == scim.Object {
			wanted = append(wanted, m.Name)
		}
	}
	return wanted
}

// listedSchemas reads schemas with the known misspellings put right and the
// vendor markers left out. It reports whether there were any.
func (b *resourceBody) listedSchemas(v *scim.Value) ([]string, bool) {
	at := place{up: &bodyPlace, name: "schemas"}
	elements := v.Members()
	odd := v.Kind() != scim.Array
	if odd {
		elements = []scim.Member{{Value: *v}}
		b.didAt(BodySchemas, &at)
	}
	listed := make([]string, 0, len(elements))
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
		if odd && slices.Contains(listed, uri) {
			continue
		}
		listed = append(listed, uri)
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

func containsAll(list, wanted []string) bool {
	for _, w := range wanted {
		if !slices.Contains(list, w) {
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
