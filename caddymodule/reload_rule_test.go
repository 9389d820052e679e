package caddymodule

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Two configurations. Under each of them nickName has another name behind the
// gateway, and a header says which it is.
const (
	configA = "scim {\n rule acme.names {\n rename nickName displayName\n header X-Config A\n }\n }\n reverse_proxy BACKEND"
	configB = "scim {\n rule acme.names {\n rename nickName title\n header X-Config B\n }\n }\n reverse_proxy BACKEND"
)

// nameUnder is the name of nickName under each configuration.
var nameUnder = map[string]string{"A": "displayName", "B": "title"}

// TestReloadUnderLoad changes the rules ten times while a thousand requests are
// under way: half of them through all of the changes, the others beginning
// between them. Every one is answered, and each has only seen one configuration,
// on its way there and back.
func TestReloadUnderLoad(t *testing.T) {
	const held, rounds, perRound = 500, 10, 50
	var arrived atomic.Int32
	all, release := make(chan struct{}), make(chan struct{})
	b := startBackend(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Hold") != "" {
			if arrived.Add(1) == held {
				close(all)
			}
			<-release
		}
		w.Header().Set("Content-Type", scim.MediaType)
		w.WriteHeader(http.StatusCreated)
		io.Copy(w, r.Body) // as it came: under the name that it has here
	})
	s := startSite(t, b, configA)
	clients := new(sync.WaitGroup)
	post := func(n int, headers ...string) {
		clients.Go(func() {
			if err := s.postNick(fmt.Sprintf("nick%d", n), headers...); err != nil {
				t.Errorf("request %d: %v", n, err)
			}
		})
	}
	for n := range held {
		post(n, "X-Hold", "1")
	}
	<-all
	for round := range rounds {
		first := held + round*perRound
		for n := range perRound - 1 {
			post(first + n)
		}
		s.load(b, []string{configB, configA}[round%2])
		if err := s.postNick(fmt.Sprintf("nick%d", first+perRound-1)); err != nil { // by the new one, for sure
			t.Errorf("after change %d: %v", round, err)
		}
	}
	close(release)
	clients.Wait()

	configs, times := make(map[string]int), make(map[string]int)
	for _, r := range b.requests() {
		config := r.header.Get("X-Config")
		configs[config]++
		body := scim.Parse(r.body)
		times[body.Get(nameUnder[config]).Text()]++
		for of, name := range nameUnder {
			if body.Get(name).Exists() != (of == config) {
				t.Errorf("a request of configuration %q has %s", config, body.Raw())
			}
		}
	}
	if len(times) != held+rounds*perRound {
		t.Errorf("the backend got %d requests", len(times))
	}
	for nick, n := range times {
		if n != 1 {
			t.Errorf("the backend got %s %d times", nick, n)
		}
	}
	if configs["A"] < held || configs["B"] < rounds/2 || len(configs) != 2 {
		t.Errorf("requests by configuration: %v", configs)
	}
}

// postNick creates a user and finds the nickname again in the answer, under its
// own name alone.
func (s *site) postNick(nick string, headers ...string) error {
	body := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada@example.com","nickName":"` + nick + `"}`
	status, got, err := s.persistently(body, headers...)
	if err != nil {
		return err
	}
	if status != http.StatusCreated || member(got, "nickName") != nick || strings.Contains(got, "displayName") || strings.Contains(got, "title") {
		return fmt.Errorf("status %d: %s", status, got)
	}
	return nil
}

// persistently sends a request until it is answered. A connection that an old
// server has not accepted, or from which it has not read a request yet, is closed
// when its listener is; that is nothing that a handler could hear of. If one that
// a handler had taken were lost, the backend would get it twice.
func (s *site) persistently(body string, headers ...string) (status int, text string, err error) {
	for range 200 {
		r, err := http.NewRequest(http.MethodPost, "http://"+s.addr+"/scim/v2/Users", strings.NewReader(body))
		if err != nil {
			return 0, "", err
		}
		r.Header.Set("Content-Type", scim.MediaType)
		r.Header.Set("Accept", scim.MediaType)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		resp, err := client.Do(r)
		if err != nil {
			continue
		}
		defer resp.Body.Close()
		read, err := io.ReadAll(resp.Body)
		return resp.StatusCode, string(read), err
	}
	return 0, "", errors.New("no answer")
}
