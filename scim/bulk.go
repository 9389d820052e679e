package scim

import (
	"net/http"
	"strconv"
	"strings"
)

// BulkRequest is the body of a request to /Bulk (RFC 7644 section 3.7).
type BulkRequest struct {
	Operations   []*BulkOperation
	FailOnErrors int // errors after which to stop; 0 if the client sets no bound
}

// BulkOperation is one operation of a Bulk request.
type BulkOperation struct {
	Index   int // in BulkRequest.Operations
	Method  string
	BulkID  string
	Path    string
	Version string
	Data    *Value // nil if there is none

	// Refs are the creations that Path and Data refer to by bulkId, each once.
	Refs []*BulkOperation
	// Unknown are the bulkIds that they refer to and that no creation has.
	Unknown []string
	// Circle are the creations that refer to one another, this one included, in
	// their order. It is nil if this one is in no circle.
	Circle []*BulkOperation
}

// BulkLimits is what a service provider takes in one Bulk request (RFC 7644
// section 3.7.4).
type BulkLimits struct {
	Operations int // maxOperations
	Payload    int // maxPayloadSize, in bytes
}

// TooLarge is the refusal of a body of more bytes than that.
func (l BulkLimits) TooLarge() *Error {
	return Errorf(http.StatusRequestEntityTooLarge, "", "maxPayloadSize: a Bulk request has at most %d bytes", l.Payload)
}

// ParseBulk reads the body of a Bulk request strictly. What is wrong with its
// structure fails the whole request, before anything is done. body must have
// passed Check.
func ParseBulk(body *Value, limits BulkLimits) (*BulkRequest, error) {
	if body.Kind() != Object {
		return nil, BadRequest(InvalidSyntax, "the body must be an object, got %s", body.Kind())
	}
	if schemas := body.Get("schemas"); schemas.Empty() || schemas.Kind() != Array || schemas.Len() != 1 ||
		!equalFold(BulkRequestURI, schemas.At(0).Text()) {
		return nil, BadRequest(InvalidSyntax, `schemas: must be ["`+BulkRequestURI+`"]`)
	}
	b := &BulkRequest{}
	var list *Value
	for i := range body.Members() {
		m := &body.Members()[i]
		switch m.Name {
		case "schemas":
		case "Operations":
			list = &m.Value
		case "failOnErrors":
			n, err := strconv.Atoi(m.Value.Raw())
			if err != nil || n < 1 {
				return nil, BadRequest(InvalidValue, "failOnErrors: want an integer of 1 or more")
			}
			b.FailOnErrors = n
		default:
			return nil, BadRequest(InvalidSyntax, "unknown member %s", Quote(m.Name))
		}
	}
	if list.Empty() || list.Kind() != Array {
		return nil, BadRequest(InvalidSyntax, "Operations: must be an array of one operation or more")
	}
	if list.Len() > limits.Operations {
		return nil, Errorf(http.StatusRequestEntityTooLarge, "",
			"maxOperations: a Bulk request has at most %d operations, this one has %d", limits.Operations, list.Len())
	}
	return b, b.read(list)
}

func (b *BulkRequest) read(list *Value) error {
	creations := map[string]*BulkOperation{} // by bulkId; nil for other methods
	for i := range list.Members() {
		op := &BulkOperation{Index: i}
		err := op.parse(list.At(i))
		if _, twice := creations[op.BulkID]; err == nil && twice {
			err = BadRequest(InvalidValue, ".bulkId: %s is given twice", Quote(op.BulkID))
		}
		if err != nil {
			return Errorf(err.Status, err.Type, "Operations[%d]%s", i, err.Detail)
		}
		if op.BulkID != "" {
			creations[op.BulkID] = nil
		}
		if op.Method == http.MethodPost {
			creations[op.BulkID] = op
		}
		b.Operations = append(b.Operations, op)
	}
	for _, op := range b.Operations {
		op.link(creations)
	}
	b.findCircles()
	return nil
}

// parse reads one operation. Details begin behind "Operations[n]".
func (op *BulkOperation) parse(v *Value) *Error {
	if v.Kind() != Object {
		return BadRequest(InvalidSyntax, ": must be an object, got %s", v.Kind())
	}
	for i := range v.Members() {
		m := &v.Members()[i]
		var into *string
		switch m.Name {
		case "method":
			into = &op.Method
		case "bulkId":
			into = &op.BulkID
		case "path":
			into = &op.Path
		case "version":
			into = &op.Version
		case "data":
			op.Data = &m.Value
			continue
		default:
			return BadRequest(InvalidSyntax, ": unknown member %s", Quote(m.Name))
		}
		if m.Value.Kind() != String {
			return BadRequest(InvalidSyntax, ".%s: want a string, got %s", m.Name, m.Value.Kind())
		}
		*into = m.Value.Text()
	}
	return op.complete()
}

// complete wants what the method needs.
func (op *BulkOperation) complete() *Error {
	switch op.Method {
	case http.MethodPost:
		if op.BulkID == "" {
			return BadRequest(InvalidSyntax, ".bulkId: POST needs one")
		}
	case http.MethodPut, http.MethodPatch, http.MethodDelete:
	default:
		return BadRequest(InvalidSyntax, ".method: must be POST, PUT, PATCH or DELETE")
	}
	switch {
	case !strings.HasPrefix(op.Path, "/"):
		return BadRequest(InvalidSyntax, ".path: must be a path below the base, such as /Users")
	case op.Data.Empty() && op.Method != http.MethodDelete:
		return BadRequest(InvalidSyntax, ".data: %s needs it", op.Method)
	}
	return nil
}

// Name is how an error calls the operation.
func (op *BulkOperation) Name() string {
	if op.BulkID != "" {
		return "bulkId " + Quote(op.BulkID)
	}
	return op.Method + " " + op.Path
}
