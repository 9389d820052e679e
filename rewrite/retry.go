package rewrite

import (
	"net/http"
	"strings"

	"github.com/caddy-scim/caddy-scim/scim"
)

// without returns the body of a create again without the attribute for which
// the service provider has refused it, if a rule says that the client did not
// choose that value (RetryWithout). A refused create has created nothing, so
// that it may be sent once more.
func (s *session) without(req *scim.Request, resp *scim.Response) (string, bool) {
	if req.Method != http.MethodPost || s.rt == nil || resp.Status != http.StatusBadRequest {
		return "", false
	}
	for _, r := range s.plan.Rules.verbs {
		do, ok := r.Do.(RetryWithout)
		if !ok || !strings.Contains(strings.ToLower(resp.Body), strings.ToLower(do.Attribute)) {
			continue
		}
		body := scim.Parse(req.Body)
		i := body.Index(do.Attribute)
		if i < 0 || !isPlaceholder(body.At(i).Text(), do.Length) {
			continue
		}
		body.Delete(i)
		s.applied(r, &place{up: &bodyPlace, name: do.Attribute})
		return body.Raw(), true
	}
	return "", false
}

// isPlaceholder tells a value of n letters and digits.
func isPlaceholder(text string, n int) bool {
	if len(text) != n {
		return false
	}
	for i := range len(text) {
		c := text[i] | 0x20
		if (c < 'a' || c > 'z') && (text[i] < '0' || text[i] > '9') {
			return false
		}
	}
	return true
}
