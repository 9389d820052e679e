package probe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"

	"github.com/caddy-scim/caddy-scim/backend"
	"github.com/caddy-scim/caddy-scim/scim"
)

// measure is one thing that is found out.
type measure struct {
	name string
	of   func(context.Context, *run) error
}

// readMeasures are found out by reading. What has to be known first comes first.
var readMeasures = []measure{
	{"discovery", measureDiscovery},
	{"paging", measurePaging},
	{"page size", measurePageSize},
	{"filter attributes", measureAttributes},
	{"filter operators", measureOperators},
	{"sorting", measureSorting},
	{"attributes and excludedAttributes", measureProjection},
	{".search", measureSearch},
	{"versions", measureVersions},
	{"meta", measureMeta},
	{"errors", measureErrors},
}

// writeMeasures need users and groups to change.
var writeMeasures = []measure{
	{"PUT of users", measurePut},
	{"PATCH", measurePatch},
	{"operations of a PATCH", measureOperations},
	{"value paths", measureValuePaths},
	{"names", measureNames},
	{"extensions", measureExtension},
	{"values of an attribute", measureSingleValued},
	{"groups", measureGroups},
	{"members of a request", measureMembers},
	{"removal of members", measureRemoval},
	{"PUT of groups", measurePutGroup},
	{"conditions", measureConditions},
	{"duplicates", measureDuplicates},
	{"active", measureActive},
	{"DELETE", measureDelete},
	{"Bulk", measureBulk},
}

// measure finds out everything, and what is said about it.
func (r *run) measure(ctx context.Context) error {
	all := readMeasures
	if r.opt.Write {
		all = slices.Concat(readMeasures, writeMeasures)
	} else {
		r.unmeasured("patch and its dialect, put, members, delete, bulk, media_type, conflicts: they need --write")
	}
	for _, m := range all {
		r.says(m.name)
		err := m.of(ctx, r)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, errNotApplicable):
			r.unmeasured(m.name)
		case err != nil:
			r.unmeasured(fmt.Sprintf("%s (%v)", m.name, err))
		}
	}
	r.warnOfFilters()
	r.caps.ThrottleText = r.client.throttles
	if reflect.ValueOf(r.caps).IsZero() && r.peculiar != nil {
		r.peculiar(&r.caps)
	}
	return r.compareClaims(ctx)
}

func measureDiscovery(ctx context.Context, r *run) error {
	paths := []string{"/ServiceProviderConfig", "/Schemas", "/ResourceTypes"}
	if r.caps.SCIM == "1.1" { // which has two of them, one under another name
		paths = []string{"/ServiceProviderConfigs", "/Schemas"}
	}
	for _, path := range paths {
		if discovers(path, "")(ctx, r, r.raw()) != nil {
			r.caps.Discovery = new(false)
		}
	}
	return nil
}

// raw is the service provider without anything that adapts to it.
func (r *run) raw() *subject {
	s := r.subject(r.client.patiently)
	s.dialect = r.dialect
	return s
}

func measureSorting(ctx context.Context, r *run) error {
	err := sorts(ctx, r, r.raw())
	if err != nil && !errors.Is(err, errNotApplicable) {
		r.caps.Sort = new(false)
		return nil
	}
	return err
}

func measureProjection(ctx context.Context, r *run) error {
	for _, c := range readChecks {
		if c.name == "attributes" || c.name == "excludedAttributes" {
			if err := c.try(ctx, r, r.raw()); err != nil {
				r.caps.Projection = new(false)
			}
		}
	}
	return nil
}

func measureSearch(ctx context.Context, r *run) error {
	if r.caps.SCIM == "1.1" {
		return nil // it has none
	}
	for _, c := range readChecks {
		if c.name == "POST .search" && c.try(ctx, r, r.raw()) != nil {
			r.caps.Search = new(false)
		}
	}
	return nil
}

func measureVersions(ctx context.Context, r *run) error {
	v, a, err := r.raw().resource(ctx, r.people[0].path(), "")
	if err != nil {
		return err
	}
	if a.header.Get("ETag") == "" && v.Get("meta").Get("version").Text() == "" {
		r.caps.ETag = new(false)
	}
	return nil
}

