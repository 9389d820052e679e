package backend

import (
	"net/http"
	"slices"

	"github.com/caddy-scim/caddy-scim/scim"
)

// bulkRun is a Bulk request that is carried out, one operation after the other.
type bulkRun struct {
	*exchange
	next    step
	request *scim.BulkRequest
	ops     []bulkOperation // as request.Operations
	applied int             // operations that changed something
	failed  int
	halt    *halt // set once nothing more can be done
}

// bulkOperation is an operation and what has become of it.
type bulkOperation struct {
	*scim.BulkOperation
	before *bulkOperation // the last one before it at the same resource

	done   bool
	id     string // of a POST that was carried out
	result scim.BulkResult
}

// halt is why a run ends before its end: the service provider asks for a pause,
// or does not answer.
type halt struct {
	resp *scim.Response // what it answered; nil if it did not
	err  error
}

func newBulkRun(x *exchange, next step, req *scim.BulkRequest) *bulkRun {
	run := &bulkRun{exchange: x, next: next, request: req, ops: make([]bulkOperation, len(req.Operations))}
	last := map[string]*bulkOperation{}
	for i, op := range req.Operations {
		one := &run.ops[i]
		one.BulkOperation = op
		one.result.Operation = op
		if op.Method != http.MethodPost {
			one.before, last[op.Path] = last[op.Path], one
		}
	}
	return run
}

// run carries out the operations in their order, but none before those whose
// resources it refers to, nor before an earlier one at the same resource (RFC
// 7644 section 3.7: the order may change if the outcome does not).
func (run *bulkRun) run() (*scim.Response, error) {
	for progress := true; progress; {
		progress = false
		for i := range run.ops {
			op := &run.ops[i]
			if op.done || !run.ready(op) {
				continue
			}
			if run.exhausted() {
				return run.answer(), nil
			}
			run.do(op)
			progress = true
			if run.halt != nil && run.applied == 0 {
				return run.halt.resp, run.halt.err // as if it had never been taken apart
			}
		}
	}
	return run.answer(), nil
}

// exhausted reports whether as many operations have failed as the client bears.
func (run *bulkRun) exhausted() bool {
	return run.request.FailOnErrors > 0 && run.failed >= run.request.FailOnErrors
}

// ready reports whether all that the operation waits for is done. Those of a
// circle are ready together.
func (run *bulkRun) ready(op *bulkOperation) bool {
	if op.before != nil && !op.before.done {
		return false
	}
	if op.Circle == nil {
		return run.known(op.BulkOperation)
	}
	return !slices.ContainsFunc(op.Circle, func(member *scim.BulkOperation) bool { return !run.known(member) })
}

// known reports whether all that the operation refers to outside of its circle
// is done.
func (run *bulkRun) known(op *scim.BulkOperation) bool {
	for _, ref := range op.Refs {
		if !run.of(ref).done && !op.Together(ref) {
			return false
		}
	}
	return true
}

// of finds the run's view of an operation.
func (run *bulkRun) of(op *scim.BulkOperation) *bulkOperation { return &run.ops[op.Index] }

// do carries out an operation, or all of the circle that it is in.
func (run *bulkRun) do(op *bulkOperation) {
	switch {
	case run.halt != nil:
		run.fail(op, run.halt.untried())
	case op.Circle != nil:
		circle := make([]*bulkOperation, len(op.Circle))
		for i, member := range op.Circle {
			circle[i] = run.of(member)
		}
		run.doCircle(circle)
	default:
		if err := run.blocked(op); err != nil {
			run.fail(op, err)
			return
		}
		op.Resolve(run.idOf)
		run.finish(op, run.send(op.Method, op.Path, op.Version, op.Data))
	}
}

// blocked is why an operation cannot be carried out: what it refers to is not
// there.
func (run *bulkRun) blocked(op *bulkOperation) error {
	if len(op.Unknown) > 0 {
		return scim.Errorf(http.StatusConflict, "", "no operation has bulkId %s", scim.Quote(op.Unknown[0]))
	}
	for _, ref := range op.Refs {
		switch to := run.of(ref); {
		case op.Together(ref):
		case to.failed():
			return scim.Errorf(http.StatusConflict, "", "the operation with bulkId %s failed", scim.Quote(ref.BulkID))
		case to.id == "":
			return scim.Errorf(http.StatusConflict, "", "the service provider did not say which id it gave to bulkId %s", scim.Quote(ref.BulkID))
		}
	}
	return nil
}

func (op *bulkOperation) failed() bool {
	return op.done && op.result.Status >= http.StatusMultipleChoices
}

func (run *bulkRun) idOf(op *scim.BulkOperation) string { return run.of(op).id }

// answer is the BulkResponse: what has been done, in the order of the request.
func (run *bulkRun) answer() *scim.Response {
	results := make([]scim.BulkResult, 0, len(run.ops))
	for i := range run.ops {
		if run.ops[i].done {
			results = append(results, run.ops[i].result)
		}
	}
	resp := newAnswer(http.StatusOK, string(scim.AppendBulkResponse(nil, results)))
	if run.halt != nil && run.halt.resp != nil {
		if after := run.halt.resp.Header.Get("Retry-After"); after != "" {
			resp.Header.Set("Retry-After", after)
		}
	}
	return resp
}
