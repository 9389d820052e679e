package probe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// group is one that the probe has created.
type group struct {
	id, name string
}

func (g *group) path() string { return "/Groups/" + url.PathEscape(g.id) }

// groupBody is a group with the first n people.
func (r *run) groupBody(s *subject, name string, n int) string {
	body := `{"schemas":["` + scim.GroupURI + `"],"displayName":` + scim.Quote(name)
	if n > 0 {
		body += `,"members":[` + r.memberList(s, 0, n) + "]"
	}
	return body + "}"
}

// memberList is people as members.
func (r *run) memberList(s *subject, from, to int) string {
	var list []string
	for _, p := range r.people[from:to] {
		list = append(list, `{"value":`+s.id(p.id)+"}")
	}
	return strings.Join(list, ",")
}

// newGroup creates a group with the first n people, by whatever way is known.
func (r *run) newGroup(ctx context.Context, n int) (*group, error) {
	s := r.hand()
	g := &group{name: r.name + "-" + r.nextLetter()}
	a, err := s.create(ctx, r, "/Groups", r.groupBody(s, g.name, min(n, len(r.people))))
	if err != nil {
		return nil, fmt.Errorf("preparing a group: %w", err)
	}
	g.id = idOf(a)
	return g, nil
}

// members are the ids of those whom a group shows.
func (r *run) members(ctx context.Context, g *group) ([]string, string, error) {
	v, _, err := r.hand().resource(ctx, g.path(), "")
	if err != nil {
		return nil, "", err
	}
	var ids []string
	list := v.Get("members")
	for i := range list.Members() {
		ids = append(ids, list.At(i).Get("value").Text())
	}
	slices.Sort(ids)
	return ids, v.Get("displayName").Text(), nil
}

// has fails if the members of a group are not some of the people. Where members
// are not shown, there is nothing to be held against.
func (r *run) has(ctx context.Context, g *group, people ...int) error {
	got, _, err := r.members(ctx, g)
	if err != nil || r.noMembers {
		return err
	}
	var want []string
	for _, i := range people {
		want = append(want, r.people[i].id)
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		return fmt.Errorf("%w: the group has %d members, not the %d that it should have", errUnchanged, len(got), len(want))
	}
	return nil
}

// groupChecks are those of groups.
var groupChecks = []check{
	{name: "create a group with three members", writes: true, try: needsGroups(func(ctx context.Context, r *run, s *subject) error {
		return s.createGroup(ctx, r, 3)
	})},
	{name: "a group shows its members", writes: true, try: needsGroups(func(ctx context.Context, r *run, s *subject) error {
		g, err := r.newGroup(ctx, 3)
		if err != nil {
			return err
		}
		v, _, err := s.resource(ctx, g.path(), "")
		if err == nil && v.Get("members").Len() != 3 {
			return fmt.Errorf("it shows %d of 3", v.Get("members").Len())
		}
		return err
	})},
	{name: "PATCH: add a member", writes: true, try: needsGroups(func(ctx context.Context, r *run, s *subject) error {
		return s.addMembers(ctx, r, 1)
	})},
	{name: "PATCH: add three members at once", writes: true, try: needsGroups(func(ctx context.Context, r *run, s *subject) error {
		return s.addMembers(ctx, r, 3)
	})},
	{name: "PATCH: remove a member", writes: true, try: needsGroups(func(ctx context.Context, r *run, s *subject) error {
		return s.removeMember(ctx, r, false)
	})},
	{name: "PATCH: replace all members", writes: true, try: needsGroups(func(ctx context.Context, r *run, s *subject) error {
		g, err := r.newGroup(ctx, 2)
		if err != nil {
			return err
		}
		if _, err := s.patch(ctx, g.path(), []op{{"replace", "members", "[" + r.memberList(s, 1, 3) + "]"}}); err != nil {
			return err
		}
		return r.has(ctx, g, 1, 2)
	})},
	{name: "PATCH: rename a group", writes: true, try: needsGroups(func(ctx context.Context, r *run, s *subject) error {
		g, err := r.newGroup(ctx, 2)
		if err != nil {
			return err
		}
		name := g.name + "-renamed"
		if _, err := s.patch(ctx, g.path(), []op{{"replace", "displayName", scim.Quote(name)}}); err != nil {
			return err
		}
		if _, got, err := r.members(ctx, g); err != nil || got != name {
			return errors.Join(err, errUnchanged)
		}
		return r.has(ctx, g, 0, 1)
	})},
	{name: "PUT a group", writes: true, try: needsGroups(func(ctx context.Context, r *run, s *subject) error {
		return s.putGroup(ctx, r)
	})},
	{name: "DELETE a group", writes: true, try: needsGroups(func(ctx context.Context, r *run, s *subject) error {
		g, err := r.newGroup(ctx, 1)
		if err != nil {
			return err
		}
		if _, err := s.exchange(ctx, http.MethodDelete, g.path(), "", ""); err != nil {
			return err
		}
		if _, _, err := r.hand().resource(ctx, g.path(), ""); statusOf(err) != http.StatusNotFound {
			return errors.New("the group is still there")
		}
		return nil
	})},
}

