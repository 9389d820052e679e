package backend

import "errors"

// byIndex answers a client that pages by startIndex and count.
func (l *listing) byIndex() (*result, error) {
	if l.exact && !l.sorts {
		r, err := l.direct()
		switch {
		case errors.Is(err, errFilterIgnored):
			if err := l.distrust(); err != nil {
				return nil, err
			}
		case !errors.Is(err, errStartIgnored) && !errors.Is(err, errNoTotal):
			return r, err
		}
	}
	if l.sorts {
		return l.sorted(l.q.start-1, l.want())
	}
	return l.scan()
}

// direct has the service provider find the page. It still walks where a page of
// the one is not a page of the other.
func (l *listing) direct() (*result, error) {
	win := window{want: l.want()}
	size, whole := win.want, false
	if l.q.count < 0 && l.b.caps.PageSize == 0 && (l.style() == pageIndex || l.style() == pageOffset) {
		size, whole = 0, true // the page is what the service provider makes it
		win.want = largestPage
	}
	size = max(size, boolInt(!whole)) // no service provider refuses a page of one
	w := l.walk(l.calls[0], l.beginning(&win, size), size)
	w.jumped = true
	for !w.ended {
		err := w.next(func(r *resource) (bool, error) {
			if !r.fits {
				return false, errFilterIgnored
			}
			win.take(&r.value)
			return true, nil
		})
		if err != nil {
			return nil, overBudget(err)
		}
		if w.ended || !whole && !win.full() {
			continue
		}
		if w.total < 0 {
			return nil, errNoTotal // count them, in pages of a good size
		}
		break
	}
	total, err := directTotal(w, &win)
	return &result{held: win.held, total: total, start: l.q.start}, err
}

// directTotal is the number of resources in an answer that the service provider
// has found.
func directTotal(w *walk, win *window) (int, error) {
	switch begin := w.begin; {
	case w.ended && begin == position{} && w.read >= w.total:
		return win.seen, nil // each of them once
	case w.total > 0 || w.total == 0 && w.read > 0:
		return w.total, nil
	case win.seen == 0:
		return 0, errNoTotal
	default:
		return begin.index + begin.skip + win.seen, nil
	}
}

// beginning is where the walk to the client's page begins. What cannot be jumped
// over is left for the window to pass over.
func (l *listing) beginning(win *window, size int) position {
	before := l.q.start - 1
	if win.want == 0 {
		return position{} // only the total counts
	}
	switch l.style() {
	case pageIndex, pageOffset:
		return position{index: before}
	case pageNumber:
		return position{index: before - before%size, page: before / size, skip: before % size}
	}
	win.skip = before
	return position{}
}

// scan walks through all calls to the end and evaluates the filter here.
func (l *listing) scan() (*result, error) {
	win := window{skip: l.q.start - 1, want: l.want()}
	if err := l.each(l.pageSize(win.want), func(_ *walk, r *resource) (bool, error) {
		win.take(&r.value)
		return true, nil
	}); err != nil {
		return nil, overBudget(err)
	}
	return &result{held: win.held, total: win.seen, start: l.q.start}, nil
}

// each visits every resource of the answer once, in the order of the calls. Those
// of one resource type stand together; ids differ within it.
func (l *listing) each(size int, visit func(*walk, *resource) (bool, error)) error {
	seen := newIDSet()
	for i, c := range l.calls {
		if i > 0 && c.rt != l.calls[i-1].rt {
			seen = newIDSet()
		}
		w := l.walk(c, position{}, size)
		w.seen, w.thorough = seen, true
		for !w.ended {
			err := w.next(func(r *resource) (bool, error) {
				if !r.fits {
					return true, nil
				}
				return visit(w, r)
			})
			if err != nil || w.stopped {
				return err
			}
		}
	}
	return nil
}

// overBudget tells the client that the budget is used up.
func overBudget(err error) error {
	if errors.Is(err, errBudget) {
		return tooMuch()
	}
	return err
}
