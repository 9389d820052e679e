package probe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/caddy-scim/caddy-scim/scim"
)

// check is one thing that RFC 7643 and RFC 7644 ask of a service provider.
type check struct {
	name   string
	writes bool
	try    func(context.Context, *run, *subject) error
}

// checks are all of them: each is tried on the service provider to the letter,
// and again through the gateway.
var checks = slices.Concat(readChecks, filterChecks, userChecks, groupChecks, bulkChecks)

// score tries everything on the service provider as it is, then through the
// gateway.
func (r *run) score(ctx context.Context) error {
	subjects := [2]*subject{r.letter(), r.gateway(r.client.once)}
	for _, c := range checks {
		if c.writes && !r.opt.Write {
			continue
		}
		t := Trial{Name: c.name}
		var skipped bool
		for i, into := range [2]*Outcome{&t.Before, &t.After} {
			r.says(c.name + [2]string{", directly", ", through the gateway"}[i])
			err := c.try(ctx, r, subjects[i])
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if errors.Is(err, errNotApplicable) {
				skipped = true
				break
			}
			if into.OK = err == nil; !into.OK {
				into.Why = err.Error()
			}
		}
		if !skipped {
			r.report.Tried = append(r.report.Tried, t)
		}
	}
	return nil
}

// readChecks are those of reading (RFC 7644 sections 3.4 and 4).
var readChecks = []check{
	{name: "list users", try: func(ctx context.Context, r *run, s *subject) error {
		p, err := s.list(ctx, "/Users", "")
		if err != nil {
			return err
		}
		if len(p.resources) == 0 {
			return errors.New("the list is empty")
		}
		return nil
	}},
	{name: "list groups", try: func(ctx context.Context, r *run, s *subject) error {
		_, err := s.list(ctx, "/Groups", "")
		return err
	}},
	{name: "read a user", try: func(ctx context.Context, r *run, s *subject) error {
		v, _, err := s.resource(ctx, r.people[0].path(), "")
		switch meta := v.Get("meta"); {
		case err != nil:
			return err
		case v.Get("id").Text() != r.people[0].id:
			return errors.New("it is another one")
		case meta.Get("resourceType").Text() == "" || meta.Get("location").Text() == "":
			return errors.New("meta lacks resourceType or location")
		}
		return nil
	}},
	{name: "read a user who does not exist: 404 and a SCIM error", try: missingUser},
	{name: "page by startIndex and count", try: pageByIndex},
	{name: "count=0: the total alone", try: func(ctx context.Context, r *run, s *subject) error {
		p, err := s.list(ctx, "/Users", "count=0")
		if err != nil {
			return err
		}
		if len(p.resources) != 0 || p.total < len(r.people) {
			return fmt.Errorf("%d resources, total %d", len(p.resources), p.total)
		}
		return nil
	}},
	{name: "a page larger than there can be", try: func(ctx context.Context, r *run, s *subject) error {
		p, err := s.list(ctx, "/Users", "count="+strconv.Itoa(largePage))
		if err == nil && len(p.resources) == 0 {
			return errors.New("the list is empty")
		}
		return err
	}},
	{name: "sort by userName, both ways", try: sorts},
	{name: "attributes", try: func(ctx context.Context, r *run, s *subject) error {
		v, _, err := s.resource(ctx, r.people[0].path(), "attributes=userName")
		switch {
		case statusOf(err) > 0:
			return err
		case v.Get("userName").Text() == "":
			return errors.New("userName is missing")
		}
		return shows(&v, "name", "displayName", "emails", "title", "active")
	}},
	{name: "excludedAttributes", try: func(ctx context.Context, r *run, s *subject) error {
		v, _, err := s.resource(ctx, r.people[0].path(), "excludedAttributes=name,emails")
		if err != nil {
			return err
		}
		return shows(&v, "name", "emails")
	}},
	{name: "POST .search", try: func(ctx context.Context, r *run, s *subject) error {
		body := `{"schemas":["` + scim.SearchRequestURI + `"],"startIndex":1,"count":2}`
		a, err := s.exchange(ctx, http.MethodPost, "/Users/.search", "", body)
		if err != nil {
			return err
		}
		p, err := s.page(a)
		if err == nil && (a.status != http.StatusOK || len(p.resources) == 0) {
			return fmt.Errorf("status %d and %d users", a.status, len(p.resources))
		}
		return err
	}},
	{name: "discovery: ServiceProviderConfig", try: discovers("/ServiceProviderConfig", scim.ServiceProviderConfigURI)},
	{name: "discovery: Schemas", try: discovers("/Schemas", scim.ListResponseURI)},
	{name: "discovery: ResourceTypes", try: discovers("/ResourceTypes", scim.ListResponseURI)},
}

