package rules

import (
	"slices"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Fingerprint tells a provider by one trait of a request. All fields that are
// set must fit.
type Fingerprint struct {
	Header string // name of a request header …
	Prefix string // … whose value starts with this
	Query  string // name of a query parameter, with or without a value
	Body   []Tell // what the body holds

	QueryEnd string // what the query ends in

	Weight Weight
	Source string
}

// Tell is a place in a body that holds one of some strings, as a value or among
// the elements of an array, or an object with a member whose name starts with
// one of some keys.
type Tell struct {
	At     scim.Path
	Equals []string
	Keys   []string
}

// Weight says how much a fingerprint counts. The provider with the greatest sum
// is taken for the sender.
type Weight int

// Likely is a trait that others have been seen with too; Certain one by which
// the sender names itself, or that it made up.
const (
	Likely  Weight = 1
	Certain Weight = 16
)

// Detect returns the provider whose fingerprint fits best, or the generic one.
// It can be asked before the body is read and again after. The body must have
// passed the door.
func Detect(req *scim.Request) *Provider {
	p, _ := Recognise(req)
	return p
}

// Recognise is Detect that also names the fingerprint which counted most; nil
// for the generic provider, which has none.
func Recognise(req *scim.Request) (*Provider, *Fingerprint) {
	best, most := generic, Weight(0)
	var by *Fingerprint
	var body scim.Value
	if req.Body != "" {
		body = scim.Parse(req.Body)
	}
	for _, p := range providers {
		var sum Weight
		var first *Fingerprint
		for i := range p.Fingerprints {
			f := &p.Fingerprints[i]
			if !f.fits(req, &body) {
				continue
			}
			if sum += f.Weight; first == nil || f.Weight > first.Weight {
				first = f
			}
		}
		if sum > most {
			best, most, by = p, sum, first
		}
	}
	return best, by
}

// Trait says what a fingerprint looks at, such as "header User-Agent", without
// what it finds there.
func (f *Fingerprint) Trait() string {
	switch {
	case f == nil:
		return "none"
	case f.Header != "":
		return "header " + f.Header
	case f.Query != "":
		return "query " + f.Query
	case f.QueryEnd != "":
		return "query that ends in " + f.QueryEnd
	default:
		return "body " + strings.Join(f.Body[0].At, ".")
	}
}

func (f *Fingerprint) fits(req *scim.Request, body *scim.Value) bool {
	if f.Header != "" && !strings.HasPrefix(req.Header.Get(f.Header), f.Prefix) {
		return false
	}
	if f.Query != "" && !hasParameter(req.Query, f.Query) {
		return false
	}
	if f.QueryEnd != "" && !strings.HasSuffix(req.Query, f.QueryEnd) {
		return false
	}
	for i := range f.Body {
		if !f.Body[i].fits(body) {
			return false
		}
	}
	return true
}

func (t *Tell) fits(body *scim.Value) bool {
	v := follow(body, t.At)
	switch v.Kind() {
	case scim.String:
		return slices.Contains(t.Equals, v.Text())
	case scim.Array:
		for i := range v.Members() {
			if el := v.At(i); el.Kind() == scim.String && slices.Contains(t.Equals, el.Text()) {
				return true
			}
		}
	case scim.Object:
		for i := range v.Members() {
			if t.hasKey(v.Members()[i].Name) {
				return true
			}
		}
	}
	return false
}

func (t *Tell) hasKey(name string) bool {
	for _, prefix := range t.Keys {
		if len(name) >= len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) {
			return true
		}
	}
	return false
}

var nothing scim.Value

// follow walks down a body. What is not there is a Value of kind Absent.
func follow(v *scim.Value, p scim.Path) *scim.Value {
	for _, key := range p {
		switch v.Kind() {
		case scim.Object:
			if v = v.Get(key); v == nil {
				return &nothing
			}
		case scim.Array:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= v.Len() {
				return &nothing
			}
			v = v.At(i)
		default:
			return &nothing
		}
	}
	return v
}

// hasParameter reports whether a raw query has a parameter of that name, which
// has no characters that need encoding.
func hasParameter(query, name string) bool {
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		key, _, _ := strings.Cut(pair, "=")
		if strings.EqualFold(key, name) {
			return true
		}
	}
	return false
}
