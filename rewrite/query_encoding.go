package rewrite

import (
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// encoded returns a piece of a query in the characters of RFC 3986 section 3.4,
// with %20 for a space, which is a plus sign if plus says so. What is
// percent-encoded already keeps its bytes.
func (s *session) encoded(name, piece string, plus bool) (string, error) {
	clean := true
	for i := 0; i < len(piece); i++ {
		switch {
		case piece[i] == '%':
			if i+2 >= len(piece) || !isHex(piece[i+1]) || !isHex(piece[i+2]) {
				return "", badEscape(name)
			}
			i += 2
		case plus && piece[i] == '+' || !inQuery(piece[i]):
			clean = false
		}
	}
	if clean || !s.did(QueryEncoding, "query."+name) {
		return piece, nil
	}
	dst := make([]byte, 0, len(piece)+16)
	for i := range len(piece) {
		switch c := piece[i]; {
		case plus && c == '+':
			dst = append(dst, "%20"...)
		case c == '%' || inQuery(c):
			dst = append(dst, c)
		default:
			dst = appendEscape(dst, c)
		}
	}
	return string(dst), nil
}

// escaped encodes a text anew. The commas of a list of names stay readable.
func escaped(text string, p param) string {
	dst := make([]byte, 0, len(text)+len(text)/2)
	for i := range len(text) {
		c := text[i]
		if isUnreserved(c) || c == ',' && (p == paramAttributes || p == paramExcluded) {
			dst = append(dst, c)
		} else {
			dst = appendEscape(dst, c)
		}
	}
	return string(dst)
}

func appendEscape(dst []byte, c byte) []byte {
	const hex = "0123456789ABCDEF"
	return append(dst, '%', hex[c>>4], hex[c&15])
}

// inQuery reports whether RFC 3986 allows c in a query, percent signs apart.
func inQuery(c byte) bool {
	return isUnreserved(c) || strings.IndexByte("!$&'()*+,;=:@/?", c) >= 0
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '-' || c == '.' || c == '_' || c == '~'
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func badEscape(name string) error {
	return scim.BadRequest(scim.InvalidValue, "query parameter %q is not percent-encoded UTF-8", name)
}
