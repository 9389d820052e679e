package scim

// Expression is a node of a filter (RFC 7644 section 3.4.2.2): one of
// *AttributeExpression, *LogicalExpression, *NotExpression and *ValuePath.
type Expression interface {
	// AppendTo prints the expression in the strict form: lower-case operators,
	// one space, JSON literals, parentheses only where precedence needs them.
	AppendTo(dst []byte) []byte

	// String is AppendTo as text.
	String() string

	expression()
}

// Filter is a filter as it was read: what it asks, and with which liberties it
// was written.
type Filter struct {
	Expression Expression
	Leniency   Leniency
}

// String prints the filter in the strict form.
func (f Filter) String() string { return f.Expression.String() }

// CompareOp is an attribute operator. Present (pr) takes no value.
type CompareOp uint8

// The attribute operators of RFC 7644 table 3.
const (
	Equal CompareOp = iota + 1
	NotEqual
	Contains
	StartsWith
	EndsWith
	GreaterThan
	GreaterOrEqual
	LessThan
	LessOrEqual
	Present
)

var compareOps = [...]string{
	Equal: "eq", NotEqual: "ne", Contains: "co", StartsWith: "sw", EndsWith: "ew",
	GreaterThan: "gt", GreaterOrEqual: "ge", LessThan: "lt", LessOrEqual: "le", Present: "pr",
}

// String is the operator as RFC 7644 table 3 writes it.
func (o CompareOp) String() string { return compareOps[o] }

// compareOp finds the operator of that name, in any case (RFC 7644 section
// 3.4.2.2), or 0.
func compareOp(name string) CompareOp {
	if len(name) != 2 {
		return 0
	}
	a, b := name[0]|0x20, name[1]|0x20
	for op := Equal; op <= Present; op++ {
		if compareOps[op][0] == a && compareOps[op][1] == b {
			return op
		}
	}
	return 0
}

// LogicalOp joins two expressions.
type LogicalOp uint8

// The logical operators of RFC 7644 table 4; and binds tighter than or.
const (
	And LogicalOp = iota + 1
	Or
)

// String is the operator as RFC 7644 table 4 writes it.
func (o LogicalOp) String() string { return [...]string{"", "and", "or"}[o] }

// AttributeExpression compares an attribute with a literal: userName eq "bjensen".
type AttributeExpression struct {
	Path  AttrPath
	Op    CompareOp
	Value Value // a JSON string, number, boolean or null; Absent for pr
}

// LogicalExpression joins two expressions by and or or. The parser makes chains
// of one operator lean to the left, whatever parentheses they had, so that
// expressions that print alike are equal; Join does the same.
type LogicalExpression struct {
	Op          LogicalOp
	Left, Right Expression
}

// NotExpression negates the expression in its parentheses.
type NotExpression struct {
	Expression Expression
}

// ValuePath asks for one value of a multi-valued attribute for which all of
// Filter holds: emails[type eq "work"].
type ValuePath struct {
	Path   AttrPath
	Filter Expression // its attribute paths name sub-attributes
}

// Join joins two expressions. Both operators are associative, so a right side
// that is a chain of the same operator is taken in link by link.
func Join(op LogicalOp, left, right Expression) *LogicalExpression {
	if r, ok := right.(*LogicalExpression); ok && r.Op == op {
		left, right = Join(op, left, r.Left), r.Right
	}
	return &LogicalExpression{Op: op, Left: left, Right: right}
}

func (*AttributeExpression) expression() {}
func (*LogicalExpression) expression()   {}
func (*NotExpression) expression()       {}
func (*ValuePath) expression()           {}

// Leniency is the set of liberties a filter or path took with the grammar of
// RFC 7644. The empty set means that it was strict; OperatorCase, and OddSpacing
// for "not(", are liberties that RFC 7644 itself grants.
type Leniency uint32

// Liberties that are read but never written (normal form F2).
const (
	OperatorCase         Leniency = 1 << iota // "Eq", "AND"
	OperatorSymbol                            // "==", "=", "!=", "&&", "||", "!"
	SingleQuotes                              // 'bjensen'
	CurlyQuotes                               // “bjensen”
	Bareword                                  // userName eq bjensen
	LiteralCase                               // True, NULL
	OddSpacing                                // doubled or missing spaces, "not("
	TrailingSemicolon                         // userName eq "a";
	OuterQuotes                               // "userName eq \"a\""
	TrailingSubAttribute                      // emails[type eq "work"].value eq "x"
	StrayQuotes                               // displayName eq "the "A" team"
	ParentPrefix                              // emails[emails.type eq "work"]
)
