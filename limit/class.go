package limit

// Class says which of the requests that wait goes first. Within a class they go
// in the order in which they came.
type Class uint8

// The classes, those that go first first.
const (
	Leaver Class = iota // somebody loses access
	Create
	Update
	Read

	classes = iota
)

// String is the name of a class as it stands in metrics.
func (c Class) String() string {
	return [...]string{"leaver", "create", "update", "read"}[min(c, Read)]
}

// patience is how many requests in a row may overtake the one that waits longest.
// The next one is that one, whatever its class: nothing starves, and a request of
// the highest class goes with the second slot at the latest if it is alone.
const patience = 3

// crowd are places of tickets, in lines by class. Within a line they stand in the
// order of their tickets.
type crowd struct {
	lines     [classes]line
	size      int
	overtaken int // times in a row that the one that waits longest was not taken
}

type line struct{ first, last *stand }

// stand is the place of a ticket at a gate.
type stand struct {
	ticket     *Ticket
	gate       *gate // nil at the door
	in         *crowd
	class      Class // of the line that it stands in
	prev, next *stand
}

// join puts a stand into its line. Nearly always it belongs to the end.
func (c *crowd) join(s *stand) {
	s.in, s.class = c, s.ticket.class
	c.size++
	l := &c.lines[s.class]
	s.prev = l.last
	for s.prev != nil && s.prev.ticket.number > s.ticket.number {
		s.prev = s.prev.prev
	}
	if s.prev == nil {
		s.next, l.first = l.first, s
	} else {
		s.next, s.prev.next = s.prev.next, s
	}
	if s.next == nil {
		l.last = s
	} else {
		s.next.prev = s
	}
}

// quit takes a stand out of the line that it is in, if it is in one.
func (s *stand) quit() {
	if s.in == nil {
		return
	}
	s.in.size--
	l := &s.in.lines[s.class]
	if s.prev == nil {
		l.first = s.next
	} else {
		s.prev.next = s.next
	}
	if s.next == nil {
		l.last = s.prev
	} else {
		s.next.prev = s.prev
	}
	s.in, s.prev, s.next = nil, nil, nil
}

// next is the stand whose turn it is, or nil if nobody is there.
func (c *crowd) next() *stand {
	if c.size == 0 {
		return nil
	}
	best, oldest := c.ends()
	if best != oldest && c.overtaken >= patience {
		return oldest
	}
	return best
}

// took notes that the turn of next was granted. It has to be called before that
// stand quits.
func (c *crowd) took(s *stand) {
	if _, oldest := c.ends(); s == oldest {
		c.overtaken = 0
		return
	}
	c.overtaken++
}

// ends are the first stand of the highest class, and the one that came first of
// all.
func (c *crowd) ends() (best, oldest *stand) {
	for i := range c.lines {
		first := c.lines[i].first
		switch {
		case first == nil:
		case best == nil:
			best, oldest = first, first
		case first.ticket.number < oldest.ticket.number:
			oldest = first
		}
	}
	return best, oldest
}

// youngest is the stand of the lowest class below that of which came last, or
// nil, leaving out those that may not be displaced.
func (c *crowd) youngest(below Class) *stand {
	for class := classes - 1; class > int(below); class-- {
		for s := c.lines[class].last; s != nil; s = s.prev {
			if !s.ticket.claimed {
				return s
			}
		}
	}
	return nil
}
