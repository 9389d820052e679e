package rewrite

import (
	"net/http"
	"strconv"

	"github.com/caddy-scim/caddy-scim/scim"
)

// verify is R9: clients take the first resource of a filtered search for the one
// they asked for, so what does not match the filter goes. It reports false if
// the answer became an error instead: when nothing on this page matches and
// there are more pages, nobody knows whether there is a match, nor does a client
// that does not go on behind a page that became short.
func (a *answer) verify(v *scim.Value) bool {
	resources := v.Get(keyResources)
	if !isArray(resources) || resources.Len() == 0 {
		return true
	}
	filter := a.filter()
	if filter == nil {
		return true
	}
	all, gone := resources.Len(), 0
	a.trail.enter(keyResources, 0)
	for i := range resources.Members() {
		m := &resources.Members()[i]
		if m.Value.Kind() != scim.Object || scim.Judge(filter, &m.Value, a.typeOf(&m.Value), mayBePartial) != scim.Unmatched {
			continue
		}
		a.trail.enter("", i)
		if a.removed(AnswerUnmatched, m) {
			gone++
		}
		a.trail.leave()
	}
	a.trail.leave()
	if gone == 0 {
		return true
	}
	sweep(resources, true)
	return a.recount(v, all, gone)
}

// recount corrects the numbers of a list of which some resources went.
func (a *answer) recount(v *scim.Value, all, gone int) bool {
	total, counted := all, false
	if given := v.Get(keyTotal); given.Exists() {
		n, err := strconv.Atoi(given.Raw())
		total, counted = n, err == nil
	}
	whole := total <= all && a.startIndex() == 1 && v.Get(keyNextCursor).Empty()
	if !whole && (gone == all || a.s.plan.Rules.fills) { // who takes a short page for the last one would not ask for more
		a.unfiltered(v)
		return false
	}
	if counted {
		v.Set(keyTotal, scim.IntValue(max(total-gone, all-gone)))
	}
	v.Set(keyItemsPerPage, scim.IntValue(all-gone))
	return true
}

// unfiltered answers that the service provider does not apply the filter.
func (a *answer) unfiltered(v *scim.Value) {
	refusal := scim.Errorf(http.StatusNotImplemented, "",
		"the service provider returned resources that do not match the filter, and there are more of them: tell the gateway with 'filter off' in its backend block")
	a.resp.Status = refusal.Status
	v.Put(scim.Parse(refusal.Body()))
}

// filter is the filter of the request, if there is one to verify by.
func (a *answer) filter() scim.Expression {
	if a.s.plan.Rules.shapes[AnswerUnmatched] == nil || a.s.refiltered != a.refiltered {
		return nil
	}
	text := queryValue(a.req.Query, paramFilter)
	if a.operation == "search" {
		body := scim.Parse(a.req.Body)
		text = body.Get(params[paramFilter].name).Text()
	}
	if text == "" {
		return nil
	}
	filter, err := scim.ParseFilter(text)
	if err != nil {
		return nil
	}
	return filter.Expression
}

// mayBePartial tells the lists that service providers cut short: who is in a
// group, and the groups that somebody is in.
func mayBePartial(attr *scim.Attribute) bool {
	return attr.MultiValued && (attr.Name == "members" || attr.Name == "groups")
}
