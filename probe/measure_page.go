package probe

import (
	"context"
	"slices"
	"strconv"

	"github.com/caddy-scim/caddy-scim/backend"
)

// Names of query parameters that are tried for the size of a page.
var sizeNames = []string{"count", "limit", "per_page", "page_size", "pageSize", "size"}

// measurePaging finds out how a collection is paged: by which parameters one
// user comes after the other.
func measurePaging(ctx context.Context, r *run) error {
	if r.total < 2 {
		return errNotApplicable
	}
	if ok, err := r.pagesByNumber(ctx, "index", "startIndex", "count", 1, 1); ok || err != nil {
		return err
	}
	if r.total < 3 { // which other styles cannot be told by
		return errNotApplicable
	}
	for _, size := range sizeNames {
		if ok, err := r.pagesByNumber(ctx, "offset", "offset", size, 0, 1); ok || err != nil {
			return err
		}
	}
	for _, size := range sizeNames {
		if ok, err := r.pagesByNumber(ctx, "page", "page", size, 1, 1); ok || err != nil {
			return err
		}
	}
	for _, size := range sizeNames {
		if ok, err := r.pagesByCursor(ctx, size); ok || err != nil {
			return err
		}
	}
	p, err := r.raw().list(ctx, "/Users", "")
	if err != nil {
		return err
	}
	r.caps.Page = &backend.Paging{Style: "off"}
	if p.total > len(p.resources) {
		r.warn("DANGER: no way was found to read more than the first %d of %d users", len(p.resources), p.total)
	}
	return nil
}

// pagesByNumber tries pages of one user each, the first of which has the number
// first.
func (r *run) pagesByNumber(ctx context.Context, style, start, size string, first, step int) (bool, error) {
	ask := func(n int) []string {
		p, err := r.raw().list(ctx, "/Users", start+"="+strconv.Itoa(n)+"&"+size+"=1")
		if err != nil {
			return nil
		}
		return p.ids()
	}
	one, two := ask(first), ask(first+step)
	if ctx.Err() != nil || len(one) != 1 || len(two) != 1 || one[0] == two[0] {
		return false, ctx.Err()
	}
	paging := backend.Paging{Style: style, Start: start, Size: size}
	if style == "offset" {
		paging.Start = nameUnless(start, "offset")
	} else if zero := ask(first - 1); len(zero) == 1 && zero[0] != one[0] {
		paging.ZeroBased = true
	}
	if paging.Start == map[string]string{"index": "startIndex", "offset": "", "page": "page"}[style] && size == "count" {
		paging.Start, paging.Size = "", ""
	}
	if paging.Size != "" {
		paging.Start = start
	}
	if paging != (backend.Paging{Style: "index"}) {
		r.caps.Page = &paging
	}
	r.sizeName = size
	return true, ctx.Err()
}

func nameUnless(name, standard string) string {
	if name == standard {
		return ""
	}
	return name
}

// pagesByCursor tries cursors (RFC 9865).
func (r *run) pagesByCursor(ctx context.Context, size string) (bool, error) {
	one, err := r.raw().list(ctx, "/Users", "cursor=&"+size+"=1")
	if err != nil || len(one.resources) != 1 || one.next == "" {
		return false, ctx.Err()
	}
	two, err := r.raw().list(ctx, "/Users", "cursor="+escape(one.next)+"&"+size+"=1")
	if err != nil || len(two.resources) != 1 || one.ids()[0] == two.ids()[0] {
		return false, ctx.Err()
	}
	r.caps.Page = &backend.Paging{Style: "cursor"}
	if size != "count" {
		r.caps.Page.Start, r.caps.Page.Size = "cursor", size
	}
	r.sizeName = size
	return true, nil
}

// sizes are asked for one after the other until one is not refused. The first is
// more than clients ask for.
var sizes = []int{largePage, 1000, 500, 200, 100, 50, 25, 20, 10, 5, 2, 1}

const largePage = 2000

// measurePageSize finds out the largest page that is not refused.
func measurePageSize(ctx context.Context, r *run) error {
	if r.sizeName == "" {
		return nil // there are no pages
	}
	taken := func(n int) bool {
		_, err := r.raw().list(ctx, "/Users", r.sizeName+"="+strconv.Itoa(n))
		return statusOf(err) == 0
	}
	at := slices.IndexFunc(sizes, taken)
	if at <= 0 || ctx.Err() != nil {
		return ctx.Err()
	}
	low, high := sizes[at], sizes[at-1]
	for high-low > 1 {
		if middle := (low + high) / 2; taken(middle) {
			low = middle
		} else {
			high = middle
		}
	}
	r.caps.PageSize = low
	return ctx.Err()
}
