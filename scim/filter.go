package scim

// Expression is a node of a filter (RFC 7644 section 3.4.2.2): one of
// *AttributeExpression, *LogicalExpression, *NotExpression and *ValuePath.
type Expression interface {
	// AppendTo prints the expression in the strict form: lower-case operators,
	// one space, JSON literals, parentheses only where precedence needs them.
	AppendTo(dst []byte) []byte

	expression()
}

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

// LogicalOp joins two expressions.
type LogicalOp uint8

// The logical operators of RFC 7644 table 4; and binds tighter than or.
const (
	And LogicalOp = iota + 1
	Or
)

// AttributeExpression compares an attribute with a literal: userName eq "bjensen".
type AttributeExpression struct {
	Path  AttrPath
	Op    CompareOp
	Value Value // a JSON string, number, boolean or null; Absent for pr
}

// LogicalExpression joins two expressions by and or or.
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

func (*AttributeExpression) expression() {}
func (*LogicalExpression) expression()   {}
func (*NotExpression) expression()       {}
func (*ValuePath) expression()           {}

// Leniency is the set of liberties a filter or path took with the grammar of
// RFC 7644. The empty set means that it was strict.
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
)
