package rewrite_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

// TestAnsweredInItsVersion sends dressed requests to bases with and without a version
// (V1): a client that says anywhere around the body, or in its schemas, that it
// speaks SCIM 2.0 is answered in 2.0, whatever else it says.
func TestAnsweredInItsVersion(t *testing.T) {
	told := map[string]int{}
	for seed := range seeds() {
		_, dressed := pair(seed)
		for _, base := range []string{"/scim/v2/", "/scim/", "/scim/v1/"} {
			sent := dressed.message()
			_, rest, ok := strings.Cut(sent.Path, "/v2/")
			if !ok || strings.HasSuffix(sent.Path, ".json") {
				continue
			}
			sent.Path = base + rest
			send := func(context.Context, *scim.Request) (*scim.Response, error) {
				return answer(http.StatusOK, `{"schemas":["`+scim.UserURI+`"],"id":"2819c223","totalResults":0,"Resources":[]}`), nil
			}
			resp, _, err := anywhere["generic"].Do(t.Context(), sent, send)
			if err != nil {
				resp = anywhere["generic"].Refusal(sent, scim.AsError(err))
			}
			form := resp.Header.Get("Content-Type")
			if form == "application/json" && (base == "/scim/v2/" || says20(dressed)) {
				t.Errorf("seed %d is answered in %s: %v\n%s", seed, form, sent.Header, show(sent))
			}
			told[form]++
		}
	}
	if told["application/json"] < 10 || told[scim.MediaType] < 1000 {
		t.Errorf("answered in %v", told)
	}
}

// says20 reports whether a request says that it speaks SCIM 2.0, but for its path.
func says20(r *request) bool {
	if strings.Contains(strings.ToLower(strings.Join(slices.Concat(r.accept, r.contentType), ",")), "scim") || r.search != nil {
		return true
	}
	document, _ := r.document().(object)
	for _, f := range document {
		if strings.EqualFold(f.name, "schemas") && strings.Contains(strings.ToLower(text(f.value)), "urn:ietf:params:scim:") {
			return true
		}
	}
	return false
}
