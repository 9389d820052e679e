package directory

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Limits makes a directory worse than RFC 7644 wants it to be, so that it stands
// for a service provider that can do less, or does it in its own way. The zero
// Limits is a full one.
//
// The words are those with which the gateway is told what a service provider
// can do, where there is one. The operations of a Bulk request are not held
// against limits.
type Limits struct {
	// Whether there is PATCH: `on` or `off` (405). Default: `on`.
	Patch string `json:"patch,omitempty"`

	// The number of operations that a PATCH may have; one with more is refused
	// with 400. Default: no limit.
	PatchOperations int `json:"patch_operations,omitempty"`

	// The number of members that one request may name, in the body of a group or
	// in a PATCH. One that clears the list, or replaces it, is refused too.
	// Default: no limit.
	PatchMembers int `json:"patch_members,omitempty"`

	// Whether operations without a path are understood. Default: `true`.
	PatchPathless *bool `json:"patch_pathless,omitempty"`

	// Whether operations with a path are understood. Default: `true`.
	PatchPaths *bool `json:"patch_paths,omitempty"`

	// Whether operations at a value filter are understood, those that remove
	// members aside: `on` or `off`. Default: `on`.
	ValuePaths string `json:"value_paths,omitempty"`

	// How a member is removed: by `filter` (`members[value eq "…"]`) or by `value`
	// (`members` with a value). Default: `filter`.
	MembersRemove string `json:"members_remove,omitempty"`

	// The case that the verbs of a PATCH must have: `lower` or `title`. Default:
	// `lower`.
	OpCase string `json:"op_case,omitempty"`

	// Whether there is PUT. Default: `true`.
	Put *bool `json:"put,omitempty"`

	// What DELETE does to a user: `on` (deletes), `off` (405) or `deactivate`
	// (answers 204 and sets `active` to false). Default: `on`.
	Delete string `json:"delete,omitempty"`

	// The filter operators that are understood: of `eq ne co sw ew gt ge lt le pr
	// and or not []`; `off` alone means none. Default: all.
	Filter []string `json:"filter,omitempty"`

	// The attributes that a filter may name. Default: all.
	FilterAttributes []string `json:"filter_attributes,omitempty"`

	// What becomes of a filter that is not understood: `refused` (400), `ignored`
	// (every resource is in the answer) or `empty` (none is). Default: `refused`.
	FilterOther string `json:"filter_other,omitempty"`

	// How a collection is paged. Default: by `startIndex` and `count`.
	Page *Paging `json:"page,omitempty"`

	// The number of resources on one page. Default: that of the directory.
	PageSize int `json:"page_size,omitempty"`

	// What becomes of a larger page that is asked for: `clamped` or `refused`
	// (400). Default: `clamped`.
	PageOver string `json:"page_over,omitempty"`

	// Whether `sortBy` is understood; otherwise it is ignored. Default: `true`.
	Sort *bool `json:"sort,omitempty"`

	// Whether `attributes` and `excludedAttributes` are understood; otherwise they
	// are ignored. Default: `true`.
	Projection *bool `json:"projection,omitempty"`

	// Whether there is `POST …/.search`. There is none where filters or paging are
	// limited. Default: `true`.
	Search *bool `json:"search,omitempty"`

	// Whether there is `POST /Bulk`. Default: `true`.
	Bulk *bool `json:"bulk,omitempty"`

	// Whether resources have versions; otherwise conditions are ignored. Default:
	// `true`.
	ETag *bool `json:"etag,omitempty"`

	// Whether there are `/ServiceProviderConfig`, `/Schemas` and
	// `/ResourceTypes`. Default: `true`.
	Discovery *bool `json:"discovery,omitempty"`

	// What the representation of a group shows of its members: `full`,
	// `truncated` (the first one only) or `absent`. Default: `full`.
	Members string `json:"members,omitempty"`

	// The JSON type of ids, and of the values that are ids: `string` or `number`.
	// Default: `string`.
	IDs string `json:"ids,omitempty"`

	// The attributes that no answer shows, such as `meta` or `schemas`. Default:
	// none.
	Missing []string `json:"missing,omitempty"`

	// What errors look like: `scim`, `html`, `text`, `json` (in a shape of its
	// own) or `empty`. Default: `scim`.
	Errors string `json:"errors,omitempty"`

	// The status for a resource that is there already. Default: `409`.
	Conflict int `json:"conflict,omitempty"`

	// The status for a resource that was created. Default: `201`.
	Created int `json:"created,omitempty"`

	// The status for a search that finds nothing: `200`, or `404` with an error.
	// Default: `200`.
	Nothing int `json:"nothing,omitempty"`

	// Where a list stands in an answer that is no ListResponse. Default: it is a
	// ListResponse.
	List *ListShape `json:"list,omitempty"`

	// The media type of answers. Default: `application/scim+json`.
	MediaType string `json:"media_type,omitempty"`

	// The only media type that a body may have (otherwise 415). Default: SCIM and
	// plain JSON.
	Accepts string `json:"accepts,omitempty"`

	// The requests that are turned away. Default: none.
	Unavailable *Unavailable `json:"unavailable,omitempty"`

	// The version of SCIM: `2.0` or `1.1`. Default: `2.0`.
	SCIM string `json:"scim,omitempty"`
}

