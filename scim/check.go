package scim

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// Check holds the whole value of an attribute against its type, strictly (RFC
// 7643 section 2.3): an array if it is multi-valued, else one value. Null, and
// for a multi-valued attribute the empty array, stands for no value (section
// 2.5). Sub-attributes that the schema does not know are not looked at. The
// error is an *Error of type invalidValue that names the place.
func (a *Attribute) Check(v *Value) error {
	return a.check(v).asError("")
}

// CheckElement holds one value of a multi-valued attribute, or the value of any
// other, against the type of the attribute.
func (a *Attribute) CheckElement(v *Value) error {
	return a.checkElement(v).asError(a.Name)
}

// misfit is a value that does not have the type of its attribute. It never
// shows the value, which may be personal data or a password.
type misfit struct {
	at   string // path of the attribute; grows on the way out
	what string
}

func (a *Attribute) check(v *Value) *misfit {
	if v.Kind() == Null {
		return nil
	}
	if !a.MultiValued {
		return a.checkElement(v).within(a.Name)
	}
	if v.Kind() != Array {
		return unlike("an array", v).within(a.Name)
	}
	primary := -1
	for i := range v.Members() {
		element := v.At(i)
		if m := a.checkElement(element); m != nil {
			return m.within(a.Name + "[" + strconv.Itoa(i) + "]")
		}
		if a.Type != TypeComplex || !element.Get("primary").True() {
			continue
		}
		if primary >= 0 { // RFC 7643 section 2.4
			return &misfit{a.Name, "values " + itoa(primary) + " and " + itoa(i) + " are both primary"}
		}
		primary = i
	}
	return nil
}

func (a *Attribute) checkElement(v *Value) *misfit {
	switch a.Type {
	case TypeComplex:
		return a.checkComplex(v)
	case TypeBoolean:
		return wantKind(v, Bool)
	case TypeDecimal:
		return wantKind(v, Number)
	case TypeInteger:
		if v.Kind() == Number && strings.ContainsAny(v.Raw(), ".eE") {
			return &misfit{what: "want an integer, without fraction and exponent"}
		}
		return wantKind(v, Number)
	case TypeDateTime:
		if v.Kind() == String && !isDateTime(v.Text()) {
			return &misfit{what: "want a dateTime such as 2008-01-23T04:56:22Z"}
		}
	case TypeBinary:
		if v.Kind() == String && !isBase64(v.Text()) {
			return &misfit{what: "want binary data in base64"}
		}
	default: // a string, or a reference, which is one
	}
	return wantKind(v, String)
}

func (a *Attribute) checkComplex(v *Value) *misfit {
	if v.Kind() != Object {
		return unlike("an object", v)
	}
	members := v.Members()
	for i := range members {
		sub := a.SubAttribute(members[i].Name)
		if sub == nil {
			continue
		}
		if m := sub.check(&members[i].Value); m != nil {
			return m
		}
	}
	return nil
}

func wantKind(v *Value, want Kind) *misfit {
	if v.Kind() != want {
		return unlike(want.String(), v)
	}
	return nil
}

func unlike(want string, v *Value) *misfit {
	return &misfit{what: "want " + want + ", got " + v.Kind().String()}
}

func (m *misfit) within(name string) *misfit {
	switch {
	case m == nil:
	case m.at == "":
		m.at = name
	default:
		m.at = name + "." + m.at
	}
	return m
}

func (m *misfit) asError(name string) error {
	if m == nil {
		return nil
	}
	if name != "" {
		m = m.within(name)
	}
	return BadRequest(InvalidValue, "%s: %s", m.at, m.what)
}

// isBase64 takes the alphabet of RFC 4648 section 4; the padding at the end may
// be left out (RFC 7643 section 2.3.6).
func isBase64(s string) bool {
	if strings.ContainsAny(s, "\r\n") {
		return false // Go's decoder skips them
	}
	enc := base64.StdEncoding
	if len(s)%4 != 0 {
		enc = base64.RawStdEncoding
	}
	_, err := enc.DecodeString(s)
	return err == nil
}
