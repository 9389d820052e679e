package rewrite

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// mediaType11 is that of SCIM 1.1 (draft-scim-api-01 section 3.7).
const mediaType11 = "application/json"

// answer11 says an answer, which is in normal form, in SCIM 1.1 (normal form V6).
func (s *session) answer11(req *scim.Request, resp *scim.Response) {
	a := answer11{s: s, operation: s.route.Operation(req.Method)}
	probe := answer{s: s, req: req, resp: resp}
	doc, isJSON := scim.Value{}, false
	if !probe.encoded() && len(resp.Body) <= s.plan.maxAnswer() {
		doc, isJSON = probe.parse()
	}
	deleted := a.operation == "delete" && resp.Status == http.StatusNoContent
	if !isJSON && !deleted || !s.did(Answer11, "answer") {
		return
	}
	if deleted {
		resp.Status = http.StatusOK
		return
	}
	probe.headers().Set(headerContentType, mediaType11)
	if resp.Status >= http.StatusBadRequest {
		probe.rewrite(errors11(resp.Status, doc.Get("detail").Text()))
		return
	}
	a.document(&doc)
	probe.rewrite(doc.Raw())
}

// Refusal is the answer to a client whose request is refused, in the version of
// SCIM that it speaks.
func (p *Plan) Refusal(req *scim.Request, e *scim.Error) *scim.Response {
	resp := &scim.Response{Status: e.Status, Header: http.Header{headerContentType: {scim.MediaType}}, Body: e.Body()}
	if p.Registry == nil || p.Rules == nil || req == nil { // a plan that is not complete must not bring down its own error
		return resp
	}
	route, ok := p.Registry.Route11(p.Base, req.Path)
	if ok && p.Rules.shapes[Answer11] != nil && (p.speaks11(route, req) || p.isPartial11(route, req)) {
		resp.Header.Set(headerContentType, mediaType11)
		resp.Body = errors11(e.Status, e.Detail)
	}
	return resp
}

// isPartial11 tells a PATCH that only SCIM 1.1 has.
func (p *Plan) isPartial11(route scim.Route, req *scim.Request) bool {
	if req.Method != http.MethodPatch || !strings.Contains(req.Body, `"operation"`) && !strings.Contains(req.Body, `"attributes"`) {
		return false
	}
	doc, err := scim.Check(req.Body, scim.Limits{Bytes: len(req.Body)})
	body := scim.Parse(doc)
	if err != nil || body.Kind() != scim.Object || body.Get("Operations").Exists() {
		return false
	}
	return p.Version == VersionTold && schemasVersion(&body) != Version20 && isMarked(&body) && !isNew(route, req)
}

// errors11 is an error message of SCIM 1.1 (draft-scim-api-01 section 3.9).
func errors11(status int, detail string) string {
	if detail == "" {
		detail = http.StatusText(status)
	}
	dst := scim.AppendString([]byte(`{"Errors":[{"description":`), detail)
	dst = append(dst, `,"code":"`...)
	dst = strconv.AppendInt(dst, int64(status), 10)
	return string(append(dst, `"}]}`...))
}

// answer11 is the work on one answer.
type answer11 struct {
	s         *session
	operation string
}

func (a *answer11) document(v *scim.Value) {
	switch a.operation {
	case "list":
		a.list(v, func(v *scim.Value) { a.resource(v) })
	case "bulk":
		a.bulk(v)
	case "discover":
		a.discovery(v)
	default:
		a.resource(v)
	}
}

// list is a list of resources, whose schemas are those of what it lists.
func (a *answer11) list(v *scim.Value, each func(*scim.Value)) {
	resources := v.Get(keyResources)
	for i := range resources.Members() {
		each(resources.At(i))
	}
	putSchemas(v, scim.CoreURI11)
}

// resource says a resource, or an extension of one, in SCIM 1.1.
func (a *answer11) resource(v *scim.Value) {
	if v.Kind() != scim.Object {
		return
	}
	for i := range v.Members() {
		m := &v.Members()[i]
		switch {
		case strings.EqualFold(m.Name, scim.EnterpriseUserURI):
			managerID(&m.Value)
			v.Rename(i, scim.EnterpriseUserURI11)
		case m.Value.Kind() == scim.Array && strings.Contains(m.Value.Raw(), `"$ref"`):
			for j := range m.Value.Members() {
				withoutRef(m.Value.At(j))
			}
		}
	}
	if meta := v.Get("meta"); meta.Index("resourceType") >= 0 {
		meta.Delete(meta.Index("resourceType"))
	}
	a.schemas(v.Get(keySchemas))
}

// managerID11 is what SCIM 1.1 calls manager.value.
const managerID11 = "managerId"

// managerID gives a manager the name that its id has in SCIM 1.1.
func managerID(extension *scim.Value) {
	manager := extension.Get("manager")
	withoutRef(manager)
	if i := manager.Index("value"); i >= 0 {
		manager.Rename(i, managerID11)
	}
}

func withoutRef(v *scim.Value) {
	if i := v.Index("$ref"); i >= 0 {
		v.Delete(i)
	}
}

// schemas names the schemas of SCIM 1.1: one holds users and groups alike.
func (a *answer11) schemas(v *scim.Value) {
	if !isArray(v) {
		return
	}
	seen := map[string]bool{}
	for i := range v.Members() {
		uri := v.At(i)
		if to := a.uri(uri.Text()); to != uri.Text() {
			uri.Put(scim.StringValue(to))
		}
	}
	v.Keep(func(m *scim.Member) bool {
		uri := m.Value.Text()
		again := seen[uri]
		seen[uri] = true
		return !again
	})
}

// uri is the URI of a schema in SCIM 1.1.
func (a *answer11) uri(uri string) string {
	if strings.EqualFold(uri, scim.EnterpriseUserURI) {
		return scim.EnterpriseUserURI11
	}
	for _, rt := range a.s.plan.Registry.Types {
		if strings.EqualFold(uri, rt.Schema.ID) && hasPrefixFold(uri, schemas20) {
			return scim.CoreURI11
		}
	}
	return uri
}

// bulk says the answers to the operations of a Bulk request in SCIM 1.1
// (draft-scim-api-01 section 3.5): a status is an object with a code.
func (a *answer11) bulk(v *scim.Value) {
	operations := v.Get("Operations")
	for i := range operations.Members() {
		one := operations.At(i)
		status, response := one.Get("status"), one.Get("response")
		if contains(response.Get(keySchemas), scim.ErrorURI) {
			code, _ := strconv.Atoi(status.Text())
			response.Put(scim.Parse(errors11(code, response.Get("detail").Text())))
		} else if response.Exists() {
			a.resource(response)
		}
		if status.Text() != "" {
			status.Put(scim.ObjectValue(scim.Member{Name: "code", Value: scim.StringValue(status.Text())}))
		}
	}
	putSchemas(v, scim.CoreURI11)
}
