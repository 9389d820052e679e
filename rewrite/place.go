package rewrite

import "strconv"

// place is where in a message something stands. It is made on the way down and
// written out only when there is something to report.
type place struct {
	up   *place
	name string // member name; empty for an element
	i    int    // index of an element
}

// String writes the place as in Operations[2].value.
func (p *place) String() string { return string(p.appendTo(make([]byte, 0, 48))) }

func (p *place) appendTo(dst []byte) []byte {
	if p == nil {
		return dst
	}
	dst = p.up.appendTo(dst)
	if p.name == "" {
		dst = strconv.AppendInt(append(dst, '['), int64(p.i), 10)
		return append(dst, ']')
	}
	if len(dst) > 0 {
		dst = append(dst, '.')
	}
	return append(dst, p.name...)
}
