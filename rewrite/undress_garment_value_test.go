package rewrite_test

import (
	"regexp"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// valueGarments are shapes of values, in POST, PUT and PATCH alike (P4 to P6,
// P14).
var valueGarments = []garment{
	{"role packed as JSON", "entra.role-json", forSlot(isRole, packRole)},
	{"role with a displayName", "entra.role-display", forSlot(isRole, func(_ maker, v node) node {
		o, _ := v.(object)
		if i := o.index("display"); i >= 0 {
			o[i].name = "displayName"
		}
		return o
	})},
	{"two primaries", "value.primary", forSlot(slot.many, twoPrimaries)},
	{"null parts", "value.null-part", forSlot(isComplexObject, func(m maker, v node) node {
		o, _ := v.(object)
		for _, part := range []string{"$ref", "display"} {
			if o.index(part) < 0 && o.index("displayName") < 0 && m.coin() {
				o = o.insert(m.IntN(len(o)+1), field{part, nil})
			}
		}
		return o
	})},
	{"reference to a type", "value.reference-path", forSlot(isComplexObject, func(m maker, v node) node {
		o, _ := v.(object)
		if o.index("$ref") >= 0 || o.index("value") < 0 {
			return o
		}
		return o.insert(m.IntN(len(o)+1), field{"$ref", one(m.Rand, "", "../", "https://old.example.com/scim/v2/") + one(m.Rand, "User/", "Group/") + "26"})
	})},
	{"managerId", "name.manager-id", forSlot(isManager, func(_ maker, v node) node {
		o, _ := v.(object)
		if i := o.index("value"); i >= 0 {
			o[i].name = "managerId"
		}
		return o
	})},
	{"sub-attributes in another case", "name.case", forSlot(isComplexObject, func(m maker, v node) node {
		o, _ := v.(object)
		i := m.IntN(max(len(o), 1))
		if i < len(o) && o[i].name != "displayName" {
			o[i].name = m.anyCase(o[i].name)
		}
		return o
	})},
	{"boolean as text", "value.boolean", forSlot(isBoolean, func(m maker, v node) node {
		return m.anyCase(text(v))
	})},
	{"boolean as digit", "value.boolean", forSlot(isBoolean, func(_ maker, v node) node {
		if v == true {
			return number("1")
		}
		return number("0")
	})},
	{"number as text", "value.integer", forSlot(isNumeric, func(_ maker, v node) node { return text(v) })},
	{"text as number", "value.string", forSlot(isDigits, func(_ maker, v node) node {
		s, _ := v.(string)
		return number(s)
	})},
	{"reference as text", "value.reference", forSlot(isValueOnly, func(_ maker, v node) node {
		o, _ := v.(object)
		return o[0].value
	})},
	{"single as object", "value.single", forSlot(isSingleSimple, func(m maker, v node) node {
		return object{{one(m.Rand, "value", "Value"), v}}
	})},
	{"single as list", "value.single", forSlot(isSingle, func(_ maker, v node) node { return list{v} })},
	{"list as one value", "value.multi", forSlot(isListOfOne, func(_ maker, v node) node {
		l, _ := v.(list)
		return l[0]
	})},
}

// forSlot makes a garment that changes the value in one slot that fits, or in
// several.
func forSlot(fits func(slot) bool, change func(maker, node) node) func(maker, *request) bool {
	return func(m maker, r *request) bool {
		s, ok := oneWhere(m.Rand, r.slots(), fits)
		if ok {
			*s.value = change(m, *s.value)
		}
		return ok
	}
}

func isRole(s slot) bool {
	o, ok := (*s.value).(object)
	return ok && s.def.Name == "roles" && o.index("displayName") < 0
}

func isBoolean(s slot) bool {
	_, ok := (*s.value).(bool)
	return ok && s.def.Type == scim.TypeBoolean
}

func isNumeric(s slot) bool {
	_, ok := (*s.value).(number)
	return ok && (s.def.Type == scim.TypeInteger || s.def.Type == scim.TypeDecimal)
}

var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

func isDigits(s slot) bool {
	digits, ok := (*s.value).(string)
	return ok && s.def.Type == scim.TypeString && !s.many() && jsonNumber.MatchString(digits)
}

func isComplexObject(s slot) bool {
	o, ok := (*s.value).(object)
	return ok && s.def.Type == scim.TypeComplex && len(o) > 0
}

func isManager(s slot) bool { return isComplexObject(s) && s.def.Name == "manager" }

// isValueOnly tells a complex value that has nothing but its value.
func isValueOnly(s slot) bool {
	o, ok := (*s.value).(object)
	if !ok || len(o) != 1 || o[0].name != "value" || s.def.SubAttribute("value") == nil {
		return false
	}
	digits, isText := o[0].value.(string)
	return isText && !strings.HasPrefix(digits, "{") || isNumeric(slot{s.def.SubAttribute("value"), &o[0].value, false})
}

func isSingle(s slot) bool {
	_, isList := (*s.value).(list)
	return !s.def.MultiValued && !isList
}

func isSingleSimple(s slot) bool {
	_, isObject := (*s.value).(object)
	return isSingle(s) && s.def.Type != scim.TypeComplex && !isObject
}

func isListOfOne(s slot) bool {
	l, ok := (*s.value).(list)
	return ok && s.many() && len(l) == 1
}

// twoPrimaries marks values in front of the primary one.
func twoPrimaries(_ maker, v node) node {
	l, _ := v.(list)
	behind := false
	for i := len(l) - 1; i >= 0; i-- {
		o, _ := l[i].(object)
		switch at := o.index("primary"); {
		case at < 0:
		case o[at].value == true:
			behind = true
		case behind:
			o[at].value = true
		}
	}
	return l
}

// packRole writes a role as JSON text in its value, as Entra does in a PATCH.
func packRole(m maker, v node) node {
	role, _ := v.(object)
	value, isText := role.get("value").(string)
	if !isText {
		return role
	}
	packed := object{{"id", "5cbf"}, {"value", value}}
	if display, ok := role.get("display").(string); ok {
		packed = packed.insert(1, field{"displayName", display})
		if last := len(role) - 1; role[last].name == "display" && m.coin() {
			role = role.without(last)
		}
	}
	role[role.index("value")].value = text(packed)
	return role
}
