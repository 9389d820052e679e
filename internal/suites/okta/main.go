// Command okta stands in for Okta in Okta's own SCIM CRUD test. That test tells
// Okta, through its API, to assign, change and take away a user, and then looks
// at the SCIM server; this command has as much of the API as the test uses, and
// does towards the server what Okta does: look-up and create, GET and PUT.
//
//	go run ./internal/suites/okta -scim http://127.0.0.1:8080/scim/v2 -listen 127.0.0.1:8089
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net/http"
	"strings"
	"sync"
	"time"
)

func main() {
	base := flag.String("scim", "http://127.0.0.1:8080/scim/v2", "base `URL` of the SCIM server")
	token := flag.String("token", "x", "bearer token for the SCIM server")
	listen := flag.String("listen", "127.0.0.1:8089", "`address` of the API")
	flag.Parse()
	o := &okta{client: &client{base: strings.TrimRight(*base, "/"), token: *token}, users: map[string]*user{}}
	server := &http.Server{Addr: *listen, Handler: o.routes(), ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}

// okta is an organisation with one application.
type okta struct {
	client *client

	mu    sync.Mutex
	users map[string]*user
}

// user is a person in the organisation.
type user struct {
	id      string
	profile profile
	scimID  string // in the application, once assigned
}

// profile is what the API says of a user.
type profile struct {
	FirstName string `json:"firstName"`
	LastName  string `json:"lastName"`
	Email     string `json:"email"`
	Login     string `json:"login"`
	Title     string `json:"title"`
}

func (o *okta) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/apps/{app}", o.serve(func(*http.Request, *user) (int, error) { return http.StatusOK, nil }))
	mux.HandleFunc("POST /api/v1/users", o.serve(o.create))
	mux.HandleFunc("PUT /api/v1/users/{id}", o.serve(o.update))
	mux.HandleFunc("POST /api/v1/users/{id}/lifecycle/deactivate", o.serve(o.deactivate))
	mux.HandleFunc("POST /api/v1/users/{id}/lifecycle/activate", o.serve(func(*http.Request, *user) (int, error) { return http.StatusOK, nil }))
	mux.HandleFunc("POST /api/v1/apps/{app}/users", o.serve(o.assign))
	mux.HandleFunc("DELETE /api/v1/apps/{app}/users/{id}", o.serve(func(r *http.Request, u *user) (int, error) {
		_, err := o.deactivate(r, u)
		return http.StatusNoContent, err
	}))
	return mux
}

// serve finds the user that a request is about, has it served, and answers with
// the user's id, or with what the SCIM server had against it.
func (o *okta) serve(do func(*http.Request, *user) (int, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		defer o.mu.Unlock()
		u := o.users[r.PathValue("id")]
		if u == nil && r.PathValue("id") != "" {
			http.NotFound(w, r)
			return
		}
		if u == nil {
			u = &user{id: fmt.Sprintf("00u%017d", len(o.users)+1)}
		}
		status, err := do(r, u)
		if err != nil {
			log.Print(r.Method, " ", r.URL.Path, ": ", err)
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		if status != http.StatusNoContent {
			fmt.Fprintf(w, `{"id":%q}`, u.id)
		}
	}
}

func (o *okta) create(r *http.Request, u *user) (int, error) {
	err := read(r, u)
	o.users[u.id] = u
	return http.StatusOK, err
}

// update changes a profile, and with it the account in the application.
func (o *okta) update(r *http.Request, u *user) (int, error) {
	if err := read(r, u); err != nil {
		return 0, err
	}
	return http.StatusOK, o.push(r, u, true)
}

func (o *okta) deactivate(r *http.Request, u *user) (int, error) {
	return http.StatusOK, o.push(r, u, false)
}

// assign gives the application to a user: an account that is there already is
// activated, otherwise one is created.
func (o *okta) assign(r *http.Request, _ *user) (int, error) {
	var body struct {
		ID string `json:"id"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return 0, err
	}
	u := o.users[body.ID]
	if u == nil {
		return 0, fmt.Errorf("no user %s", body.ID)
	}
	id, err := o.client.find(r.Context(), u.profile.Login)
	if err != nil {
		return 0, err
	}
	if id != "" {
		u.scimID = id
		return http.StatusOK, o.push(r, u, true)
	}
	u.scimID, err = o.client.create(r.Context(), u)
	return http.StatusOK, err
}

// push writes a user's account.
func (o *okta) push(r *http.Request, u *user, active bool) error {
	if u.scimID == "" {
		return nil
	}
	return o.client.change(r.Context(), u.scimID, func(account map[string]any) {
		account["active"] = active
		account["userName"] = u.profile.Login
		name, ok := account["name"].(map[string]any)
		if !ok {
			name = map[string]any{}
			account["name"] = name
		}
		name["givenName"], name["familyName"] = u.profile.FirstName, u.profile.LastName
	})
}

func read(r *http.Request, u *user) error {
	body := struct {
		Profile *profile `json:"profile"`
	}{&u.profile}
	return json.NewDecoder(r.Body).Decode(&body)
}
