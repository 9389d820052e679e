package scim

// AppendPatch appends the body of a PATCH request (normal form P1). Paths are
// written as they are given, and so are the bytes of values.
func AppendPatch(dst []byte, ops []Operation) []byte {
	dst = append(dst, `{"schemas":["`+PatchOpURI+`"],"Operations":[`...)
	for i := range ops {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = ops[i].AppendTo(dst)
	}
	return append(dst, ']', '}')
}

// AppendTo appends the operation as JSON: op, path and value, in that order.
func (op *Operation) AppendTo(dst []byte) []byte {
	dst = append(append(dst, `{"op":"`...), op.Op.String()...)
	dst = append(dst, '"')
	if op.Path != "" {
		dst = AppendString(append(dst, `,"path":`...), op.Path)
	}
	if op.Value.Exists() {
		dst = op.Value.AppendTo(append(dst, `,"value":`...))
	}
	return append(dst, '}')
}