func missingUser(ctx context.Context, _ *run, s *subject) error {
	// A number, as ids have to be in some places.
	a, err := s.exchange(ctx, http.MethodGet, "/Users/987654321012", "", "")
	switch {
	case err == nil:
		return fmt.Errorf("status %d", a.status)
	case statusOf(err) != http.StatusNotFound:
		return err
	case s.strict && (first(a.doc.Get("schemas")).Text() != scim.ErrorURI || a.doc.Get("status").Text() != "404"):
		return errors.New("the body is no SCIM error")
	}
	return nil
}

// pageByIndex reads one user after the other (RFC 7644 section 3.4.2.4).
func pageByIndex(ctx context.Context, r *run, s *subject) error {
	if len(r.people) < 2 {
		return errNotApplicable
	}
	first, err := s.list(ctx, "/Users", "startIndex=1&count=1")
	if err != nil {
		return err
	}
	second, err := s.list(ctx, "/Users", "startIndex=2&count=1")
	if err != nil {
		return err
	}
	switch {
	case len(first.resources) != 1 || len(second.resources) != 1:
		return fmt.Errorf("pages of %d and %d, not of 1", len(first.resources), len(second.resources))
	case first.ids()[0] == second.ids()[0]:
		return errors.New("startIndex is ignored")
	case first.total >= 0 && first.total < len(r.people):
		return fmt.Errorf("totalResults is %d", first.total)
	}
	return nil
}

// sorts holds the order of a list against the names in it (RFC 7644 section
// 3.4.2.3).
func sorts(ctx context.Context, r *run, s *subject) error {
	if len(r.people) < 2 {
		return errNotApplicable
	}
	rt := r.registry.ByName("User")
	userName, _ := rt.Resolve(scim.AttrPath{Name: "userName"})
	for _, order := range [...]string{"ascending", "descending"} {
		p, err := s.list(ctx, "/Users", "sortBy=userName&sortOrder="+order)
		if err != nil {
			return err
		}
		if len(p.resources) < 2 {
			return fmt.Errorf("%d users", len(p.resources))
		}
		for i := 1; i < len(p.resources); i++ {
			x, y := p.resources[i-1].Get("userName"), p.resources[i].Get("userName")
			if order == "descending" {
				x, y = y, x
			}
			if n, ok := userName.Attr.Compare(x, y); ok && n > 0 {
				return fmt.Errorf("the order is not %s", order)
			}
		}
	}
	return nil
}

// shows fails if a resource has one of the attributes.
func shows(v *scim.Value, names ...string) error {
	for _, name := range names {
		if v.Get(name).Exists() {
			return fmt.Errorf("%s is shown", name)
		}
	}
	return nil
}

func discovers(path, schema string) func(context.Context, *run, *subject) error {
	return func(ctx context.Context, _ *run, s *subject) error {
		a, err := s.exchange(ctx, http.MethodGet, path, "", "")
		switch {
		case err != nil:
			return err
		case a.doc.Kind() != scim.Object && (s.strict || a.doc.Kind() != scim.Array):
			return errors.New("the answer is no JSON object")
		case s.strict && first(a.doc.Get("schemas")).Text() != schema:
			return errors.New("schemas is not that of the RFC")
		}
		return nil
	}
}
