package scim

// Op is the verb of a PATCH operation.
type Op uint8

// The verbs of RFC 7644 section 3.5.2.
const (
	Add Op = iota + 1
	Remove
	Replace
)

// String is the verb as RFC 7644 writes it.
func (o Op) String() string { return [...]string{"", "add", "remove", "replace"}[o] }

// Operation is one operation of a PATCH request.
type Operation struct {
	Op     Op
	Path   string    // as written; empty for a path-less operation
	Target PatchPath // Path, parsed; meaningful if Path is not empty
	Value  Value     // Absent if the operation has no "value"
}
