package rewrite

import (
	"errors"
	"net/http"

	"github.com/caddy-scim/caddy-scim/scim"
)

// meet holds a refused PATCH against the resource. What is seen to be as it should
// be needs no change, and a client that learns so may take its work for done.
func (AlreadyDone) meet(s *session, r *Rule, req *scim.Request, resp *scim.Response) (*scim.Response, error) {
	switch resp.Status {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity:
	default:
		return resp, nil
	}
	if req.Method != http.MethodPatch || s.rt == nil || resp.Status == http.StatusNotFound && !NamesResource(resp) {
		return resp, nil
	}
	body := scim.Parse(req.Body)
	ops, err := scim.ParsePatch(&body)
	if err != nil {
		return resp, nil //nolint:nilerr // the service provider has said what is wrong
	}
	read, err := s.reads(req.Path, "")
	if err != nil || read.Status != http.StatusOK {
		return resp, nil //nolint:nilerr // the PATCH is refused, whatever there is
	}
	resource := parsed(read)
	ReadResource(s.plan.Registry, s.rt, &resource) // "7" and 7 are one member
	if resource.Kind() != scim.Object || !shows(&resource, ops) || s.takesAway(ops) > 0 && !s.saysAbsent(resp, ops) {
		return resp, nil
	}
	if _, changed, err := scim.Apply(&resource, ops, s.rt); err != nil || changed {
		return resp, nil //nolint:nilerr // it would have changed something, or cannot be done
	}
	s.applied(r, &answerPlace)
	return read, nil
}

// shows reports whether a resource shows each attribute that the operations are
// about. What it does not show may be hidden: a password, or the members of a
// group, of which one that is to leave is then still there.
func shows(resource *scim.Value, ops []scim.Operation) bool {
	for i := range ops {
		op := &ops[i]
		if op.Path != "" {
			path := op.Target.Attr
			if part := path.Sub != "" || op.Target.Sub != ""; part && op.Op == scim.Remove {
				return false
			}
			path.Sub = ""
			if lookUp(resource, path).Empty() {
				return false
			}
			continue
		}
		for _, m := range op.Value.Members() {
			if resource.Get(m.Name).Empty() {
				return false
			}
		}
	}
	return true
}

// takesAway counts the removals from lists that service providers cut short: a
// value that such a list does not show may be there all the same.
func (s *session) takesAway(ops []scim.Operation) int {
	n := 0
	for i := range ops {
		op := &ops[i]
		if op.Op != scim.Remove || op.Target.Filter == nil {
			continue
		}
		if t, ok := s.rt.Resolve(op.Target.Attr); ok && t.Attr != nil && mayBePartial(t.Attr) {
			n++
		}
	}
	return n
}

// saysAbsent reports whether the service provider itself says that the one value to
// be taken away is not there. Of several it may mean any.
func (s *session) saysAbsent(resp *scim.Response, ops []scim.Operation) bool {
	refusal := parsed(resp)
	noTarget := resp.Status == http.StatusNotFound || errorType(refusal.Get("scimType").Text()) == scim.NoTarget
	return noTarget && s.takesAway(ops) == 1
}

// meet tells a resource that is gone from a method or a route that is not there
// (normal form R4).
func (DoubtGone) meet(s *session, r *Rule, req *scim.Request, resp *scim.Response) (*scim.Response, error) {
	if resp.Status != http.StatusNotFound || s.rt == nil || s.route.ID == "" || NamesResource(resp) {
		return resp, nil
	}
	if req.Method != http.MethodGet {
		read, err := s.reads(req.Path, "")
		switch {
		case errors.Is(err, ErrNoState):
			return resp, nil
		case err != nil:
			return nil, err
		case read.Status == http.StatusOK:
			s.applied(r, &answerPlace)
			return nil, scim.Errorf(http.StatusNotImplemented, "", "the resource is there, but the service provider has no %s for it", req.Method)
		case isPressed(read):
			return read, nil // and the client comes back
		case NamesResource(read):
			return resp, nil
		}
	}
	list, err := s.reads(s.route.Base+"/"+s.route.Endpoint, "count=1")
	switch {
	case errors.Is(err, ErrNoState):
		return resp, nil
	case err != nil:
		return nil, err
	case isPressed(list):
		return list, nil
	case list.Status == http.StatusOK:
		return resp, nil // who answers for all of them answers for this one
	}
	s.applied(r, &answerPlace)
	return nil, scim.Errorf(http.StatusBadGateway, "", "the service provider does not answer for %s", s.route.Endpoint)
}

func isPressed(resp *scim.Response) bool {
	return resp.Status == http.StatusTooManyRequests || resp.Status == http.StatusServiceUnavailable
}
