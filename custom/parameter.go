package custom

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Query sets a parameter of the query to the service provider, or deletes it.
//
// It works on each exchange of a request, the reads that it needs included. The
// parameters by which a client finds, orders and pages resources are not set by
// it. There is nothing to undo.
type Query struct {
	Name, Value string
	Delete      bool
}

// String is the verb as the Caddyfile has it. A value may be a secret, and is left
// out.
func (v Query) String() string {
	if v.Delete {
		return "query -" + v.Name
	}
	return "query " + v.Name
}

func (Query) attributes() []string { return nil }

func (v Query) compile(c *compiler) (worker, error) {
	if v.Name == "" {
		return nil, errors.New("the name of a parameter is missing")
	}
	if strings.EqualFold(v.Name, keyFilter) {
		return nil, fmt.Errorf("the %s of a client is not changed as a text: use the verbs for attributes", keyFilter)
	}
	return &parameterWorker{name: v.Name, value: c.text(v.Value), drop: v.Delete}, nil
}

type parameterWorker struct {
	still
	name  string
	value func(context.Context) string
	drop  bool
}

func (w *parameterWorker) head(t *turn) error {
	if t.m.at != "" { // an operation of a Bulk request has none of its own
		return nil
	}
	p := parameter{name: w.name, drop: w.drop}
	if !w.drop {
		p.value = w.value(t.m.ctx)
	}
	t.m.parameters = append(t.m.parameters, p)
	t.didOnce("query." + w.name)
	return nil
}

// parameter is one that is set or deleted.
type parameter struct {
	name, value string
	drop        bool
}

// parameters are those of a request, in the order of their verbs.
type parameters []parameter

// apply sets and deletes the parameters in a query.
func (ps parameters) apply(raw string) string {
	for _, p := range ps {
		raw = p.apply(raw)
	}
	return raw
}

// apply puts the parameter where the first of that name stands, or at the end.
func (p parameter) apply(raw string) string {
	pieces, done := make([]string, 0, 8), p.drop
	for piece := range strings.SplitSeq(raw, "&") {
		name, _, _ := strings.Cut(piece, "=")
		if text, err := url.QueryUnescape(name); err != nil || text != p.name {
			if piece != "" {
				pieces = append(pieces, piece)
			}
			continue
		}
		if !done {
			pieces, done = append(pieces, escape(p.name)+"="+escape(p.value)), true
		}
	}
	if !done {
		pieces = append(pieces, escape(p.name)+"="+escape(p.value))
	}
	return strings.Join(pieces, "&")
}
