package backend

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/caddy-scim/caddy-scim/scim"
)

// How long a request may wait for a service provider that is under pressure.
// Clients give up after half a minute or less, and come back by themselves.
const (
	maxTries  = 3                // of one exchange
	maxWait   = 10 * time.Second // in all, for one request of a client
	firstWait = 500 * time.Millisecond
)

// Pressure is told what exchanges show of the pressure that a service provider is
// under.
type Pressure interface {
	// Complained tells of an exchange that was refused because of it, and for how
	// long the service provider asks to be left alone, or 0.
	Complained(hold time.Duration)
	// Passed tells of any other.
	Passed()
}

// pressed makes an exchange, and makes it again while the service provider says
// that it is under pressure: with status 429 or 503, or a text that it is known
// for (Capabilities.ThrottleText). It waits as long as Retry-After says, else
// half a second and twice that, and a little longer so that not all come back
// at once. When that is too long for the request, the client gets the answer
// and can wait by itself.
//
// Only what may be done twice is done again. A POST that creates never is, here:
// see doubts.
func (b *Backend) pressed(x *exchange, req *scim.Request, send scim.Send) (*scim.Response, error) {
	for try := 1; ; try++ {
		resp, err := send(x.Context, req)
		if err != nil {
			return nil, err
		}
		if !b.notices(resp) {
			return resp, nil
		}
		refused := resp.Status == http.StatusTooManyRequests // and not begun (RFC 6585 section 4)
		if resp.Status != http.StatusTooManyRequests && resp.Status != http.StatusServiceUnavailable {
			in := *resp
			in.Status = http.StatusTooManyRequests
			resp = &in
		}
		if try == maxTries || !repeatable(x, refused) {
			return resp, nil
		}
		again, err := x.pause(try, resp)
		if err != nil || !again {
			return resp, err
		}
	}
}

// notices reports whether the service provider says that it is under pressure,
// and passes that on.
func (b *Backend) notices(resp *scim.Response) bool {
	throttled := b.throttles(resp)
	switch {
	case b.pressure == nil:
	case throttled:
		hold, _ := retryAfter(resp.Header.Get("Retry-After"))
		b.pressure.Complained(hold)
	default:
		b.pressure.Passed()
	}
	return throttled
}

// pause waits before another try. It reports false when the wait would be
// longer than the request can bear.
func (x *exchange) pause(try int, resp *scim.Response) (bool, error) {
	wait, given := retryAfter(resp.Header.Get("Retry-After"))
	if !given {
		wait = firstWait << (try - 1)
	}
	wait += rand.N(wait/4 + firstWait/10)
	if deadline, ok := x.Deadline(); ok && time.Until(deadline) <= wait || !x.spend(wait) {
		return false, nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true, nil
	case <-x.Done():
		return false, x.Err()
	}
}

// spend takes a wait out of what the request may wait in all.
func (x *exchange) spend(wait time.Duration) bool {
	if time.Duration(x.waited.Add(int64(wait))) <= maxWait {
		return true
	}
	x.waited.Add(-int64(wait))
	return false
}

// retryAfter reads Retry-After: seconds or a date (RFC 9110 section 10.2.3).
func retryAfter(value string) (time.Duration, bool) {
	value = strings.TrimSpace(value)
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, time.Until(date)), true
	}
	return 0, false
}

// repeatable reports whether an exchange may be made again. One that was
// refused before it began may, but for a create; any other only if doing it
// twice is doing it once. Under If-Match it is not: the first may have been
// done and have changed the entity tag.
func repeatable(x *exchange, refused bool) bool {
	switch {
	case x.operation == "create" || x.operation == "bulk" || x.operation == "":
		return false
	case x.req.Method == http.MethodGet || x.req.Method == http.MethodHead || x.operation == "search" || refused:
		return true
	case x.req.Header.Get("If-Match") != "":
		return false
	case x.operation == "patch":
		return x.route.Type != nil && idempotent(x.route.Type, x.req.Body)
	}
	return x.operation == "replace" || x.operation == "delete"
}

// idempotent reports whether a PATCH may be done twice: it sets attributes,
// removes whole ones, or adds and removes members, which are a set. Other values
// that are added may be there twice in the end, and a filter may select nothing
// after what it selected has changed.
func idempotent(rt *scim.ResourceType, body string) bool {
	doc := scim.Parse(body)
	ops := doc.Get("Operations")
	for i := range ops.Members() {
		op := patchView(ops.At(i))
		add := strings.EqualFold(op.verb, "add")
		if op.path == nil {
			if add {
				return false
			}
			continue
		}
		path, err := scim.ParseStrictPath(op.path.Text())
		if err != nil {
			return false
		}
		target, known := rt.Resolve(path.Attr)
		members := known && target.Attr != nil && strings.EqualFold(target.Attr.Name, "members")
		switch {
		case members:
		case path.Filter != nil, add && (!known || target.Attr == nil || target.Attr.MultiValued):
			return false
		}
	}
	return ops.Exists()
}

// operationView is an operation of a PATCH in whatever spelling a plan gave it.
type operationView struct {
	verb        string
	path, value *scim.Value // nil if there is none
}

func patchView(op *scim.Value) operationView {
	return operationView{verb: op.Get("op").Text(), path: op.Get("path"), value: op.Get("value")}
}
