package custom

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Status gives an answer of the status From the status To.
//
// It works on the answer to the client's own request and not on that to a read
// that it needed; in Bulk it works on the results of the operations. A SCIM error
// says the new status too. An answer that becomes 204 loses its body. A success
// does not become an error, since the client would repeat what was done, and an
// error does not become a success, but for 404 and 410 to a DELETE, where 204 says
// what is true: the resource is not there.
type Status struct{ From, To int }

// String is the verb as the Caddyfile has it.
func (v Status) String() string { return "status " + strconv.Itoa(v.From) + " " + strconv.Itoa(v.To) }

func (Status) attributes() []string { return nil }

func (v Status) compile(c *compiler) (worker, error) {
	for _, status := range [...]int{v.From, v.To} {
		if status < 200 || status > 599 || status >= 300 && status < 400 {
			return nil, fmt.Errorf("%d is no status of a SCIM answer: want 2xx, 4xx or 5xx", status)
		}
	}
	from, to := v.From < 300, v.To < 300
	switch {
	case v.From == v.To:
		return nil, errors.New("the two statuses are the same")
	case from && !to:
		return nil, errors.New("a success cannot become an error: the client would do again what was done")
	case !from && to:
		if v.From != http.StatusNotFound && v.From != http.StatusGone || v.To != http.StatusNoContent || !slices.Equal(c.rule.On, []string{"delete"}) {
			return nil, errors.New("an error can only become a success where it is one: 404 or 410 to 204, in a rule that is on delete alone")
		}
	case v.From == http.StatusNoContent:
		return nil, errors.New("an answer of 204 has no body, which each other status needs")
	case v.To == http.StatusNoContent && !c.rule.onlyWrites():
		return nil, errors.New("an answer of 204 has no body: name the writes it is for by on, such as on replace patch")
	}
	return &statusWorker{from: v.From, to: v.To}, nil
}

// onlyWrites reports whether the rule is for nothing but writes of one resource.
func (u *Rule) onlyWrites() bool {
	return len(u.On) > 0 && !slices.ContainsFunc(u.On, func(on string) bool {
		return on != "create" && on != "replace" && on != "patch" && on != "delete"
	})
}

type statusWorker struct {
	still
	from, to int
}

func (*statusWorker) undoes() bool { return true }

func (w *statusWorker) response(t *turn, resp *scim.Response) {
	if resp.Status != w.from || !t.m.final {
		return
	}
	resp.Status = w.to
	t.m.answerAt = ""
	t.undid("status")
	if w.to == http.StatusNoContent {
		resp.Body = ""
		resp.Header = redescribed(resp.Header)
		resp.Header.Del("Content-Type")
		return
	}
	v, ok, err := readAnswer(resp)
	if status := v.Get("status"); err == nil && ok && w.to >= http.StatusBadRequest && status.Exists() {
		status.Put(scim.StringValue(strconv.Itoa(w.to)))
		resp.Body = v.Raw()
		resp.Header = redescribed(resp.Header)
	}
}
