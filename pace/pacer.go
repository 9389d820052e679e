package pace

import (
	"sync/atomic"
	"time"

	"github.com/caddy-scim/caddy-scim/limit"
)

// State is what several Pacers share that speak to one service provider: that of
// a configuration and that of the one which takes its place. All its settings
// come with the Pacers, so that making one changes nothing for the others.
type State struct {
	gates       *limit.Gates
	lanes       limit.Lanes
	provisional atomic.Int64 // tickets that wait for their class
	outage      outage       // of leases
}

// NewState makes a State in which nobody waits.
func NewState() *State { return &State{gates: limit.NewGates()} }

// Destruct ends the use of a State. Requests that are still under way keep what
// they hold; nothing is left behind when they are done.
func (*State) Destruct() error { return nil }

// Settings are what a Pacer is made from.
type Settings struct {
	// Store holds the counters of the limits. It is needed if there are any.
	Store limit.Store

	// Leaser, if set, makes lanes hold among all who share it.
	Leaser limit.Leaser
	// LeasePrefix tells the lanes of this service provider from others that
	// share the Leaser.
	LeasePrefix string
	// LeaseTime is how long a lane stays closed when its holder dies. Default:
	// 10 s.
	LeaseTime time.Duration
	// LeaseWait is how long a request at the head of its lane waits for another
	// holder of the lease. Default: 30 s.
	LeaseWait time.Duration

	// Concurrency is how many requests may be with the service provider at a
	// time. Default: any number.
	Concurrency int
	// MaxWait is how long a request waits because of Concurrency or pressure. It
	// should be less than clients wait for their answer. Default: 25 s.
	MaxWait time.Duration
	// MaxHolding is how many requests may wait in all. Default: 10000.
	MaxHolding int

	// Coalesce, if it is not 0, lets additions and removals of members of one
	// group that wait for each other go as one request. Who finds the lane of
	// the group empty waits for others as long as that.
	Coalesce time.Duration

	// Report is told what happens.
	Report Report
}

// Report is told what happens, for metrics and logs. Each function may be nil.
// They are called from many goroutines and must be quick.
type Report struct {
	// Waited is called when a request has waited for something.
	Waited func(Stage, limit.Class, time.Duration)
	// Refused is called when a request is refused.
	Refused func(*Refusal, limit.Class)
	// Together is called when so many requests were sent as one, and whether the
	// service provider took it.
	Together func(requests int, ok bool)
	// Slowed is called when the service provider comes under pressure, with what
	// becomes of it, and Recovered when nothing is left of it.
	Slowed    func(limit.Slowdown)
	Recovered func()
	// LeaseLost is called when a lane turned out to be no longer one's own before
	// all was written.
	LeaseLost func()
}

// Stage is what a request waits for.
type Stage string

// The stages, in the order in which a request comes to them.
const (
	Lane  Stage = "lane"  // the change of the same resource before it
	Lease Stage = "lease" // the same, in another process
	Gates Stage = "gates" // its slots, and the door
)

// Pacer paces requests as its settings say. It is safe for concurrent use.
type Pacer struct {
	state    *State
	settings Settings
	terms    limit.Terms
}

// New makes a Pacer on a State.
func New(state *State, settings Settings) *Pacer {
	s := &settings
	s.LeaseTime = positive(s.LeaseTime, 10*time.Second)
	s.LeaseWait = positive(s.LeaseWait, 30*time.Second)
	s.MaxWait = positive(s.MaxWait, 25*time.Second)
	s.MaxHolding = positive(s.MaxHolding, 10_000)
	return &Pacer{
		state:    state,
		settings: settings,
		terms:    limit.Terms{Concurrency: settings.Concurrency, MaxWait: settings.MaxWait},
	}
}

func positive[N int | time.Duration](n, otherwise N) N {
	if n > 0 {
		return n
	}
	return otherwise
}

// Stats is what a Pacer's State is like at a moment.
type Stats struct {
	Holding  int // requests that have a ticket and are not with the service provider
	Inside   int // requests that are
	Lanes    int // resources that are being changed
	Slowdown limit.Slowdown
}

// Stats looks at the state.
func (p *Pacer) Stats() Stats {
	gates := p.state.gates
	return Stats{Holding: gates.Holding(), Inside: gates.Inside(), Lanes: p.state.lanes.Busy(), Slowdown: gates.Slowdown()}
}

// Complained is told that the service provider has refused an exchange because
// it is under pressure, and for how long it asks to be left alone, or 0.
func (p *Pacer) Complained(hold time.Duration) {
	slowdown, began := p.state.gates.Complain(hold)
	if began && p.settings.Report.Slowed != nil {
		p.settings.Report.Slowed(slowdown)
	}
}

// Passed is told that an exchange met no pressure.
func (p *Pacer) Passed() {
	if p.state.gates.Recovered() && p.settings.Report.Recovered != nil {
		p.settings.Report.Recovered()
	}
}

// clock is the time if anybody wants to know how long something takes.
func (p *Pacer) clock() time.Time {
	if p.settings.Report.Waited == nil {
		return time.Time{}
	}
	return time.Now()
}

func (p *Pacer) waited(stage Stage, class limit.Class, began time.Time) {
	if p.settings.Report.Waited != nil {
		p.settings.Report.Waited(stage, class, time.Since(began))
	}
}
