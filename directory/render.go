package directory

import (
	"net/url"

	"github.com/caddy-scim/caddy-scim/scim"
)

const timeFormat = "2006-01-02T15:04:05.000Z"

// renderer writes resources as clients see them. It reads the store, so it has
// to be used under the lock.
type renderer struct {
	*store
	root string // URL of the base as the client called it
}

func (r renderer) location(e *entry) string {
	return r.root + "/" + e.typ.Endpoint + "/" + url.PathEscape(e.id)
}

// resource appends a resource: what clients wrote, and what the directory knows.
func (r renderer) resource(dst []byte, e *entry, p projection) []byte {
	w := object{dst: append(dst, '{'), first: true}
	for i := range e.tree.Members() {
		m := &e.tree.Members()[i]
		sub, shown := p.below(m.Name)
		switch {
		case !shown:
		case m.Name == "members":
			w.within(m.Name, func(dst []byte) []byte { return r.members(dst, &m.Value, sub) })
		case sub.all():
			w.dst = m.Value.AppendTo(w.name(m.Name))
		default:
			w.within(m.Name, func(dst []byte) []byte { return appendProjected(dst, &m.Value, sub) })
		}
	}
	if sub, shown := p.below("groups"); shown && e.typ.Name == "User" {
		w.within("groups", func(dst []byte) []byte { return r.groupsOf(dst, e, sub) })
	}
	if sub, shown := p.below("meta"); shown {
		w.within("meta", func(dst []byte) []byte { return r.meta(dst, e, sub) })
	}
	return append(w.dst, '}')
}

// meta appends the sub-attributes of RFC 7643 section 3.1.
func (r renderer) meta(dst []byte, e *entry, p projection) []byte {
	w := object{dst: append(dst, '{'), first: true, projection: p}
	w.text("resourceType", e.typ.Name)
	w.text("created", e.created.Format(timeFormat))
	w.text("lastModified", e.modified.Format(timeFormat))
	w.text("location", r.location(e))
	w.text("version", e.version)
	return append(w.dst, '}')
}

// members appends the members of a group. What they are, and where, is known
// here; where a member is not, what the client said of it is shown.
func (r renderer) members(dst []byte, members *scim.Value, p projection) []byte {
	dst = append(dst, '[')
	some := false
	for i := range members.Members() {
		member := members.At(i)
		at := len(dst)
		if some {
			dst = append(dst, ',')
		}
		w := object{dst: append(dst, '{'), first: true, projection: p}
		id := member.Get("value").Text()
		w.text("value", id)
		w.text("display", member.Get("display").Text())
		if e := r.byID[id]; e != nil {
			w.text("type", e.typ.Name)
			w.text("$ref", r.location(e))
		} else {
			w.text("type", member.Get("type").Text())
			w.text("$ref", member.Get("$ref").Text())
		}
		if w.first {
			dst = w.dst[:at]
			continue
		}
		dst, some = append(w.dst, '}'), true
	}
	return append(dst, ']')
}

// groupsOf appends the groups that a resource is in (RFC 7643 section 4.1.2):
// those that name it, then those that hold one of these.
func (r renderer) groupsOf(dst []byte, e *entry, p projection) []byte {
	dst = append(dst, '[')
	seen := map[string]bool{}
	some := false
	show := func(id, kind string) {
		group := r.byID[id]
		at := len(dst)
		if some {
			dst = append(dst, ',')
		}
		w := object{dst: append(dst, '{'), first: true, projection: p}
		w.text("value", id)
		w.text("$ref", r.location(group))
		w.text("display", group.tree.Get("displayName").Text())
		w.text("type", kind)
		if w.first {
			dst = w.dst[:at]
			return
		}
		dst, some = append(w.dst, '}'), true
	}
	queue := []string{e.id}
	for kind := "direct"; len(queue) > 0; kind = "indirect" {
		var above []string
		for _, id := range queue {
			for _, group := range r.groups[id] {
				if !seen[group] {
					seen[group] = true
					above = append(above, group)
					show(group, kind)
				}
			}
		}
		queue = above
	}
	return append(dst, ']')
}

// complete is the whole resource as a tree, for a filter that asks about what
// the directory itself knows.
func (r renderer) complete(e *entry) *scim.Value {
	v := scim.Parse(string(r.resource(nil, e, projection{})))
	return &v
}

// appendProjected appends the parts of a value that a projection shows.
func appendProjected(dst []byte, v *scim.Value, p projection) []byte {
	switch v.Kind() {
	case scim.Object:
		w := object{dst: append(dst, '{'), first: true}
		for i := range v.Members() {
			m := &v.Members()[i]
			if sub, shown := p.below(m.Name); shown {
				w.within(m.Name, func(dst []byte) []byte { return appendProjected(dst, &m.Value, sub) })
			}
		}
		return append(w.dst, '}')
	case scim.Array:
		dst = append(dst, '[')
		start := len(dst)
		for i := range v.Members() {
			at := len(dst)
			if at > start {
				dst = append(dst, ',')
			}
			element := len(dst)
			dst = appendProjected(dst, v.At(i), p)
			if string(dst[element:]) == "{}" {
				dst = dst[:at]
			}
		}
		return append(dst, ']')
	default:
		return v.AppendTo(dst)
	}
}

// object writes the members of a JSON object.
type object struct {
	dst        []byte
	first      bool
	projection projection // of the members written by text
}

func (w *object) name(name string) []byte {
	if !w.first {
		w.dst = append(w.dst, ',')
	}
	w.first = false
	return append(scim.AppendString(w.dst, name), ':')
}

// text writes a string, unless it is empty or not to be shown.
func (w *object) text(name, text string) {
	if _, shown := w.projection.below(name); !shown || text == "" {
		return
	}
	w.dst = scim.AppendString(w.name(name), text)
}

// within writes a member whose value is put together, unless nothing comes of
// it: an attribute without a value is not shown (RFC 7643 section 2.5).
func (w *object) within(name string, value func([]byte) []byte) {
	at, first := len(w.dst), w.first
	start := w.name(name)
	n := len(start)
	w.dst = value(start)
	if made := string(w.dst[n:]); made == "{}" || made == "[]" {
		w.dst, w.first = w.dst[:at], first
	}
}
