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
	if resource.Kind() != scim.Object || !shows(&resource, ops) || !s.isCredible(resp, ops) {
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

// isCredible reports whether what the resource shows can say that the operations are
// done. A list that service providers cut short says who is in it, and not who is
// not: that somebody is gone the refusal has to say, too, and of one only, since of
// several it may mean any.
func (s *session) isCredible(resp *scim.Response, ops []scim.Operation) bool {
	gone := 0
	for i := range ops {
		op := &ops[i]
		switch {
		case op.Op == scim.Add || !s.changesPartial(op):
		case op.Op == scim.Remove && op.Target.Filter != nil:
			gone++
		default: // the whole list
			return false
		}
	}
	refusal := parsed(resp)
	return gone == 0 || gone == 1 && (resp.Status == http.StatusNotFound || errorType(refusal.Get("scimType").Text()) == scim.NoTarget)
}

// changesPartial reports whether an operation changes a list that may be cut short.
func (s *session) changesPartial(op *scim.Operation) bool {
	if op.Path != "" {
		return s.isPartial(op.Target.Attr)
	}
	for _, m := range op.Value.Members() {
		if s.isPartial(scim.AttrPath{Name: m.Name}) {
			return true
		}
	}
	return false
}

func (s *session) isPartial(path scim.AttrPath) bool {
	t, ok := s.rt.Resolve(path)
	return ok && t.Attr != nil && mayBePartial(t.Attr)
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
