package backend

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDeletion(t *testing.T) {
	active := `{"userName":"m","active":true}`
	for _, tt := range []struct {
		name   string
		caps   Capabilities
		path   string
		header []string
		said   []string
		status int
	}{
		{
			name:   "a user is deactivated",
			path:   userPath,
			said:   []string{`PATCH X [{"op":"replace","path":"active","value":false}]`},
			status: http.StatusNoContent,
		},
		{
			name:   "by PUT",
			caps:   Capabilities{Patch: "put"},
			path:   userPath,
			said:   []string{`GET X`, `PUT X if W/"1" {"userName":"m","active":false}`},
			status: http.StatusNoContent,
		},
		{
			name:   "by PUT, where a PATCH of the client is refused",
			caps:   Capabilities{Patch: "off"},
			path:   userPath,
			said:   []string{`GET X`, `PUT X if W/"1" {"userName":"m","active":false}`},
			status: http.StatusNoContent,
		},
		{
			name:   "in the dialect",
			caps:   Capabilities{PatchPaths: lacking(), OpCase: "title"},
			path:   userPath,
			said:   []string{`PATCH X [{"op":"Replace","value":{"active":false}}]`},
			status: http.StatusNoContent,
		},
		{
			name:   "a version that is out of date",
			path:   userPath,
			header: []string{"If-Match", `W/"0"`},
			said:   []string{`PATCH X if W/"0" [{"op":"replace","path":"active","value":false}]`},
			status: http.StatusPreconditionFailed,
		},
		{
			name:   "nobody",
			path:   "/scim/v2/Users/18",
			said:   []string{`PATCH X [{"op":"replace","path":"active","value":false}]`},
			status: http.StatusNotFound,
		},
		{
			name:   "a group is deleted",
			path:   groupPath,
			said:   []string{`DELETE X`},
			status: http.StatusNoContent,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.caps.Delete = "deactivate"
			l := newLimited(t, tt.caps, map[string]string{userPath: active, groupPath: crew})
			status, answer := do(t, l.gateway(), http.MethodDelete, tt.path, "", tt.header...)
			if diff := cmp.Diff(tt.said, abbreviated(l.said(), tt.path, "X")); diff != "" || status != tt.status {
				t.Errorf("answered %d %s\n%s", status, answer, diff)
			}
		})
	}
}