func needsGroups(try func(context.Context, *run, *subject) error) func(context.Context, *run, *subject) error {
	return func(ctx context.Context, r *run, s *subject) error {
		if r.noGroups || len(r.people) < 4 {
			return errNotApplicable
		}
		return try(ctx, r, s)
	}
}

// createGroup creates a group with the first n people.
func (s *subject) createGroup(ctx context.Context, r *run, n int) error {
	g := &group{name: r.name + "-" + r.nextLetter()}
	a, err := s.create(ctx, r, "/Groups", r.groupBody(s, g.name, n))
	if err != nil {
		return err
	}
	if g.id = idOf(a); s.strict && a.status != http.StatusCreated {
		return fmt.Errorf("status %d", a.status)
	}
	return r.has(ctx, g, []int{0, 1, 2, 3}[:n]...)
}

// addMembers adds n people to a group of one.
func (s *subject) addMembers(ctx context.Context, r *run, n int) error {
	g, err := r.newGroup(ctx, 1)
	if err != nil {
		return err
	}
	if _, err := s.patch(ctx, g.path(), []op{{"add", "members", "[" + r.memberList(s, 1, 1+n) + "]"}}); err != nil {
		return err
	}
	return r.has(ctx, g, []int{0, 1, 2, 3}[:1+n]...)
}

// removeMember removes one of three, by filter or by value.
func (s *subject) removeMember(ctx context.Context, r *run, byValue bool) error {
	g, err := r.newGroup(ctx, 3)
	if err != nil {
		return err
	}
	id := s.id(r.people[1].id)
	remove := op{"remove", "members[value eq " + id + "]", ""}
	if byValue {
		remove = op{"remove", "members", `[{"value":` + id + `}]`}
	}
	withPath := *s
	withPath.pathless = s.pathless && byValue
	if _, err := withPath.patch(ctx, g.path(), []op{remove}); err != nil {
		return err
	}
	return r.has(ctx, g, 0, 2)
}

// putGroup replaces a group by one with another name and another member.
func (s *subject) putGroup(ctx context.Context, r *run) error {
	if r.noMembers {
		return errNotApplicable
	}
	g, err := r.newGroup(ctx, 2)
	if err != nil {
		return err
	}
	body := `{"schemas":["` + scim.GroupURI + `"],"id":` + s.id(g.id) + `,"displayName":` + scim.Quote(g.name+"-renamed") +
		`,"members":[` + r.memberList(s, 0, 1) + "]}"
	if _, err := s.exchange(ctx, http.MethodPut, g.path(), "", body); err != nil {
		return err
	}
	return r.has(ctx, g, 0)
}

// bulkChecks are those of Bulk (RFC 7644 section 3.7).
var bulkChecks = []check{
	{name: "Bulk: a user and a group of him", writes: true, try: needsGroups(func(ctx context.Context, r *run, s *subject) error {
		return s.bulk(ctx, r)
	})},
}

func (s *subject) bulk(ctx context.Context, r *run) error {
	letter := r.nextLetter()
	group := r.name + "-" + letter
	r.promised = append(r.promised, "/Users "+r.name+"-"+letter+"@"+r.opt.Domain, "/Groups "+group)
	body := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"failOnErrors":1,"Operations":[` +
		`{"method":"POST","path":"/Users","bulkId":"u","data":` + r.userBody(letter) + `},` +
		`{"method":"POST","path":"/Groups","bulkId":"g","data":{"schemas":["` + scim.GroupURI + `"],"displayName":` + scim.Quote(group) +
		`,"members":[{"value":"bulkId:u"}]}}]}`
	a, err := s.exchange(ctx, http.MethodPost, "/Bulk", "", body)
	if err != nil {
		return err
	}
	ops := a.doc.Get("Operations")
	if ops.Len() != 2 {
		return fmt.Errorf("%d operations were answered", ops.Len())
	}
	for i := range ops.Members() {
		o := ops.At(i)
		if status := strings.Trim(o.Get("status").Raw(), `"`); status != "201" {
			return fmt.Errorf("an operation was answered with status %s", status)
		}
	}
	return nil
}
