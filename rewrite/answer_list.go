package rewrite

import (
	"net/http"
	"strconv"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Members of a ListResponse (RFC 7644 section 3.4.2, RFC 9865 section 2).
const (
	keySchemas      = "schemas"
	keyTotal        = "totalResults"
	keyStart        = "startIndex"
	keyItemsPerPage = "itemsPerPage"
	keyResources    = "Resources"
	keyNextCursor   = "nextCursor"
	keyPrevious     = "previousCursor"
)

// list is R3: a complete ListResponse of repaired resources.
func (a *answer) list(v *scim.Value) {
	if !a.listResponse(v) || !a.verify(v) {
		return
	}
	resources := v.Get(keyResources)
	a.trail.enter(keyResources, 0)
	for i := range resources.Members() {
		a.trail.enter("", i)
		a.resource(resources.At(i))
		a.trail.leave()
	}
	a.trail.leave()
}

// listResponse completes the message around the resources. It reports false for
// an answer that is no list: nothing is made of what is not understood.
func (a *answer) listResponse(v *scim.Value) bool {
	switch {
	case v.Kind() == scim.Array:
		if !a.did(AnswerList) {
			return false
		}
		v.Put(scim.ObjectValue(scim.Member{Name: keyResources, Value: *v}))
	case isListResponse(v):
		a.listKeys(v)
	case !v.Get("id").Empty() && a.s.rt != nil && contains(v.Get(keySchemas), a.s.rt.Schema.ID):
		if !a.did(AnswerList) {
			return false
		}
		v.Put(scim.ObjectValue(scim.Member{Name: keyResources, Value: scim.ArrayValue(*v)}))
	default:
		return false
	}
	a.listSchemas(v)
	a.listResources(v)
	a.listCounts(v)
	return true
}

func isListResponse(v *scim.Value) bool {
	return contains(v.Get(keySchemas), scim.ListResponseURI) || v.Get(keyTotal).Exists() || isArray(v.Get(keyResources))
}

// listKeys gives the members their names in the right case.
func (a *answer) listKeys(v *scim.Value) {
	for _, name := range [...]string{keySchemas, keyTotal, keyStart, keyItemsPerPage, keyResources} {
		i := v.Index(name)
		if i >= 0 && v.Members()[i].Name != name && a.did(AnswerList, v.Members()[i].Name) {
			v.Rename(i, name)
		}
	}
}

func (a *answer) listSchemas(v *scim.Value) {
	if !contains(v.Get(keySchemas), scim.ListResponseURI) && a.did(AnswerList, keySchemas) {
		putSchemas(v, scim.ListResponseURI)
	}
}

// putSchemas gives a message its schemas.
func putSchemas(v *scim.Value, uri string) {
	schemas := scim.ArrayValue(scim.StringValue(uri))
	if given := v.Get(keySchemas); given != nil {
		given.Put(schemas)
		return
	}
	v.Insert(0, scim.Member{Name: keySchemas, Value: schemas})
}

// listResources makes Resources an array. Readers of XML give a list of one as
// that one.
func (a *answer) listResources(v *scim.Value) {
	resources := v.Get(keyResources)
	if isArray(resources) || !a.did(AnswerList, keyResources) {
		return
	}
	to := scim.ArrayValue()
	if resources.Exists() && resources.Kind() == scim.Object && resources.Len() > 0 {
		to.Append(*resources)
	}
	v.Set(keyResources, to)
}

// listCounts makes the three numbers numbers. itemsPerPage is what is there;
// a missing totalResults is at least what has been seen. A list that is paged
// by cursor may leave the total and the index out (RFC 9865 section 2).
func (a *answer) listCounts(v *scim.Value) {
	n := v.Get(keyResources).Len()
	byCursor := v.Get(keyNextCursor).Exists() || v.Get(keyPrevious).Exists() || a.goesOn()
	start := a.startIndex()
	total := 0
	if n > 0 {
		total = start - 1 + n
	}
	a.listCount(v, keyTotal, total, byCursor)
	a.listCount(v, keyStart, start, byCursor)
	a.listCount(v, keyItemsPerPage, n, false)
	given := v.Get(keyItemsPerPage)
	if given.Exists() && given.Raw() != strconv.Itoa(n) && a.did(AnswerList, keyItemsPerPage) {
		given.Put(scim.IntValue(n))
	}
}

// listCount reads one number in the spellings that are in use, or supplies it.
func (a *answer) listCount(v *scim.Value, name string, otherwise int, optional bool) {
	given := v.Get(name)
	if given == nil && optional || given.Exists() && given.Kind() == scim.Number && isInteger(given.Raw()) {
		return
	}
	to := scim.IntValue(otherwise)
	if given.Exists() {
		if number, ok := wholeNumber(given.Raw()); ok {
			to = scim.Parse(number)
		}
	}
	if a.did(AnswerList, name) {
		v.Set(name, to)
	}
}

// goesOn reports whether a page was asked for by the cursor of another one. The
// last of them has no cursor that would tell.
func (a *answer) goesOn() bool {
	if a.operation != "search" {
		return queryValue(a.req.Query, paramCursor) != ""
	}
	body := scim.Parse(a.req.Body)
	return body.Get(params[paramCursor].name).Text() != ""
}

// startIndex is the index that was asked for.
func (a *answer) startIndex() int {
	text := queryValue(a.req.Query, paramStartIndex)
	if a.operation == "search" {
		body := scim.Parse(a.req.Body)
		if given := body.Get(keyStart); given.Exists() {
			text = given.Raw()
		}
	}
	if n, err := strconv.Atoi(text); err == nil && n > 1 {
		return n
	}
	return 1
}

// emptyList answers that nothing was found (R4).
func (a *answer) emptyList() {
	a.resp.Status = http.StatusOK
	a.rewrite(`{"schemas":["` + scim.ListResponseURI + `"],"totalResults":0,"startIndex":` + strconv.Itoa(a.startIndex()) +
		`,"itemsPerPage":0,"Resources":[]}`)
	a.headers().Set(headerContentType, scim.MediaType)
}
