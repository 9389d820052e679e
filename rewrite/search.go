package rewrite

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// search is normal form L5: the body of POST …/.search (RFC 7644 section 3.4.3)
// means what a query means and is brought into the same form.
func (s *session) search(body *scim.Value) error {
	if body.Kind() != scim.Object {
		return scim.BadRequest(scim.InvalidSyntax, "a search request is an object, not %s", body.Kind())
	}
	s.searchMembers(body)
	s.searchSchemas(body)
	members := body.Members()
	for i := range members {
		p := paramOf(members[i].Name)
		if p == paramOther {
			continue
		}
		if members[i].Name != params[p].name && s.did(QueryNameCase, params[p].body) {
			body.Rename(i, params[p].name)
		}
		if err := s.searchMember(p, &members[i].Value); err != nil {
			return err
		}
	}
	return nil
}

// searchMembers removes the members that say nothing or are overruled.
func (s *session) searchMembers(body *scim.Value) {
	projected := !emptyMember(paramAttributes, body.Get(params[paramAttributes].name))
	body.Keep(func(m *scim.Member) bool {
		p := paramOf(m.Name)
		switch {
		case p == paramOther:
			return true
		case emptyMember(p, &m.Value):
			return !s.did(QueryEmpty, params[p].body)
		case p == paramExcluded && projected:
			return !s.did(QueryProjection, params[p].body)
		}
		return true
	})
}

// emptyMember reports whether a member of a search request says nothing.
func emptyMember(p param, v *scim.Value) bool {
	return v.Empty() || p.isText() && v.Kind() == scim.String && saysNothing(v.Text())
}

// searchSchemas supplies or corrects the schemas of a search request.
func (s *session) searchSchemas(body *scim.Value) {
	i := body.Index("schemas")
	if i >= 0 {
		v := body.At(i)
		if v.Kind() == scim.Array && v.Len() == 1 && v.At(0).Text() == scim.SearchRequestURI && body.Members()[i].Name == "schemas" {
			return
		}
	}
	if !s.did(BodySchemas, "body.schemas") {
		return
	}
	schemas := scim.ArrayValue(scim.StringValue(scim.SearchRequestURI))
	if i < 0 {
		body.Insert(0, scim.Member{Name: "schemas", Value: schemas})
		return
	}
	body.Rename(i, "schemas")
	body.At(i).Put(schemas)
}

// searchMember brings one parameter of a search request into normal form.
func (s *session) searchMember(p param, v *scim.Value) error {
	at := params[p].body
	switch p {
	case paramStartIndex, paramCount:
		return s.searchNumber(p, v, at)
	case paramAttributes, paramExcluded:
		return s.searchNames(p, v, at)
	}
	if v.Kind() != scim.String {
		typ := scim.InvalidValue
		if p == paramFilter {
			typ = scim.InvalidFilter
		}
		return scim.BadRequest(typ, "%s is a string, not %s", params[p].name, v.Kind())
	}
	text := v.Text()
	to, err := s.param(p, text, at)
	if err != nil {
		return err
	}
	if to != text {
		v.Put(scim.StringValue(to))
	}
	return nil
}

// searchNumber reads a number, or a string that holds one: its JSON text is the
// quoted spelling that wholeNumber knows.
func (s *session) searchNumber(p param, v *scim.Value, at string) error {
	to, err := s.pageNumber(p, v.Raw(), at)
	if err != nil {
		return err
	}
	if to != v.Raw() {
		v.Put(scim.Parse(to))
	}
	return nil
}

// searchNames brings the array of attribute paths into normal form L3. A string
// is read as the list that it would be in a query.
func (s *session) searchNames(p param, v *scim.Value, at string) error {
	if v.Kind() == scim.String && s.did(ProjectionList, at) {
		v.Put(scim.ArrayValue(*v))
	}
	if v.Kind() != scim.Array {
		return scim.BadRequest(scim.InvalidValue, "%s is an array of strings, not %s", params[p].name, v.Kind())
	}
	list, tidy := nameList{}, true
	for i := range v.Members() {
		e := v.At(i)
		if e.Kind() != scim.String {
			return scim.BadRequest(scim.InvalidValue, "%s[%d] is a string, not %s", params[p].name, i, e.Kind())
		}
		text := e.Text()
		to := s.spelledNames(text, at)
		if to != text {
			e.Put(scim.StringValue(to))
		}
		for piece := range strings.SplitSeq(to, ",") {
			name := strings.TrimSpace(piece)
			tidy = list.add(name) && len(name) == len(to) && tidy
		}
	}
	if tidy || !s.did(ProjectionList, at) {
		return nil
	}
	names := make([]scim.Value, len(list.names))
	for i, name := range list.names {
		names[i] = scim.StringValue(name)
	}
	v.Put(scim.ArrayValue(names...))
	return nil
}
