package probe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// path is that of the user.
func (p *person) path() string { return "/Users/" + url.PathEscape(p.id) }

// nextLetter is one that no user has yet.
func (r *run) nextLetter() string {
	r.letters++
	return "n" + strconv.Itoa(r.letters)
}

// userChecks are those of users (RFC 7644 sections 3.3, 3.5 and 3.6).
var userChecks = []check{
	{name: "create a user: 201 and Location", writes: true, try: func(ctx context.Context, r *run, s *subject) error {
		a, err := s.create(ctx, r, "/Users", r.userBody(r.nextLetter()))
		switch {
		case err != nil:
			return err
		case a.status != http.StatusCreated:
			return fmt.Errorf("status %d", a.status)
		case s.strict && a.header.Get("Location") == "":
			return errors.New("no Location")
		}
		_, err = s.single(a)
		return err
	}},
	{name: "create a user who is there already: 409", writes: true, try: func(ctx context.Context, r *run, s *subject) error {
		a, err := s.create(ctx, r, "/Users", r.userBody("a"))
		if err == nil {
			return fmt.Errorf("status %d: %w", a.status, errDuplicate)
		}
		if statusOf(err) != http.StatusConflict {
			return err
		}
		return nil
	}},
	{name: "PUT", writes: true, try: func(ctx context.Context, r *run, s *subject) error {
		return s.putUser(ctx, r)
	}},
	{name: "PATCH: replace a value", writes: true, try: func(ctx context.Context, r *run, s *subject) error {
		return s.setsName(ctx, r, 1)
	}},
	{name: "PATCH: an operation without a path", writes: true, try: func(ctx context.Context, r *run, s *subject) error {
		without := *s
		without.pathless = true
		return without.setsName(ctx, r, 1)
	}},
	{name: "PATCH: ten operations", writes: true, try: func(ctx context.Context, r *run, s *subject) error {
		return s.setsName(ctx, r, 10)
	}},
	{name: "PATCH: a part of the name", writes: true, try: func(ctx context.Context, r *run, s *subject) error {
		given := "Given " + r.nextLetter()
		return s.changes(ctx, r, r.people[1], []op{{"replace", "name.givenName", scim.Quote(given)}}, func(v *scim.Value) error {
			return wants(v.Get("name").Get("givenName"), given)
		})
	}},
	{name: "PATCH: remove a value", writes: true, try: func(ctx context.Context, r *run, s *subject) error {
		p := r.people[1]
		if !p.resource.Get("title").Exists() {
			return errNotApplicable
		}
		if _, err := r.hand().patch(ctx, p.path(), []op{{"replace", "title", `"Probe"`}}); err != nil {
			return err
		}
		return s.changes(ctx, r, p, []op{{"remove", "title", ""}}, func(v *scim.Value) error {
			return shows(v, "title")
		})
	}},
	{name: "PATCH: a value behind a filter", writes: true, try: func(ctx context.Context, r *run, s *subject) error {
		return s.valuePath(ctx, r)
	}},
	{name: "PATCH: remove what a filter finds", writes: true, try: func(ctx context.Context, r *run, s *subject) error {
		return s.removeValue(ctx, r)
	}},
	{name: "PATCH: an attribute of an extension", writes: true, try: func(ctx context.Context, r *run, s *subject) error {
		return s.extension(ctx, r)
	}},
	{name: "deactivate and reactivate", writes: true, try: func(ctx context.Context, r *run, s *subject) error {
		return s.deactivate(ctx, r)
	}},
	{name: "ETag: a change on a wrong condition is refused with 412", writes: true, try: func(ctx context.Context, r *run, s *subject) error {
		return s.conditions(ctx, r)
	}},
	{name: "DELETE", writes: true, try: func(ctx context.Context, r *run, s *subject) error {
		return s.deletes(ctx, r)
	}},
}

var errDuplicate = errors.New("there are now two of them")

// op is an operation of a PATCH.
type op struct{ verb, path, value string }

// patch sends a PATCH in the dialect.
func (s *subject) patch(ctx context.Context, path string, ops []op, header ...string) (*answer, error) {
	body := []byte(`{"schemas":["` + patchURI + `"],"Operations":[`)
	for i, o := range ops {
		if i > 0 {
			body = append(body, ',')
		}
		body = s.appendOp(body, o)
	}
	return s.exchange(ctx, http.MethodPatch, path, "", string(append(body, "]}"...)), header...)
}

