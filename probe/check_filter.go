package probe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// filterChecks are those of filters (RFC 7644 section 3.4.2.2): the operators,
// then the attributes.
var filterChecks = func() []check {
	var all []check
	for _, op := range operators {
		all = append(all, check{name: "filter: " + op.name, try: func(ctx context.Context, r *run, s *subject) error {
			return s.operator(ctx, r, op, "userName")
		}})
	}
	for _, a := range attributes {
		all = append(all, check{name: "filter: " + strings.TrimPrefix(a.path, "/") + " by " + a.name, try: func(ctx context.Context, r *run, s *subject) error {
			return s.attribute(ctx, r, a)
		}})
	}
	return append(all,
		check{name: "filter: eq in another case", try: func(ctx context.Context, r *run, s *subject) error {
			return s.otherCase(ctx, r, attribute{"/Users", "userName"})
		}},
		check{name: "filter that finds nothing", try: func(ctx context.Context, r *run, s *subject) error {
			p, err := s.list(ctx, "/Users", "filter="+escape(`userName eq `+scim.Quote(r.name+"-nobody")))
			if err == nil && len(p.resources) > 0 {
				return errIgnored
			}
			return err
		}},
		check{name: "filter that is none: 400", try: func(ctx context.Context, r *run, s *subject) error {
			a, err := s.exchange(ctx, "GET", "/Users", "filter="+escape("userName eq"), "")
			if err == nil {
				return fmt.Errorf("status %d", a.status)
			}
			if statusOf(err) != 400 {
				return err
			}
			return nil
		}},
	)
}()

// What a filter can come to, beside being refused.
var (
	errIgnored  = errors.New("the filter is ignored: others are found too")
	errNothing  = errors.New("nothing is found where there is something, with a status that says success")
	errMistaken = errors.New("users are found for whom the filter does not hold")
)

// operator is one of those that a filter can have. With NAME standing for the
// attribute, VALUE for that of a user, PREFIX, MIDDLE and SUFFIX for parts of it
// and OTHER for a value that nobody has, finds is a filter that finds the user,
// and misses one that does not.
type operator struct {
	name, finds, misses string
}

var operators = []operator{
	{name: "eq", finds: `NAME eq VALUE`, misses: `NAME eq OTHER`},
	{name: "ne", finds: `NAME ne OTHER`, misses: `NAME ne VALUE`},
	{name: "co", finds: `NAME co MIDDLE`, misses: `NAME co OTHER`},
	{name: "sw", finds: `NAME sw PREFIX`, misses: `NAME sw OTHER`},
	{name: "ew", finds: `NAME ew SUFFIX`, misses: `NAME ew OTHER`},
	{name: "gt", finds: `NAME gt PREFIX`, misses: `NAME gt VALUE`},
	{name: "ge", finds: `NAME ge VALUE`, misses: `NAME ge BEHIND`},
	{name: "lt", finds: `NAME lt BEHIND`, misses: `NAME lt VALUE`},
	{name: "le", finds: `NAME le VALUE`, misses: `NAME le PREFIX`},
	{name: "pr", finds: `NAME pr`, misses: `nickName pr`},
	{name: "and", finds: `NAME eq VALUE and NAME eq VALUE`, misses: `NAME eq VALUE and NAME eq OTHER`},
	{name: "or", finds: `NAME eq OTHER or NAME eq VALUE`, misses: `NAME eq OTHER or NAME eq OTHER`},
	{name: "not", finds: `not (NAME eq OTHER)`, misses: `not (NAME eq VALUE)`},
	{name: "[]", finds: `emails[value eq MAIL]`, misses: `emails[value eq OTHER]`},
}

// operator tries a filter that finds a user, and one that does not.
func (s *subject) operator(ctx context.Context, r *run, op operator, attribute string) error {
	p := r.people[0]
	value := attributeText(&p.resource, attribute)
	mail := first(p.resource.Get("emails")).Get("value").Text()
	if value == "" || op.name == "[]" && mail == "" || op.name == "pr" && p.resource.Get("nickName").Exists() {
		return errNotApplicable
	}
	half := len(value) / 2
	words := strings.NewReplacer("NAME", attribute, "VALUE", scim.Quote(value), "PREFIX", scim.Quote(value[:half]),
		"MIDDLE", scim.Quote(value[1:len(value)-1]), "SUFFIX", scim.Quote(value[half:]), "BEHIND", scim.Quote(value+"z"),
		"OTHER", scim.Quote(r.name+"-nobody"), "MAIL", scim.Quote(mail))
	return s.filters(ctx, "/Users", p.id, words.Replace(op.finds), words.Replace(op.misses))
}

// filters holds what two filters find against what they ask for.
func (s *subject) filters(ctx context.Context, path, id, finds, misses string) error {
	found, err := s.list(ctx, path, "filter="+escape(s.literals(finds)))
	if err != nil {
		return err
	}
	if len(found.resources) == 0 {
		return errNothing
	}
	if err := s.holds(path, found, finds); err != nil {
		return err
	}
	missed, err := s.list(ctx, path, "filter="+escape(s.literals(misses)))
	if err != nil {
		return err
	}
	if slices.Contains(missed.ids(), id) {
		return errIgnored
	}
	return s.holds(path, missed, misses)
}

