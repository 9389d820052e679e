// Command memory measures how much memory the gateway takes for what is large:
// a collection of 100,000 users that is walked through page by page, and a group
// of 50,000 members that is read, changed and written back.
//
//	go -C internal/bench run ./memory
//
// The gateway is a process of its own, so that its resident memory can be read
// from /proc; the service provider is the embedded directory in this one. All is
// on loopback.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/caddy-scim/caddy-scim/directory"
	"github.com/caddy-scim/caddy-scim/scim"
)

var (
	users   = flag.Int("users", 100_000, "users in the collection")
	members = flag.Int("members", 50_000, "members of the group")
	page    = flag.Int("page", 1_000, "users that are asked for at once")
	pages   = flag.Int("pages", 25, "pages of the unpaged collection that are read; each is a walk through all of it")
)

func main() {
	log.SetFlags(0)
	flag.Parse()
	dir, err := os.MkdirTemp("", "caddy-scim-memory")
	check(err)
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "caddy")
	run(exec.Command("go", "build", "-C", "../..", "-o", binary, "./cmd/caddy"))

	fmt.Printf("%-58s %10s %10s %10s\n", "", "idle MiB", "peak MiB", "above MiB")
	measure(binary, dir, "users, service provider pages by index", collection(nil), "", walk(*users / *page))
	measure(binary, dir, "users, service provider has no paging", collection(&directory.Paging{Style: "off"}), "page off", walk(*pages))
	measure(binary, dir, "group, PATCH and PUT as they are", group(directory.Limits{}), "", changeGroup)
	measure(binary, dir, "group, no PATCH behind the gateway", group(directory.Limits{Patch: "off"}), "patch put", changeGroup)
	measure(binary, dir, "group, 100 members a request", group(directory.Limits{PatchMembers: 100}), "patch_members 100", changeGroup)
}

// measure starts a gateway in front of a service provider, does what work says,
// and prints what that took at the most above the idle gateway.
func measure(binary, dir, what string, provider http.Handler, capability string, work func(base string)) {
	behind, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	server := &http.Server{Handler: provider}
	go func() { _ = server.Serve(behind) }()
	defer server.Close()
	front := freeAddress()
	gateway := exec.Command(binary, "run", "--config", caddyfile(dir, front, behind.Addr().String(), capability))
	gateway.Env = append(os.Environ(), "GOMEMLIMIT=", "GOGC=100")
	check(gateway.Start())
	defer func() { _ = gateway.Process.Kill(); _ = gateway.Wait() }()
	base := "http://" + front + "/scim/v2"
	await(base + "/ServiceProviderConfig")
	idle := resident(gateway.Process.Pid, "VmHWM")
	work(base)
	peak := resident(gateway.Process.Pid, "VmHWM")
	fmt.Printf("%-58s %10.1f %10.1f %10.1f\n", what, idle, peak, peak-idle)
}

func caddyfile(dir, front, behind, capability string) string {
	block := ""
	if capability != "" {
		block = "backend {\n" + capability + "\n}\n"
	}
	name := filepath.Join(dir, "Caddyfile")
	check(os.WriteFile(name, []byte(`{
	admin off
	persist_config off
	auto_https off
	log {
		level ERROR
	}
}
http://`+front+` {
	scim {
		base_path /scim/v2
		max_body 64MiB
		`+block+`
	}
	reverse_proxy `+behind+`
}
`), 0o600))
	return name
}

// collection is a directory of users, paged as it is said.
func collection(paging *directory.Paging) http.Handler {
	seed := bytes.NewBufferString(`{"Users":[`)
	for i := range *users {
		if i > 0 {
			seed.WriteByte(',')
		}
		seed.WriteString(`{"schemas":["` + scim.UserURI + `"],"id":"u` + strconv.Itoa(i) + `","userName":"user` + strconv.Itoa(i) +
			`@example.com","name":{"givenName":"Given` + strconv.Itoa(i) + `","familyName":"Family"},"active":true,"emails":[{"value":"user` +
			strconv.Itoa(i) + `@example.com","type":"work","primary":true}]}`)
	}
	seed.WriteString(`]}`)
	return provider(seed.Bytes(), directory.Limits{Page: paging})
}