const patchURI = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

func (s *subject) appendOp(dst []byte, o op) []byte {
	if s.title {
		o.verb = strings.ToUpper(o.verb[:1]) + o.verb[1:]
	}
	if s.pathless && o.value != "" && o.path != "" {
		name, sub, nested := strings.Cut(o.path, ".")
		if nested {
			o.value = "{" + scim.Quote(sub) + ":" + o.value + "}"
		}
		o.path, o.value = "", "{"+scim.Quote(name)+":"+o.value+"}"
	}
	dst = append(append(dst, `{"op":`...), scim.Quote(o.verb)...)
	if o.path != "" {
		dst = append(append(dst, `,"path":`...), scim.Quote(o.path)...)
	}
	if o.value != "" {
		dst = append(append(dst, `,"value":`...), o.value...)
	}
	return append(dst, '}')
}

// changes sends a PATCH to a user and looks at what has become of him.
func (s *subject) changes(ctx context.Context, r *run, p *person, ops []op, after func(*scim.Value) error) error {
	a, err := s.patch(ctx, p.path(), ops)
	if err != nil {
		return err
	}
	return r.became(ctx, p.path(), a.status, after)
}

// errUnchanged is success that is none.
var errUnchanged = errors.New("the answer says success, but it is not done")

// became looks at a resource after a change that was answered with success.
func (r *run) became(ctx context.Context, path string, status int, after func(*scim.Value) error) error {
	v, _, err := r.hand().resource(ctx, path, "")
	if err != nil {
		return fmt.Errorf("reading it after the change: %w", err)
	}
	if err := after(&v); err != nil {
		return fmt.Errorf("%w (status %d): %w", errUnchanged, status, err)
	}
	return nil
}

func wants(v *scim.Value, text string) error {
	if v.Text() != text {
		return fmt.Errorf("it is %s", orNothing(v))
	}
	return nil
}

func orNothing(v *scim.Value) string {
	if !v.Exists() {
		return "not there"
	}
	return v.Raw()
}

// setsName replaces the displayName, in the last of n operations.
func (s *subject) setsName(ctx context.Context, r *run, n int) error {
	var name string
	ops := make([]op, n)
	for i := range ops {
		name = "Probe " + r.name + " " + r.nextLetter()
		ops[i] = op{"replace", "displayName", scim.Quote(name)}
	}
	return s.changes(ctx, r, r.people[1], ops, func(v *scim.Value) error { return wants(v.Get("displayName"), name) })
}

// putUser replaces a user by one with another name.
func (s *subject) putUser(ctx context.Context, r *run) error {
	p := r.people[2]
	name := "Probe " + r.name + " " + r.nextLetter()
	body := p.resource.Clone()
	body.Keep(func(m *scim.Member) bool { return m.Name != "meta" })
	if s.numeric {
		body.Set("id", scim.Parse(p.id))
	}
	body.Set("displayName", scim.StringValue(name))
	a, err := s.exchange(ctx, http.MethodPut, p.path(), "", body.Raw())
	if err != nil {
		return err
	}
	return r.became(ctx, p.path(), a.status, func(v *scim.Value) error {
		if err := wants(v.Get("displayName"), name); err != nil {
			return err
		}
		return wants(v.Get("userName"), p.resource.Get("userName").Text())
	})
}

// mails are the addresses that a user is given before they are changed.
func (p *person) mails() (work, home, value string) {
	work = "mail." + p.name
	home = "home." + work
	return work, home, `[{"value":` + scim.Quote(work) + `,"type":"work","primary":true},{"value":` + scim.Quote(home) + `,"type":"home"}]`
}

// resetMails gives the user both of his addresses.
func (r *run) resetMails(ctx context.Context, p *person) error {
	if p.resource.Get("emails").Len() < 2 {
		return errNotApplicable
	}
	_, _, value := p.mails()
	if _, err := r.hand().patch(ctx, p.path(), []op{{"replace", "emails", value}}); err != nil {
		return fmt.Errorf("preparing: %w", err)
	}
	return nil
}

// valuePath changes one of two addresses by its type.
func (s *subject) valuePath(ctx context.Context, r *run) error {
	p := r.people[1]
	if err := r.resetMails(ctx, p); err != nil {
		return err
	}
	_, home, _ := p.mails()
	mail := r.nextLetter() + "." + p.name
	return s.changes(ctx, r, p, []op{{"replace", `emails[type eq "work"].value`, scim.Quote(mail)}}, func(v *scim.Value) error {
		return mailsAre(v, map[string]string{"work": mail, "home": home})
	})
}

