package rewrite

// Rule is one piece of knowledge about how clients bend SCIM: what to do, why,
// and where that was seen. Package rules holds them all.
type Rule struct {
	// ID names the rule in configuration, logs and the explain header, such as
	// patch.op-case or okta.placeholder-password.
	ID string
	// Do is what the machinery does when it meets the shape.
	Do Action
	// Form is the part of the normal form that asks for it, such as P2.
	Form string
	// Why says in one or two sentences what goes wrong without the rule.
	Why string
	// Source is where the shape is documented or was seen: a URL, or an RFC
	// section for shapes that the standard itself leaves open.
	Source string
	// Legal says that RFC 7644 allows the shape, so that a strict service
	// provider takes it; it is rewritten because servers in the field differ.
	Legal bool
}

// Action is what a rule does: a Shape, or one of the verbs with arguments
// (DropQuery, DropSchema, RenameSchema …), among them what a client needs of
// answers (ReadBack, FillPages …). The list is closed.
type Action interface{ action() }

// DropQuery removes a query parameter that is meant for the client itself.
type DropQuery struct{ Name string }

// DropSchema removes a URI from the schemas of a body.
type DropSchema struct{ URI string }

// RenameSchema corrects a schema URI wherever it stands: in schemas, as the key
// of an extension, in paths and filters. An empty To means the core schema of
// the resource type at hand, for clients that have one URI for them all.
type RenameSchema struct{ From, To string }

// EmptyRemoves takes the empty string, or an object whose value is the empty
// string, as the removal of an attribute.
type EmptyRemoves struct{ Attribute string }

// RenameSubAttribute corrects the name of a sub-attribute of the values of an
// attribute.
type RenameSubAttribute struct{ Attribute, From, To string }

// UnpackValue replaces a value whose text is itself a JSON object by that
// object's members named in Keep, each under its new name; the rest is dropped.
type UnpackValue struct {
	Attribute string
	Keep      []Rename
}

// Rename is a pair of names.
type Rename struct{ From, To string }

// RetryWithout sends a create again without an attribute when the service
// provider has refused it because of that attribute.
// Only a value of Length letters and digits is taken for one that nobody chose.
type RetryWithout struct {
	Attribute string
	Length    int
}

func (Shape) action()              {}
func (DropQuery) action()          {}
func (DropSchema) action()         {}
func (RenameSchema) action()       {}
func (EmptyRemoves) action()       {}
func (RenameSubAttribute) action() {}
func (UnpackValue) action()        {}
func (RetryWithout) action()       {}

// Change is one thing that was done to a request or its answer.
type Change struct {
	*Rule
	// At is the place: path, query.filter, header.Accept, body.name.givenName,
	// Operations[2].value, and for answers answer.Resources[0].meta.location.
	At string
}
