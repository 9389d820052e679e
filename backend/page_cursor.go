package backend

import (
	"errors"

	"github.com/caddy-scim/caddy-scim/scim"
)

// byCursor answers a client that pages by cursor (RFC 9865), whatever the
// service provider does.
func (l *listing) byCursor() (*result, error) {
	to := l.x.bind(&l.q)
	kind := inAnswer
	if len(l.calls) == 1 && l.calls[0].id == "" && !l.sorts {
		kind = inCollection
	}
	c := cursor{kind: kind, count: l.q.count}
	if l.q.cursor != "" {
		var err error
		if c, err = l.b.seal.open(l.q.cursor, to); err != nil {
			return nil, err
		}
		if c.kind != kind {
			return nil, invalidCursor()
		}
		if c.count != l.q.count {
			return nil, scim.BadRequest(scim.InvalidCount, "count has to be that of the first request")
		}
	}
	if l.q.count == 0 {
		l.q.start = 1
		r, err := l.byIndex()
		if r != nil {
			r.start = 0
		}
		return r, err
	}
	r, next, err := l.pageAt(kind, c.at)
	if err != nil {
		return nil, overBudget(err)
	}
	if next != nil {
		r.next = l.b.seal.seal(cursor{kind: kind, count: l.q.count, at: *next}, to)
	}
	return r, nil
}

func (l *listing) pageAt(kind byte, at position) (*result, *position, error) {
	switch {
	case kind == inCollection:
		return l.resume(at)
	case l.sorts:
		r, err := l.sorted(at.index, l.want())
		if err != nil || at.index+len(r.held) >= r.total || len(r.held) == 0 {
			return r, nil, err
		}
		return r, &position{index: at.index + len(r.held)}, nil
	}
	return l.ordinal(at)
}

// resume goes on in the collection where the last page ended. A page may take
// many exchanges if the filter is evaluated here; when the budget is used up it
// ends early, and the next one goes on from there.
func (l *listing) resume(at position) (*result, *position, error) {
	size := l.want()
	if !l.exact {
		size = l.pageSize(size)
	}
	r, next, err := l.resumed(l.walk(l.calls[0], at, size))
	if !errors.Is(err, errStartIgnored) {
		return r, next, err
	}
	w := l.walk(l.calls[0], position{}, size)
	w.blind = at.index + at.skip
	return l.resumed(w)
}

func (l *listing) resumed(w *walk) (*result, *position, error) {
	win := window{want: l.want()}
	trusted, behind, more := l.exact, w.at, false
	fromStart := w.begin == position{} && w.blind == 0
	for !w.ended && !more {
		err := w.next(func(r *resource) (bool, error) {
			if r.fits && win.full() {
				more = true
				return false, nil
			}
			if behind = r.next; r.fits {
				win.take(&r.value)
			}
			trusted = trusted && r.fits
			return true, nil
		})
		switch {
		case errors.Is(err, errBudget) && behind != w.begin:
			more = true
		case err != nil:
			return nil, nil, err
		case !more:
			behind = w.at
			more = win.full() && !w.ended
		}
	}
	r := &result{held: win.held, total: -1}
	switch {
	case w.ended && fromStart:
		r.total = win.seen
	case trusted && w.total >= 0:
		r.total = w.total
	}
	if !more {
		return r, nil, nil
	}
	return r, &behind, nil
}

// ordinal counts through the answer from its beginning: the calls that it is
// made of may have found the same resource.
func (l *listing) ordinal(at position) (*result, *position, error) {
	win := window{skip: at.index, want: l.want()}
	more := false
	err := l.each(l.pageSize(win.want), func(_ *walk, r *resource) (bool, error) {
		if win.full() {
			more = true
			return false, nil
		}
		win.take(&r.value)
		return true, nil
	})
	if err != nil {
		return nil, nil, err
	}
	r := &result{held: win.held, total: -1}
	if !more {
		r.total = win.seen
		return r, nil, nil
	}
	return r, &position{index: at.index + len(win.held)}, nil
}