// literals is a comparison with an id as it is written where ids are numbers.
func (s *subject) literals(filter string) string {
	if s.numbers {
		return strings.ReplaceAll(filter, `"`, "")
	}
	return filter
}

// holds evaluates a filter for what it is said to have found.
func (s *subject) holds(path string, p *page, filter string) error {
	e, err := scim.ParseStrictFilter(filter)
	if err != nil {
		return err
	}
	rt := s.registry.ByEndpoint(strings.TrimPrefix(path, "/"))
	wrong := 0
	for i := range p.resources {
		if ok, err := scim.Matches(e, &p.resources[i], rt); err != nil || !ok {
			wrong++
		}
	}
	switch {
	case wrong == 0:
		return nil
	case wrong == len(p.resources):
		return errMistaken
	default:
		return errIgnored
	}
}

// attribute is one that a filter may name.
type attribute struct{ path, name string }

var attributes = []attribute{
	{"/Users", "userName"},
	{"/Users", "id"},
	{"/Users", "externalId"},
	{"/Users", "displayName"},
	{"/Users", "emails.value"},
	{"/Users", "name.familyName"},
	{"/Users", "title"},
	{"/Users", "active"},
	{"/Groups", "displayName"},
	{"/Groups", "id"},
	{"/Groups", "members.value"},
}

// attribute tries a filter by an attribute of a user or group.
func (s *subject) attribute(ctx context.Context, r *run, a attribute) error {
	resource, err := r.sample(ctx, a.path)
	if err != nil {
		return err
	}
	value, other := attributeText(resource, a.name), scim.Quote(r.name+"-nobody")
	if value == "" {
		return errNotApplicable
	}
	value = scim.Quote(value)
	if v := resource.Get(a.name); v.Kind() == scim.Bool {
		value, other = v.Raw(), strconv.FormatBool(!v.True())
	}
	if a.name == "id" || a.name == "members.value" {
		other = `"987654321012"`
		plain := *s
		plain.numbers = s.numeric
		s = &plain
	}
	return s.filters(ctx, a.path, resource.Get("id").Text(), a.name+" eq "+value, a.name+" eq "+other)
}

// errCase is a comparison that minds the case of what has none.
var errCase = errors.New("it is not found in another case")

// otherCase looks for a value in capitals, unless case makes a difference (RFC
// 7643 section 2.2).
func (s *subject) otherCase(ctx context.Context, r *run, a attribute) error {
	path, err := scim.ParseAttrPath(a.name)
	if err != nil {
		return err
	}
	t, ok := s.registry.ByEndpoint(strings.TrimPrefix(a.path, "/")).Resolve(path)
	if !ok || t.Leaf().CaseExact || t.Leaf().Type != scim.TypeString {
		return errNotApplicable
	}
	resource, err := r.sample(ctx, a.path)
	if err != nil {
		return err
	}
	value := attributeText(resource, a.name)
	capitals := strings.ToUpper(value)
	if value == "" || capitals == value {
		return errNotApplicable
	}
	found, err := s.list(ctx, a.path, "filter="+escape(a.name+" eq "+scim.Quote(capitals)))
	if err == nil && len(found.resources) == 0 {
		return errCase
	}
	return err
}

// sample is a resource that can be looked for.
func (r *run) sample(ctx context.Context, path string) (*scim.Value, error) {
	if path == "/Groups" {
		return r.someGroup(ctx)
	}
	return &r.people[0].resource, nil
}

// attributeText is the first value of an attribute, as text.
func attributeText(v *scim.Value, name string) string {
	name, sub, _ := strings.Cut(name, ".")
	v = v.Get(name)
	if v.Kind() == scim.Array {
		v = first(v)
	}
	if sub != "" {
		v = v.Get(sub)
	}
	if v.Kind() == scim.Bool {
		return v.Raw()
	}
	return v.Text()
}

// someGroup is a group that can be looked for.
func (r *run) someGroup(ctx context.Context) (*scim.Value, error) {
	if r.noGroups {
		return nil, errNotApplicable
	}
	if r.group != nil {
		return r.group, nil
	}
	if r.opt.Write {
		for n := 2; n >= 0; n-- { // how many there may be is not known yet
			if g, err := r.newGroup(ctx, n); err == nil {
				v, _, err := r.hand().resource(ctx, g.path(), "")
				r.group = &v
				return r.group, err
			}
		}
		return nil, errNotApplicable
	}
	p, err := r.direct().list(ctx, "/Groups", "")
	if err != nil || len(p.resources) == 0 || p.resources[0].Get("id").Text() == "" {
		return nil, errNotApplicable
	}
	r.group = &p.resources[0]
	return r.group, nil
}
