package directory

import (
	"cmp"
	"errors"
	"fmt"
	"html"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// statuses answers with other statuses than those of RFC 7644.
func (l *Limits) statuses(next serve) serve {
	return func(x *exchange) (answer, error) {
		a, err := next(x)
		var e *scim.Error
		switch {
		case errors.As(err, &e) && e.Status == http.StatusConflict && l.Conflict != 0:
			return a, scim.Errorf(l.Conflict, "", "%s", e.Detail)
		case err == nil && a.status == http.StatusCreated:
			a.status = cmp.Or(l.Created, a.status)
		case err == nil && x.operation == "list" && l.Nothing == http.StatusNotFound:
			doc := scim.Parse(string(a.body))
			p, _ := readParameters(x.req.URL.RawQuery)
			if _, filtered := p.get("filter"); filtered && doc.Get("totalResults").Raw() == "0" {
				return a, scim.Errorf(l.Nothing, "", "nothing was found")
			}
		}
		return a, err
	}
}

// lists puts the resources of a list where the shape has them.
func (l *Limits) lists(next serve) serve {
	if l.List == nil {
		return next
	}
	return func(x *exchange) (answer, error) {
		a, err := next(x)
		if err != nil || x.operation != "list" {
			return a, err
		}
		doc := scim.Parse(string(a.body))
		resources, total := *doc.Get("Resources"), *doc.Get("totalResults")
		cursor := doc.Get("nextCursor")
		if l.List.Resources == "" {
			a.body = resources.AppendTo(nil)
			return a, nil
		}
		shaped := scim.ObjectValue()
		place(&shaped, l.List.Resources, resources)
		if l.List.Total != "" {
			place(&shaped, l.List.Total, total)
		}
		if cursor != nil {
			shaped.Set("nextCursor", *cursor)
		}
		a.body = shaped.AppendTo(nil)
		return a, nil
	}
}

// place puts a value at names joined by dots.
func place(v *scim.Value, path string, to scim.Value) {
	name, rest, more := strings.Cut(path, ".")
	if !more {
		v.Set(name, to)
		return
	}
	if v.Index(name) < 0 {
		v.Set(name, scim.ObjectValue())
	}
	place(v.Get(name), rest, to)
}

// content refuses bodies of other media types than the one that is taken.
func (l *Limits) content(next serve) serve {
	if l.Accepts == "" {
		return next
	}
	return func(x *exchange) (answer, error) {
		if field := x.req.Header.Get("Content-Type"); field != "" {
			media, _, err := mime.ParseMediaType(field)
			if err != nil || media != l.Accepts {
				return answer{}, scim.Errorf(http.StatusUnsupportedMediaType, "", "Content-Type: want %s", l.Accepts)
			}
			x.req.Header.Set("Content-Type", scim.MediaType)
		}
		return next(x)
	}
}

// media gives answers another media type.
func (l *Limits) media(next serve) serve {
	if l.MediaType == "" {
		return next
	}
	return func(x *exchange) (answer, error) {
		a, err := next(x)
		if err != nil {
			a = errorAnswer(err)
		}
		a.media = cmp.Or(a.media, l.MediaType)
		return a, nil
	}
}

// errors gives errors another shape.
func (l *Limits) errors(next serve) serve {
	if l.Errors == "" || l.Errors == "scim" {
		return next
	}
	return func(x *exchange) (answer, error) {
		a, err := next(x)
		if err == nil {
			return a, nil
		}
		a, e := errorAnswer(err), scim.AsError(err)
		title := http.StatusText(e.Status)
		switch l.Errors {
		case "html":
			a.media = "text/html; charset=utf-8"
			a.body = fmt.Appendf(nil, "<!DOCTYPE html>\n<html><head><title>%d %s</title></head>\n<body><h1>%s</h1><p>%s</p></body></html>\n",
				e.Status, title, title, html.EscapeString(e.Detail))
		case "text":
			a.media = "text/plain; charset=utf-8"
			a.body = fmt.Appendf(nil, "%s: %s\n", title, e.Detail)
		case "json":
			a.media = "application/json"
			a.body = strconv.AppendInt([]byte(`{"code":`), int64(e.Status), 10)
			a.body = append(scim.AppendString(append(a.body, `,"message":`...), e.Detail), '}')
		case "empty":
			a.body = nil
		}
		return a, nil
	}
}

// unavailable turns requests away.
func (d *Directory) unavailable(next serve) serve {
	u := d.opt.Limits.Unavailable
	if u == nil {
		return next
	}
	return func(x *exchange) (answer, error) {
		if d.requests.Add(1)%int64(u.Every) != 0 {
			return next(x)
		}
		turned := &unavailableError{err: scim.Errorf(cmp.Or(u.Status, http.StatusServiceUnavailable), "", "%s", cmp.Or(u.Text, "try again later"))}
		if u.RetryAfter != nil {
			turned.after = strconv.Itoa(*u.RetryAfter)
		}
		return answer{}, turned
	}
}

// unavailableError is an answer that tells when to try again.
type unavailableError struct {
	err   *scim.Error
	after string // seconds; empty if it does not tell
}

func (e *unavailableError) Error() string { return e.err.Error() }
func (e *unavailableError) Unwrap() error { return e.err }
