package rewrite

import (
	"context"
	"net/http"

	"github.com/caddy-scim/caddy-scim/scim"
)

// bulkReader reads resources for the operations of a Bulk request. The service
// provider carries them out one after the other (RFC 7644 section 3.7), so that
// each finds its resource as those before it leave it. A resource is read once.
type bulkReader struct {
	*session
	writes map[string][]bulkWrite // by path, as are the states
	states map[string]*bulkState
}

// bulkWrite is an operation in normal form that changes a resource.
type bulkWrite struct {
	method string
	rt     *scim.ResourceType
	data   *scim.Value
}

// bulkState is a resource as some of the writes leave it.
type bulkState struct {
	answer scim.Response
	done   int // of the writes
	reads  int
}

// wrote remembers an operation for those that follow.
func (b *bulkReader) wrote(path string, w bulkWrite) {
	if w.method != http.MethodPatch && w.method != http.MethodPut {
		return
	}
	b.writes[path] = append(b.writes[path], w)
}

// send reads a resource. One that cannot be read is not known: the service
// provider answers that operation, and the others are not concerned. Each read
// is paid for with the writes before it, so that their number is bounded.
func (b *bulkReader) send(ctx context.Context, req *scim.Request) (*scim.Response, error) {
	st := b.states[req.Path]
	if st == nil {
		resp, err := b.session.send(ctx, req)
		if err != nil {
			return nil, err
		}
		st = &bulkState{answer: *resp}
		b.states[req.Path] = st
	}
	if st.answer.Status != http.StatusOK {
		return nil, ErrNoState
	}
	if st.reads++; st.reads > maxHeld {
		return nil, scim.Errorf(http.StatusRequestEntityTooLarge, scim.TooMany,
			"Operations: a request may have at most %d operations that depend on what is there in one resource", maxHeld)
	}
	for _, w := range b.writes[req.Path][st.done:] {
		st.answer.Body = w.apply(st.answer.Body, b.plan.maxAnswer())
		st.done++
	}
	answer := st.answer
	return &answer, nil
}

// apply carries the operation out on the text of a resource. What cannot be done
// leaves it as it is: then the service provider will refuse it, too.
func (w *bulkWrite) apply(resource string, limit int) string {
	if w.method == http.MethodPut {
		return w.data.Raw()
	}
	doc, err := scim.Check(resource, scim.Limits{Bytes: limit})
	if err != nil {
		return resource
	}
	before, body := scim.Parse(doc), w.data.Clone()
	ops, err := scim.ParsePatch(&body)
	if err != nil {
		return resource
	}
	after, _, err := scim.Apply(&before, ops, w.rt)
	if err != nil {
		return resource
	}
	return after.Raw()
}
