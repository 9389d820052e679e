package rewrite_test

import (
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// node is a JSON value as the generator holds it: nil, bool, string, number,
// list or object. Members of an object keep their order.
type node any

type (
	number string
	list   []node
	object []field
	field  struct {
		name  string
		value node
	}
)

// text prints a node without white space.
func text(n node) string { return string(appendNode(nil, n)) }

func appendNode(dst []byte, n node) []byte {
	switch n := n.(type) {
	case bool:
		return strconv.AppendBool(dst, n)
	case string:
		return scim.AppendString(dst, n)
	case number:
		return append(dst, n...)
	case list:
		dst = append(dst, '[')
		for i, element := range n {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendNode(dst, element)
		}
		return append(dst, ']')
	case object:
		dst = append(dst, '{')
		for i, f := range n {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(scim.AppendString(dst, f.name), ':')
			dst = appendNode(dst, f.value)
		}
		return append(dst, '}')
	}
	return append(dst, "null"...)
}

// copied returns a node that shares nothing with n.
func copied(n node) node {
	switch n := n.(type) {
	case list:
		c := make(list, len(n))
		for i := range n {
			c[i] = copied(n[i])
		}
		return c
	case object:
		c := make(object, len(n))
		for i := range n {
			c[i] = field{n[i].name, copied(n[i].value)}
		}
		return c
	}
	return n
}

// index finds a member by its name in any case, or returns -1.
func (o object) index(name string) int {
	for i := range o {
		if strings.EqualFold(o[i].name, name) {
			return i
		}
	}
	return -1
}

// get returns a member by its name in any case, or nil.
func (o object) get(name string) node {
	if i := o.index(name); i >= 0 {
		return o[i].value
	}
	return nil
}

// insert returns o with a member more, before the i-th.
func (o object) insert(i int, f field) object {
	c := append(make(object, 0, len(o)+1), o[:i]...)
	return append(append(c, f), o[i:]...)
}

// without returns o without its i-th member.
func (o object) without(i int) object {
	return append(append(make(object, 0, len(o)), o[:i]...), o[i+1:]...)
}

// twice reports whether two members anywhere in n have one name, so that the
// door would refuse it.
func twice(n node) bool {
	switch n := n.(type) {
	case list:
		for _, element := range n {
			if twice(element) {
				return true
			}
		}
	case object:
		for i, f := range n {
			if n[:i].index(f.name) >= 0 || twice(f.value) {
				return true
			}
		}
	}
	return false
}

// shuffled returns n with the members of its objects in random order.
func shuffled(rng *rand.Rand, n node) node {
	switch n := n.(type) {
	case list:
		c := make(list, len(n))
		for i := range n {
			c[i] = shuffled(rng, n[i])
		}
		return c
	case object:
		c := make(object, len(n))
		for i, to := range rng.Perm(len(n)) {
			c[to] = field{n[i].name, shuffled(rng, n[i].value)}
		}
		return c
	}
	return n
}

// spaced puts white space between the tokens of a JSON text.
func spaced(rng *rand.Rand, doc string) string {
	dst := make([]byte, 0, 2*len(doc))
	inString := false
	for i := 0; i < len(doc); i++ {
		c := doc[i]
		if inString {
			if dst = append(dst, c); c == '\\' {
				i++
				dst = append(dst, doc[i])
			}
			inString = c != '"'
			continue
		}
		structural := strings.IndexByte("{}[]:,", c) >= 0
		if structural {
			dst = appendSpace(rng, dst)
		}
		if dst = append(dst, c); structural {
			dst = appendSpace(rng, dst)
		}
		inString = c == '"'
	}
	return string(dst)
}

func appendSpace(rng *rand.Rand, dst []byte) []byte {
	return append(dst, [...]string{"", "", " ", "\n", "\r\n\t", "  "}[rng.IntN(6)]...)
}
