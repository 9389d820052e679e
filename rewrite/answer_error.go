package rewrite

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/caddy-scim/caddy-scim/scim"
)

// problem is what an answer of 400 or more says, in whatever form.
type problem struct {
	doc    scim.Value // the body, if it is a JSON object
	scim   bool       // doc is an error message of RFC 7644 section 3.12
	typ    scim.ErrorType
	detail string // a short plain text; empty if there is none
}

// failure repairs an answer of 400 or more (normal form R4, R5).
func (a *answer) failure() {
	e := a.problem()
	switch {
	case a.foundNothing(e) && a.did(AnswerEmptyList):
		a.emptyList()
	case a.isDuplicate(e) && a.did(AnswerConflict):
		a.resp.Status = http.StatusConflict
		e.typ = scim.Uniqueness
		a.fail(e)
	default:
		a.fail(e)
	}
}

// problem reads the body of an error.
func (a *answer) problem() problem {
	var e problem
	doc, ok := a.parse()
	if !ok {
		e.detail = a.plain(a.resp.Body)
		return e
	}
	e.doc = doc
	e.scim = isError(&e.doc)
	e.typ = errorType(e.doc.Get("scimType").Text())
	if e.scim {
		e.detail = e.doc.Get("detail").Text()
		return e
	}
	for _, text := range messages(&e.doc) {
		if e.detail = a.plain(text); e.detail != "" {
			break
		}
	}
	return e
}

// isError tells the error message of the standard, also when its schemas are
// missing, from other JSON.
func isError(v *scim.Value) bool {
	if contains(v.Get(keySchemas), scim.ErrorURI) {
		return true
	}
	if !v.Get(keySchemas).Empty() || v.Get("scimType").Empty() && (v.Get("status").Empty() || v.Get("detail").Empty()) {
		return false
	}
	return !slices.ContainsFunc(v.Members(), func(m scim.Member) bool {
		return !slices.ContainsFunc([]string{keySchemas, "status", "scimType", "detail"}, func(name string) bool {
			return strings.EqualFold(name, m.Name)
		})
	})
}

// errorTypes are the detail codes of RFC 7644 table 9 and RFC 9865 section 2.1.
var errorTypes = [...]scim.ErrorType{
	scim.InvalidFilter, scim.TooMany, scim.Uniqueness, scim.Mutability, scim.InvalidSyntax, scim.InvalidPath,
	scim.NoTarget, scim.InvalidValue, scim.InvalidVers, scim.Sensitive, "invalidCursor", "expiredCursor", "invalidCount",
}

// errorType returns a detail code in its right case, or "" for any other word.
func errorType(word string) scim.ErrorType {
	for _, known := range errorTypes {
		if strings.EqualFold(string(known), word) {
			return known
		}
	}
	return ""
}

// fail writes the error message. One that is of the standard keeps its bytes
// as far as they are right.
func (a *answer) fail(e problem) {
	if e.scim {
		a.repairError(&e)
		if e.doc.Changed() {
			a.rewrite(e.doc.Raw())
		}
		a.mediaType()
		return
	}
	conflict := a.decided[AnswerConflict] == allowed
	if !conflict && !a.did(AnswerError) {
		return
	}
	if e.detail == "" {
		e.detail = http.StatusText(a.resp.Status)
	}
	message := scim.Error{Status: a.resp.Status, Type: e.typ, Detail: e.detail}
	a.rewrite(message.Body())
	a.headers().Set(headerContentType, scim.MediaType)
}

