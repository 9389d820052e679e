package custom

import (
	"errors"
	"fmt"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Split makes a list of a text: "a,b" becomes ["a","b"].
//
// Body: the value of the attribute. PATCH: a value that is added or replaced
// replaces the list; for what is less than the whole value the resource is read.
// Filter: pr only, all else is refused with invalidFilter. SortBy and attributes:
// nothing. Undo: the list is joined. No text is no list.
type Split struct{ Attribute, Separator string }

// Join makes a text of a list: ["a","b"] becomes "a,b". The attribute is unknown
// to the schemas or declared with many values, for else no list comes this far.
//
// Body: the value of the attribute; an element that has the separator in it is
// refused with invalidValue, for it would come back as two. PATCH: a list that is
// replaced replaces the text; where an element is added or removed the resource
// is read. Filter: pr only, all else is refused with invalidFilter. SortBy and
// attributes: nothing. Undo: the text is split. No list is no text.
type Join struct{ Attribute, Separator string }

// String is the verb as the Caddyfile has it.
func (v Split) String() string { return "split " + v.Attribute + " " + scim.Quote(v.Separator) }

// String is the verb as the Caddyfile has it.
func (v Join) String() string { return "join " + v.Attribute + " " + scim.Quote(v.Separator) }

func (v Split) attributes() []string { return []string{v.Attribute} }
func (v Join) attributes() []string  { return []string{v.Attribute} }

func (v Split) compile(c *compiler) (worker, error) {
	at, err := c.listSpot(v.Attribute, v.Separator)
	if err != nil {
		return nil, err
	}
	s := separator(v.Separator)
	return &relist{at: at, forward: s.split, back: s.shownJoined, adds: at.many()}, nil
}

func (v Join) compile(c *compiler) (worker, error) {
	at, err := c.listSpot(v.Attribute, v.Separator)
	if err != nil {
		return nil, err
	}
	if at.leaf != nil && !at.leaf.MultiValued {
		return nil, fmt.Errorf("%s has one value, and a list of more is refused before any rule; declare it with many in a schema", at)
	}
	s := separator(v.Separator)
	return &relist{at: at, forward: s.join, back: s.shownSplit, merges: true}, nil
}

// listSpot reads an argument that names a text, or a list of texts.
func (c *compiler) listSpot(attribute, separator string) (spot, error) {
	at, err := c.spot(attribute)
	switch {
	case err != nil:
		return at, err
	case separator == "":
		return at, errors.New("the separator is empty")
	case at.name == "":
		return at, fmt.Errorf("%s is an extension: name one of its attributes", at)
	case at.leaf != nil && at.leaf.Type != scim.TypeString && at.leaf.Type != scim.TypeReference:
		return at, fmt.Errorf("%s is of type %s: the verb is for text", at, at.leaf.Type)
	case at.sub != "" && at.many():
		return at, fmt.Errorf("%s stands in each of many values, which hold no lists", at)
	}
	return at, nil
}

// separator stands between the parts of a text.
type separator string

// split makes a list of a text. Of a list, which a declared attribute always is,
// each element is split.
func (s separator) split(v *scim.Value) (scim.Value, error) {
	list := scim.ArrayValue()
	err := elements(v, func(v *scim.Value) error {
		if v.Kind() != scim.String {
			return scim.BadRequest(scim.InvalidValue, "want text with %s between its parts, got %s", scim.Quote(string(s)), v.Kind())
		}
		if text := v.Text(); text != "" {
			for part := range strings.SplitSeq(text, string(s)) {
				list.Append(scim.StringValue(part))
			}
		}
		return nil
	})
	return list, err
}

// join makes a text of a list. Of an empty one it makes null.
func (s separator) join(v *scim.Value) (scim.Value, error) {
	if v.Kind() == scim.String {
		return *v, nil
	}
	if v.Kind() != scim.Array {
		return *v, scim.BadRequest(scim.InvalidValue, "want a list of texts, got %s", v.Kind())
	}
	parts := make([]string, v.Len())
	for i := range parts {
		part := v.At(i)
		if part.Kind() != scim.String {
			return *v, scim.BadRequest(scim.InvalidValue, "want a list of texts, got %s in it", part.Kind())
		}
		if parts[i] = part.Text(); strings.Contains(parts[i], string(s)) {
			return *v, scim.BadRequest(scim.InvalidValue, "%s stands between the parts and cannot be in one of them", scim.Quote(string(s)))
		}
	}
	if len(parts) == 0 {
		return scim.NullValue(), nil
	}
	return scim.StringValue(strings.Join(parts, string(s))), nil
}

// shownJoined is the text that a client sees of a list. What is no list of simple
// values it sees as it is.
func (s separator) shownJoined(v *scim.Value) scim.Value {
	if v.Kind() != scim.Array {
		return *v
	}
	parts := make([]string, v.Len())
	for i := range parts {
		var ok bool
		if parts[i], ok = textOf(v.At(i)); !ok {
			return *v
		}
	}
	if len(parts) == 0 {
		return scim.NullValue()
	}
	return scim.StringValue(strings.Join(parts, string(s)))
}

// shownSplit is the list that a client sees of a text.
func (s separator) shownSplit(v *scim.Value) scim.Value {
	if v.Kind() != scim.String {
		return *v
	}
	list, _ := s.split(v) // of text there is no error
	return list
}
