package custom

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Reject answers a request with a SCIM error. Nothing is sent to the service
// provider. An operation of a Bulk request fails alone; its result stands in the
// answer. It is the only verb of its rule.
type Reject struct {
	Status int // 4xx or 5xx
	// Type is a detail code of RFC 7644 table 9, or empty.
	Type   string
	Detail string
}

// String is the verb as the Caddyfile has it.
func (v Reject) String() string {
	text := "reject " + strconv.Itoa(v.Status)
	if v.Type != "" {
		text += " " + v.Type
	}
	return text
}

func (Reject) attributes() []string { return nil }

var errorTypes = []scim.ErrorType{
	scim.InvalidFilter, scim.TooMany, scim.Uniqueness, scim.Mutability, scim.InvalidSyntax,
	scim.InvalidPath, scim.NoTarget, scim.InvalidValue, scim.InvalidVers, scim.Sensitive,
}

func (v Reject) compile(c *compiler) (worker, error) {
	switch {
	case v.Status < 400 || v.Status > 599:
		return nil, fmt.Errorf("%d is no error: want a status from 400 to 599", v.Status)
	case v.Type != "" && !slices.Contains(errorTypes, scim.ErrorType(v.Type)):
		return nil, fmt.Errorf("unknown scimType %s: known are %v", scim.Quote(v.Type), errorTypes)
	case v.Detail == "":
		return nil, errors.New("the detail is missing: it tells the administrator at the other end what to do")
	case len(c.rule.Verbs) > 1:
		return nil, errors.New("a request that is refused is not changed: it must be the only verb of its rule")
	}
	return &rejectWorker{status: v.Status, typ: scim.ErrorType(v.Type), detail: c.text(v.Detail)}, nil
}

type rejectWorker struct {
	still
	status int
	typ    scim.ErrorType
	detail func(context.Context) string
}

func (w *rejectWorker) head(t *turn) error {
	t.did("request")
	return &scim.Error{Status: w.status, Type: w.typ, Detail: w.detail(t.m.ctx)}
}
