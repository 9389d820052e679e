package caddymodule

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/caddy-scim/caddy-scim/internal/lifecycle"
	"github.com/caddy-scim/caddy-scim/internal/lifecycle/script"
)

const gatewayAndDirectory = `handle_path /direct/* {
	scim_directory
}
handle {
	scim {
		explain
	}
	reverse_proxy DIRECTORY
}`

// TestLifeCycles plays whole life cycles of users and groups, as providers play
// them, through Caddy, reverse_proxy and the strict directory: nothing is
// refused and everything ends in the right state.
func TestLifeCycles(t *testing.T) {
	for _, cycle := range lifecycle.All() {
		t.Run(cycle.Name, func(t *testing.T) {
			s := startSite(t, nil, gatewayAndDirectory)
			through := lifecycle.Server{Base: "http://" + s.addr + "/scim/v2", Client: client}
			for _, failed := range through.Run(t.Context(), cycle).Failed() {
				t.Error(failed)
			}
			direct := lifecycle.Server{Base: "http://" + s.addr + "/direct", Client: client}
			if report := direct.Run(t.Context(), cycle); cycle.Provider == "entra" && report.Count(lifecycle.Refused) == 0 {
				t.Error("the directory refused nothing when it was asked directly")
			}
		})
	}
}

// TestScriptedLifeCycles does the same for the clients whose life cycles are
// written down, each as the provider that it is said to be, and as the one that it
// is taken for.
func TestScriptedLifeCycles(t *testing.T) {
	cycles, err := script.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, cycle := range cycles {
		t.Run(cycle.Name, func(t *testing.T) {
			base := "/scim/" + cmp.Or(cycle.Version, "v2")
			for _, provider := range []string{"", saidToBe(cycle)} {
				s := startSite(t, nil, "scim {\n"+provider+"\n}\nscim_directory")
				server := lifecycle.Server{Base: "http://" + s.addr + base, Client: client}
				for _, failed := range server.Run(t.Context(), cycle).Failed() {
					t.Errorf("%s: %s", provider, failed)
				}
			}
		})
	}
}

// saidToBe is the provider block by which the requests of a life cycle, though not
// the checks in between, are those of its client.
func saidToBe(cycle lifecycle.Cycle) string {
	return "provider " + cycle.Provider + " {\n match {\n path /scim/" + cmp.Or(cycle.Version, "v2") + "/*\n not header User-Agent \"life cycle check\"\n }\n }"
}

// TestConcurrentCalls lets several clients of several kinds work at once.
func TestConcurrentCalls(t *testing.T) {
	s := startSite(t, nil, gatewayAndDirectory)
	var clients sync.WaitGroup
	for n := range 4 {
		for _, cycle := range lifecycle.All() {
			clients.Go(func() {
				// They get in each other's way. What comes of them is not judged here.
				server := lifecycle.Server{Base: "http://" + s.addr + "/scim/v2", Client: client}
				server.Run(t.Context(), cycle)
			})
		}
		clients.Go(func() { s.patchConcurrently(n) })
	}
	clients.Wait()
}

// patchConcurrently creates a user and changes it in a way that needs a read
// first.
func (s *site) patchConcurrently(n int) {
	name := fmt.Sprintf("client%d@example.com", n)
	created := s.do("POST", "/scim/v2/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"`+name+`"}`)
	if created.status != http.StatusCreated {
		s.t.Errorf("create: status %d: %s", created.status, created.body)
		return
	}
	for i := range 20 {
		mail := fmt.Sprintf("mail%d.%d@example.com", n, i)
		body := strings.ReplaceAll(patchWorkMail, "ada@example.com", mail)
		got := s.do("PATCH", "/scim/v2/Users/"+member(created.body, "id"), body)
		if got.status != http.StatusOK || !strings.Contains(got.body, mail) || member(got.body, "userName") != name {
			s.t.Errorf("status %d: %s", got.status, got.body)
		}
	}
}

// TestBrokenAnswers are answered with an error as long as nothing has gone out.
func TestBrokenAnswers(t *testing.T) {
	b := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "1000")
		io.WriteString(w, "{")
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	s := startSite(t, b, "scim\n reverse_proxy BACKEND")
	s.do("GET", "/scim/v2/Users/17", "").wantError(t, 502, "", "broke off")

	aborting := startSite(t, nil, "scim\n abort")
	if resp, err := client.Get("http://" + aborting.addr + "/scim/v2/Users"); err == nil {
		resp.Body.Close()
		t.Errorf("abort answered with status %d", resp.StatusCode)
	}
}

// TestForeignCoding leaves an answer alone that is compressed unasked.
func TestForeignCoding(t *testing.T) {
	b := startBackend(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		io.WriteString(w, zipped(ada))
	})
	s := startSite(t, b, "scim\n reverse_proxy BACKEND")
	got := s.do("GET", "/scim/v2/Users/17", "")
	if got.status != 200 || got.header.Get("Content-Encoding") != "gzip" || got.body != zipped(ada) {
		t.Errorf("status %d, header %v, body %q", got.status, got.header, got.body)
	}
}

// limitedSite is a directory that can do little, with a backend block that says so.
const limitedSite = `scim {
	backend {
		patch_operations 1
		patch_members 1
		value_paths read
		op_case title
		put off
		filter eq
		filter_attributes userName
		page offset offset limit
		page_size 2
		etag off
		discovery off
		ids number
		media_type application/json
	}
}
scim_directory {
	limit {
		patch_operations 1
		patch_members 1
		value_paths off
		op_case title
		put off
		filter eq
		filter_attributes userName
		filter_other empty
		page offset offset limit
		page_size 2
		page_over refused
		search off
		bulk off
		etag off
		discovery off
		ids number
		errors html
		list
		accepts application/json
	}
}`

// TestLifeCyclesInFrontOfLimits plays life cycles in front of a directory that can
// do little.
func TestLifeCyclesInFrontOfLimits(t *testing.T) {
	for _, cycle := range lifecycle.All() {
		t.Run(cycle.Name, func(t *testing.T) {
			s := startSite(t, nil, limitedSite)
			server := lifecycle.Server{Base: "http://" + s.addr + "/scim/v2", Client: client}
			for _, failed := range server.Run(t.Context(), cycle).Failed() {
				t.Error(failed)
			}
		})
	}
}

// TestScriptedLifeCyclesInFrontOfLimits does the same for those that are written
// down: what single clients need of an answer holds in front of a service provider
// that is made up for, and with rules of the user between them.
func TestScriptedLifeCyclesInFrontOfLimits(t *testing.T) {
	cycles, err := script.All()
	if err != nil {
		t.Fatal(err)
	}
	for name, site := range map[string]string{
		"all but PUT": strings.ReplaceAll(limitedSite, "put off", ""), // where an attribute that is left out stays
		"no PATCH and no filter": `scim {
	backend {
		patch put
		filter off
		page_size 2
	}
}
scim_directory {
	limit {
		patch off
		filter off
		filter_other ignored
		page_size 2
	}
}`,
		"rules of the user": `scim {
	rule acme.nick {
		resource User
		rename title nickName
	}
}
scim_directory`,
	} {
		for _, cycle := range cycles {
			t.Run(name+"/"+cycle.Name, func(t *testing.T) {
				s := startSite(t, nil, strings.Replace(site, "scim {", "scim {\n"+saidToBe(cycle), 1))
				server := lifecycle.Server{Base: "http://" + s.addr + "/scim/" + cmp.Or(cycle.Version, "v2"), Client: client}
				for _, failed := range server.Run(t.Context(), cycle).Failed() {
					t.Error(failed)
				}
			})
		}
	}
}