// group is a directory with one large group.
func group(limits directory.Limits) http.Handler {
	seed := bytes.NewBufferString(`{"Groups":[{"schemas":["` + scim.GroupURI + `"],"id":"g","displayName":"Everyone","members":[`)
	for i := range *members {
		if i > 0 {
			seed.WriteByte(',')
		}
		seed.WriteString(`{"value":"u` + strconv.Itoa(i) + `"}`)
	}
	seed.WriteString(`]}]}`)
	return provider(seed.Bytes(), limits)
}

func provider(seed []byte, limits directory.Limits) http.Handler {
	d, err := directory.New(directory.Options{
		Registry: scim.Core(), Seed: seed, MaxResults: *users, MaxBody: 64 << 20, Limits: limits,
	})
	check(err)
	return d
}

// walk reads that many pages and counts what is on them.
func walk(n int) func(string) {
	return func(base string) {
		for i := range n {
			var list struct {
				TotalResults int
				Resources    []json.RawMessage
			}
			body := exchange(http.MethodGet, fmt.Sprintf("%s/Users?startIndex=%d&count=%d", base, i**page+1, *page), "", http.StatusOK)
			check(json.Unmarshal(body, &list))
			if list.TotalResults != *users || len(list.Resources) != *page {
				log.Fatalf("page %d has %d of %d users in all, said to be %d", i, len(list.Resources), *users, list.TotalResults)
			}
		}
	}
}

// changeGroup does with a large group what Entra ID and Okta do.
func changeGroup(base string) {
	at := base + "/Groups/g"
	remove := func(id string) string {
		return `{"schemas":["` + scim.PatchOpURI + `"],"Operations":[{"op":"Remove","path":"members","value":[{"$ref":null,"value":"` + id + `"}]}]}`
	}
	for i := range 5 {
		exchange(http.MethodPatch, at+"?excludedAttributes=members", remove("u"+strconv.Itoa(i)), http.StatusOK)
	}
	whole := exchange(http.MethodGet, at, "", http.StatusOK)
	for i := range 3 {
		whole = bytes.Replace(whole, []byte(`"Everyone`), []byte(`"Everyone `+strconv.Itoa(i)), 1)
		exchange(http.MethodPut, at, string(whole), http.StatusOK)
	}
	var after struct{ Members []json.RawMessage }
	check(json.Unmarshal(exchange(http.MethodGet, at, "", http.StatusOK), &after))
	if len(after.Members) != *members-5 {
		log.Fatalf("the group has %d members, not %d", len(after.Members), *members-5)
	}
}

func exchange(method, url, body string, status int) []byte {
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	check(err)
	if body != "" {
		req.Header.Set("Content-Type", scim.MediaType)
	}
	resp, err := http.DefaultClient.Do(req)
	check(err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	check(err)
	if resp.StatusCode != status {
		log.Fatalf("%s %s: %s %.300s", method, url, resp.Status, answer)
	}
	return answer
}

// resident reads a figure of a process's memory, in MiB.
func resident(pid int, figure string) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	check(err)
	m := regexp.MustCompile(figure + `:\s+(\d+) kB`).FindSubmatch(status)
	if m == nil {
		log.Fatalf("/proc tells no %s", figure)
	}
	kib, err := strconv.Atoi(string(m[1]))
	check(err)
	return float64(kib) / 1024
}

func freeAddress() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	defer l.Close()
	return l.Addr().String()
}

func await(url string) {
	for range 100 {
		if resp, err := http.Get(url); err == nil {
			resp.Body.Close()
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	log.Fatal("the gateway did not start")
}

func run(cmd *exec.Cmd) {
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	check(cmd.Run())
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
