package rewrite

import (
	"net/url"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// foreignBase is a base URL that is not the one under which the client called:
// where the service provider itself stands.
type foreignBase struct {
	origin string // http://10.0.0.4:8080
	base   string // http://10.0.0.4:8080/api/scim
}

// rebased returns an absolute URL of the service provider as the client would
// write it (normal form R1), and false if there is nothing to change. A URL is
// recognised by its tail /{endpoint}/{id}, or by standing where others that
// were recognised stand. Relative references are legal (RFC 7643 section 2.3.7),
// show no host, and stay.
func (a *answer) rebased(address string) (string, bool) {
	if a.req.Origin == "" || !isAbsolute(address) || a.isOwn(address) {
		return "", false
	}
	host := strings.Index(address, "//") + 2
	path := host + strings.IndexAny(address[host:]+"/", "/?#")
	end := path + strings.IndexAny(address[path:]+"?", "?#")
	if start, tail := a.tail(address[path:end]); tail != "" {
		a.note(foreignBase{origin: address[:path], base: address[:path+start]})
		return a.req.Origin + a.s.base() + tail + address[end:], true
	}
	for _, f := range a.foreign {
		rest, ok := strings.CutPrefix(address, f.base)
		if ok && f.base != f.origin && startsPath(rest) {
			return a.req.Origin + a.s.base() + rest, true
		}
		rest, ok = strings.CutPrefix(address, f.origin)
		if ok && f.origin != a.req.Origin && startsPath(rest) {
			return a.req.Origin + rest, true
		}
	}
	return "", false
}

func isAbsolute(address string) bool {
	for _, scheme := range [...]string{"https://", "http://", "//"} {
		if len(address) > len(scheme) && strings.EqualFold(address[:len(scheme)], scheme) {
			return true
		}
	}
	return false
}

// isOwn reports whether an address stands under the URL that the client called.
func (a *answer) isOwn(address string) bool {
	rest, ok := strings.CutPrefix(address, a.req.Origin)
	if !ok {
		return false
	}
	rest, ok = strings.CutPrefix(rest, a.s.base())
	return ok && startsPath(rest)
}

func startsPath(rest string) bool { return rest == "" || strings.IndexByte("/?#", rest[0]) >= 0 }

// tail finds where in a path /{endpoint}/{id} or /{endpoint} starts, and
// returns it with the endpoint in its right case.
func (a *answer) tail(path string) (start int, tail string) {
	path = strings.TrimRight(path, "/")
	last := strings.LastIndexByte(path, '/')
	if last < 0 {
		return 0, ""
	}
	if second := strings.LastIndexByte(path[:last], '/'); second >= 0 {
		if endpoint := a.endpoint(path[second+1 : last]); endpoint != "" {
			return second, "/" + endpoint + path[last:]
		}
	}
	if endpoint := a.endpoint(path[last+1:]); endpoint != "" {
		return last, "/" + endpoint
	}
	return 0, ""
}

// endpoint returns the name of an endpoint in its right case, or "".
func (a *answer) endpoint(name string) string {
	if rt := a.s.plan.Registry.ByEndpoint(name); rt != nil {
		return rt.Endpoint
	}
	for _, known := range [...]string{"Schemas", "ResourceTypes", "ServiceProviderConfig"} {
		if len(known) == len(name) && strings.EqualFold(known, name) {
			return known
		}
	}
	return ""
}

func (a *answer) note(f foreignBase) {
	for _, known := range a.foreign {
		if known == f {
			return
		}
	}
	a.foreign = append(a.foreign, f)
}

// uri rebases a value that holds a URI, at names below where the work is.
func (a *answer) uri(v *scim.Value, names ...string) {
	if !v.Exists() || v.Kind() != scim.String {
		return
	}
	if to, ok := a.rebased(v.Text()); ok && a.did(AnswerLocation, names...) {
		v.Put(scim.StringValue(to))
	}
}

// isForeign tells an absolute URL that is not one of the gateway's.
func (a *answer) isForeign(address string) bool {
	return a.req.Origin != "" && isAbsolute(address) && !a.isOwn(address)
}

// location rebases the location of a resource. Whatever path the service
// provider has for it, the client finds it by its type and id.
func (a *answer) location(v *scim.Value, rt *scim.ResourceType) {
	given := v.Get("meta").Get("location")
	a.uri(given, "meta", "location")
	id := v.Get("id").Text()
	if v.Get("id").Kind() == scim.Number {
		id = v.Get("id").Raw()
	}
	if id == "" || rt == nil || !a.isForeign(given.Text()) || !a.did(AnswerLocation, "meta", "location") {
		return
	}
	address := given.Text()
	if parsed, err := url.Parse(address); err == nil && parsed.Host != "" {
		origin := address[:strings.Index(address, "//")+2] + parsed.Host
		a.note(foreignBase{origin: origin, base: origin})
	}
	given.Put(scim.StringValue(a.own(rt, id)))
}

// own is the URL of a resource as the client would write it.
func (a *answer) own(rt *scim.ResourceType, id string) string {
	return a.req.Origin + a.s.base() + "/" + rt.Endpoint + "/" + url.PathEscape(id)
}

// rebasedText rebases the URLs inside a text that is meant for a person, and
// hides the addresses in it that only exist behind the gateway.
func (a *answer) rebasedText(text string) string {
	if !strings.ContainsAny(text, "/:.") {
		return text
	}
	words := strings.Split(text, " ")
	for i, word := range words {
		core := strings.Trim(word, `"'()<>[],.;:`)
		if to, ok := a.rebased(core); ok {
			words[i] = strings.Replace(word, core, to, 1)
		} else if isHost(hostOf(core)) && !a.isOwn(core) {
			words[i] = strings.Replace(word, core, "…", 1)
		}
	}
	return strings.Join(words, " ")
}

// hostOf is the host in a URL, or the word itself if it is none.
func hostOf(word string) string {
	_, rest, found := strings.Cut(word, "://")
	if !found {
		return word
	}
	host, _, _ := strings.Cut(rest, "/")
	return host
}

// supplyLocation tells where a resource that was created stands.
func (a *answer) supplyLocation(resource *scim.Value, id string) {
	location := resource.Get("meta").Get("location").Text()
	if !isAbsolute(location) && a.req.Origin != "" && a.s.rt != nil {
		location = a.own(a.s.rt, id)
	}
	if isAbsolute(location) && a.did(AnswerLocation, "header", "Location") {
		a.headers().Set("Location", location)
	}
}
