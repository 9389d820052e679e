package directory

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// bulkRequest is the body of a request to /Bulk (RFC 7644 section 3.7).
type bulkRequest struct {
	operations   []*bulkOperation
	byBulkID     map[string]*bulkOperation
	failOnErrors int // 0 if the client sets no bound
}

// bulkOperation is one operation of it, and what has become of it.
type bulkOperation struct {
	method, bulkID, path, version string
	data                          *scim.Value

	refs []*bulkOperation // the creations that path and data refer to by bulkId
	bad  string           // a bulkId that they refer to and that is not there

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
		if e := scim.AsError(err); e.Status == http.StatusRequestEntityTooLarge { // section 3.7.4
			e.Detail = "maxPayloadSize: a Bulk request has at most " + strconv.Itoa(c.opt.MaxPayload) + " bytes"
		}
		return answer{}, err
	}
	req, err := c.readBulk(&body)
	if err != nil {
		return answer{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	req.run(c)
	return answer{status: http.StatusOK, body: req.appendTo(nil)}, nil
}

// run carries out the operations in their order, but none before those whose
// resources it refers to (section 3.7: the order may change if the outcome does
// not).
func (b *bulkRequest) run(c *call) {
	for progress := true; progress; {
		progress = false
		for _, op := range b.operations {
			if op.done || !op.ready() {
				continue
			}
			if b.exhausted() {
				return
			}
			op.run(c)
			progress = true
		}
	}
	b.runCircular(c)
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
// never will be.
func (op *bulkOperation) ready() bool {
	for _, ref := range op.refs {
		if !ref.done && ref != op {
			return false
		}
	}
	return true
}

// runCircular carries out what is left: operations that refer to one another in
// a circle, and those that wait for them (section 3.7.1). The ids are known, so
// they can be made as they are; if one fails, all do, for each may refer to what
// is not there.
func (b *bulkRequest) runCircular(c *call) {
	var left []*bulkOperation
	for _, op := range b.operations {
		if !op.done {
			left = append(left, op)
		}
	}
	if len(left) == 0 || b.exhausted() {
		return
	}
	c.store.begin()
	var failed *bulkOperation
	for _, op := range left {
		op.done = true // what it refers to is on its way
	}
	for _, op := range left {
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
	for _, op := range left {
		op.location, op.etag = "", ""
		if op != failed {
			op.err = scim.Errorf(http.StatusConflict, "", "the operations refer to one another, and %s failed", failed.name())
		}
	}
}

// name is how an error calls the operation.
func (op *bulkOperation) name() string {
	if op.bulkID != "" {
		return "bulkId " + scim.Quote(op.bulkID)
	}
	return op.method + " " + op.path
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
	if op.bad != "" {
		return nil, scim.Errorf(http.StatusConflict, "", "no operation has bulkId %s", scim.Quote(op.bad))
	}
	for _, ref := range op.refs {
		if ref.err != nil {
			return nil, scim.Errorf(http.StatusConflict, "", "the operation with bulkId %s failed", scim.Quote(ref.bulkID))
		}
	}
	op.resolve()
	route, ok := c.opt.Registry.Route(scim.Base{}, op.path)
	if !ok || route.Type == nil || route.Base != "" || route.Clean != op.path {
		return nil, scim.Errorf(http.StatusNotFound, "", "path: no resources are at %s", scim.Quote(op.path))
	}
	operation := route.Operation(op.method)
	if operation == "create" {
		op.status = http.StatusCreated
		return c.Directory.create(route.Type, op.id, op.data)
	}
	if operation == "" || route.ID == "" {
		return nil, notAllowed(route)
	}
	op.location = c.root + op.path
	e, err := c.entry(route.Type, route.ID)
	if err != nil {
		return nil, err
	}
	if op.version != "" {
		if err := checkVersion([]string{op.version}, e); err != nil {
			return nil, err
		}
	}
	op.status = http.StatusOK
	switch operation {
	case "replace":
		return c.replace(e, op.data)
	case "patch":
		return c.patch(e, op.data)
	}
	op.status = http.StatusNoContent
	return nil, c.remove(e)
}

// appendTo writes the BulkResponse: what has been done, in the order of the
// request.
func (b *bulkRequest) appendTo(dst []byte) []byte {
	dst = append(dst, `{"schemas":["`+scim.BulkResponseURI+`"],"Operations":[`...)
	some := false
	for _, op := range b.operations {
		if !op.done {
			continue
		}
		if some {
			dst = append(dst, ',')
		}
		some = true
		dst = op.appendTo(dst)
	}
	return append(dst, "]}"...)
}

func (op *bulkOperation) appendTo(dst []byte) []byte {
	w := object{dst: append(dst, '{'), first: true}
	w.text("method", op.method)
	w.text("bulkId", op.bulkID)
	w.text("location", op.location)
	status := op.status
	if op.err != nil {
		e := scim.AsError(op.err)
		status = e.Status
		w.within("response", func(dst []byte) []byte { return append(dst, e.Body()...) })
	} else {
		w.text("version", op.etag)
	}
	w.text("status", strconv.Itoa(status))
	return append(w.dst, '}')
}

// resolve puts ids in the place of bulkIds (section 3.7.2).
func (op *bulkOperation) resolve() {
	if len(op.refs) == 0 {
		return
	}
	ids := map[string]string{}
	for _, ref := range op.refs {
		ids[ref.bulkID] = ref.id
	}
	eachBulkID(op.data, func(v *scim.Value, bulkID string) { v.Put(scim.StringValue(ids[bulkID])) })
	if at := strings.Index(op.path, bulkIDPrefix); at >= 0 {
		op.path = op.path[:at] + ids[op.path[at+len(bulkIDPrefix):]]
	}
}
