package directory

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// patches refuses the operations of a PATCH that are not understood, and reads
// those that are understood only here.
func (l *Limits) patches(next serve) serve {
	return func(x *exchange) (answer, error) {
		if x.operation != "patch" {
			return next(x)
		}
		body, ok := x.body(maxLimited)
		if !ok {
			return next(x)
		}
		ops := body.Get("Operations")
		if l.PatchOperations > 0 && ops.Len() > l.PatchOperations {
			return answer{}, scim.BadRequest(scim.InvalidValue, "Operations: %d of them, at most %d are supported", ops.Len(), l.PatchOperations)
		}
		var plain []scim.Value
		for i := range ops.Members() {
			op := ops.At(i)
			if err := l.operation(op); err != nil {
				return answer{}, err
			}
			plain = append(plain, l.plain(op)...)
		}
		if body.Exists() && ops.Exists() {
			body.Set("Operations", scim.ArrayValue(plain...))
			x.setBody(body.Raw())
		}
		return next(x)
	}
}

// operation refuses one operation.
func (l *Limits) operation(op *scim.Value) error {
	path, hasPath := op.Get("path").Text(), op.Get("path").Exists()
	name, filtered := valuePath(path)
	switch {
	case !hasPath && off(l.PatchPathless):
		return scim.BadRequest(scim.NoTarget, "Operations: path is required")
	case hasPath && off(l.PatchPaths):
		return scim.BadRequest(scim.InvalidPath, "Operations: path is not supported")
	case filtered && name == "members" && l.MembersRemove == "value":
		return scim.BadRequest(scim.InvalidPath, "path: %s is not supported", scim.Quote(path))
	case filtered && name != "members" && l.ValuePaths == "off":
		return scim.BadRequest(scim.InvalidPath, "path: %s is not supported", scim.Quote(path))
	}
	verb := op.Get("op").Text()
	if l.OpCase == "title" && (verb == "" || verb[0] < 'A' || verb[0] > 'Z') {
		return scim.BadRequest(scim.InvalidSyntax, "op: %s is none of Add, Remove, Replace", scim.Quote(verb))
	}
	return nil
}

// plain is an operation in the form that the directory itself takes.
func (l *Limits) plain(op *scim.Value) []scim.Value {
	if l.OpCase == "title" {
		op.Set("op", scim.StringValue(strings.ToLower(op.Get("op").Text())))
	}
	values := op.Get("value")
	if l.MembersRemove != "value" || op.Get("op").Text() != "remove" || op.Get("path").Text() != "members" || values.Kind() != scim.Array {
		return []scim.Value{*op}
	}
	var removals []scim.Value
	for i := range values.Members() {
		id := values.At(i).Get("value").Text()
		removals = append(removals, scim.ObjectValue(
			scim.Member{Name: "op", Value: scim.StringValue("remove")},
			scim.Member{Name: "path", Value: scim.StringValue(`members[value eq ` + scim.Quote(id) + `]`)},
		))
	}
	return removals
}

// valuePath is the attribute of a path with a value filter.
func valuePath(path string) (name string, filtered bool) {
	name, _, filtered = strings.Cut(path, "[")
	return name, filtered
}

// groups holds the members that a request names against the largest number.
func (l *Limits) groups(next serve) serve {
	if l.PatchMembers == 0 {
		return next
	}
	return func(x *exchange) (answer, error) {
		if x.operation != "create" && x.operation != "replace" && x.operation != "patch" || x.route.Type == nil || x.route.Type.Name != "Group" {
			return next(x)
		}
		body, ok := x.body(maxLimited)
		if !ok {
			return next(x)
		}
		if n := namedMembers(&body, x.operation); n > l.PatchMembers {
			return answer{}, scim.BadRequest(scim.TooMany, "members: more than %d in one request", l.PatchMembers)
		}
		return next(x)
	}
}

// everyone is the number of members of a request that may reach any of them.
const everyone = 1 << 30

// namedMembers counts the members that a request adds or removes.
func namedMembers(body *scim.Value, operation string) int {
	if operation != "patch" {
		return body.Get("members").Len()
	}
	n := 0
	for _, op := range body.Get("Operations").Parts() {
		path, value := op.Get("path").Text(), op.Get("value")
		name, filtered := valuePath(path)
		switch {
		case path == "":
			value = value.Get("members")
		case name != "members":
			continue
		case filtered:
			n++
			continue
		}
		if value == nil && path == "" {
			continue
		}
		if value.Empty() || op.Get("op").Text() == "replace" {
			return everyone
		}
		n += max(1, value.Len())
	}
	return n
}
