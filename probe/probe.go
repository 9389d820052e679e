package probe

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/caddy-scim/caddy-scim/backend"
	"github.com/caddy-scim/caddy-scim/rules"
	"github.com/caddy-scim/caddy-scim/scim"
)

// Options say what is probed, and how far it may go.
type Options struct {
	// URL is where the endpoints stand, such as https://legacy.example.com/scim/v2.
	URL string
	// Header is sent with every request, such as Authorization.
	Header http.Header
	// Write allows users and groups to be created, changed and deleted: those that
	// the probe has made itself.
	Write bool
	// Domain is that of the addresses of these users. Default: example.com.
	Domain string
	// Client carries the requests. It follows no redirects: a token must not go
	// wherever a service provider points to.
	Client *http.Client
	// Progress, if set, is told what is being tried.
	Progress func(Step)
}

// Step is how far a probe has come.
type Step struct {
	Done, All int
	What      string
}

// run is a probe on its way.
type run struct {
	opt      Options
	client   *client
	base     string
	registry *scim.Registry
	dialect  dialect
	caps     backend.Capabilities // as far as they are known
	report   *Report
	name     string // common to all that is created
	people   []*person
	created  []created
	promised []string // user names that were sent and may have been created
	step     Step
	letters  int
	group    *scim.Value // to be looked for
	total    int         // users that there are, at least
	filterBy []string    // attributes that a filter may name
	ignored  []string    // filters that are
	nothing  []string    // filters that find nothing where there is something
	sizeName string      // query parameter for the size of a page

	// peculiar sets a capability to its default. It is set where the answers have
	// to be looked at although nothing is lacking: those of a service provider
	// that nothing is said of pass as they are.
	peculiar func(*backend.Capabilities)

	noGroups  bool
	noMembers bool // of a group are shown in full
}

// Run probes a service provider. It fails if it cannot be reached, or does not
// show users; whatever else it cannot do is in the report.
func Run(ctx context.Context, opt Options) (report *Report, err error) {
	r, err := newRun(opt)
	if err != nil {
		return nil, err
	}
	defer func() {
		r.tidy(ctx)
		r.report.Requests = r.client.requests
	}()
	return r.report, r.run(ctx)
}

func newRun(opt Options) (*run, error) {
	target, err := url.Parse(opt.URL)
	if err != nil {
		return nil, err
	}
	if target.Scheme != "http" && target.Scheme != "https" || target.Host == "" {
		return nil, fmt.Errorf("%q is no http URL such as https://legacy.example.com/scim/v2", opt.URL)
	}
	if target.RawQuery != "" || target.Fragment != "" {
		return nil, fmt.Errorf("%q has more than a path", opt.URL)
	}
	carrier := http.Client{}
	if opt.Client != nil {
		carrier = *opt.Client
	}
	carrier.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if opt.Domain == "" {
		opt.Domain = "example.com"
	}
	var id [4]byte
	rand.Read(id[:]) // never fails
	return &run{
		opt:      opt,
		client:   &client{do: carrier.Do, origin: target.Scheme + "://" + target.Host, header: opt.Header},
		base:     strings.TrimRight(target.EscapedPath(), "/"),
		registry: scim.Core(),
		name:     "scim-probe-" + hex.EncodeToString(id[:]),
		report:   &Report{URL: opt.URL, Write: opt.Write},
	}, nil
}

func (r *run) run(ctx context.Context) error {
	r.step.All = r.steps()
	if err := r.connect(ctx); err != nil {
		return err
	}
	if r.opt.Write {
		if err := r.createPeople(ctx); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			r.warn("no user could be created (%v): what needs one was not measured", err)
			r.opt.Write = false
		}
	}
	if len(r.people) == 0 {
		if err := r.findPeople(ctx); err != nil {
			return err
		}
	}
	if err := r.measure(ctx); err != nil {
		return err
	}
	r.report.Capabilities = r.caps
	return r.score(ctx)
}

// steps is how many there will be.
func (r *run) steps() int {
	n := len(readMeasures)
	if r.opt.Write {
		n += len(writeMeasures)
	}
	for _, c := range checks {
		if r.opt.Write || !c.writes {
			n += 2
		}
	}
	return n
}

// says tells what is being tried.
func (r *run) says(what string) {
	if r.opt.Progress != nil {
		r.opt.Progress(Step{Done: r.step.Done, All: r.step.All, What: what})
	}
	r.step.Done++
}

func (r *run) warn(format string, args ...any) {
	r.report.Warnings = appendNew(r.report.Warnings, fmt.Sprintf(format, args...))
}

func (r *run) unmeasured(what string) {
	r.report.NotMeasured = appendNew(r.report.NotMeasured, what)
}

// direct is the service provider itself, spoken to in its dialect and with
// patience.
func (r *run) direct() *subject {
	s := r.subject(r.client.patiently)
	s.dialect = r.dialect
	if r.caps.SCIM == "1.1" { // whose bodies are others
		s.send = r.adapted(r.shapes(), r.client.patiently)
	}
	return s
}

// letter is the service provider itself, held to the letter.
func (r *run) letter() *subject {
	s := r.subject(r.client.once)
	s.strict = true
	return s
}

// gateway is the gateway in front of the service provider, with what is known so
// far.
func (r *run) gateway(send scim.Send) *subject {
	s := r.subject(r.adapted(r.caps, send))
	s.strict = true
	return s
}

// hand is the gateway, in order to set up and look at what is tried otherwise.
func (r *run) hand() *subject {
	s := r.gateway(r.client.patiently)
	s.strict = false
	return s
}

func (r *run) subject(send scim.Send) *subject {
	return &subject{base: r.base, registry: r.registry, send: send}
}

// shapes are the capabilities that say what messages look like.
func (r *run) shapes() backend.Capabilities {
	return backend.Capabilities{SCIM: r.caps.SCIM, MediaType: r.caps.MediaType, IDs: r.caps.IDs, List: r.caps.List}
}

// adapted is a Send through the gateway.
func (r *run) adapted(caps backend.Capabilities, send scim.Send) scim.Send {
	base, err := scim.ParseBase(r.base)
	if err != nil {
		return failing(err)
	}
	plan, err := rules.Compile(rules.Config{Provider: rules.ByName("generic"), Registry: r.registry, Base: base, MaxAnswer: maxAnswer})
	if err != nil {
		return failing(err)
	}
	b, err := backend.New(backend.Options{Capabilities: caps, Registry: r.registry, Base: base})
	if err != nil {
		return failing(err)
	}
	plan.Adapt = b.Adapt
	return func(ctx context.Context, req *scim.Request) (*scim.Response, error) {
		resp, _, err := plan.Do(ctx, req, send)
		return resp, err
	}
}

func failing(err error) scim.Send {
	return func(context.Context, *scim.Request) (*scim.Response, error) { return nil, err }
}

// errNotApplicable ends what cannot be tried here.
var errNotApplicable = errors.New("it does not apply")
