package directory

import (
	"cmp"
	"encoding/base64"
	"math"
	"net/http"
	"strconv"

	"github.com/caddy-scim/caddy-scim/scim"
)

// paging turns pages of any style into those of RFC 7644 section 3.4.2.4.
func (d *Directory) paging(next serve) serve {
	l := &d.opt.Limits
	style := cmp.Or(l.Page.Style, "index")
	start := cmp.Or(l.Page.Start, map[string]string{"offset": "offset", "page": "page", "cursor": "cursor"}[style], "startIndex")
	size := cmp.Or(l.Page.Size, "count")
	return func(x *exchange) (answer, error) {
		p, ok := readParameters(x.req.URL.RawQuery)
		if x.operation != "list" || !ok {
			return next(x)
		}
		count, err := l.count(p, size, d.opt.MaxResults)
		if err != nil {
			return answer{}, err
		}
		first, err := l.first(p, style, start, count)
		if err != nil {
			return answer{}, err
		}
		p = p.without("startIndex", "count", start, size)
		p = append(p, parameter{"startIndex", strconv.Itoa(first)}, parameter{"count", strconv.Itoa(count)})
		x.req.URL.RawQuery = p.encode()
		a, err := next(x)
		if err == nil && style != "index" && style != "off" {
			a.body = pageOf(a.body, style, first)
		}
		return a, err
	}
}

// count is the size of the page that is asked for.
func (l *Limits) count(p parameters, name string, most int) (int, error) {
	if l.Page.Style == "off" {
		return math.MaxInt32, nil
	}
	most = min(most, cmp.Or(l.PageSize, most))
	text, ok := p.get(name)
	if !ok {
		return most, nil
	}
	n, err := readNumber(name, text)
	if err == nil && n > most && l.PageOver == "refused" {
		err = scim.BadRequest(scim.InvalidValue, "%s: at most %d", name, most)
	}
	return min(n, most), err
}

// first is the place of the first resource that is asked for, counted from 1.
func (l *Limits) first(p parameters, style, name string, count int) (int, error) {
	text, ok := p.get(name)
	if style == "off" || !ok {
		return 1, nil
	}
	if style == "cursor" {
		return readCursor(text)
	}
	n, err := readNumber(name, text)
	if err != nil {
		return 0, err
	}
	if l.Page.ZeroBased || style == "offset" {
		n++
	}
	n = max(n, 1)
	if style == "page" {
		n = (n-1)*count + 1
	}
	return n, nil
}

// readCursor opens a cursor of pageOf; an empty one means the first page (RFC
// 9865 section 2).
func readCursor(text string) (int, error) {
	if text == "" {
		return 1, nil
	}
	plain, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		if n, err := strconv.Atoi(string(plain)); err == nil && n > 0 {
			return n, nil
		}
	}
	return 0, scim.Errorf(http.StatusBadRequest, "invalidCursor", "cursor: is none of this directory")
}

// pageOf is a list without what only an index has, and with the cursor of the
// next page.
func pageOf(body []byte, style string, first int) []byte {
	doc := scim.Parse(string(body))
	after := first + doc.Get("Resources").Len()
	total, _ := strconv.Atoi(doc.Get("totalResults").Raw())
	drop(&doc, "startIndex")
	if style == "cursor" && after <= total && after > first {
		doc.Set("nextCursor", scim.StringValue(base64.RawURLEncoding.EncodeToString(strconv.AppendInt(nil, int64(after), 10))))
	}
	return doc.AppendTo(nil)
}
