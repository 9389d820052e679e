package backend

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

const newCrew = `{"displayName":"Crew","members":[{"value":"a"},{"value":"b"},{"value":"c"},{"value":"d"},{"value":"e"}]}`

func TestCreateInChunks(t *testing.T) {
	l := newLimited(t, Capabilities{PatchMembers: 2}, nil)
	status, answer := do(t, l.gateway(), http.MethodPost, "/scim/v2/Groups", newCrew)
	want := []string{
		`POST /scim/v2/Groups {"displayName":"Crew","members":[{"value":"a"},{"value":"b"}]}`,
		`PATCH /scim/v2/Groups/new1?attributes=id [{"op":"add","path":"members","value":[{"value":"c"},{"value":"d"}]}]`,
		`PATCH /scim/v2/Groups/new1 [{"op":"add","path":"members","value":[{"value":"e"}]}]`,
		`GET /scim/v2/Groups/new1`,
	}
	if diff := cmp.Diff(want, l.said()); diff != "" {
		t.Error(diff)
	}
	doc := scim.Parse(answer)
	if got := strings.Join(memberIDs(&doc), ""); status != http.StatusCreated || got != "abcde" {
		t.Errorf("answered %d %s", status, answer)
	}
}

// TestCreateIsUndone holds what is left of a create that fails half way.
func TestCreateIsUndone(t *testing.T) {
	full := `{"schemas":["` + scim.ErrorURI + `"],"status":"400","detail":"the group is full"}`
	for _, tt := range []struct {
		name    string
		deletes int // status of the DELETE, 0 for a real one
		detail  string
		left    int
	}{
		{"deleted", 0, "the group is full; 1 of 2 requests were applied; the group was deleted again", 0},
		{"gone already", http.StatusNotFound, "the group was deleted again", 0},
		{"not to be deleted", http.StatusForbidden, `the group "new1" was created, lacks members and could not be deleted again (status 403)`, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLimited(t, Capabilities{PatchMembers: 2}, nil)
			ctx, cancel := context.WithCancel(t.Context())
			l.meddle = func(n int, req *scim.Request) *scim.Response {
				switch {
				case req.Method == http.MethodPatch && n == 2:
					cancel() // the client gives up, too; that must not keep the group
					return &scim.Response{Status: http.StatusBadRequest, Header: http.Header{}, Body: full}
				case req.Method == http.MethodDelete && tt.deletes == http.StatusNotFound:
					delete(l.state, req.Path)
				case req.Method == http.MethodDelete && tt.deletes != 0:
					return &scim.Response{Status: tt.deletes, Header: http.Header{}}
				}
				return nil
			}
			resp, err := l.gateway()(ctx, &scim.Request{Method: http.MethodPost, Path: "/scim/v2/Groups", Body: newCrew, Header: http.Header{}})
			if err != nil {
				t.Fatal(err)
			}
			body := scim.Parse(resp.Body)
			if detail := body.Get("detail").Text(); resp.Status != http.StatusBadRequest || !strings.Contains(detail, tt.detail) {
				t.Errorf("answered %d %s", resp.Status, resp.Body)
			}
			if len(l.state) != tt.left {
				t.Errorf("%d groups are left", len(l.state))
			}
		})
	}
}

func TestCreateWithoutChunks(t *testing.T) {
	l := newLimited(t, Capabilities{PatchMembers: 5, SingleValued: []string{"emails"}}, nil)
	send := l.gateway()
	if status, _ := do(t, send, http.MethodPost, "/scim/v2/Groups", newCrew); status != http.StatusCreated {
		t.Errorf("answered %d", status)
	}
	if status, _ := do(t, send, http.MethodPost, "/scim/v2/Users", `{"userName":"m","emails":[{"value":"a"},{"value":"b","type":"Work"}]}`); status != http.StatusCreated {
		t.Errorf("answered %d", status)
	}
	want := []string{`POST /scim/v2/Groups ` + newCrew, `POST /scim/v2/Users {"userName":"m","emails":[{"value":"b","type":"Work"}]}`}
	if diff := cmp.Diff(want, l.said()); diff != "" {
		t.Error(diff)
	}
}
