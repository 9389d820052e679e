package scim

// The printer is the parser's mirror: what it prints, ParseStrictFilter reads
// back as the same expression.

// AppendTo prints the comparison.
func (e *AttributeExpression) AppendTo(dst []byte) []byte {
	dst = append(e.Path.AppendTo(dst), ' ')
	dst = append(dst, e.Op.String()...)
	if e.Op == Present {
		return dst
	}
	return e.Value.AppendTo(append(dst, ' '))
}

// AppendTo prints both sides. Only an or below an and needs parentheses.
func (e *LogicalExpression) AppendTo(dst []byte) []byte {
	dst = e.appendSide(dst, e.Left)
	dst = append(append(dst, ' '), e.Op.String()...)
	return e.appendSide(append(dst, ' '), e.Right)
}

func (e *LogicalExpression) appendSide(dst []byte, side Expression) []byte {
	inner, ok := side.(*LogicalExpression)
	if !ok || inner.Op == e.Op || inner.Op == And {
		return side.AppendTo(dst)
	}
	return append(inner.AppendTo(append(dst, '(')), ')')
}

// AppendTo prints the negation, with the space behind not that RFC 7644 has in
// its examples and that erratum 7319 gives its grammar.
func (e *NotExpression) AppendTo(dst []byte) []byte {
	return append(e.Expression.AppendTo(append(dst, "not ("...)), ')')
}

// AppendTo prints the path and its filter in brackets.
func (e *ValuePath) AppendTo(dst []byte) []byte {
	dst = append(e.Path.AppendTo(dst), '[')
	return append(e.Filter.AppendTo(dst), ']')
}

// String prints the comparison.
func (e *AttributeExpression) String() string { return string(e.AppendTo(nil)) }

// String prints both sides.
func (e *LogicalExpression) String() string { return string(e.AppendTo(nil)) }

// String prints the negation.
func (e *NotExpression) String() string { return string(e.AppendTo(nil)) }

// String prints the path and its filter in brackets.
func (e *ValuePath) String() string { return string(e.AppendTo(nil)) }