// repairError repairs the members of an error message of the standard: status
// is the HTTP status as a string, and no address of the service provider shows.
func (a *answer) repairError(e *problem) {
	right := func(name string) bool { return a.decided[AnswerConflict] == allowed || a.did(AnswerError, name) }
	status := strconv.Itoa(a.resp.Status)
	if e.doc.Get(keySchemas).Empty() && right(keySchemas) {
		putSchemas(&e.doc, scim.ErrorURI)
	}
	if e.doc.Get("status").Text() != status && right("status") {
		e.doc.Set("status", scim.StringValue(status))
	}
	if e.typ != "" && e.doc.Get("scimType").Text() != string(e.typ) && right("scimType") {
		e.doc.Set("scimType", scim.StringValue(string(e.typ)))
	}
	if to := a.rebasedText(e.detail); to != e.detail && a.did(AnswerLocation, "detail") {
		e.doc.Set("detail", scim.StringValue(to))
	}
}

// Words by which a text says that a value has to be unique and is taken. In a
// 409 little is needed; in a 400 the word duplicate alone may mean a name given
// twice in the request; a 500 has to name the constraint.
var (
	duplicateIn409 = []string{"duplicate", "already", "unique", "exists", "in use", "taken"}
	duplicateIn400 = append([]string{
		"already in use", "already taken", "already been taken", "already registered", "must be unique", "not unique",
		"duplicate user", "duplicate group", "duplicate resource",
	}, duplicateIn500...)
	duplicateIn500 = []string{
		"already exist", "uniqueness", "unique constraint", "unique index", "duplicate entry", "duplicate key value", "duplicate key error",
	}
)

// isDuplicate reports whether a write was refused because a unique value is
// taken, in an answer that does not say so as RFC 7644 section 3.3 wants it.
func (a *answer) isDuplicate(e problem) bool {
	switch a.operation {
	case "create", "replace", "patch":
	default:
		return false
	}
	words := duplicateIn400
	switch a.resp.Status {
	case http.StatusConflict:
		words = duplicateIn409
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
	case http.StatusInternalServerError:
		words = duplicateIn500
	default:
		return false
	}
	if e.typ != "" {
		return e.typ == scim.Uniqueness && a.resp.Status != http.StatusConflict
	}
	if a.resp.Status == http.StatusConflict && a.operation == "create" {
		return true
	}
	text := strings.ToLower(e.detail)
	return containsAny(text, words) && !strings.Contains(text, "member")
}

// Words by which a 404 speaks of the route and not of a resource.
var routeWords = []string{
	"route", "routes", "endpoint", "endpoints", "path", "url", "uri", "method", "static", "instance",
	"cannot", "tenant", "realm", "supported", "unsupported", "implemented",
}

// foundNothing reports whether a 404 says that a filter matched nothing (R4).
// Taking a missing route for an empty list would make the client create all its
// users again. So what counts is a 404 that speaks of a resource, or one that
// has no body at all.
func (a *answer) foundNothing(e problem) bool {
	if a.resp.Status != http.StatusNotFound || !a.isList() || !a.isFiltered() {
		return false
	}
	return e.namesResource() || !e.doc.Exists() && strings.TrimSpace(a.resp.Body) == ""
}

// namesResource reports whether a 404 speaks of a resource and not of a route.
// It is an error message of the standard, or another JSON object with a message
// of its own. A page or a plain text may be about anything, and so may JSON that
// speaks of a route or says no more than the status does, which is how most
// frameworks answer for a route they do not have.
func (e *problem) namesResource() bool {
	if e.doc.Kind() != scim.Object || !e.scim && (e.detail == "" || strings.EqualFold(strings.Trim(e.detail, ". "), "not found")) {
		return false
	}
	words := strings.FieldsFunc(strings.ToLower(e.doc.Raw()), func(r rune) bool { return !unicode.IsLetter(r) })
	return !slices.ContainsFunc(words, func(word string) bool { return slices.Contains(routeWords, word) })
}

// isFiltered reports whether the request has a filter.
func (a *answer) isFiltered() bool {
	if a.operation == "search" {
		body := scim.Parse(a.req.Body)
		return body.Get(params[paramFilter].name).Text() != ""
	}
	return queryValue(a.req.Query, paramFilter) != ""
}

func containsAny(text string, words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) })
}
