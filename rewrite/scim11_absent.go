package rewrite

import (
	"net/http"

	"github.com/caddy-scim/caddy-scim/scim"
)

// withoutAbsent sends a PATCH of SCIM 1.1 again without the deletions of values
// that are not there. In that version they do nothing (draft-scim-api-01 section
// 3.3.2), but a service provider of 2.0 may answer noTarget. What was refused has
// changed nothing, so that it may be sent once more.
func (s *session) withoutAbsent(req *scim.Request, resp *scim.Response) (*scim.Response, error) {
	if !s.deletes || resp.Status != http.StatusBadRequest {
		return resp, nil
	}
	refusal := parsed(resp)
	if errorType(refusal.Get("scimType").Text()) != scim.NoTarget {
		return resp, nil
	}
	read, err := s.send(s.ctx, s.readRequest())
	if err != nil || read.Status != http.StatusOK {
		return resp, nil //nolint:nilerr // the PATCH is refused, whatever there is
	}
	body, state := scim.Parse(req.Body), parsed(read)
	ReadResource(s.plan.Registry, s.rt, &state)
	list, hidden := body.Get("Operations"), 0
	gone := list.Keep(func(m *scim.Member) bool {
		absent, partial := s.deletesNothing(&state, &m.Value)
		hidden += partial
		return !absent
	})
	if gone == 0 || hidden > 1 || !s.did(DeleteAbsent, "Operations") {
		return resp, nil
	}
	if list.Len() == 0 {
		return read, nil
	}
	again := *req
	again.Body = body.Raw()
	return s.send(s.ctx, &again)
}

// deletesNothing reports whether an operation deletes values that are not there,
// and counts those that a list which may be cut short only does not show: of one
// such the service provider has said that it is absent, of several it may mean any.
// Any other operation is carried out on the state, for those that follow.
func (s *session) deletesNothing(state, operation *scim.Value) (absent bool, hidden int) {
	one := scim.ObjectValue(
		scim.Member{Name: keySchemas, Value: scim.ArrayValue(scim.StringValue(scim.PatchOpURI))},
		scim.Member{Name: "Operations", Value: scim.ArrayValue(operation.Clone())},
	)
	body := scim.Parse(one.Raw())
	ops, err := scim.ParsePatch(&body)
	if err != nil {
		return false, 0
	}
	if ops[0].Op == scim.Remove && ops[0].Target.Filter != nil {
		found, err := s.finds(state, ops[0].Target)
		if err == nil && !found {
			if s.isPartial(ops[0].Target.Attr) {
				hidden = 1
			}
			return true, hidden
		}
	}
	if after, _, err := scim.Apply(state, ops, s.rt); err == nil {
		*state = after
	}
	return false, 0
}

// finds reports whether a value of the resource fits a path with a filter.
func (s *session) finds(state *scim.Value, path scim.PatchPath) (bool, error) {
	present := lookUp(state, path.Attr)
	if present.Kind() != scim.Array {
		return false, nil
	}
	t, _ := s.rt.Resolve(path.Attr)
	for i := range present.Members() {
		ok, err := scim.MatchesValue(path.Filter, present.At(i), t.Attr)
		if ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}
