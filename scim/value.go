package scim

import (
	"iter"
	"strings"
	"sync"
)

// Kind is the JSON type of a Value.
type Kind uint8

// The kinds of JSON values. Absent is the zero Value: nothing was there.
const (
	Absent Kind = iota
	Null
	Bool
	Number
	String
	Array
	Object
)

// String names the kind as an error message would.
func (k Kind) String() string {
	return [...]string{"nothing", "null", "a boolean", "a number", "a string", "an array", "an object"}[k]
}

// Value is a JSON value that keeps its bytes until a part of it is changed: an
// object is split into members only when it is looked into, and only what has
// changed is written anew. Member order is kept.
//
// Methods that change a value have effect through pointers into the tree
// (Get, At). A plain copy of an opened Value shares its parts.
type Value struct {
	raw     string   // JSON text; see stale
	members []Member // parts, once opened
	arena   *arena
	kind    Kind
	opened  bool
	stale   bool  // raw is not what members say
	placed  bool  // put here in place of another value
	off     int32 // where raw stands in its document, if that has spans
}

// Member is one member of an object, or with an empty Name one element of an
// array.
type Member struct {
	Name  string
	Value Value
}

// Parse returns the value of a JSON text that has passed Check. It looks at the
// first byte only; parts are found when they are asked for.
func Parse(doc string) Value {
	if doc != "" && (doc[0] <= ' ' || doc[len(doc)-1] <= ' ') {
		doc = strings.Trim(doc, " \t\r\n")
	}
	return Value{raw: doc, kind: kindOf(doc)}
}

func kindOf(raw string) Kind {
	if raw == "" {
		return Absent
	}
	switch raw[0] {
	case '{':
		return Object
	case '[':
		return Array
	case '"':
		return String
	case 't', 'f':
		return Bool
	case 'n':
		return Null
	default:
		return Number
	}
}

// NullValue is the JSON null.
func NullValue() Value { return Value{raw: "null", kind: Null} }

// StringValue is s as a JSON string.
func StringValue(s string) Value { return Value{raw: Quote(s), kind: String} }

// BoolValue is b as a JSON boolean.
func BoolValue(b bool) Value {
	if b {
		return Value{raw: "true", kind: Bool}
	}
	return Value{raw: "false", kind: Bool}
}

// IntValue is n as a JSON number.
func IntValue(n int) Value { return Value{raw: itoa(n), kind: Number} }

// ObjectValue is an object of the given members, in their order.
func ObjectValue(members ...Member) Value {
	return Value{kind: Object, members: members, opened: true, stale: true}
}

// ArrayValue is an array of the given elements.
func ArrayValue(elements ...Value) Value {
	members := make([]Member, len(elements))
	for i := range elements {
		members[i].Value = elements[i]
	}
	return Value{kind: Array, members: members, opened: true, stale: true}
}

// Kind tells the JSON type. Like Text, True, Empty and Members it may be asked
// of what Get did not find.
func (v *Value) Kind() Kind {
	if v == nil {
		return Absent
	}
	return v.kind
}

// Exists reports whether there is a value at all; null is one.
func (v *Value) Exists() bool { return v != nil && v.kind != Absent }

// Raw returns the JSON text: the bytes as they came when nothing was changed.
func (v *Value) Raw() string {
	if !v.rewritten() {
		return v.raw
	}
	buf := rawBuffers.Get().(*[]byte)
	*buf = v.AppendTo((*buf)[:0])
	raw := string(*buf)
	if cap(*buf) <= maxRawBuffer {
		rawBuffers.Put(buf)
	}
	return raw
}

// rawBuffers are for texts whose length is not known before they are written.
var rawBuffers = sync.Pool{New: func() any { return new([]byte) }}

const maxRawBuffer = 64 << 10

// AppendTo appends the JSON text to dst.
func (v *Value) AppendTo(dst []byte) []byte {
	if !v.rewritten() {
		return append(dst, v.raw...)
	}
	open, shut := byte('['), byte(']')
	if v.kind == Object {
		open, shut = '{', '}'
	}
	dst = append(dst, open)
	for i := range v.members {
		if i > 0 {
			dst = append(dst, ',')
		}
		if v.kind == Object {
			dst = append(AppendString(dst, v.members[i].Name), ':')
		}
		dst = v.members[i].Value.AppendTo(dst)
	}
	return append(dst, shut)
}

// rewritten reports whether raw is no longer the text of v.
func (v *Value) rewritten() bool {
	if v.stale {
		return true
	}
	for i := range v.members {
		if v.members[i].Value.Changed() {
			return true
		}
	}
	return false
}

// Changed reports whether v or a part of it differs from what was parsed.
func (v *Value) Changed() bool { return v.placed || v.rewritten() }

// Text returns the text of a string, and "" for any other kind.
func (v *Value) Text() string {
	if v == nil || v.kind != String {
		return ""
	}
	return unquote(v.raw)
}

// True reports whether v is the JSON literal true.
func (v *Value) True() bool { return v != nil && v.kind == Bool && v.raw == "true" }

// Empty reports whether v stands for no value in the sense of RFC 7643 section
// 2.5: absent, null or an array without elements.
func (v *Value) Empty() bool {
	return v == nil || v.kind <= Null || v.kind == Array && v.Len() == 0
}

// Members returns the members of an object or the elements of an array, nil for
// any other kind. They may be changed in place through Value's methods.
func (v *Value) Members() []Member {
	if v == nil {
		return nil
	}
	if !v.opened && v.kind >= Array {
		if v.arena == nil {
			v.arena = new(arena)
		}
		v.members, v.opened = v.arena.open(v.raw, v.off), true
	}
	return v.members
}

// Parts goes through the members of an object or the elements of an array
// without keeping them: each part is a copy that can be read but not changed in
// place. It is the cheap way for what is looked at once.
func (v *Value) Parts() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		if v == nil || v.kind < Array {
			return
		}
		if v.opened {
			for i := range v.members {
				if !yield(v.members[i].Name, v.members[i].Value) {
					return
				}
			}
			return
		}
		var spans []span
		if v.arena != nil {
			spans = v.arena.spans
		}
		for pos := 1; ; {
			name, part, end := member(v.raw, pos, spans, v.off)
			if end == pos || !yield(name, Value{raw: part, kind: kindOf(part), arena: v.arena, off: v.off + int32(end-len(part))}) {
				return
			}
			pos = end
		}
	}
}

// Len is the number of members or elements.
func (v *Value) Len() int { return len(v.Members()) }

// At returns the i-th element or member value.
func (v *Value) At(i int) *Value { return &v.Members()[i].Value }

// Index finds the member of that name, without regard to case (RFC 7643
// section 2.1), or returns -1. An array has no names.
func (v *Value) Index(name string) int {
	if v == nil || v.kind != Object {
		return -1
	}
	for i, members := 0, v.Members(); i < len(members); i++ {
		if m := members[i].Name; m == name || mayFold(m, name) && strings.EqualFold(m, name) {
			return i
		}
	}
	return -1
}

// mayFold tells by their first bytes whether two names can differ in case only.
func mayFold(a, b string) bool {
	return a != "" && b != "" && (a[0]|0x20 == b[0]|0x20 || a[0]|b[0] >= 0x80)
}

// Get returns the member of that name, without regard to case, or nil.
func (v *Value) Get(name string) *Value {
	if i := v.Index(name); i >= 0 {
		return &v.members[i].Value
	}
	return nil
}

// Clone returns a copy that shares no changeable part with v.
func (v *Value) Clone() Value { return Parse(v.Raw()) }
