package rewrite

import (
	"fmt"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Ruleset is the knowledge that one provider's requests are read with, arranged
// for look-up. It is immutable once made.
type Ruleset struct {
	shapes  [numShapes]*Rule
	queries map[string]*Rule // DropQuery by name
	schemas []schemaRule     // DropSchema and RenameSchema; few, so a list is faster than a map
	expects []*Rule          // what the client needs of answers
	supply  []*Rule          // Supply
	repeats []*Rule          // RepeatHeader
	verbs   []*Rule          // the others
	all     []*Rule

	fills bool // the client takes a short page for the last one
}

// All returns the rules, in the order in which they were given.
func (rs *Ruleset) All() []*Rule { return rs.all }

type schemaRule struct {
	uri  string
	rule *Rule
}

// NewRuleset arranges rules. It fails when two rules claim one shape.
func NewRuleset(rules []*Rule) (*Ruleset, error) {
	rs := &Ruleset{queries: map[string]*Rule{}, all: rules}
	for _, r := range rules {
		switch do := r.Do.(type) {
		case Shape:
			if rs.shapes[do] != nil {
				return nil, fmt.Errorf("rules %s and %s claim one shape", rs.shapes[do].ID, r.ID)
			}
			rs.shapes[do] = r
		case DropQuery:
			rs.queries[do.Name] = r
		case DropSchema:
			rs.schemas = append(rs.schemas, schemaRule{do.URI, r})
		case RenameSchema:
			rs.schemas = append(rs.schemas, schemaRule{do.From, r})
		case RepeatHeader:
			rs.repeats = append(rs.repeats, r)
		case Supply:
			rs.supply = append(rs.supply, r)
		case expectation:
			_, fills := do.(FillPages)
			rs.fills = rs.fills || fills
			rs.expects = append(rs.expects, r)
		default:
			rs.verbs = append(rs.verbs, r)
		}
	}
	return rs, nil
}

// schema returns the rule for a schema URI, in any case.
func (rs *Ruleset) schema(uri string) *Rule {
	for i := range rs.schemas {
		if len(rs.schemas[i].uri) == len(uri) && strings.EqualFold(rs.schemas[i].uri, uri) {
			return rs.schemas[i].rule
		}
	}
	return nil
}

// schemaAlias returns the rule that corrects a schema URI and the URI that is
// meant, for a resource of type rt.
func (rs *Ruleset) schemaAlias(uri string, rt *scim.ResourceType) (*Rule, string) {
	r := rs.schema(uri)
	if r == nil {
		return nil, ""
	}
	rename, ok := r.Do.(RenameSchema)
	if !ok {
		return nil, ""
	}
	if rename.To == "" {
		return r, rt.Schema.ID
	}
	return r, rename.To
}

// renamed returns the rule that renames a sub-attribute of attr, and the name
// that is meant.
func (rs *Ruleset) renamed(attr *scim.Attribute, name string) (*Rule, string) {
	for _, r := range rs.verbs {
		if do, ok := r.Do.(RenameSubAttribute); ok && do.Attribute == attr.Name && strings.EqualFold(do.From, name) {
			return r, do.To
		}
	}
	return nil, ""
}

// unpacks returns the rule that unpacks values of attr.
func (rs *Ruleset) unpacks(attr *scim.Attribute) (*Rule, []Rename) {
	for _, r := range rs.verbs {
		if do, ok := r.Do.(UnpackValue); ok && do.Attribute == attr.Name {
			return r, do.Keep
		}
	}
	return nil, nil
}

// emptyRemoves returns the rule by which an empty value of attr means removal.
func (rs *Ruleset) emptyRemoves(attr *scim.Attribute) *Rule {
	if attr == nil || attr.Type != scim.TypeComplex && attr.Type != scim.TypeString {
		return nil
	}
	for _, r := range rs.verbs {
		if do, ok := r.Do.(EmptyRemoves); ok && do.Attribute == attr.Name {
			return r
		}
	}
	return nil
}
