package probe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/caddy-scim/caddy-scim/backend"
	"github.com/caddy-scim/caddy-scim/scim"
)

// coreURI11 is the one core schema of SCIM 1.1.
const coreURI11 = "urn:scim:schemas:core:1.0"

// connect reads the first users, and from how they are shown what has to be
// known before anything else can be asked.
func (r *run) connect(ctx context.Context) error {
	r.says("reaching " + r.opt.URL)
	s := r.subject(r.client.patiently)
	a, err := s.exchange(ctx, http.MethodGet, "/Users", "", "")
	switch status := statusOf(err); {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fmt.Errorf("GET %s/Users: %w: give the credentials with --token or --header", r.opt.URL, err)
	case status == http.StatusNotFound:
		return fmt.Errorf("GET %s/Users: %w: is this where the endpoints stand?", r.opt.URL, err)
	case err != nil:
		return fmt.Errorf("GET %s/Users: %w", r.opt.URL, err)
	case a.status >= http.StatusMultipleChoices:
		return fmt.Errorf("GET %s/Users: status %d, to %s", r.opt.URL, a.status, a.header.Get("Location"))
	}
	resources, total, found := shape(&a.doc)
	if !found {
		return fmt.Errorf("GET %s/Users: the answer shows no list: %.80q", r.opt.URL, a.body)
	}
	r.dialect.resources, r.dialect.total = resources, total
	if resources != nil {
		r.caps.List = &backend.ListShape{Resources: strings.Join(resources, "."), Total: strings.Join(total, ".")}
	}
	s.dialect = r.dialect
	list := walk(&a.doc, resources, "Resources")
	if a.doc.Kind() == scim.Array {
		list = &a.doc
		r.peculiar = func(c *backend.Capabilities) { c.Page = &backend.Paging{Style: "index"} } // no total is told
	}
	if first := first(list); first.Exists() {
		if first.Get("id").Kind() == scim.Number {
			r.numericIDs()
		}
		r.version(first)
		return nil
	}
	return r.versionOfEmpty(ctx, s)
}

func (r *run) numericIDs() {
	r.dialect.numeric, r.caps.IDs = true, "number"
}

// version reads the version of SCIM from a resource.
func (r *run) version(v *scim.Value) {
	schemas := v.Get("schemas")
	for i := range schemas.Members() {
		if strings.EqualFold(schemas.At(i).Text(), coreURI11) {
			r.caps.SCIM = "1.1"
		}
	}
}

// versionOfEmpty tells the version where there is no user: SCIM 1.1 has another
// name for its configuration.
func (r *run) versionOfEmpty(ctx context.Context, s *subject) error {
	_, err := s.exchange(ctx, http.MethodGet, "/ServiceProviderConfig", "", "")
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	a, err := s.exchange(ctx, http.MethodGet, "/ServiceProviderConfigs", "", "")
	if err == nil && strings.Contains(a.body, coreURI11) {
		r.caps.SCIM = "1.1"
	}
	return ctx.Err()
}

// findPeople takes users that are there already, to be looked for.
func (r *run) findPeople(ctx context.Context) error {
	p, err := r.direct().list(ctx, "/Users", "")
	if err != nil {
		return err
	}
	r.total = max(p.total, len(p.resources))
	for i := range p.resources {
		v := &p.resources[i]
		if v.Get("id").Text() != "" && v.Get("userName").Text() != "" && len(r.people) < 4 {
			r.people = append(r.people, &person{id: v.Get("id").Text(), name: v.Get("userName").Text(), resource: *v})
		}
	}
	if len(r.people) == 0 {
		return errors.New("there are no users to be read, and none may be created: nothing can be measured without --write")
	}
	return nil
}
