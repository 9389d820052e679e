package imitation

import (
	"net/http"
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Patches is what the PATCH requests to an endpoint may hold. The zero value is
// RFC 7644 without bounds.
type Patches struct {
	Operations int // most operations; 0: any number
	Members    int // most members that are added or removed; 0: any number

	NoPathless       bool
	NoFilters        bool // no value filters in paths but members[value eq …]
	NoReplaceMembers bool
	RemoveByValue    bool // members are removed by path members and a value only
	Title            bool // verbs are written Add, Remove, Replace

	Attributes []string // the only attributes that may change; nil: any
	Removes    []string // the only attributes that may be removed; nil: as Attributes
}

// For holds the PATCH requests to an endpoint against p, and puts what is a
// dialect into the form of RFC 7644.
func (p Patches) For(endpoint string) Limit {
	return func(c *Call) *Refusal {
		if c.Method != http.MethodPatch || c.Endpoint != endpoint {
			return nil
		}
		list := c.Body.Get("Operations")
		members := 0
		for i := range list.Members() {
			op := list.At(i)
			if why := p.refuses(op); why != "" {
				return refuse(http.StatusBadRequest, scim.InvalidValue, why)
			}
			members += membersIn(op)
		}
		switch {
		case p.Operations > 0 && list.Len() > p.Operations:
			return refuse(http.StatusBadRequest, "", "too many operations")
		case p.Members > 0 && members > p.Members:
			return refuse(http.StatusBadRequest, "", "too many members")
		}
		p.translate(list)
		return nil
	}
}

// refuses says what is wrong with an operation.
func (p *Patches) refuses(op *scim.Value) string {
	path, verb := op.Get("path").Text(), op.Get("op").Text()
	if p.Title != (verb == strings.Title(verb)) { //nolint:staticcheck // verbs are ASCII
		return "unknown verb " + verb
	}
	verb = strings.ToLower(verb)
	attribute, _, filtered := strings.Cut(path, "[")
	attribute, _, _ = strings.Cut(attribute, ".")
	allowed := p.Attributes
	if verb == "remove" && p.Removes != nil {
		allowed = p.Removes
	}
	switch {
	case path == "" && p.NoPathless:
		return "path is missing"
	case filtered && attribute != "members" && p.NoFilters:
		return "filters in paths are not supported"
	case filtered && attribute == "members" && p.RemoveByValue:
		return "filters in paths are not supported"
	case path == "members" && p.NoReplaceMembers && (verb == "replace" || verb == "remove" && op.Get("value") == nil):
		return "members cannot be replaced"
	case path != "" && allowed != nil && !slices.Contains(allowed, attribute):
		return attribute + " cannot be changed"
	}
	return ""
}

func membersIn(op *scim.Value) int {
	path := op.Get("path").Text()
	switch {
	case strings.HasPrefix(path, "members["):
		return 1
	case path == "members":
		return op.Get("value").Len()
	case path == "":
		return op.Get("value").Get("members").Len()
	}
	return 0
}

// translate puts what is a dialect into the form that the directory takes.
func (p *Patches) translate(list *scim.Value) {
	var out []scim.Value
	for i := range list.Members() {
		op := list.At(i).Clone()
		if p.Title {
			op.Set("op", scim.StringValue(strings.ToLower(op.Get("op").Text())))
		}
		values := op.Get("value")
		if !p.RemoveByValue || op.Get("op").Text() != "remove" || op.Get("path").Text() != "members" || values == nil {
			out = append(out, op)
			continue
		}
		for _, v := range values.Parts() {
			out = append(out, scim.ObjectValue(
				scim.Member{Name: "op", Value: scim.StringValue("remove")},
				scim.Member{Name: "path", Value: scim.StringValue("members[value eq " + v.Get("value").Raw() + "]")},
			))
		}
	}
	if p.Title || p.RemoveByValue {
		list.Put(scim.ArrayValue(out...))
	}
}
