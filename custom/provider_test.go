package custom

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// provider is a service provider that holds users as long as a test runs. It reads
// strictly.
type provider struct {
	rt    *scim.ResourceType
	users map[string]string // JSON by id
}

func (p *provider) send(_ context.Context, req *scim.Request) (*scim.Response, error) {
	_, id, one := strings.Cut(strings.TrimPrefix(req.Path, "/"), "/")
	if req.Method == http.MethodGet && !one {
		return p.list(req)
	}
	if req.Method == http.MethodPost {
		id = strconv.Itoa(len(p.users) + 1)
		p.users[id] = req.Body
	}
	if req.Method == http.MethodPatch {
		if err := p.patch(id, req.Body); err != nil {
			e := scim.AsError(err)
			return &scim.Response{Status: e.Status, Header: http.Header{}, Body: e.Body()}, nil
		}
	}
	return &scim.Response{Status: http.StatusOK, Header: http.Header{}, Body: p.users[id]}, nil
}

func (p *provider) list(req *scim.Request) (*scim.Response, error) {
	var filter scim.Expression
	for piece := range strings.SplitSeq(req.Query, "&") {
		if value, ok := strings.CutPrefix(piece, "filter="); ok {
			text, err := url.PathUnescape(value)
			if err != nil {
				return nil, err
			}
			if filter, err = scim.ParseStrictFilter(text); err != nil {
				return nil, err
			}
		}
	}
	found := scim.ArrayValue()
	for n := range len(p.users) {
		v := scim.Parse(p.users[strconv.Itoa(n+1)])
		if ok, err := scim.Matches(filter, &v, p.rt); err != nil {
			return nil, err
		} else if ok {
			found.Append(v)
		}
	}
	body := scim.ObjectValue(scim.Member{Name: "totalResults", Value: scim.IntValue(found.Len())}, scim.Member{Name: "Resources", Value: found})
	return &scim.Response{Status: http.StatusOK, Header: http.Header{}, Body: body.Raw()}, nil
}

func (p *provider) patch(id, text string) error {
	body, user := scim.Parse(text), scim.Parse(p.users[id])
	ops, err := scim.ParsePatch(&body)
	if err != nil {
		return err
	}
	after, _, err := scim.Apply(&user, ops, p.rt)
	if err == nil {
		p.users[id] = after.Raw()
	}
	return err
}

// client sends requests to a provider through a rule.
type client struct {
	*provider
	rules *Rules
	sent  scim.Request // the last one that came to the provider
}

func newClient(t testing.TB, p *provider, verbs ...Verb) *client {
	return &client{provider: p, rules: newRules(t, Rule{ID: "test.rule", Resource: []string{"User"}, Verbs: verbs})}
}

func (c *client) do(t testing.TB, method, path, query, body string) (scim.Value, error) {
	t.Helper()
	req := &scim.Request{Method: method, Path: path, Query: query, Body: body, Header: http.Header{}}
	route, _ := scim.Core().Route(scim.Base{}, path)
	send, err := c.rules.Wrap(t.Context(), route, req, func(ctx context.Context, req *scim.Request) (*scim.Response, error) {
		c.sent = *req
		return c.send(ctx, req)
	}, func(rewrite.Change) {})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := send(t.Context(), req)
	if err != nil {
		return scim.Value{}, err
	}
	v := scim.Parse(resp.Body)
	if resp.Status >= http.StatusBadRequest {
		return v, scim.Errorf(resp.Status, scim.ErrorType(v.Get("scimType").Text()), "%s", v.Get("detail").Text())
	}
	return v, nil
}

// maker makes what tests are made of.
type maker struct{ *rand.Rand }

func newMaker(seed int) maker { return maker{rand.New(rand.NewPCG(uint64(seed), 7644))} }

func oneOf[T any](m maker, from ...T) T { return from[m.IntN(len(from))] }

// comparisons are what random filters are made of: for each path, in brackets if
// it stands behind "[", the operators and values that may be asked for.
type comparisons []struct{ path, operators, values string }

// filter is a random filter of comparisons.
func (m maker) filter(from comparisons, depth int) string {
	if depth == 0 || m.IntN(3) == 0 {
		return m.comparison(from)
	}
	switch m.IntN(4) {
	case 0:
		return "not (" + m.filter(from, depth-1) + ")"
	case 1:
		return "(" + m.filter(from, depth-1) + " or " + m.filter(from, depth-1) + ")"
	}
	return "(" + m.filter(from, depth-1) + " and " + m.filter(from, depth-1) + ")"
}

func (m maker) comparison(from comparisons) string {
	c := oneOf(m, from...)
	parent, rest, brackets := strings.Cut(c.path, "[")
	if !brackets {
		return m.one(c.path, c.operators, c.values)
	}
	filter := ""
	for i, sub := range strings.Fields(rest) {
		if i > 0 {
			filter += oneOf(m, " and ", " and ", " or ")
		}
		term := m.one(sub, c.operators, c.values)
		if m.IntN(6) == 0 {
			term = "not (" + term + ")"
		}
		filter += term
	}
	return parent + "[" + filter + "]"
}

func (m maker) one(path, operators, values string) string {
	op := oneOf(m, strings.Fields(operators)...)
	if op == "pr" {
		return path + " pr"
	}
	return path + " " + op + " " + scim.Quote(oneOf(m, strings.Fields(values)...))
}

// id of a user that the provider holds.
func withID(id int, members string) string {
	return `{"id":"` + strconv.Itoa(id) + `"` + members + `}`
}

// member is a member of an object with a random value, or none.
func (m maker) member(name, values string) string {
	value := oneOf(m, append(strings.Fields(values), "")...)
	if value == "" {
		return ""
	}
	return `,"` + name + `":` + scim.Quote(value)
}
