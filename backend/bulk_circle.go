package backend

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/caddy-scim/caddy-scim/scim"
)

// edge is what a resource refers to by the id of one that is not yet made.
type edge struct {
	op   *bulkOperation
	adds []scim.Operation
}

// doCircle carries out creations that refer to one another (RFC 7644 section
// 3.7.1): each is made without the references for which there is no id yet, and
// these are added by PATCH when all are made. Either all succeed, or those that
// were made are removed.
func (run *bulkRun) doCircle(circle []*bulkOperation) {
	for _, op := range circle {
		if err := run.blocked(op); err != nil {
			run.failCircle(circle, op, err)
			return
		}
	}
	var edges []edge
	for left := slices.Clone(circle); len(left) > 0; {
		at := max(0, slices.IndexFunc(left, run.complete))
		op := left[at]
		left = slices.Delete(left, at, at+1)
		op.Resolve(run.idOf)
		if adds := detach(op); len(adds) > 0 {
			edges = append(edges, edge{op, adds})
		}
		a := run.send(op.Method, op.Path, "", op.Data)
		run.finish(op, a)
		switch {
		case op.failed():
			run.failCircle(circle, op, nil)
			return
		case op.id == "":
			run.failCircle(circle, op, scim.Errorf(http.StatusBadGateway, "", "the service provider did not say which id it gave to the resource"))
			return
		}
	}
	for _, e := range edges {
		if err := run.add(e); err != nil {
			run.failCircle(circle, e.op, err)
			return
		}
	}
}

// complete reports whether the ids of all that an operation refers to are known.
func (run *bulkRun) complete(op *bulkOperation) bool {
	for _, ref := range op.Refs {
		if run.of(ref).id == "" {
			return false
		}
	}
	return true
}

// add puts the references in place.
func (run *bulkRun) add(e edge) error {
	for i := range e.adds {
		scim.EachBulkID(&e.adds[i].Value, func(v *scim.Value, bulkID string) {
			for _, ref := range e.op.Refs {
				if ref.BulkID == bulkID {
					v.Put(scim.StringValue(run.idOf(ref)))
				}
			}
		})
	}
	data := scim.Parse(string(scim.AppendPatch(nil, e.adds)))
	a := run.send(http.MethodPatch, strings.TrimSuffix(e.op.Path, "/")+"/"+url.PathEscape(e.op.id), "", &data)
	if !a.ok() {
		return a.failure(run)
	}
	e.op.result.Version = a.version()
	return nil
}

// failCircle fails all operations of a circle because of one, and removes what
// they made. err is nil if the failure of that one is noted already.
func (run *bulkRun) failCircle(circle []*bulkOperation, because *bulkOperation, err error) {
	left := run.undo(circle)
	for _, op := range circle {
		reason := err
		if op != because {
			reason = scim.Errorf(http.StatusConflict, "", "the operations refer to one another, and %s failed", because.Name())
		}
		if reason == nil {
			continue
		}
		if id := left[op]; id != "" {
			e := scim.AsError(reason)
			reason = scim.Errorf(e.Status, e.Type, "%s; the resource was created with id %s and could not be removed", e.Detail, scim.Quote(id))
		}
		run.fail(op, reason)
	}
}

// undoTime is how long the removal of what was made may take after the time of
// the request is over.
const undoTime = 10 * time.Second

// undo removes what a circle made, the last first. It returns the ids of what it
// could not remove.
func (run *bulkRun) undo(circle []*bulkOperation) map[*bulkOperation]string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(run.Context), undoTime)
	defer cancel()
	x := *run.exchange
	x.Context = ctx
	left := map[*bulkOperation]string{}
	for _, op := range slices.Backward(circle) {
		if op.id == "" {
			continue
		}
		path := run.route.Base + strings.TrimSuffix(op.Path, "/") + "/" + url.PathEscape(op.id)
		resp, err := run.next(x.sub(http.MethodDelete, path, "", ""))
		if err != nil || resp.Status >= http.StatusMultipleChoices && resp.Status != http.StatusNotFound {
			left[op] = op.id
		} else {
			run.applied--
		}
	}
	return left
}

// detach takes out of the data of a creation what refers to resources that are
// not made yet, and returns what adds it later.
func detach(op *bulkOperation) []scim.Operation {
	if op.Data.Kind() != scim.Object {
		return nil
	}
	adds := detachFrom(op.Data, "")
	for i := op.Data.Len() - 1; i >= 0; i-- {
		m := &op.Data.Members()[i]
		if !isExtension(m) || !refers(&m.Value) {
			continue
		}
		uri := m.Name
		adds = append(adds, detachFrom(&m.Value, uri)...)
		if m.Value.Len() == 0 { // an extension without values is not there
			op.Data.Delete(i)
			op.Data.Get("schemas").Keep(func(m *scim.Member) bool { return !strings.EqualFold(m.Value.Text(), uri) })
		}
	}
	return adds
}

func isExtension(m *scim.Member) bool {
	return strings.Contains(m.Name, ":") && m.Value.Kind() == scim.Object
}

// detachFrom takes out the attributes of an object that refer to what is not
// made yet; of a multi-valued attribute, the values that do.
func detachFrom(v *scim.Value, uri string) (adds []scim.Operation) {
	v.Keep(func(m *scim.Member) bool {
		if !refers(&m.Value) || uri == "" && isExtension(m) {
			return true
		}
		add := scim.Operation{Op: scim.Add, Path: scim.AttrPath{URI: uri, Name: m.Name}.String()}
		if m.Value.Kind() != scim.Array {
			add.Value = m.Value.Clone()
			adds = append(adds, add)
			return false
		}
		var taken []scim.Value
		m.Value.Keep(func(element *scim.Member) bool {
			if !refers(&element.Value) {
				return true
			}
			taken = append(taken, element.Value.Clone())
			return false
		})
		add.Value = scim.ArrayValue(taken...)
		adds = append(adds, add)
		return m.Value.Len() > 0
	})
	return adds
}

// refers reports whether a value holds a bulkId.
func refers(v *scim.Value) bool {
	found := false
	scim.EachBulkID(v, func(*scim.Value, string) { found = true })
	return found
}
