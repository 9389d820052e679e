package custom

import "github.com/caddy-scim/caddy-scim/scim"

// Verb is one thing that a rule does. The list is closed: the exported structs
// of this package whose documentation says what they do to a request, and how it
// is undone in the answer.
type Verb interface {
	// String is the verb as the Caddyfile has it.
	String() string

	// attributes are the paths of the attributes that the verb is about, that of
	// the client first. A verb without any is about no resource.
	attributes() []string

	// compile makes what carries the verb out for one resource type; the type is
	// nil for a verb without attributes. An error says what is wrong and what is
	// allowed; the rule and the verb are named by who asks.
	compile(c *compiler) (worker, error)
}

// worker carries out one verb on resources of one type. See the documentation of
// the package.
type worker interface {
	head(t *turn) error
	resource(t *turn, v *scim.Value) error
	patch(t *turn, ops []scim.Operation) ([]scim.Operation, error)
	query(t *turn, q *query) error
	answer(t *turn, v *scim.Value) error
	problem(t *turn, text string) string
	response(t *turn, resp *scim.Response)

	// undoes reports whether the answer has to be looked into.
	undoes() bool
}

// still is a worker that does nothing.
type still struct{}

func (still) head(*turn) error                    { return nil }
func (still) resource(*turn, *scim.Value) error   { return nil }
func (still) query(*turn, *query) error           { return nil }
func (still) answer(*turn, *scim.Value) error     { return nil }
func (still) problem(_ *turn, text string) string { return text }
func (still) response(*turn, *scim.Response)      {}
func (still) undoes() bool                        { return false }
func (still) patch(_ *turn, ops []scim.Operation) ([]scim.Operation, error) {
	return ops, nil
}
