package backend

import (
	"net/http"
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

var namePath = scim.AttrPath{Name: "name"}

// nameEdit gathers the changes of the parts of a name, which become one change of
// name.formatted.
type nameEdit struct {
	slot int // in patchPlan.edits
	at   int // the first of the operations
	ops  []scim.Operation
}

// nameOperation compiles an operation on name or a part of it.
func (p *patchPlan) nameOperation(op *scim.Operation) error {
	if p.name == nil {
		p.name = &nameEdit{slot: len(p.edits), at: p.at}
		p.edits = append(p.edits, edit{})
	}
	p.name.ops = append(p.name.ops, *op)
	p.note(op)
	return nil
}

// finishName writes the name as the operations leave it.
func (p *patchPlan) finishName() error {
	if p.name == nil {
		return nil
	}
	p.at = p.name.at
	formatted, err := p.formatted()
	if err != nil {
		return err
	}
	path := scim.AttrPath{Name: "name", Sub: "formatted"}
	op := scim.Operation{Op: scim.Replace, Path: path.String(), Target: scim.PatchPath{Attr: path}, Value: scim.StringValue(formatted)}
	if formatted == "" {
		op.Op, op.Value = scim.Remove, scim.Value{}
	}
	p.changed = true
	p.edits[p.name.slot] = edit{op: op}
	return nil
}

// formatted is the whole name after the operations. The name before is looked at
// only where they do not say it all.
func (p *patchPlan) formatted() (string, error) {
	blank := scim.ObjectValue()
	said, _, err := scim.Apply(&blank, p.name.ops, p.rt)
	if err != nil {
		return "", p.located(err)
	}
	name := said.Get("name")
	if text := name.Get("formatted").Text(); text != "" {
		return text, nil
	}
	if name.Get("givenName").Text() != "" && name.Get("familyName").Text() != "" {
		return compose(name), nil
	}
	s, err := p.part(namePath)
	if err != nil {
		return "", err
	}
	before, now := p.reading.value.Get("name"), s.value()
	shown := before.Get("givenName").Text() + before.Get("familyName").Text()
	if shown == "" && before.Get("formatted").Text() != "" && !p.formattedRemoved() {
		return "", scim.Errorf(http.StatusNotImplemented, "",
			"name: the service provider shows and takes name.formatted only; send givenName and familyName together, or name.formatted")
	}
	if p.formattedRemoved() && now.Get("formatted") == nil && compose(name) == "" {
		return "", nil
	}
	return compose(now), nil
}

// formattedRemoved reports whether the client removes name.formatted, or name.
func (p *patchPlan) formattedRemoved() bool {
	return slices.ContainsFunc(p.name.ops, func(op scim.Operation) bool {
		sub := op.Target.Attr.Sub
		return op.Op == scim.Remove && (sub == "" || strings.EqualFold(sub, "formatted"))
	})
}

// compose joins the parts of a name in the order in which RFC 7643 section 4.1.1
// has them in its example.
func compose(name *scim.Value) string {
	var parts []string
	for _, part := range [...]string{"honorificPrefix", "givenName", "middleName", "familyName", "honorificSuffix"} {
		if text := name.Get(part).Text(); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " ")
}
