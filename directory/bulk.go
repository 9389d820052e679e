package directory

import (
	"net/http"
	"slices"

	"github.com/caddy-scim/caddy-scim/scim"
)

// bulkRequest is a Bulk request (RFC 7644 section 3.7) that is carried out.
type bulkRequest struct {
	operations   []*bulkOperation
	failOnErrors int // 0 if the client sets no bound
}

// bulkOperation is one operation of it, and what has become of it.
type bulkOperation struct {
	*scim.BulkOperation
	refs []*bulkOperation // the creations that it refers to by bulkId

	id       string // of a POST: given ahead, so that others can refer to it
	done     bool
	err      error  // why it failed
	status   int    // if it did not
	location string // of the resource
	etag     string
}

// bulk carries out all operations under one lock: nobody sees half of them.
func (c *call) bulk() (answer, error) {
	body, err := c.body(c.opt.MaxPayload)
	if err != nil {
		if scim.AsError(err).Status == http.StatusRequestEntityTooLarge {
			err = c.bulkLimits().TooLarge()
		}
		return answer{}, err
	}
	parsed, err := scim.ParseBulk(&body, c.bulkLimits())
	if err != nil {
		return answer{}, err
	}
	req := newBulkRequest(parsed, c.opt.NewID)
	c.mu.Lock()
	defer c.mu.Unlock()
	req.run(c)
	return answer{status: http.StatusOK, body: req.appendTo(nil)}, nil
}

func (c *call) bulkLimits() scim.BulkLimits {
	return scim.BulkLimits{Operations: c.opt.MaxOperations, Payload: c.opt.MaxPayload}
}

func newBulkRequest(parsed *scim.BulkRequest, newID func() string) *bulkRequest {
	b := &bulkRequest{failOnErrors: parsed.FailOnErrors}
	for _, op := range parsed.Operations {
		one := &bulkOperation{BulkOperation: op}
		if op.Method == http.MethodPost {
			one.id = newID()
		}
		b.operations = append(b.operations, one)
	}
	for _, op := range b.operations {
		for _, ref := range op.Refs {
			op.refs = append(op.refs, b.operations[ref.Index])
		}
	}
	return b
}

// run carries out the operations in their order, but none before those whose
// resources it refers to (section 3.7: the order may change if the outcome does
// not).
func (b *bulkRequest) run(c *call) {
	for progress := true; progress; {
		progress = false
		for _, op := range b.operations {
			if op.done || !b.ready(op) {
				continue
			}
			if b.exhausted() {
				return
			}
			if op.Circle != nil {
				b.runCircle(c, op.Circle)
			} else {
				op.run(c)
			}
			progress = true
		}
	}
}

// exhausted reports whether as many operations have failed as the client bears.
func (b *bulkRequest) exhausted() bool {
	failed := 0
	for _, op := range b.operations {
		if op.err != nil {
			failed++
		}
	}
	return b.failOnErrors > 0 && failed >= b.failOnErrors
}

// ready reports whether all resources that the operation refers to are made, or
// never will be. Those of a circle are ready together.
func (b *bulkRequest) ready(op *bulkOperation) bool {
	if op.Circle == nil {
		return b.known(op.BulkOperation)
	}
	return !slices.ContainsFunc(op.Circle, func(member *scim.BulkOperation) bool { return !b.known(member) })
}

func (b *bulkRequest) known(op *scim.BulkOperation) bool {
	for _, ref := range op.Refs {
		if !b.operations[ref.Index].done && !op.Together(ref) {
			return false
		}
	}
	return true
}

// runCircle carries out operations that refer to one another (section 3.7.1).
// The ids are known, so they can be made as they are; if one fails, all do, for
// each may refer to what is not there.
func (b *bulkRequest) runCircle(c *call, circle []*scim.BulkOperation) {
	c.store.begin()
	var failed *bulkOperation
	for _, member := range circle {
		b.operations[member.Index].done = true // what it refers to is on its way
	}
	for _, member := range circle {
		op := b.operations[member.Index]
		if op.run(c); op.err != nil {
			failed = op
			break
		}
	}
	if failed == nil {
		c.store.commit()
		return
	}
	c.store.rollback()
	for _, member := range circle {
		op := b.operations[member.Index]
		op.location, op.etag = "", ""
		if op != failed {
			op.err = scim.Errorf(http.StatusConflict, "", "the operations refer to one another, and %s failed", failed.Name())
		}
	}
}

// run carries out one operation.
func (op *bulkOperation) run(c *call) {
	op.done = true
	var e *entry
	if e, op.err = op.apply(c); op.err == nil && e != nil {
		op.location, op.etag = c.renderer().location(e), e.version
	}
}

func (op *bulkOperation) apply(c *call) (*entry, error) {
	if len(op.Unknown) > 0 {
		return nil, scim.Errorf(http.StatusConflict, "", "no operation has bulkId %s", scim.Quote(op.Unknown[0]))
	}
	for _, ref := range op.refs {
		if ref.err != nil {
			return nil, scim.Errorf(http.StatusConflict, "", "the operation with bulkId %s failed", scim.Quote(ref.BulkID))
		}
	}
	op.Resolve(op.idOf)
	route, ok := c.opt.Registry.Route(scim.Base{}, op.Path)
	if !ok || route.Type == nil || route.Base != "" || route.Clean != op.Path {
		return nil, scim.Errorf(http.StatusNotFound, "", "path: no resources are at %s", scim.Quote(op.Path))
	}
	operation := route.Operation(op.Method)
	if operation == "create" {
		op.status = http.StatusCreated
		return c.Directory.create(route.Type, op.id, op.Data)
	}
	if operation == "" || route.ID == "" {
		return nil, notAllowed(route)
	}
	op.location = c.root + op.Path
	e, err := c.entry(route.Type, route.ID)
	if err != nil {
		return nil, err
	}
	if op.Version != "" {
		if err := checkVersion([]string{op.Version}, e); err != nil {
			return nil, err
		}
	}
	op.status = http.StatusOK
	switch operation {
	case "replace":
		return c.replace(e, op.Data)
	case "patch":
		return c.patch(e, op.Data)
	}
	op.status = http.StatusNoContent
	return nil, c.remove(e)
}

// appendTo writes the BulkResponse: what has been done, in the order of the
// request.
func (b *bulkRequest) appendTo(dst []byte) []byte {
	var results []scim.BulkResult
	for _, op := range b.operations {
		if !op.done {
			continue
		}
		r := scim.BulkResult{Operation: op.BulkOperation, Location: op.location, Version: op.etag, Status: op.status}
		if op.err != nil {
			e := scim.AsError(op.err)
			r.Status, r.Response, r.Version = e.Status, e.Body(), ""
		}
		results = append(results, r)
	}
	return scim.AppendBulkResponse(dst, results)
}

// idOf is the id of one of the creations that the operation refers to.
func (op *bulkOperation) idOf(creation *scim.BulkOperation) string {
	return op.refs[slices.Index(op.Refs, creation)].id
}
