package caddymodule

import (
	"net/http"
	"net/textproto"
	"strings"
)

// hopByHop are the fields that concern one connection (RFC 9110 section 7.6.1).
// Upgrade is among them, and so it is never passed on: no SCIM endpoint changes
// the protocol, and a server may ignore the wish (RFC 9110 section 7.8).
var hopByHop = [...]string{
	"Connection", "Http2-Settings", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
}

// overrides are the fields by which servers take a request for one of another
// method. What went by the method, such as rules, would have been got around: they
// are not passed on.
var overrides = [...]string{"X-Http-Method-Override", "X-Http-Method", "X-Method-Override"}

// dropHopByHop deletes those fields, and those that Connection names.
func dropHopByHop(h http.Header) {
	for _, line := range h["Connection"] {
		for name := range strings.SplitSeq(line, ",") {
			h.Del(textproto.TrimString(name))
		}
	}
	for _, name := range hopByHop {
		delete(h, name)
	}
}

// dropDigests deletes what vouches for the bytes of a body that is changed.
func dropDigests(h http.Header) {
	for _, name := range [...]string{"Content-Digest", "Content-Md5", "Digest", "Repr-Digest"} {
		delete(h, name)
	}
}

// isToken reports whether s can be the name of a header (RFC 9110 section 5.6.2).
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter, digit := 'a' <= c|0x20 && c|0x20 <= 'z', '0' <= c && c <= '9'
		if !letter && !digit && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return s != ""
}
