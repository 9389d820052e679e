package limit

import "time"

// How a service provider that is under pressure is treated. When it says so, no
// request goes in for as long as it asks for, and then they go in one by one: at
// half the pace at which they went in before. If that is still too much, at half
// of that. Every second without a complaint the pace grows by a quarter, until
// it is no limit any more.
const (
	shortestGap = 5 * time.Millisecond // between two requests; less is none
	firstGap    = 100 * time.Millisecond
	longestGap  = 2 * time.Second
	longestHold = 5 * time.Minute

	calm = time.Second // after which the pace is changed again
)

// Slowdown is the pace at which a service provider is spoken to.
type Slowdown struct {
	Hold time.Duration // for which nothing goes in
	Gap  time.Duration // between two requests; 0 if there is no limit
}

// Slow reports whether there is any slowdown.
func (s Slowdown) Slow() bool { return s != Slowdown{} }

// pressure is what is known about a service provider's. Its times are those of
// Gates.
type pressure struct {
	until  time.Duration // nothing goes in before
	gap    time.Duration // between two that go in; 0 if there is no limit
	next   time.Duration // when one may go in because of the gap
	grown  time.Duration // when the gap was last made longer
	shrunk time.Duration // or shorter, or from when on it may be
	pace   pace
}

// none reports whether there is no pressure, and has not been of late.
func (p *pressure) none() bool { return p.gap == 0 && p.until == 0 }

// due is when one may go in.
func (p *pressure) due(now time.Duration) time.Duration {
	p.recover(now)
	return max(p.until, p.next)
}

// went notes that one went in.
func (p *pressure) went(now time.Duration) {
	p.pace.count(now)
	if p.gap > 0 {
		p.next = now + p.gap
	}
}

// complain notes that the service provider is under pressure. hold is what it
// asked for, if it did.
func (p *pressure) complain(now, hold time.Duration) {
	p.recover(now)
	p.until = max(p.until, now+min(hold, longestHold))
	p.shrunk = max(now, p.until)
	switch perSecond := time.Duration(p.pace.perSecond(now)); {
	case p.gap > 0 && now < p.grown+calm:
		return // requests that went in together may all be complained about
	case p.gap > 0:
		p.gap = min(2*p.gap, longestGap)
	case perSecond > 0:
		p.gap = min(max(2*time.Second/perSecond, 2*shortestGap), longestGap)
	default:
		p.gap = firstGap
	}
	p.grown = max(now, p.until)
	p.next = max(p.until, now+p.gap)
}

// recover lets the pace grow by the time that has passed.
func (p *pressure) recover(now time.Duration) {
	for p.gap > 0 && now >= p.shrunk+calm {
		p.shrunk += calm
		if p.gap = p.gap * 4 / 5; p.gap < shortestGap {
			p.gap, p.next, p.until = 0, 0, 0
		}
	}
}

func (p *pressure) slowdown(now time.Duration) Slowdown {
	p.recover(now)
	return Slowdown{Hold: max(0, p.until-now), Gap: p.gap}
}

// Complain tells that the service provider is under pressure (429 or 503), and
// for how long it asks to be left alone, if it does. It returns what becomes of
// it, and whether that is news.
func (g *Gates) Complain(hold time.Duration) (s Slowdown, began bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	began = !g.slow.Swap(true)
	g.door.pressure.complain(now, hold)
	return g.door.pressure.slowdown(now), began
}

// Slowdown is the present one.
func (g *Gates) Slowdown() Slowdown {
	if !g.slow.Load() {
		return Slowdown{}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.door.pressure.slowdown(g.now())
}

// Recovered reports, once, that a slowdown is over.
func (g *Gates) Recovered() bool {
	if !g.slow.Load() || g.Slowdown().Slow() {
		return false
	}
	return g.slow.Swap(false)
}

// pace counts what goes in, by seconds.
type pace struct {
	second       int64
	last, before int // in this second and in the one before
}

func (p *pace) count(now time.Duration) {
	p.turn(now)
	p.last++
}

// perSecond is how many went in within about the last second.
func (p *pace) perSecond(now time.Duration) int {
	p.turn(now)
	return max(p.last, p.before)
}

func (p *pace) turn(now time.Duration) {
	switch second := int64(now / time.Second); second - p.second {
	case 0:
	case 1:
		p.second, p.before, p.last = second, p.last, 0
	default:
		p.second, p.before, p.last = second, 0, 0
	}
}
