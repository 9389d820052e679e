package custom

import (
	"errors"
	"fmt"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Rename calls an attribute by another name on the way to the service provider.
//
// Body and PATCH: From, with all that is under it, becomes To, in paths and in
// values. A body that gives both with different values is refused with 400
// invalidValue. An attribute may move into an extension or out of it; schemas is
// kept in step. Filter, sortBy, attributes, excludedAttributes: the same. Undo: in
// answers and in the texts of errors each To becomes From again.
//
// A sub-attribute is renamed within its attribute, or moved between places that
// have one value each, such as manager.value and managerId. What is read-only is
// not renamed, and neither are attributes that cannot hold each other's values.
type Rename struct{ From, To string }

// String is the verb as the Caddyfile has it.
func (v Rename) String() string { return "rename " + v.From + " " + v.To }

func (v Rename) attributes() []string { return []string{v.From, v.To} }

func (v Rename) compile(c *compiler) (worker, error) {
	from, err := c.spot(v.From)
	if err != nil {
		return nil, err
	}
	to, err := c.toldSpot(v.To)
	if err != nil {
		return nil, err
	}
	if from.is(to) || literalSpot(c.rt, v.From).is(to) { // the client sees a flat attribute of the same name
		from = literalSpot(c.rt, v.From)
	}
	if from.name == "" && to.attr == nil && to.uri != "" {
		to = spot{uri: to.String()}
	}
	if to.name == "" && from.attr == nil && from.uri != "" {
		from = spot{uri: from.String()}
	}
	if err := holdsSame(from, to); err != nil {
		return nil, err
	}
	sibling := from.sub != "" && to.sub != "" && from.root().is(to.root())
	for _, s := range [...]spot{from, to} {
		if s.sub != "" && s.many() && !sibling {
			return nil, fmt.Errorf("%s has many values: rename a sub-attribute within %s, or use wrap or unwrap", s.root(), s.root())
		}
	}
	return &rename{from: from, to: to, sibling: sibling}, nil
}

// holdsSame refuses a pair of attributes of which one cannot take the place of
// the other.
func holdsSame(from, to spot) error {
	for _, s := range [...]spot{from, to} {
		if s.readOnly() {
			return fmt.Errorf("%s is read-only: no client writes it", s)
		}
	}
	switch {
	case from.is(to):
		return errors.New("an attribute cannot take its own place")
	case from.covers(to) || to.covers(from):
		return fmt.Errorf("one of %s and %s is a part of the other", from, to)
	case (from.name == "") != (to.name == ""):
		return errors.New("an extension as a whole can only take the place of another")
	case from.leaf == nil || to.leaf == nil:
		return nil
	case from.leaf.MultiValued != to.leaf.MultiValued:
		return fmt.Errorf("%s and %s must both have one value or both have many", from, to)
	case textual(from.leaf.Type) != textual(to.leaf.Type):
		return fmt.Errorf("%s is of type %s and %s of type %s", from, from.leaf.Type, to, to.leaf.Type)
	}
	return nil
}

// textual is the type by which values of an attribute are told apart: a reference
// is a string.
func textual(t scim.Type) scim.Type {
	if t == scim.TypeReference {
		return scim.TypeString
	}
	return t
}

// readOnly reports whether the attribute or the sub-attribute is.
func (s spot) readOnly() bool {
	return s.attr != nil && s.attr.Mutability == scim.ReadOnly || s.leaf != nil && s.leaf.Mutability == scim.ReadOnly
}

type rename struct {
	still
	from, to spot
	sibling  bool // both are sub-attributes of one attribute
}

func (*rename) undoes() bool { return true }
func (*rename) reshapes()    {}

func (r *rename) resource(t *turn, v *scim.Value) error {
	moved, err := r.move(v, r.from, r.to, true)
	if moved {
		t.did("body." + r.from.String())
	}
	return located(err, "body")
}

func (r *rename) answer(t *turn, v *scim.Value) error {
	moved, err := r.move(v, r.to, r.from, false)
	if moved {
		t.undid(r.to.String())
	}
	return err
}

// move puts what stands at from to where to is. Where both are there they have
// to agree; or what is moved counts.
func (r *rename) move(v *scim.Value, from, to spot, agree bool) (bool, error) {
	if r.sibling {
		return r.moveBeside(v, from.root().keys(), from, to, agree)
	}
	given := from.get(v)
	if given == nil {
		return false, nil
	}
	if present := to.get(v); agree && present != nil && !scim.SameValue(present, given) {
		return false, twoValues(from, to)
	}
	if to.sub != "" && to.root().get(v).Kind() == scim.Array {
		return false, scim.BadRequest(scim.InvalidValue, "%s: it becomes %s, and %s has many values", from, to, to.root())
	}
	if from.uri == to.uri && from.sub == "" && to.sub == "" && to.get(v) == nil {
		holder := from.holder(v)
		holder.Rename(holder.Index(from.key()), to.key())
		return true, nil
	}
	taken, _ := from.take(v)
	to.put(v, taken)
	keepSchemas(v, from.uri)
	keepSchemas(v, to.uri)
	return true, nil
}

// twoValues refuses different values for what is one attribute.
func twoValues(from, to spot) error {
	return scim.BadRequest(scim.InvalidValue, "%s and %s, which are one attribute, are given with different values", from, to)
}

// moveBeside renames a sub-attribute in each value of the attribute below v at
// keys.
func (r *rename) moveBeside(v *scim.Value, keys []string, from, to spot, agree bool) (moved bool, err error) {
	err = each(v, keys, func(v *scim.Value) error {
		i := v.Index(from.sub)
		if i < 0 {
			return nil
		}
		moved = true
		present := v.Get(to.sub)
		switch {
		case present == nil:
			v.Rename(i, to.sub)
			return nil
		case agree && !scim.SameValue(present, v.At(i)):
			return twoValues(from, to)
		}
		present.Put(*v.At(i))
		v.Delete(i)
		return nil
	})
	return moved, err
}

// moved is where o stands, which from covers, once it is renamed.
func (r *rename) moved(rt *scim.ResourceType, o spot) spot {
	switch {
	case r.from.name == "" && o.uri == r.from.uri && o.name != "":
		return spotOf(rt, scim.AttrPath{URI: r.to.uri, Name: o.name, Sub: o.sub})
	case r.from.name == "" || r.from.sub != "" || o.sub == "":
		return r.to
	}
	to := r.to
	to.sub, to.leaf = o.sub, to.attr.SubAttribute(o.sub)
	return to
}

func (r *rename) problem(_ *turn, text string) string {
	return replaceWord(text, r.to.String(), r.from.String())
}

// replaceWord replaces the name of an attribute in a text, in any case, where it
// is not a part of another name. What follows a dot is below it and stays.
func replaceWord(text, word, to string) string {
	var b strings.Builder
	done := 0
	for i := 0; i+len(word) <= len(text); i++ {
		end := i + len(word)
		if !strings.EqualFold(text[i:end], word) || i > 0 && (inName(text[i-1]) || text[i-1] == '.') || goesOn(text[end:]) {
			continue
		}
		b.WriteString(text[done:i])
		b.WriteString(to)
		done = end
		i = end - 1
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// goesOn reports whether a name goes on with rest. A colon with nothing of a name
// behind it is one of the text: "userName: is taken".
func goesOn(rest string) bool {
	if len(rest) > 1 && rest[0] == ':' {
		return inName(rest[1])
	}
	return rest != "" && rest != ":" && inName(rest[0])
}

// inName reports whether a byte may be a part of a name or of a URI around it.
func inName(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '_' || c == '-' || c == ':' || c == '$' || c >= 0x80
}
