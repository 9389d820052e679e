package rewrite

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// path is normal form G1. The route has been taken apart already; what is left
// to find out is in which ways the path differs from it.
func (s *session) path(req *scim.Request) {
	path, clean := req.Path, s.route.Clean
	if path == clean || s.route.Old { // of SCIM 1.1, and left as it is
		return
	}
	if tidied := oneSlash(path); tidied != path && s.did(PathSlash, "path") {
		path = tidied
	}
	// Letters in another case take no more room: what is longer has the suffix.
	if len(oneSlash(path)) > len(clean) && s.did(PathSuffix, "path") {
		path = withoutSuffix(path)
	}
	if spelled := respelled(path, clean); spelled != path && s.did(PathCase, "path") {
		path = spelled
	}
	req.Path = path
}

// oneSlash collapses slashes and drops those at the end.
func oneSlash(path string) string {
	if !strings.Contains(path, "//") {
		return strings.TrimSuffix(path, "/")
	}
	dst := make([]byte, 0, len(path))
	for i := range len(path) {
		if path[i] != '/' || i == 0 || path[i-1] != '/' {
			dst = append(dst, path[i])
		}
	}
	return strings.TrimSuffix(string(dst), "/")
}

// withoutSuffix drops .scim from the last segment (RFC 7644 section 3.8).
func withoutSuffix(path string) string {
	if i := strings.LastIndex(path, ".scim"); i >= 0 {
		return path[:i] + path[i+len(".scim"):]
	}
	return path
}

// respelled gives each segment of path the case of its counterpart in clean.
// Slashes and a suffix that were left in place stay where they are.
func respelled(path, clean string) string {
	dst := make([]byte, 0, len(path))
	for rest := path; rest != ""; {
		if rest[0] == '/' {
			dst, rest = append(dst, '/'), rest[1:]
			continue
		}
		var want string
		segment, _, _ := strings.Cut(rest, "/")
		want, clean, _ = strings.Cut(strings.TrimPrefix(clean, "/"), "/")
		if len(want) > len(segment) {
			return path
		}
		dst = append(append(dst, want...), segment[len(want):]...)
		rest = rest[len(segment):]
	}
	return string(dst)
}
