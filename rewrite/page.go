package rewrite

import (
	"slices"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// pageNumber is normal form L1 for startIndex and count.
func (s *session) pageNumber(p param, text, at string) (string, error) {
	number, ok := wholeNumber(text)
	if !ok {
		return "", scim.BadRequest(scim.InvalidValue, "%s is not a whole number: %q", params[p].name, text)
	}
	if number != text && !s.did(PagingNumber, at) {
		return text, nil
	}
	least, below := "0", number[0] == '-'
	if p == paramStartIndex {
		least, below = "1", below || number == "0"
	}
	if below && s.did(PagingBounds, at) {
		return least, nil
	}
	return number, nil
}

// wholeNumber reads an integer in the spellings that clients give it, such as
// 1.0 and "1", and returns it in decimal digits.
func wholeNumber(text string) (string, bool) {
	text = strings.TrimSpace(text)
	if n := len(text); n > 1 && text[0] == text[n-1] && (text[0] == '"' || text[0] == '\'') {
		text = strings.TrimSpace(text[1 : n-1])
	}
	digits, negative := strings.CutPrefix(text, "-")
	if !negative {
		digits = strings.TrimPrefix(text, "+")
	}
	whole, fraction, point := strings.Cut(digits, ".")
	if point && (fraction == "" || strings.Trim(fraction, "0") != "") || !isDigits(whole) {
		return "", false
	}
	digits = strings.TrimLeft(whole, "0")
	switch {
	case digits == "":
		return "0", true
	case negative:
		return "-" + digits, true
	}
	return digits, true
}

func isDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}

// sortOrder is normal form L2: RFC 7644 section 3.4.2.3 knows two words.
func (s *session) sortOrder(text, at string) (string, error) {
	for _, word := range [...]string{"ascending", "descending"} {
		if text == word {
			return text, nil
		}
		if strings.EqualFold(strings.TrimSpace(text), word) {
			if !s.did(SortOrderCase, at) {
				return text, nil
			}
			return word, nil
		}
	}
	return "", scim.BadRequest(scim.InvalidValue, "sortOrder is ascending or descending, not %q", text)
}

// names is normal form L3 for a list of attribute paths. A list that holds a
// value filter is beyond the standard and left alone.
func (s *session) names(text, at string) string {
	if strings.ContainsAny(text, `["`) {
		return text
	}
	text = s.spelledNames(text, at)
	var few [16]string
	list, tidy := nameList{names: few[:0]}, true
	for piece := range strings.SplitSeq(text, ",") {
		name := strings.TrimSpace(piece)
		tidy = list.add(name) && len(name) == len(piece) && tidy
	}
	if tidy || !s.did(ProjectionList, at) {
		return text
	}
	return strings.Join(list.names, ",")
}

// spelledNames brings each name of a list into normal form G5 and leaves the
// list around it as it is.
func (s *session) spelledNames(text, at string) string {
	var dst []byte
	done := 0
	for start := 0; start <= len(text); {
		piece, _, _ := strings.Cut(text[start:], ",")
		name := strings.TrimSpace(piece)
		if to := s.attrPath(name, at); to != name {
			i := start + strings.Index(piece, name)
			dst = append(append(dst, text[done:i]...), to...)
			done = i + len(name)
		}
		start += len(piece) + 1
	}
	if done == 0 {
		return text
	}
	return string(append(dst, text[done:]...))
}

// nameList collects names, each once without regard to case.
type nameList struct {
	names []string
	seen  map[string]bool // in lower case, once there are many
}

// add reports whether the list has a name more than before.
func (l *nameList) add(name string) bool {
	if name == "" || l.has(name) {
		return false
	}
	l.names = append(l.names, name)
	if l.seen != nil {
		l.seen[strings.ToLower(name)] = true
	}
	return true
}

func (l *nameList) has(name string) bool {
	const few = 32
	if l.seen == nil && len(l.names) > few {
		l.seen = make(map[string]bool, 2*few)
		for _, known := range l.names {
			l.seen[strings.ToLower(known)] = true
		}
	}
	if l.seen != nil {
		return l.seen[strings.ToLower(name)]
	}
	return slices.ContainsFunc(l.names, func(known string) bool { return strings.EqualFold(known, name) })
}
