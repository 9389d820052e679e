package rewrite

import (
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/caddy-scim/caddy-scim/scim"
)

// maxDetail is the length of a text that is still short (normal form R5).
const maxDetail = 200

// messages returns the texts in which a foreign JSON error may say what went
// wrong, the most telling first: RFC 9457, OAuth, SCIM 1.1 and what frameworks
// make up.
func messages(v *scim.Value) []string {
	texts := make([]string, 0, 8)
	for _, name := range [...]string{"detail", "message", "error_description", "error", "description", "title", "errors"} {
		given := v.Get(name)
		if !given.Exists() {
			continue
		}
		if given.Kind() == scim.Array && given.Len() > 0 {
			given = given.At(0)
		}
		if given.Kind() == scim.Object {
			texts = append(texts, given.Get("message").Text(), given.Get("detail").Text(), given.Get("description").Text())
			continue
		}
		texts = append(texts, given.Text())
	}
	return texts
}

// plain returns a text that is fit for detail: one short line for a person,
// without markup and without the address of the service provider. It returns
// "" for any other text.
func (a *answer) plain(text string) string {
	if len(text) > 8*maxDetail {
		return ""
	}
	words := strings.Fields(text)
	for i, word := range words {
		words[i] = a.withoutAddress(word)
	}
	text = strings.Join(words, " ")
	if utf8.RuneCountInString(text) > maxDetail || !utf8.ValidString(text) || isMarkup(text) {
		return ""
	}
	if strings.ContainsFunc(text, unicode.IsControl) || strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		return ""
	}
	return text
}

// isMarkup reports whether a text holds something like a tag.
func isMarkup(text string) bool {
	for rest := text; ; {
		_, after, found := strings.Cut(rest, "<")
		if !found || after == "" {
			return false
		}
		if c := after[0]; c == '/' || c == '!' || c == '?' || unicode.IsLetter(rune(c)) {
			return true
		}
		rest = after
	}
}

// withoutAddress returns a word of a text with the address in it rebased, or
// hidden if it is not one that the client may know.
func (a *answer) withoutAddress(word string) string {
	core := strings.Trim(word, `"'()[],.;:`)
	if isAbsolute(core) && a.isOwn(core) {
		return word
	}
	if to, ok := a.rebased(core); ok {
		return strings.Replace(word, core, to, 1)
	}
	if strings.Contains(core, "://") || isHost(core) {
		return strings.Replace(word, core, "…", 1)
	}
	return word
}

// isHost reports whether a word is an IP address or a host with a port, or a
// name that only exists inside a network.
func isHost(word string) bool {
	if _, err := netip.ParseAddrPort(word); err == nil {
		return true
	}
	if addr, err := netip.ParseAddr(word); err == nil && (addr.Is4() || len(word) > 6) {
		return true
	}
	if strings.Contains(word, "@") {
		return false // a person's
	}
	host, port, found := strings.Cut(word, ":")
	if found && isDigits(port) && host != "" {
		return len(port) >= 4 || strings.Contains(host, ".") || host == "localhost"
	}
	for _, inner := range [...]string{".local", ".internal", ".lan", ".svc", ".localdomain"} {
		if strings.HasSuffix(word, inner) {
			return true
		}
	}
	return false
}
