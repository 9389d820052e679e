package rewrite

import (
	"net/http"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// answer repairs what a service provider answered (normal form R). req is the
// request as it was sent on. What needs no repair keeps its bytes, and so does
// an answer that cannot be read: too large, compressed, or no JSON (R8).
func (s *session) answer(req *scim.Request, resp *scim.Response) {
	a := answer{s: s, req: req, resp: resp, operation: s.route.Operation(req.Method)}
	a.header()
	switch {
	case req.Method == http.MethodHead:
		a.head()
	case a.encoded() || len(resp.Body) > s.plan.maxAnswer():
	case resp.Status >= http.StatusBadRequest:
		a.failure()
	case resp.Status >= http.StatusOK && resp.Status < http.StatusMultipleChoices:
		a.success()
	}
}

// answer is the work on one answer.
type answer struct {
	s         *session
	req       *scim.Request
	resp      *scim.Response
	operation string

	trail      trail
	decided    [numShapes]decision
	foreign    []foreignBase
	projection projection
	copied     bool // resp.Header is ours
	refiltered bool // in front of the user's own rules; see verifying
}

// decision is whether a shape may be repaired. It is asked for once, so that a
// list of thousands of resources is one change and not thousands.
type decision uint8

const (
	undecided decision = iota
	allowed
	refused
)

// did is session.did for the first place at which a shape stands: names below
// where the work is.
func (a *answer) did(shape Shape, names ...string) bool {
	if a.decided[shape] == undecided {
		a.decided[shape] = refused
		if a.s.did(shape, a.trail.place(names)) {
			a.decided[shape] = allowed
		}
	}
	return a.decided[shape] == allowed
}

// head is what a GET would have been answered, without the body (RFC 9110
// section 9.3.2).
func (a *answer) head() {
	a.resp.Body = ""
	if a.resp.Status == http.StatusOK && isJSONType(mediaType(a.resp.Header.Get(headerContentType))) {
		a.mediaType()
	}
}

// success repairs a 2xx answer.
func (a *answer) success() {
	switch {
	case a.operation == "delete":
		a.deleted()
	case a.resp.Status == http.StatusNoContent && a.isList() && a.did(AnswerEmptyList):
		a.emptyList()
	case a.resp.Status == http.StatusNoContent:
		a.resp.Body = ""
	default:
		a.document()
	}
}

// document repairs the JSON body of a 2xx answer.
func (a *answer) document() {
	doc, ok := a.parse()
	if !ok {
		return
	}
	switch a.operation {
	case "list", "search":
		a.list(&doc)
	case "get", "create", "replace", "patch", "me":
		a.single(&doc)
	case "discover":
		a.discovery(&doc)
	case "bulk":
		a.bulk(&doc)
	}
	if a.operation == "create" {
		a.created(&doc)
	}
	if doc.Changed() {
		a.rewrite(doc.Raw())
	}
	a.mediaType()
}

// answerDepth is the depth to which an answer may be nested to be repaired. It is
// no one's attack, but a password in it has to be found.
const answerDepth = 512

// parse reads the body if it is a JSON object or array.
func (a *answer) parse() (scim.Value, bool) {
	if body := strings.TrimLeft(a.resp.Body, "\uFEFF \t\r\n"); body == "" || body[0] != '{' && body[0] != '[' {
		return scim.Value{}, false
	}
	body, err := scim.Check(a.resp.Body, scim.Limits{Bytes: a.s.plan.maxAnswer(), Depth: answerDepth})
	if err != nil {
		return scim.Value{}, false
	}
	if len(body) != len(a.resp.Body) && a.did(ByteOrderMark) {
		a.rewrite(body)
	}
	return scim.Parse(body), true
}

// isList tells the requests that are answered with a ListResponse.
func (a *answer) isList() bool { return a.operation == "list" || a.operation == "search" }

// deleted is R6 for DELETE: done is 204 without a body. Accepted is not done.
func (a *answer) deleted() {
	if a.resp.Status == http.StatusOK && a.did(AnswerStatus, "status") {
		a.resp.Status = http.StatusNoContent
		a.rewrite("")
		a.headers().Del(headerContentType)
	}
}

// created is R6 for POST: a resource that now has an id was created, and the
// client learns where it stands (RFC 7644 section 3.3).
func (a *answer) created(resource *scim.Value) {
	id := resource.Get("id").Text()
	if id == "" {
		return
	}
	if a.resp.Status == http.StatusOK && a.did(AnswerStatus, "status") {
		a.resp.Status = http.StatusCreated
	}
	if given := a.resp.Header.Get("Location"); a.resp.Status == http.StatusCreated && (given == "" || a.isForeign(given)) {
		a.supplyLocation(resource, id)
	}
}
