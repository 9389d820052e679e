package custom

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// answer brings the results back into the client's words, and those of the
// operations that were refused in their places. v is the answer of the service
// provider, nil if nothing was sent.
func (b *bulk) answer(resp *scim.Response, v *scim.Value) (*scim.Response, error) {
	refused := false
	for i := range b.items {
		refused = refused || b.items[i].refusal != nil
	}
	var results *scim.Value
	if v == nil {
		message := scim.ObjectValue(
			scim.Member{Name: "schemas", Value: scim.ArrayValue(scim.StringValue(scim.BulkResponseURI))},
			scim.Member{Name: "Operations", Value: scim.ArrayValue()},
		)
		v = &message
	}
	results = v.Get("Operations")
	extra := b.assign(results)
	for i := range b.items {
		if it := &b.items[i]; it.m != nil && it.result != nil {
			if err := it.m.backResult(it.result); err != nil {
				return nil, err
			}
		}
	}
	if refused {
		results.Put(b.merged(extra))
	}
	if v.Changed() || resp.Body == "" {
		resp.Body = v.Raw()
		resp.Header = redescribed(resp.Header)
	}
	return b.backward(resp)
}

// assign gives each operation its result: by bulkId, which only that of a POST has
// to have (RFC 7644 section 3.7), or by their order. It returns those that are of
// none, without what they show: nobody knows which rules it is subject to.
func (b *bulk) assign(results *scim.Value) (extra []scim.Value) {
	byID := map[string]int{}
	for i := range b.items {
		if it := &b.items[i]; it.bulkID != "" && it.refusal == nil {
			byID[it.bulkID] = i
		}
	}
	var left []*scim.Value
	for k := range results.Members() {
		r := results.At(k)
		if i, ok := byID[r.Get("bulkId").Text()]; ok && b.items[i].result == nil {
			b.items[i].result = r
		} else {
			left = append(left, r)
		}
	}
	next := 0
	for _, r := range left {
		for next < len(b.items) && (b.items[next].refusal != nil || b.items[next].result != nil) {
			next++
		}
		if next < len(b.items) && r.Get("bulkId").Text() == "" {
			b.items[next].result = r
			continue
		}
		r.Keep(func(m *scim.Member) bool { return !strings.EqualFold(m.Name, "response") })
		extra = append(extra, *r)
	}
	return extra
}

// merged is all results in the order of the operations. Where the service
// provider has stopped, what comes behind was not processed either.
func (b *bulk) merged(extra []scim.Value) scim.Value {
	last, stopped := -1, false
	for i := range b.items {
		switch it := &b.items[i]; {
		case it.result != nil:
			last = i
		case it.refusal == nil:
			stopped = true
		}
	}
	all := scim.ArrayValue()
	for i := range b.items {
		switch it := &b.items[i]; {
		case it.result != nil:
			all.Append(*it.result)
		case it.refusal != nil && (!stopped || i < last):
			all.Append(it.refusedResult(b))
		}
	}
	all.Append(extra...)
	return all
}

// refusedResult is the result of an operation that was not sent.
func (it *bulkItem) refusedResult(b *bulk) scim.Value {
	v := scim.ObjectValue(scim.Member{Name: "method", Value: scim.StringValue(it.m.req.Method)})
	if it.bulkID != "" {
		v.Set("bulkId", scim.StringValue(it.bulkID))
	}
	if it.m.req.Method != http.MethodPost {
		v.Set("location", scim.StringValue(b.req.Origin+it.m.req.Path))
	}
	if doc, err := scim.Check(it.refusal.Body, scim.Limits{Bytes: len(it.refusal.Body), Depth: answerDepth}); err == nil && doc != "" {
		v.Set("response", scim.Parse(doc))
	}
	v.Set("status", scim.StringValue(strconv.Itoa(it.refusal.Status)))
	return v
}

// backResult brings the result of one operation back. Its status is a text, or as
// in some examples of RFC 7644 section 3.7.2 an object with a code.
func (m *message) backResult(result *scim.Value) error {
	status := result.Get("status")
	if status.Kind() == scim.Object {
		status = status.Get("code")
	}
	code, _ := strconv.Atoi(status.Text())
	if status.Kind() == scim.Number {
		code, _ = strconv.Atoi(status.Raw())
	}
	response := result.Get("response")
	if kind := response.Kind(); kind == scim.Object || kind == scim.Array {
		if err := m.undoBody(response, code); err != nil {
			return err
		}
	}
	for i := len(m.turns) - 1; i >= 0; i-- {
		t := &m.turns[i]
		if _, ok := t.worker.(*statusWorker); !ok || t.idle {
			continue
		}
		one := scim.Response{Status: code, Header: http.Header{}}
		if response != nil {
			one.Body = response.Raw()
		}
		if t.worker.response(t, &one); one.Status == code {
			continue
		}
		code = one.Status
		status.Put(scim.StringValue(strconv.Itoa(code)))
		if one.Body == "" {
			result.Keep(func(m *scim.Member) bool { return m.Name != "response" })
			response = nil
		} else if response != nil {
			response.Put(scim.Parse(one.Body))
		}
	}
	return nil
}