// Paging is how a collection is paged.
type Paging struct {
	// `index` (startIndex from 1), `offset` (from 0), `page` (page number from 1),
	// `cursor` (RFC 9865) or `off` (every answer is the whole collection).
	// Default: `index`.
	Style string `json:"style,omitempty"`

	// The query parameter for the start. Default: `startIndex`, `offset`, `page`
	// or `cursor`, by style.
	Start string `json:"start,omitempty"`

	// The query parameter for the size. Default: `count`.
	Size string `json:"size,omitempty"`

	// Whether pages are counted from zero. An offset always is. Default: `false`.
	ZeroBased bool `json:"zero_based,omitempty"`
}

// ListShape is where a list stands in an answer, as names joined by dots. The
// zero ListShape is a bare array.
type ListShape struct {
	Resources string `json:"resources,omitempty"`
	Total     string `json:"total,omitempty"` // nothing tells the total if empty
}

// Unavailable says which requests are turned away.
type Unavailable struct {
	// Every how many requests one is turned away: 3 is the third, the sixth, ….
	Every int `json:"every"`

	// The status. Default: `503`.
	Status int `json:"status,omitempty"`

	// The seconds that Retry-After tells. Default: there is no Retry-After.
	RetryAfter *int `json:"retry_after,omitempty"`

	// The text of the error. Default: one that tells nothing.
	Text string `json:"text,omitempty"`
}

// serve answers a request.
type serve func(*exchange) (answer, error)

// exchange is a request on its way through the limits.
type exchange struct {
	w         http.ResponseWriter
	req       *http.Request // a copy, which limits may change
	route     scim.Route
	operation string // of scim.Route.Operation
}

// limited puts the limits around the strict directory; it is nil if there are
// none.
func (d *Directory) limited() (serve, error) {
	l := &d.opt.Limits
	if reflect.ValueOf(*l).IsZero() {
		return nil, nil
	}
	if err := l.check(); err != nil {
		return nil, err
	}
	run := func(x *exchange) (answer, error) { return d.serve(x.w, x.req) }
	// From the inside to the outside: what is asked, what is shown, what is there
	// at all, and how it is said.
	for _, limit := range [...]func(serve) serve{
		l.patches, l.deletion, l.groups, d.queries, d.paging, l.versions,
		l.config, l.representations, l.numbers, l.statuses, l.lists,
		l.content, l.methods, l.scim11, d.unavailable, l.errors, l.media,
	} {
		run = limit(run)
	}
	return run, nil
}

// serveLimited answers a request as the limits have it.
func (d *Directory) serveLimited(w http.ResponseWriter, r *http.Request) (answer, error) {
	x := &exchange{w: w, req: r.Clone(r.Context())}
	if route, ok := d.opt.Registry.Route(d.opt.Base, r.URL.EscapedPath()); ok {
		x.route, x.operation = route, route.Operation(r.Method)
	}
	return d.weak(x)
}

// check finds words that mean nothing.
func (l *Limits) check() error {
	if l.Page == nil {
		l.Page = &Paging{}
	}
	for _, word := range [...]struct {
		name, is string
		of       []string
	}{
		{"patch", l.Patch, []string{"on", "off"}},
		{"value_paths", l.ValuePaths, []string{"on", "off"}},
		{"members_remove", l.MembersRemove, []string{"filter", "value"}},
		{"op_case", l.OpCase, []string{"lower", "title"}},
		{"delete", l.Delete, []string{"on", "off", "deactivate"}},
		{"filter_other", l.FilterOther, []string{"refused", "ignored", "empty"}},
		{"page", l.Page.Style, []string{"index", "offset", "page", "cursor", "off"}},
		{"page_over", l.PageOver, []string{"clamped", "refused"}},
		{"members", l.Members, []string{"full", "truncated", "absent"}},
		{"ids", l.IDs, []string{"string", "number"}},
		{"scim", l.SCIM, []string{"2.0", "1.1"}},
		{"errors", l.Errors, []string{"scim", "html", "text", "json", "empty"}},
	} {
		if word.is != "" && !slices.Contains(word.of, word.is) {
			return fmt.Errorf("limit %s %s: want %s", word.name, word.is, strings.Join(word.of, ", "))
		}
	}
	for _, operator := range l.Filter {
		if !slices.Contains(operators, operator) && (operator != "off" || len(l.Filter) > 1) {
			return fmt.Errorf("limit filter %s: want %s, or off alone", operator, strings.Join(operators, " "))
		}
	}
	for name, n := range map[string]int{"patch_operations": l.PatchOperations, "patch_members": l.PatchMembers, "page_size": l.PageSize} {
		if n < 0 {
			return fmt.Errorf("limit %s %d: want a number above zero", name, n)
		}
	}
	for name, status := range map[string]int{"conflict": l.Conflict, "created": l.Created, "nothing": l.Nothing} {
		if status != 0 && (status < 200 || status > 599) {
			return fmt.Errorf("limit %s %d: is no status", name, status)
		}
	}
	if u := l.Unavailable; u != nil && (u.Every < 1 || u.Status != 0 && (u.Status < 400 || u.Status > 599)) {
		return errors.New("limit unavailable: want every how many requests (1 or more), and the status of an error")
	}
	return nil
}

// off tells what is there unless it is denied.
func off(flag *bool) bool { return flag != nil && !*flag }