func measureMeta(ctx context.Context, r *run) error {
	v, _, err := r.raw().resource(ctx, r.people[0].path(), "")
	if err != nil {
		return err
	}
	if meta := v.Get("meta"); meta.Get("resourceType").Text() == "" || meta.Get("location").Text() == "" {
		if r.caps.SCIM != "1.1" { // which has no resourceType
			r.caps.Meta = new(false)
		}
	}
	return nil
}

func measureErrors(ctx context.Context, r *run) error {
	if err := missingUser(ctx, r, r.raw()); err != nil {
		r.warn("a user who does not exist is answered with %v, not with 404", err)
	}
	return nil
}

func measureConditions(ctx context.Context, r *run) error {
	if r.caps.ETag != nil || r.caps.Patch == "off" {
		return nil
	}
	err := r.direct().conditions(ctx, r)
	if errors.Is(err, errNotApplicable) {
		return err
	}
	if err != nil {
		r.caps.ETag = new(false)
		r.warn("resources have a version, but If-Match is not held against it")
	}
	return nil
}

func measureDuplicates(ctx context.Context, r *run) error {
	a, err := r.direct().create(ctx, r, "/Users", r.userBody("a"))
	switch status := statusOf(err); {
	case err == nil && a.status < 300:
		r.warn("DANGER: two users may have the same userName, so a create that is sent twice makes two of them")
	case status != http.StatusConflict:
		r.peculiar = func(c *backend.Capabilities) { c.Patch = "full" }
		r.warn("a user who is there already is answered with %v; the gateway looks him up and answers 409", err)
	}
	return nil
}

func measureActive(ctx context.Context, r *run) error {
	if r.caps.Patch == "off" {
		return errNotApplicable
	}
	err := r.gateway(r.client.patiently).deactivate(ctx, r)
	switch {
	case errors.Is(err, errGone):
		r.warn("DANGER: a user who is not active cannot be read any more: whoever deactivates a user cannot reactivate him")
	case err != nil:
		return err
	}
	return nil
}

func measureDelete(ctx context.Context, r *run) error {
	err := r.direct().deletes(ctx, r)
	switch status := statusOf(err); {
	case errors.Is(err, errStays):
		r.warn("a user who was deleted can still be read: DELETE deactivates at most")
	case status == http.StatusMethodNotAllowed || status == http.StatusNotImplemented || status == http.StatusForbidden || status == http.StatusNotFound:
		r.caps.Delete = "deactivate"
	case err != nil:
		return err
	}
	return nil
}

func measureBulk(ctx context.Context, r *run) error {
	if r.caps.SCIM == "1.1" {
		return nil // whose Bulk is another
	}
	if r.noGroups {
		return errNotApplicable
	}
	if err := r.direct().bulk(ctx, r); err != nil {
		r.caps.Bulk = new(false)
	}
	return nil
}

// compareClaims tells where ServiceProviderConfig says something else.
func (r *run) compareClaims(ctx context.Context) error {
	a, err := r.raw().exchange(ctx, http.MethodGet, "/ServiceProviderConfig", "", "")
	if err != nil {
		return ctx.Err()
	}
	filter := !slices.Equal(r.caps.Filter, []string{"off"})
	claims := []struct {
		name     string
		measured bool
		known    bool
	}{
		{"patch", r.caps.Patch == "", r.opt.Write},
		{"filter", filter, true},
		{"sort", r.caps.Sort == nil, len(r.people) > 1},
		{"etag", r.caps.ETag == nil, true},
		{"bulk", r.caps.Bulk == nil, r.opt.Write},
	}
	for _, c := range claims {
		claimed := a.doc.Get(c.name).Get("supported")
		if c.known && claimed.Kind() == scim.Bool && claimed.True() != c.measured {
			r.warn("ServiceProviderConfig says that %s is %s, which is not what was measured", c.name,
				map[bool]string{true: "supported", false: "not supported"}[claimed.True()])
		}
	}
	return nil
}
