package directory_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/caddy-scim/caddy-scim/directory"
	"github.com/caddy-scim/caddy-scim/scim"
)

// A directory is a handler like any other. It takes what RFC 7644 allows and
// says what is wrong with everything else.
func Example() {
	d, err := directory.New(directory.Options{
		NewID: func() string { return "17" },
	})
	if err != nil {
		panic(err)
	}
	post := func(body string) {
		r := httptest.NewRequest(http.MethodPost, "/scim/v2/Users", strings.NewReader(body))
		r.Header.Set("Content-Type", scim.MediaType)
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		detail := scim.Path{"detail"}.Get(w.Body.String())
		fmt.Println(w.Code, w.Header().Get("Location")+detail.Text())
	}
	post(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"mara.lind@example.com","active":true}`)
	post(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"nils.berg@example.com","active":"True"}`)
	// Output:
	// 201 http://example.com/scim/v2/Users/17
	// 400 active: want a boolean, got a string
}
