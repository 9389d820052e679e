package backend

import (
	"context"
	"net/url"
	"sync"

	"github.com/caddy-scim/caddy-scim/scim"
)

// serial lets the changes of one resource follow each other where a change may
// take several exchanges: what is read for one must not be overtaken by another.
// It knows only what comes through this gateway; ETags guard against the rest.
func (b *Backend) serial(next step) step {
	if !b.caps.takesSteps() {
		return next
	}
	return func(x *exchange) (*scim.Response, error) {
		switch operation, _ := x.kind(); operation {
		case "replace", "patch", "delete":
		default:
			return next(x)
		}
		leave, err := b.lanes.enter(x, x.lane(x.route.ID))
		if err != nil {
			return nil, err
		}
		defer leave()
		return next(x)
	}
}

// takesSteps reports whether there are changes that take more than one exchange.
func (c *Capabilities) takesSteps() bool {
	return c.Patch == "put" || !on(c.Put) || !on(c.PatchPaths) || c.PatchOperations > 0 || c.PatchMembers > 0 ||
		c.NameFormatted || len(c.SingleValued) > 0 || c.MembersRemove == "value" || c.ValuePaths != "" && c.ValuePaths != "send"
}

// lane names the lane of a resource beside the addressed one, or of that one
// itself. An id is the same however it is escaped.
func (x *exchange) lane(id string) string {
	if text, err := url.PathUnescape(id); err == nil {
		id = text
	}
	return x.route.Base + "/" + x.route.Endpoint + "/" + id
}

// lanes keeps changes of one resource from interleaving: who changes it has its
// lane for as long as that takes. A lane exists only while somebody is in it or
// waits for it, so that there are never more of them than requests. The zero
// value is ready for use.
type lanes struct {
	mu   sync.Mutex
	busy map[string]*lane
}

// lane lets one at a time pass, in the order in which they came.
type lane struct {
	turn  chan struct{} // full while somebody is in
	users int           // in it or waiting; guarded by lanes.mu
}

// enter waits until the lane of that name is free, or until ctx ends. The caller
// has to leave it.
func (l *lanes) enter(ctx context.Context, name string) (leave func(), err error) {
	here := l.join(name)
	select {
	case here.turn <- struct{}{}:
	default:
		select {
		case here.turn <- struct{}{}:
		case <-ctx.Done():
			l.quit(name, here)
			return nil, ctx.Err()
		}
	}
	return func() {
		<-here.turn
		l.quit(name, here)
	}, nil
}

func (l *lanes) join(name string) *lane {
	l.mu.Lock()
	defer l.mu.Unlock()
	here := l.busy[name]
	if here == nil {
		if l.busy == nil {
			l.busy = make(map[string]*lane)
		}
		here = &lane{turn: make(chan struct{}, 1)}
		l.busy[name] = here
	}
	here.users++
	return here
}

func (l *lanes) quit(name string, here *lane) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if here.users--; here.users == 0 {
		delete(l.busy, name)
	}
}
