package custom

import (
	"fmt"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// converted is what a verb makes of a simple value. It reports false for one that
// stays as it is. An error is one of the client's, and does not say where.
type converted func(v *scim.Value) (scim.Value, bool, error)

// inPlaceAt is the worker of a verb that converts the values of an attribute. back
// is nil if there is no undo. operand says what becomes of the value of a
// comparison.
func inPlaceAt(at spot, forward, back converted, operand func(op scim.CompareOp, v *scim.Value) (scim.Value, error)) worker {
	w := &inPlace{at: at, forward: forward.put}
	if back != nil {
		w.back = back.put
	}
	w.operand = func(_ *turn, op scim.CompareOp, v scim.Value) (scim.Value, error) {
		to, err := operand(op, &v)
		if err != nil {
			e := *scim.AsError(err)
			e.Detail = at.String() + " " + op.String() + ": " + e.Detail
			return v, &e
		}
		return to, nil
	}
	return w
}

// put puts what becomes of a value in its place.
func (c converted) put(_ *turn, v *scim.Value) (bool, error) {
	to, ok, err := c(v)
	if err != nil || !ok {
		return false, err
	}
	v.Put(to)
	return true, nil
}

// of is what becomes of v, which may be v itself.
func (c converted) of(v *scim.Value) (scim.Value, error) {
	to, ok, err := c(v)
	if err != nil || !ok {
		return *v, err
	}
	return to, nil
}

// anyOperand converts what is compared, whatever the operator.
func (c converted) anyOperand(_ scim.CompareOp, v *scim.Value) (scim.Value, error) { return c.of(v) }

// equality converts what eq and ne compare with, and refuses all other operators
// for a reason: after the conversion neither the order of values nor their parts
// are what they were.
func (c converted) equality(why string) func(scim.CompareOp, *scim.Value) (scim.Value, error) {
	return func(op scim.CompareOp, v *scim.Value) (scim.Value, error) {
		if isEquality(op) {
			return c.of(v)
		}
		return *v, scim.BadRequest(scim.InvalidFilter, "%s; only eq, ne and pr can be asked", why)
	}
}

func isEquality(op scim.CompareOp) bool { return op == scim.Equal || op == scim.NotEqual }

// text is the conversion that writes text in another way and leaves values of
// other types alone.
func text(write func(string) string) converted {
	return func(v *scim.Value) (scim.Value, bool, error) {
		if v.Kind() != scim.String {
			return scim.Value{}, false, nil
		}
		given := v.Text()
		to := write(given)
		if to == given {
			return scim.Value{}, false, nil
		}
		return scim.StringValue(to), true, nil
	}
}

// textSpot reads an argument that names values which are text.
func (c *compiler) textSpot(name string) (spot, error) {
	at, err := c.valueSpot(name)
	if err == nil && at.leaf != nil && at.leaf.Type != scim.TypeString && at.leaf.Type != scim.TypeReference {
		err = fmt.Errorf("%s is of type %s: the verb is for text", at, at.leaf.Type)
	}
	return at, err
}

// literal is a text of the configuration as one value of the attribute a. Of an
// attribute that no schema knows it is what stands there as JSON, if that is
// true, false, a number, an object or an array, and else the text itself. It
// reports false for a text that cannot have the type of the attribute.
func literal(text string, a *scim.Attribute) (scim.Value, bool) {
	v := scim.StringValue(text)
	if a == nil || a.Type != scim.TypeString && a.Type != scim.TypeReference {
		v = parsed(text)
	}
	if a == nil || a.CheckElement(&v) == nil {
		return v, true
	}
	v = scim.StringValue(text) // of a dateTime, or binary data that look like a number
	return v, a.CheckElement(&v) == nil
}

// parsed reads a text as JSON. What is none, null, and a JSON string, whose quotes
// are part of the text, is a string.
func parsed(text string) scim.Value {
	if doc, err := scim.Check(text, scim.Limits{Bytes: len(text)}); err == nil {
		if v := scim.Parse(doc); v.Kind() != scim.Null && v.Kind() != scim.String {
			return v
		}
	}
	return scim.StringValue(text)
}

// textOf is a simple value as text: the characters of a string, the JSON text of
// a number or a boolean. It reports false for any other value.
func textOf(v *scim.Value) (string, bool) {
	switch v.Kind() {
	case scim.String:
		return v.Text(), true
	case scim.Number, scim.Bool:
		return v.Raw(), true
	case scim.Absent, scim.Null, scim.Array, scim.Object:
	}
	return "", false
}

// folded is a text in the form in which those are equal that the attribute a
// takes for equal: case does not count unless a schema says so (RFC 7643 section
// 2.2).
func folded(text string, a *scim.Attribute) string {
	if a != nil && a.CaseExact {
		return text
	}
	return strings.ToLower(strings.ToUpper(text))
}
