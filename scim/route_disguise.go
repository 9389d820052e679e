package scim

import (
	"net/url"
	"path"
	"strings"
)

// Disguised reports whether an escaped path is none that Route takes, or another
// one, and yet may lead to an endpoint behind the gateway: with percent-encoded
// letters or slashes, dot segments, backslashes or parameters of segments. RFC
// 3986 section 6.2.2 calls some of them equivalent, and servers differ in what
// they resolve, so that such a path has no one meaning.
func (r *Registry) Disguised(base Base, escaped string) bool {
	_, disguised := r.Undisguise(base, escaped)
	return disguised
}

// Undisguise is where such a path leads; it reports false for any other path.
func (r *Registry) Undisguise(base Base, escaped string) (Route, bool) {
	if !strings.ContainsAny(escaped, `%\;`) && !hasDots(escaped) {
		return Route{}, false
	}
	text, err := url.PathUnescape(escaped)
	if err != nil {
		text = escaped
	}
	text = strings.ReplaceAll(text, `\`, "/")
	segments := strings.Split(text, "/")
	for i, segment := range segments {
		segments[i], _, _ = strings.Cut(segment, ";")
	}
	text = path.Clean("/" + strings.Join(segments, "/"))
	plain, ok := r.Route(base, text)
	if !ok {
		return Route{}, false
	}
	shown, ok := r.Route(base, escaped)
	return plain, !ok || shown.Endpoint != plain.Endpoint || shown.Search != plain.Search
}
