package rewrite

import "github.com/caddy-scim/caddy-scim/scim"

// print writes the body in the form of P1: schemas, then Operations. An operation
// that is strict keeps its bytes.
func (p *patcher) print(body *scim.Value) string {
	dst := make([]byte, 0, len(body.Raw())+len(body.Raw())/4+64)
	dst = append(dst, `{"schemas":["`+scim.PatchOpURI+`"],"Operations":[`...)
	for i := range p.out {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = p.out[i].appendTo(dst)
	}
	dst = append(dst, ']')
	if p.plan.Rules.shapes[PatchExtra] == nil && body.Index("Operations") >= 0 {
		for i := range body.Members() {
			m := &body.Members()[i]
			if i != body.Index("schemas") && i != body.Index("Operations") {
				dst = appendMember(dst, m)
			}
		}
	}
	return string(append(dst, '}'))
}

// appendTo writes one operation: op, path, value, then what RFC 7644 does not
// know.
func (o *operation) appendTo(dst []byte) []byte {
	if o.whole != "" {
		return append(dst, o.whole...)
	}
	dst = append(append(append(dst, `{"op":"`...), o.op.String()...), '"')
	if o.text != "" {
		dst = scim.AppendString(append(dst, `,"path":`...), o.text)
	}
	if o.value.Exists() {
		dst = o.value.AppendTo(append(dst, `,"value":`...))
	}
	for i := range o.extra {
		dst = appendMember(dst, &o.extra[i])
	}
	return append(dst, '}')
}

func appendMember(dst []byte, m *scim.Member) []byte {
	dst = scim.AppendString(append(dst, ','), m.Name)
	return m.Value.AppendTo(append(dst, ':'))
}
