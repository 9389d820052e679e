package pace

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// load is a PATCH that does nothing but add and remove single members of a
// group, and so may go together with others of its kind.
type load struct {
	ctx      context.Context // of its client
	req      *scim.Request
	ops      []scim.Operation
	identity string

	alone bool   // it was sent with others and that was refused
	batch *batch // that it was taken along by
}

// loadOf reads a request. It returns nil for one that has to go alone: because it
// does anything else, or because it depends on the version of the group.
func loadOf(ctx context.Context, req *scim.Request, facts *Facts) *load {
	rt := facts.Route.Type
	if req.Method != http.MethodPatch || rt == nil || rt.Endpoint != "Groups" || isConditional(req.Header) {
		return nil
	}
	body := scim.Parse(req.Body)
	ops, err := scim.ParsePatch(&body)
	if err != nil {
		return nil
	}
	for i := range ops {
		if !isMembership(&ops[i]) {
			return nil
		}
	}
	return &load{ctx: ctx, req: req, ops: ops, identity: facts.Identity}
}

func isConditional(header http.Header) bool {
	for _, name := range [...]string{"If-Match", "If-None-Match", "If-Unmodified-Since", "If-Modified-Since"} {
		if header.Get(name) != "" {
			return true
		}
	}
	return false
}

// isMembership tells an operation that adds members, or removes the one with an
// id.
func isMembership(op *scim.Operation) bool {
	target := &op.Target
	if target.Attr.URI != "" || !strings.EqualFold(target.Attr.Name, "members") || target.Attr.Sub != "" || target.Sub != "" {
		return false
	}
	switch op.Op {
	case scim.Add:
		return target.Filter == nil && hasIDs(&op.Value)
	case scim.Remove:
		by, ok := target.Filter.(*scim.AttributeExpression)
		return ok && by.Op == scim.Equal && by.Path.URI == "" && by.Path.Sub == "" &&
			strings.EqualFold(by.Path.Name, "value") && by.Value.Kind() == scim.String
	}
	return false
}

// hasIDs reports whether a value is a list of members with ids.
func hasIDs(list *scim.Value) bool {
	if list.Kind() != scim.Array || list.Len() == 0 {
		return false
	}
	for i := range list.Members() {
		if list.At(i).Get("value").Kind() != scim.String {
			return false
		}
	}
	return true
}

// fits reports whether another request may be done in the name of this one: it
// has the same rights, asks for the same answer, and is sent to the same place.
func (l *load) fits(other *load) bool {
	return !other.alone &&
		l.identity == other.identity &&
		l.req.Path == other.req.Path &&
		l.req.Query == other.req.Query &&
		l.req.Origin == other.req.Origin &&
		sameHeader(l.req.Header, other.req.Header)
}

// ofNoMatter are the fields of a header that do not change what a request does,
// who asks for it, or how it is answered.
var ofNoMatter = map[string]bool{
	"Content-Length":    true,
	"Traceparent":       true,
	"Tracestate":        true,
	"X-Request-Id":      true,
	"X-Correlation-Id":  true,
	"Client-Request-Id": true,
	"Request-Id":        true,
	"Date":              true,
}

func sameHeader(a, b http.Header) bool {
	return within(a, b) && within(b, a)
}

func within(a, b http.Header) bool {
	for name, values := range a {
		if !ofNoMatter[name] && !slices.Equal(values, b[name]) {
			return false
		}
	}
	return true
}
