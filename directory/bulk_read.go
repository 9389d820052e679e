package directory

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// bulkIDPrefix begins a text that stands for the id of a resource which another
// operation of the request creates (RFC 7644 section 3.7.2).
const bulkIDPrefix = "bulkId:"

// readBulk takes the body of a Bulk request apart. What is wrong with its
// structure fails the whole request, before anything is done.
func (c *call) readBulk(body *scim.Value) (*bulkRequest, error) {
	if body.Kind() != scim.Object {
		return nil, scim.BadRequest(scim.InvalidSyntax, "the body must be an object, got %s", body.Kind())
	}
	if err := checkMessage(body, scim.BulkRequestURI); err != nil {
		return nil, err
	}
	b := &bulkRequest{byBulkID: map[string]*bulkOperation{}}
	var list *scim.Value
	for i := range body.Members() {
		m := &body.Members()[i]
		switch m.Name {
		case "schemas":
		case "Operations":
			list = &m.Value
		case "failOnErrors":
			n, err := strconv.Atoi(m.Value.Raw())
			if err != nil || n < 1 {
				return nil, scim.BadRequest(scim.InvalidValue, "failOnErrors: want an integer of 1 or more")
			}
			b.failOnErrors = n
		default:
			return nil, scim.BadRequest(scim.InvalidSyntax, "unknown member %s", scim.Quote(m.Name))
		}
	}
	if list.Empty() || list.Kind() != scim.Array {
		return nil, scim.BadRequest(scim.InvalidSyntax, "Operations: must be an array of one operation or more")
	}
	if list.Len() > c.opt.MaxOperations { // section 3.7.4
		return nil, scim.Errorf(http.StatusRequestEntityTooLarge, "",
			"maxOperations: a Bulk request has at most %d operations, this one has %d", c.opt.MaxOperations, list.Len())
	}
	for i := range list.Members() {
		if err := b.add(list.At(i), c.opt.NewID); err != nil {
			e := scim.AsError(err)
			return nil, scim.Errorf(e.Status, e.Type, "Operations[%d]%s", i, e.Detail)
		}
	}
	for _, op := range b.operations {
		b.link(op)
	}
	return b, nil
}

// add reads one operation. Details begin behind "Operations[n]".
func (b *bulkRequest) add(v *scim.Value, newID func() string) error {
	if v.Kind() != scim.Object {
		return scim.BadRequest(scim.InvalidSyntax, ": must be an object, got %s", v.Kind())
	}
	op := new(bulkOperation)
	for i := range v.Members() {
		m := &v.Members()[i]
		into := map[string]*string{"method": &op.method, "bulkId": &op.bulkID, "path": &op.path, "version": &op.version}[m.Name]
		switch {
		case m.Name == "data":
			op.data = &m.Value
		case into == nil:
			return scim.BadRequest(scim.InvalidSyntax, ": unknown member %s", scim.Quote(m.Name))
		case m.Value.Kind() != scim.String:
			return scim.BadRequest(scim.InvalidSyntax, ".%s: want a string, got %s", m.Name, m.Value.Kind())
		default:
			*into = m.Value.Text()
		}
	}
	if err := op.check(); err != nil {
		return err
	}
	if op.bulkID != "" {
		if b.byBulkID[op.bulkID] != nil {
			return scim.BadRequest(scim.InvalidValue, ".bulkId: %s is given twice", scim.Quote(op.bulkID))
		}
		b.byBulkID[op.bulkID] = op
	}
	if op.method == http.MethodPost {
		op.id = newID()
	}
	b.operations = append(b.operations, op)
	return nil
}

// check wants what the method needs (section 3.7).
func (op *bulkOperation) check() error {
	switch op.method {
	case http.MethodPost:
		if op.bulkID == "" {
			return scim.BadRequest(scim.InvalidSyntax, ".bulkId: POST needs one")
		}
	case http.MethodPut, http.MethodPatch, http.MethodDelete:
	default:
		return scim.BadRequest(scim.InvalidSyntax, ".method: must be POST, PUT, PATCH or DELETE")
	}
	switch {
	case !strings.HasPrefix(op.path, "/"):
		return scim.BadRequest(scim.InvalidSyntax, ".path: must be a path below the base, such as /Users")
	case op.data.Empty() && op.method != http.MethodDelete:
		return scim.BadRequest(scim.InvalidSyntax, ".data: %s needs it", op.method)
	}
	return nil
}

// link finds the operations that op refers to.
func (b *bulkRequest) link(op *bulkOperation) {
	refer := func(bulkID string) {
		switch ref := b.byBulkID[bulkID]; {
		case ref == nil || ref.method != http.MethodPost:
			op.bad = bulkID
		default:
			op.refs = append(op.refs, ref)
		}
	}
	eachBulkID(op.data, func(_ *scim.Value, bulkID string) { refer(bulkID) })
	if _, bulkID, found := strings.Cut(op.path, bulkIDPrefix); found {
		refer(bulkID)
	}
}

// eachBulkID visits the texts that stand for an id.
func eachBulkID(v *scim.Value, visit func(v *scim.Value, bulkID string)) {
	if bulkID, found := strings.CutPrefix(v.Text(), bulkIDPrefix); found {
		visit(v, bulkID)
		return
	}
	for i := range v.Members() {
		eachBulkID(v.At(i), visit)
	}
}
