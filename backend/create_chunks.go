package backend

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/caddy-scim/caddy-scim/scim"
)

// create makes a resource. A group with more members than a request may carry is
// made with the first of them, and the others are added to it. If that fails the
// group is deleted again: the client would otherwise make a second one when it
// tries again.
func (b *Backend) create(x *exchange, body *scim.Value, rt *scim.ResourceType, next step) (*scim.Response, error) {
	list := body.Get("members")
	if !b.chunksMembers() || !hasMembers(rt) || list == nil || list.Kind() != scim.Array || list.Len() <= b.caps.PatchMembers {
		return next(x)
	}
	members := elements(list)
	first := body.Clone()
	first.Set("members", scim.ArrayValue(members[:b.caps.PatchMembers]...))
	made, err := next(x.carrying(first.Raw()))
	if err != nil || !succeeded(made) {
		return made, err
	}
	g := createdGroup{exchange: x, next: next, made: made}
	if g.id = createdID(made); g.id == "" {
		return nil, scim.Errorf(http.StatusBadGateway, "",
			"the group was created with %d of %d members, but the service provider did not say under which id", b.caps.PatchMembers, len(members))
	}
	in, leave, err := x.enter(g.id)
	if err != nil {
		return g.undo(nil, err)
	}
	defer leave()
	rest := scim.ArrayValue(members[b.caps.PatchMembers:]...)
	ops := []scim.Operation{{Op: scim.Add, Path: membersPath.Name, Value: rest}}
	resp, err := next(in.sub(http.MethodPatch, g.path(), "", patchMessage(ops, len(x.req.Body))))
	if err != nil || !succeeded(resp) {
		return g.undo(resp, err)
	}
	return g.answer()
}

// createdGroup is a group that does not have all its members yet.
type createdGroup struct {
	*exchange
	next step
	made *scim.Response
	id   string // escaped
}

func (g *createdGroup) path() string { return strings.TrimSuffix(g.req.Path, "/") + "/" + g.id }

// createdID is the id of what was created, escaped for a path.
func createdID(made *scim.Response) string {
	if body, ok := errorBody(made); ok {
		if id := body.Get("id").Text(); id != "" {
			return url.PathEscape(id)
		}
	}
	location, err := url.Parse(made.Header.Get("Location"))
	if err != nil {
		return ""
	}
	path := strings.TrimSuffix(location.EscapedPath(), "/")
	return path[strings.LastIndexByte(path, '/')+1:]
}

// undoGroupTime is how long the deletion of an unfinished group may take. The client
// may be gone by then, so that its own time does not count.
const undoGroupTime = 10 * time.Second

// undo deletes the group and answers with what went wrong.
func (g *createdGroup) undo(resp *scim.Response, cause error) (*scim.Response, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(g.Context), undoGroupTime)
	defer cancel()
	remove := g.sub(http.MethodDelete, g.path(), "", "")
	remove.Context = ctx
	deleted, err := g.next(remove)
	so := "the group was deleted again"
	if err != nil || !succeeded(deleted) && deleted.Status != http.StatusNotFound {
		why := "the service provider did not answer"
		if err == nil {
			why = "status " + strconv.Itoa(deleted.Status)
		}
		so = fmt.Sprintf("the group %s was created, lacks members and could not be deleted again (%s)", scim.Quote(g.id), why)
	}
	if cause == nil {
		return explained(resp, so), nil
	}
	return nil, explain(cause, so)
}

// answer is that of a create, with all the members.
func (g *createdGroup) answer() (*scim.Response, error) {
	resp := &scim.Response{Status: g.made.Status, Header: g.made.Header.Clone()}
	for _, name := range [...]string{"Content-Length", "ETag"} {
		resp.Header.Del(name)
	}
	now, err := g.next(g.sub(http.MethodGet, g.path(), g.req.Query, ""))
	if err == nil && now.Status == http.StatusOK {
		resp.Body = now.Body
		if tag := now.Header.Get("ETag"); tag != "" {
			resp.Header.Set("ETag", tag)
		}
		return resp, nil
	}
	// All is done; only what the group looks like now is not known.
	body, ok := errorBody(g.made)
	if ok && body.Kind() == scim.Object {
		if i := body.Index("members"); i >= 0 {
			body.Delete(i)
		}
		resp.Body = body.Raw()
	}
	return resp, nil
}
