package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/caddy-scim/caddy-scim/scim"
)

// person is a user who is looked for or changed.
type person struct {
	id, name string
	resource scim.Value
}

// created is a resource that is deleted in the end.
type created struct{ path, what string }

// maxTidy is how long deleting may take once the probe has been interrupted.
const maxTidy = time.Minute

// userBody is a user as the probe creates it.
func (r *run) userBody(letter string) string {
	name := r.name + "-" + letter
	mail := "mail." + name + "@" + r.opt.Domain // no two values are the same
	return `{"schemas":["` + scim.UserURI + `"],"userName":"` + name + "@" + r.opt.Domain + `","externalId":"id-` + name + `",` +
		`"name":{"formatted":"Probe ` + name + `","givenName":"Probe","familyName":"Family ` + name + `"},` +
		`"displayName":"Probe ` + name + `","title":"Probe ` + letter + `","active":true,` +
		`"emails":[{"value":"` + mail + `","type":"work","primary":true},{"value":"home.` + mail + `","type":"home"}]}`
}

// leanBody is the same with what every service provider should take.
func (r *run) leanBody(letter string) string {
	name := r.name + "-" + letter
	mail := name + "@" + r.opt.Domain
	return `{"schemas":["` + scim.UserURI + `"],"userName":"` + mail + `",` +
		`"name":{"givenName":"Probe","familyName":"` + name + `"},"displayName":"Probe ` + name + `","active":true,` +
		`"emails":[{"value":"` + mail + `","type":"work","primary":true}]}`
}

// createPeople creates the users that are tried on.
func (r *run) createPeople(ctx context.Context) error {
	for _, letter := range [...]string{"a", "b", "c", "d"} {
		p, err := r.createUser(ctx, letter)
		if err != nil && len(r.people) == 0 {
			return err
		}
		if err != nil {
			r.warn("user %s could not be created: %v", letter, err)
			continue
		}
		r.people = append(r.people, p)
	}
	r.total = len(r.people)
	return nil
}

// createUser creates a user, with the media type and in the fullness that is
// taken.
func (r *run) createUser(ctx context.Context, letter string) (*person, error) {
	a, err := r.direct().create(ctx, r, "/Users", r.userBody(letter))
	if status := statusOf(err); status == http.StatusUnsupportedMediaType || status == http.StatusBadRequest {
		if media := r.dialect.mediaType; media == "" {
			r.dialect.mediaType, r.caps.MediaType = "application/json", "application/json"
			again, failed := r.direct().create(ctx, r, "/Users", r.userBody(letter))
			if a, err = again, failed; err != nil && status != http.StatusUnsupportedMediaType {
				r.dialect.mediaType, r.caps.MediaType = "", "" // it was not for that
			}
		}
	}
	if status := statusOf(err); status >= 400 && status != http.StatusConflict && status != http.StatusUnauthorized && status != http.StatusForbidden {
		var failed error
		if a, failed = r.direct().create(ctx, r, "/Users", r.leanBody(letter)); failed == nil {
			r.warn("a user with title, externalId and two e-mail addresses is refused: %v", err)
		}
		err = failed
	}
	if err != nil {
		return nil, err
	}
	if a.doc.Get("id").Kind() == scim.Number {
		r.numericIDs()
	}
	p := &person{id: idOf(a), name: r.name + "-" + letter + "@" + r.opt.Domain}
	if p.resource, _, err = r.hand().resource(ctx, "/Users/"+url.PathEscape(p.id), ""); err != nil {
		return nil, fmt.Errorf("a user who was created cannot be read: %w", err)
	}
	return p, nil
}

// create creates a resource and notes it, so that it is deleted in the end.
func (s *subject) create(ctx context.Context, r *run, path, body string) (*answer, error) {
	doc := scim.Parse(body)
	what := cmp.Or(doc.Get("userName").Text(), doc.Get("displayName").Text())
	r.promised = appendNew(r.promised, path+" "+what)
	a, err := s.exchange(ctx, http.MethodPost, path, "", body)
	if err != nil {
		return a, err
	}
	id := idOf(a)
	if id == "" {
		return a, errors.New("the answer to a create has no id")
	}
	r.note(path+"/"+url.PathEscape(id), what)
	return a, nil
}

// note remembers a resource that is deleted in the end.
func (r *run) note(path, what string) {
	for _, c := range r.created {
		if c.path == path {
			return
		}
	}
	r.created = append(r.created, created{path, what})
}

// idOf is the id of what was created, from the resource or its location.
func idOf(a *answer) string {
	id := a.doc.Get("id")
	if id.Kind() == scim.Number {
		return id.Raw()
	}
	if id.Text() != "" {
		return id.Text()
	}
	location := a.header.Get("Location")
	text, err := url.PathUnescape(location[strings.LastIndexByte(location, '/')+1:])
	if err != nil {
		return ""
	}
	return text
}

// tidy deletes everything that was created, groups first, also when the probe
// was interrupted. What has to stay is in the report.
func (r *run) tidy(ctx context.Context) {
	if len(r.promised) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), maxTidy)
	defer cancel()
	r.findPromised(ctx)
	for _, c := range slices.Backward(r.created) {
		if err := r.remove(ctx, c.path); err != nil {
			r.report.Left = append(r.report.Left, fmt.Sprintf("%s (%s): %v", c.path, c.what, err))
		}
	}
	r.created, r.promised = nil, nil
}

// remove deletes a resource; one that is gone already is deleted. A user who
// cannot be deleted is deactivated at least.
func (r *run) remove(ctx context.Context, path string) error {
	_, err := r.direct().exchange(ctx, http.MethodDelete, path, "", "")
	if statusOf(err) == http.StatusNotFound {
		if _, _, err := r.direct().resource(ctx, path, ""); statusOf(err) == http.StatusNotFound {
			return nil
		}
	}
	if err == nil || r.caps.Delete != "deactivate" {
		return err
	}
	if _, failed := r.hand().exchange(ctx, http.MethodDelete, path, "", ""); failed != nil {
		return err
	}
	return errors.New("it is deactivated only")
}

// findPromised finds what was created by a request whose answer did not say so.
func (r *run) findPromised(ctx context.Context) {
	known := map[string]bool{}
	for _, c := range r.created {
		known[c.what] = true
	}
	for _, promise := range r.promised {
		path, what, _ := strings.Cut(promise, " ")
		if known[what] {
			continue
		}
		name := "userName"
		if path == "/Groups" {
			name = "displayName"
		}
		p, err := r.hand().list(ctx, path, "filter="+escape(name+" eq "+scim.Quote(what)))
		if err != nil {
			continue
		}
		for i := range p.resources {
			if p.resources[i].Get(name).Text() == what {
				r.note(path+"/"+url.PathEscape(p.resources[i].Get("id").Text()), what)
			}
		}
	}
}
