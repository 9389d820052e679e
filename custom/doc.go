// Package custom carries out the rules that a user writes. They act on the
// meaning of a request in normal form, between normalisation and the adaptation
// to what the service provider can do, and each verb undoes itself in the answer.
//
// In what follows C is what the client says and B what the service provider is
// told. A rule is a list of verbs. The verbs of all rules that are selected for a
// request work one after the other, in the order of the configuration, from C to
// B; their undoing works in reverse on the answer, from B to C.
//
// # How a verb is written
//
// A verb is an exported struct that holds its arguments and nothing else. It
// implements Verb: attributes names the attributes that it is about, and compile
// checks the arguments against one resource type and returns a worker, which
// carries the verb out for resources of that type. A worker is immutable: what it
// has to remember between request and answer belongs to its turn.
//
// A worker embeds still, which does nothing, and overrides what it needs:
//
//	head     the request without body and query: headers, refusals
//	resource a whole resource that a POST or PUT brings (also inside Bulk)
//	patch    the operations of a PATCH
//	query    filter, sortBy, attributes, excludedAttributes of a query or .search
//	answer   one resource of an answer, back from B to C
//	problem  the text of an error, back from B to C
//	response the answer as a whole
//
// A resource of a list that the client did not ask for may be hidden by answer
// (turn.hide); turn.filter is what the client filters by, as it is in front of the
// verb.
//
// Each of them tells the turn (did) of each place at which it has changed
// something, before or after it did so; the message is only written anew if one
// was named. A name of a place is a path, never a value.
//
// A worker that gives attributes other names or shapes has a method reshapes; it
// is refused together with a condition (when).
//
// Attributes are spots: where an attribute stands in the resources of a type.
// compiler.spot reads one from an argument. A spot finds its value in a resource
// (get, each), takes it out and puts it in (take, put) and keeps schemas in step.
// The verbs that only change values where they stand are an inPlace: they give
// functions for one value and need nothing else. A PATCH that a verb cannot follow
// operation by operation is left to turn.byState, which reads the resource,
// carries the operations out on it as the client sees it, brings what was and what
// has become of it into form B with the verb's own resource method, and replaces
// what differs: the operations that touched one of the attributes named are taken
// out, and one replace or remove for each that differs stands in their place.
package custom
