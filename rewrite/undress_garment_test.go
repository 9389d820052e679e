package rewrite_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/rules"
	"github.com/caddy-scim/caddy-scim/scim"
)

// garment is one shape of a dialect. wear puts it on a request and reports
// whether there was something to put it on.
type garment struct {
	name string
	rule string // that takes it off
	wear func(maker, *request) bool
}

// wardrobe holds all garments in the order in which they are put on: what the
// operations of a PATCH are, then what their values are, then how all is spelled.
var wardrobe = slices.Concat(
	patchGarments, removalGarments, valueGarments, pathlessGarments, bodyGarments, nameGarments, schemaGarments,
	filterGarments, envelopeGarments, requestGarments, oldGarments,
)

// dress puts garments on a copy of r, each with the probability p.
func dress(m maker, r *request, p float64) *request {
	m.rt = r.rt
	for i := range wardrobe {
		if m.chance(p) {
			r = wear(m, r, &wardrobe[i])
		}
	}
	return r
}

// wear puts one garment on a copy of r. What it does not fit comes back as it
// is.
func wear(m maker, r *request, g *garment) *request {
	m.rt = r.rt
	c := r.clone()
	if !g.wear(m, c) || twice(c.document()) || sameMessage(c.message(), r.message()) {
		return r
	}
	c.worn = append(c.worn, g.name)
	return c
}

// sameMessage reports whether two requests are the same, byte for byte.
func sameMessage(a, b *scim.Request) bool {
	if a.Method != b.Method || a.Path != b.Path || a.Query != b.Query || a.Body != b.Body {
		return false
	}
	for _, name := range [...]string{"Content-Type", "Accept", "If-Match", "X-Http-Method-Override"} {
		if !slices.Equal(a.Header[name], b.Header[name]) {
			return false
		}
	}
	return true
}

// forPatch makes a garment of one that fits the operations of a PATCH.
func forPatch(wear func(maker, *request, *patchBody) bool) func(maker, *request) bool {
	return func(m maker, r *request) bool { return r.patch != nil && wear(m, r, r.patch) }
}

// forResource makes a garment of one that fits the body of a POST or PUT.
func forResource(wear func(maker, *request) bool) func(maker, *request) bool {
	return func(m maker, r *request) bool { return r.resource != nil && wear(m, r) }
}

// slot is a place in a request that holds a value whose type is known.
type slot struct {
	def     *scim.Attribute
	value   *node
	element bool // one value of a multi-valued attribute
}

// many tells a slot for the whole of a multi-valued attribute.
func (s slot) many() bool { return s.def.MultiValued && !s.element }

// slots lists the values of a request, inner ones included.
func (r *request) slots() []slot {
	var all []slot
	if r.patch != nil {
		for _, o := range r.patch.leaves() {
			if o.typed != nil && o.valued && o.value != nil {
				all = below(all, slot{o.typed, &o.value, o.element})
			}
		}
	}
	for i := range r.resource {
		f := &r.resource[i]
		all = r.attributeSlots(all, f, "")
		if r.rt.Extension(f.name) != nil {
			inside, _ := f.value.(object)
			for j := range inside {
				all = r.attributeSlots(all, &inside[j], f.name)
			}
		}
	}
	return all
}

func (r *request) attributeSlots(all []slot, f *field, uri string) []slot {
	t, ok := r.rt.Resolve(scim.AttrPath{URI: uri, Name: f.name})
	if !ok || t.Attr == nil || f.value == nil || t.Attr.Name == "schemas" || t.Attr.Mutability == scim.ReadOnly {
		return all
	}
	return below(all, slot{t.Attr, &f.value, false})
}

// below appends a slot and those inside of it.
func below(all []slot, s slot) []slot {
	all = append(all, s)
	switch v := (*s.value).(type) {
	case list:
		for i := range v {
			if s.many() {
				all = below(all, slot{s.def, &v[i], true})
			}
		}
	case object:
		for i := range v {
			if sub := s.def.SubAttribute(v[i].name); sub != nil && v[i].value != nil {
				all = below(all, slot{sub, &v[i].value, false})
			}
		}
	}
	return all
}

// notWorn are the rules about requests that no garment is for, and why.
var notWorn = map[string]string{
	"patch.nothing-left":        "such a request is answered and not sent on; fixtures patch.nothing-left",
	"scim11.discovery":          "discovery has neither attributes nor values to dress; fixtures scim11.discovery",
	"scim11.delete-absent":      "it takes a refusal of the service provider; TestDeleteAbsentOnce",
	"okta.placeholder-password": "it takes a refusal of the service provider; fixtures okta/placeholder-password",
}

// checkCovered holds the wardrobe against the rules of all providers: each that is
// about requests is recorded when some garment comes off, or it is named above.
func checkCovered(t *testing.T, recorded map[string]bool) {
	t.Helper()
	seen := map[string]bool{}
	for _, p := range rules.All() {
		for _, r := range plans[p.Name].Rules.All() {
			if seen[r.ID] {
				continue
			}
			seen[r.ID] = true
			_, excused := notWorn[r.ID]
			switch {
			case strings.HasPrefix(r.Form, "R") || strings.HasPrefix(r.ID, "answer.") || r.Form == "V6": // about answers
			case !recorded[r.ID] && !excused:
				t.Errorf("%s is of %s: no garment has the shape of %s", r.ID, p.Name, r.Form)
			case recorded[r.ID] && excused:
				t.Errorf("%s has a garment", r.ID)
			}
		}
	}
}
