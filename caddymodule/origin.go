package caddymodule

import (
	"net/http"
	"strings"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

// origin is the URL under which the client called, without what r still has of
// the path: scheme and authority, and a prefix that handlers in front of us,
// such as handle_path, took off.
func origin(r *http.Request) string {
	scheme, host := "http", r.Host
	if r.TLS != nil {
		scheme = "https"
	}
	if trusted, _ := caddyhttp.GetVar(r.Context(), caddyhttp.TrustedProxyVarKey).(bool); trusted {
		if proto := forwarded(r, "X-Forwarded-Proto"); proto == "http" || proto == "https" {
			scheme = proto
		}
		if name := forwarded(r, "X-Forwarded-Host"); isAuthority(name) {
			host = name
		}
	}
	return scheme + "://" + host + strippedPrefix(r)
}

// forwarded returns the first element of a list header: what the client sent to
// the proxy that is farthest in front.
func forwarded(r *http.Request, name string) string {
	first, _, _ := strings.Cut(r.Header.Get(name), ",")
	return strings.TrimSpace(first)
}

// strippedPrefix is what stood in front of the path when Caddy got the request.
func strippedPrefix(r *http.Request) string {
	original, ok := r.Context().Value(caddyhttp.OriginalRequestCtxKey).(http.Request)
	if !ok || original.URL == nil {
		return ""
	}
	prefix, found := strings.CutSuffix(original.URL.EscapedPath(), r.URL.EscapedPath())
	if !found {
		return ""
	}
	return prefix
}

// isAuthority reports whether s looks like host[:port]. It will stand in URLs of
// an answer.
func isAuthority(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter, digit := 'a' <= c|0x20 && c|0x20 <= 'z', '0' <= c && c <= '9'
		if !letter && !digit && strings.IndexByte(".-_:[]", c) < 0 {
			return false
		}
	}
	return s != ""
}
