package rewrite

import "fmt"

// Ruleset is the knowledge that one provider's requests are read with, arranged
// for look-up. It is immutable once made.
type Ruleset struct {
	shapes  [numShapes]*Rule
	queries map[string]*Rule // DropQuery by name
	schemas map[string]*Rule // DropSchema and RenameSchema by URI, lower case
	verbs   []*Rule          // the others
}

// NewRuleset arranges rules. It fails when two rules claim one shape.
func NewRuleset(rules []*Rule) (*Ruleset, error) {
	rs := &Ruleset{queries: map[string]*Rule{}, schemas: map[string]*Rule{}}
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
			rs.schemas[foldURI(do.URI)] = r
		case RenameSchema:
			rs.schemas[foldURI(do.From)] = r
		default:
			rs.verbs = append(rs.verbs, r)
		}
	}
	return rs, nil
}