// removeValue removes one of two addresses by its type.
func (s *subject) removeValue(ctx context.Context, r *run) error {
	p := r.people[1]
	if err := r.resetMails(ctx, p); err != nil {
		return err
	}
	work, _, _ := p.mails()
	return s.changes(ctx, r, p, []op{{"remove", `emails[type eq "home"]`, ""}}, func(v *scim.Value) error {
		return mailsAre(v, map[string]string{"work": work})
	})
}

func mailsAre(v *scim.Value, want map[string]string) error {
	emails := v.Get("emails")
	if emails.Len() != len(want) {
		return fmt.Errorf("there are %d addresses", emails.Len())
	}
	for i := range emails.Members() {
		at := emails.At(i)
		if want[at.Get("type").Text()] != at.Get("value").Text() {
			return errors.New("the addresses are not the right ones")
		}
	}
	return nil
}

// extension sets an attribute of the enterprise extension (RFC 7643 section
// 4.3).
func (s *subject) extension(ctx context.Context, r *run) error {
	department := "Department " + r.nextLetter()
	set := op{"add", scim.EnterpriseUserURI + ":department", scim.Quote(department)}
	if s.pathless {
		set = op{"add", "", `{"` + scim.EnterpriseUserURI + `":{"department":` + scim.Quote(department) + `}}`}
	}
	return s.changes(ctx, r, r.people[1], []op{set}, func(v *scim.Value) error {
		return wants(v.Get(scim.EnterpriseUserURI).Get("department"), department)
	})
}

// errGone is a user who is not there any more once he is inactive.
var errGone = errors.New("a user who is not active cannot be read any more")

// deactivate sets active to false and back.
func (s *subject) deactivate(ctx context.Context, r *run) error {
	p, err := r.createUser(ctx, r.nextLetter()) // some delete whom they deactivate
	if err != nil {
		return fmt.Errorf("preparing: %w", err)
	}
	for _, active := range [...]string{"false", "true"} {
		a, err := s.patch(ctx, p.path(), []op{{"replace", "active", active}})
		if err != nil {
			return err
		}
		err = r.became(ctx, p.path(), a.status, func(v *scim.Value) error {
			if got := v.Get("active").Raw(); got != active {
				return fmt.Errorf("active is %s", orNothing(v.Get("active")))
			}
			return nil
		})
		if statusOf(err) == http.StatusNotFound {
			return errGone
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// conditions sends a change on a condition that does not hold.
func (s *subject) conditions(ctx context.Context, r *run) error {
	p := r.people[1]
	v, a, err := s.resource(ctx, p.path(), "")
	if err != nil {
		return err
	}
	if a.header.Get("ETag") == "" && v.Get("meta").Get("version").Text() == "" {
		return errors.New("a resource has no version")
	}
	const wrong = `W/"scim-probe-no-such-version"`
	if _, err = s.patch(ctx, p.path(), []op{{"replace", "displayName", `"Probe"`}}, "If-Match", wrong); routeMissing(err) {
		body := p.resource.Clone()
		body.Keep(func(m *scim.Member) bool { return m.Name != "meta" })
		_, err = s.exchange(ctx, http.MethodPut, p.path(), "", body.Raw(), "If-Match", wrong)
	}
	switch {
	case err == nil:
		return errors.New("the change was made")
	case statusOf(err) != http.StatusPreconditionFailed:
		return err
	}
	return nil
}

// errStays is a user who is still there after he was deleted.
var errStays = errors.New("the user is still there")

// deletes deletes a user, who is not there any more then.
func (s *subject) deletes(ctx context.Context, r *run) error {
	p, err := r.createUser(ctx, r.nextLetter())
	if err != nil {
		return fmt.Errorf("preparing: %w", err)
	}
	path := p.path()
	a, err := s.exchange(ctx, http.MethodDelete, path, "", "")
	if err != nil {
		return err
	}
	if s.strict && a.status != http.StatusNoContent {
		return fmt.Errorf("status %d", a.status)
	}
	if _, _, err := r.hand().resource(ctx, path, ""); statusOf(err) != http.StatusNotFound {
		return errStays
	}
	return nil
}
