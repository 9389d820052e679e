package directory

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// patch11 makes a PATCH of SCIM 1.1, which is a partial resource, one of 2.0.
// Attributes that meta.attributes names are cleared first. Then single values
// are replaced, and values of several are added, or removed where their
// operation is delete.
func patch11(body *scim.Value, rt *scim.ResourceType) (string, error) {
	var ops []scim.Operation
	add := func(op scim.Op, path string, value scim.Value) error {
		o := scim.Operation{Op: op, Path: path, Value: value}
		if path != "" {
			target, err := scim.ParseStrictPath(path)
			if err != nil {
				return err
			}
			o.Target = target
		}
		ops = append(ops, o)
		return nil
	}
	for _, name := range body.Get("meta").Get("attributes").Parts() {
		if err := add(scim.Remove, path11(name.Text()), scim.Value{}); err != nil {
			return "", err
		}
	}
	for name, value := range body.Parts() {
		switch {
		case name == "schemas" || name == "meta" || name == "id":
			continue
		case name == enterpriseURI11:
			renameManager(&value, "managerId", "value")
			name = scim.EnterpriseUserURI
		case value.Kind() == scim.Array:
			if err := values11(name, &value, add); err != nil {
				return "", err
			}
			continue
		}
		single := scim.ObjectValue(scim.Member{Name: name, Value: value})
		if err := add(scim.Replace, "", single); err != nil {
			return "", err
		}
	}
	if len(ops) == 0 {
		return `{"schemas":["` + scim.PatchOpURI + `"],"Operations":[{"op":"add","value":{}}]}`, nil
	}
	return string(scim.AppendPatch(nil, ops)), nil
}

// values11 adds values to an attribute, and removes those that are to be
// deleted.
func values11(name string, values *scim.Value, add func(scim.Op, string, scim.Value) error) error {
	var added []scim.Value
	for i := range values.Members() {
		value := values.At(i)
		if value.Get("operation").Text() != "delete" {
			added = append(added, *value)
			continue
		}
		id := value.Get("value").Text()
		if err := add(scim.Remove, name+"[value eq "+scim.Quote(id)+"]", scim.Value{}); err != nil {
			return err
		}
	}
	if len(added) == 0 {
		return nil
	}
	return add(scim.Add, name, scim.ArrayValue(added...))
}

// path11 is the name of an attribute in SCIM 2.0. Those of an extension stand
// behind its URI and a dot, or a colon.
func path11(name string) string {
	rest, ok := strings.CutPrefix(name, enterpriseURI11)
	if !ok {
		return name
	}
	if rest == "" {
		return scim.EnterpriseUserURI
	}
	return scim.EnterpriseUserURI + ":" + strings.Replace(rest[1:], "managerId", "value", 1)
}
