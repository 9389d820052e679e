package rewrite

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// read takes an operation apart (P1, P2).
func (p *patcher) read(o *operation, v *scim.Value) error {
	if v.Kind() != scim.Object {
		return scim.BadRequest(scim.InvalidSyntax, "%s: an operation is an object, not %s", o.at.String(), v.Kind())
	}
	for name, part := range v.Parts() {
		key := operationKey(name)
		if key == "" && p.didAt(PatchExtra, p.below(&o.at, name)) {
			continue
		}
		if key == "" {
			o.extra = append(o.extra, scim.Member{Name: name, Value: part})
			continue
		}
		if key != name {
			p.didAt(PatchKeyCase, p.below(&o.at, name))
		}
		var err error
		switch key {
		case "op":
			err = p.verb(o, &part)
		case "path":
			err = p.pathText(o, &part)
		case "value":
			o.value = part
		}
		if err != nil {
			return err
		}
	}
	if o.op == 0 {
		return scim.BadRequest(scim.InvalidSyntax, "%s: op is missing", o.at.String())
	}
	return nil
}

// operationKey returns the RFC's spelling of a member of an operation.
func operationKey(name string) string {
	switch name {
	case "op", "path", "value":
		return name
	}
	for _, key := range [...]string{"op", "path", "value"} {
		if strings.EqualFold(name, key) {
			return key
		}
	}
	return ""
}

// verb reads op (P2).
func (p *patcher) verb(o *operation, v *scim.Value) error {
	word := v.Text()
	for _, op := range [...]scim.Op{scim.Add, scim.Remove, scim.Replace} {
		if word == op.String() {
			o.op = op
			return nil
		}
		if strings.EqualFold(word, op.String()) {
			o.op = op
			p.didAt(PatchOpCase, p.below(&o.at, "op"))
			return nil
		}
	}
	return scim.BadRequest(scim.InvalidSyntax, "%s.op: an operation is add, remove or replace", o.at.String())
}

// pathText reads path. Null and the empty string say that there is none.
func (p *patcher) pathText(o *operation, v *scim.Value) error {
	if v.Kind() != scim.String && v.Kind() != scim.Null {
		return scim.BadRequest(scim.InvalidPath, "%s.path: a path is a string, not %s", o.at.String(), v.Kind())
	}
	if o.text = v.Text(); o.text == "" {
		p.didAt(PatchKeyCase, p.below(&o.at, "path"))
	}
	return nil
}
