package lifecycle

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// Server is a service provider, or a gateway in front of one.
type Server struct {
	Base   string       // https://scim.example.com/scim/v2
	Client *http.Client // nil means http.DefaultClient
	Header http.Header  // sent with every request, such as Authorization
}

// maxAnswer bounds what is read of an answer.
const maxAnswer = 4 << 20

// Run plays a cycle to its end, whatever its steps come to, then deletes what it
// created.
func (s *Server) Run(ctx context.Context, c Cycle) *Report {
	r := run{server: s, cycle: &c, saved: map[string]map[string]any{}}
	report := &Report{Cycle: c.Name}
	for i := range c.Steps {
		report.Results = append(report.Results, r.step(ctx, &c.Steps[i]))
	}
	r.tidy(ctx)
	return report
}

// run is one play of a cycle.
type run struct {
	server  *Server
	cycle   *Cycle
	saved   map[string]map[string]any // by name, as last answered
	created []string                  // targets, to be deleted at the end
}

func (r *run) step(ctx context.Context, step *Step) Result {
	result := Result{Step: step.Name, State: step.State, Request: step.Method + " " + step.Target, Outcome: Blocked}
	if missing := r.missing(step); missing != "" {
		result.Reason = "no " + missing + " to work on"
		return result
	}
	names := r.names()
	target := names.Replace(step.Target)
	result.Request = step.Method + " " + target
	body, err := r.body(step, names)
	if err != nil {
		result.Reason = err.Error()
		return result
	}
	status, doc, err := r.exchange(ctx, step, target, body)
	result.Status = status
	if err != nil {
		result.Outcome, result.Reason = Wrong, err.Error()
		return result
	}
	result.Outcome, result.Reason = judge(step, status, doc, names)
	if resource, ok := doc.(map[string]any); ok && step.Save != "" && result.Outcome != Refused {
		r.keep(step, target, resource)
	}
	return result
}

// judge holds an answer against what the step expects.
func judge(step *Step, status int, doc any, names *strings.Replacer) (Outcome, string) {
	want := step.Status
	if want == nil {
		want = statuses(step.Method)
	}
	if !slices.Contains(want, status) {
		outcome := Refused
		if step.State || status < 300 {
			outcome = Wrong
		}
		return outcome, fmt.Sprintf("status %d, not %v: %s", status, want, detail(doc))
	}
	if text, bad := doc.(notJSON); bad {
		return Wrong, fmt.Sprintf("the answer is no JSON: %.60q", text)
	}
	for _, e := range step.Want {
		if wrong := e.check(doc, names); wrong != "" {
			return Wrong, wrong
		}
	}
	return Passed, ""
}

// detail is what an error says of itself (RFC 7644 section 3.12).
func detail(doc any) string {
	if m, ok := doc.(map[string]any); ok && m["detail"] != nil {
		return fmt.Sprint(m["detail"])
	}
	return show(doc)
}

// keep remembers a resource under the name that the step gives it.
func (r *run) keep(step *Step, target string, resource map[string]any) {
	id, ok := resource["id"].(string)
	if !ok {
		return
	}
	r.saved[step.Save] = resource
	if step.Method == http.MethodPost {
		r.created = append(r.created, target+"/"+id)
	}
}

// names puts the ids of the saved resources for their names in braces.
func (r *run) names() *strings.Replacer {
	var pairs []string
	for name, resource := range r.saved {
		pairs = append(pairs, "{"+name+"}", resource["id"].(string))
	}
	return strings.NewReplacer(pairs...)
}

// missing returns a name that the step needs and no earlier step has saved.
func (r *run) missing(step *Step) string {
	text := step.Target + step.Body + "{" + step.Base + "}"
	for _, e := range step.Edits {
		text += fmt.Sprint(e.To)
	}
	for i := range r.cycle.Steps {
		name := r.cycle.Steps[i].Save
		if name != "" && r.saved[name] == nil && strings.Contains(text, "{"+name+"}") {
			return name
		}
	}
	return ""
}

// body returns the body of a step's request; nil if it has none.
func (r *run) body(step *Step, names *strings.Replacer) ([]byte, error) {
	if step.Base == "" {
		if step.Body == "" {
			return nil, nil
		}
		var b bytes.Buffer
		err := json.Compact(&b, []byte(names.Replace(step.Body)))
		return b.Bytes(), err
	}
	doc, err := clone(r.saved[step.Base])
	if err != nil {
		return nil, err
	}
	for _, e := range step.Edits {
		edit(doc, e.At, named(e.To, names))
	}
	return json.Marshal(doc)
}

// named replaces the names in the strings of a value.
func named(v any, names *strings.Replacer) any {
	switch v := v.(type) {
	case string:
		return names.Replace(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = named(v[i], names)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, member := range v {
			out[name] = named(member, names)
		}
		return out
	}
	return v
}

func clone(doc map[string]any) (map[string]any, error) {
	text, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	v, err := decode(text)
	if err != nil {
		return nil, err
	}
	return v.(map[string]any), nil
}

// decode reads JSON and keeps numbers as they are.
func decode(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return v, err
}

// exchange sends one request and reads the answer: a decoded JSON value, or the
// text as a notJSON.
func (r *run) exchange(ctx context.Context, step *Step, target string, body []byte) (int, any, error) {
	req, err := http.NewRequestWithContext(ctx, step.Method, r.server.Base+target, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	r.header(req, step, body)
	client := r.server.Client
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil || len(text) == 0 {
		return resp.StatusCode, nil, err
	}
	if doc, err := decode(text); err == nil {
		return resp.StatusCode, doc, nil
	}
	return resp.StatusCode, notJSON(text), nil
}

// notJSON is an answer that no client can read.
type notJSON string

// header sets the headers of a request: the provider's on its own, plain ones on
// a check. A read has no Content-Type.
func (r *run) header(req *http.Request, step *Step, body []byte) {
	from := r.cycle.Header
	if step.State {
		from = http.Header{"Accept": {mediaType}, "User-Agent": {"life cycle check"}}
	}
	for _, h := range []http.Header{from, r.server.Header} {
		for name, values := range h {
			req.Header[name] = values
		}
	}
	if body == nil {
		req.Header.Del("Content-Type")
		req.Body, req.ContentLength = http.NoBody, 0
	}
}

// tidy deletes what the cycle created, as far as it is still there.
func (r *run) tidy(ctx context.Context) {
	for _, target := range slices.Backward(r.created) {
		// Nothing is judged here: most of it is gone already.
		_, _, _ = r.exchange(ctx, &Step{Method: http.MethodDelete, State: true}, target, nil)
	}
}

// mediaType is the one of RFC 7644 section 3.1.
const mediaType = "application/scim+json"
