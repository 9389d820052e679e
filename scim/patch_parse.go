package scim

// MaxOperations is the most operations that ParsePatch takes. The largest
// requests in the field carry some hundred; a removal of group members that a
// client wrote as one operation becomes one for each member.
const MaxOperations = 10_000

// ParsePatch reads the body of a PATCH request strictly: what RFC 7644 section
// 3.5.2 defines, in its spelling, and nothing else. The error is an *Error whose
// detail names the operation. body must have passed Check.
func ParsePatch(body *Value) ([]Operation, error) {
	if body.Kind() != Object {
		return nil, BadRequest(InvalidSyntax, "the body must be an object, got %s", body.Kind())
	}
	var list Value
	declared := false
	for name, v := range body.Parts() {
		switch name {
		case "schemas":
			declared = isPatchOp(&v)
		case "Operations":
			list = v
		default:
			return nil, BadRequest(InvalidSyntax, "%s: a PATCH request has schemas and Operations only", Quote(name))
		}
	}
	if !declared {
		return nil, BadRequest(InvalidSyntax, `schemas: must be ["`+PatchOpURI+`"]`)
	}
	ops := make([]Operation, 0, min(len(list.raw)/bytesPerOperation+1, 16))
	for _, v := range list.Parts() {
		if list.Kind() != Array {
			break
		}
		if len(ops) == MaxOperations {
			return nil, Errorf(413, "", "Operations: more than %d operations", MaxOperations)
		}
		ops = append(ops, Operation{})
		if e := ops[len(ops)-1].parse(&v); e != nil {
			e.Detail = "Operations[" + itoa(len(ops)-1) + "]" + e.Detail
			return nil, e
		}
	}
	if len(ops) == 0 {
		return nil, BadRequest(InvalidSyntax, "Operations: must be an array of one operation or more")
	}
	return ops, nil
}

// bytesPerOperation is about the length of a short one.
const bytesPerOperation = 64

func isPatchOp(schemas *Value) bool {
	return schemas.Raw() == `["`+PatchOpURI+`"]` || schemas.Kind() == Array && schemas.Len() == 1 && equalFold(PatchOpURI, schemas.At(0).Text())
}

// parse reads one operation. Details begin behind "Operations[n]".
func (op *Operation) parse(v *Value) *Error {
	if v.Kind() != Object {
		return BadRequest(InvalidSyntax, ": must be an object, got %s", v.Kind())
	}
	pathed := false
	for name, m := range v.Parts() {
		switch name {
		case "op":
			if op.Op = strictOp(m.Text()); op.Op == 0 {
				return BadRequest(InvalidSyntax, ".op: must be add, remove or replace")
			}
		case "path":
			if m.Kind() != String {
				return BadRequest(InvalidPath, ".path: must be a string, got %s", m.Kind())
			}
			pathed, op.Path = true, m.Text()
		case "value":
			op.Value = m
		default:
			return BadRequest(InvalidSyntax, ": %s: an operation has op, path and value only", Quote(name))
		}
	}
	if op.Op == 0 {
		return BadRequest(InvalidSyntax, ".op: is missing")
	}
	if pathed {
		var err error
		if op.Target, err = ParseStrictPath(op.Path); err != nil {
			e := AsError(err)
			return Errorf(e.Status, e.Type, ".path: %s", e.Detail)
		}
	}
	return op.complete(pathed)
}

// complete checks that the operation has what its verb asks for, and no more.
func (op *Operation) complete(pathed bool) *Error {
	valued := op.Value.Exists()
	switch {
	case op.Op == Remove && !pathed: // RFC 7644 section 3.5.2.2
		return BadRequest(NoTarget, ": remove needs a path")
	case op.Op == Remove && valued:
		// To read it as "remove all" or as "remove these" would be a guess.
		return BadRequest(InvalidSyntax, ".value: remove takes no value; name the values by a filter in the path")
	case op.Op != Remove && !valued:
		return BadRequest(InvalidValue, ".value: %s needs a value", op.Op)
	case !pathed && op.Value.Kind() != Object:
		return BadRequest(InvalidValue, ".value: without a path it must be an object of attributes, got %s", op.Value.Kind())
	}
	return nil
}

func strictOp(word string) Op {
	switch word {
	case "add":
		return Add
	case "remove":
		return Remove
	case "replace":
		return Replace
	}
	return 0
}
