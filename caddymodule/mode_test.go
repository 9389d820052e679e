package caddymodule

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/scim"
)

// compressed is text as gzip.
func compressed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// raw is what must not change of a request that goes on as it came.
func raw(s sent) []string {
	return []string{
		s.method, s.target, s.body,
		s.header.Get("Content-Encoding"), s.header.Get("Accept-Encoding"), s.header.Get("Accept"), s.header.Get("Content-Type"), s.header.Get("User-Agent"),
	}
}

// answerOdd answers with what the gateway would repair.
func answerOdd(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=latin1")
	io.WriteString(w, `[{"id":17}]`)
}

// byteForByte are requests that the gateway would change or refuse, and the
// provider that each comes from.
func byteForByte(t *testing.T) []struct {
	name, method, target, body string
	header                     []string
	rules, failure, provider   string
} {
	// Without a wish of the client's own, reverse_proxy asks for gzip.
	plain := []string{"Accept-Encoding", "identity;q=0.5"}
	with := func(more ...string) []string { return append(more, plain...) }
	large := `{"userName":"` + strings.Repeat("x", 2<<20) + `"}`
	return []struct {
		name, method, target, body string
		header                     []string
		rules, failure, provider   string
	}{
		{"dialect", "PATCH", "/scim/v2/users/17?aadOptscim062020", sloppy, plain, "path.endpoint-case", "", "entra"},
		{"body tells", "PATCH", "/scim/v2/Users/17", sloppy, plain, "patch.schemas", "", "entra"},
		{"head tells", "GET", "/scim/v2//Users/17", "", with("User-Agent", "Okta SCIM Client 1.0.0"), "path.", "", "okta"},
		{"compressed", "PATCH", "/scim/v2/Users/17", compressed(t, sloppy), with("Content-Encoding", "gzip"), "patch.op-case", "", "entra"},
		{"no gzip", "PATCH", "/scim/v2/Users/17", sloppy, with("Content-Encoding", "gzip"), "", "invalidSyntax", "generic"},
		{"unknown coding", "PATCH", "/scim/v2/Users/17", sloppy, with("Content-Encoding", "br"), "", "415", "generic"},
		{"too large", "POST", "/scim/v2/Users", large, plain, "", "413", "generic"},
		{"bomb", "POST", "/scim/v2/Users", compressed(t, large), with("Content-Encoding", "gzip"), "", "413", "generic"},
		{"no JSON", "POST", "/scim/v2/Users", "{", plain, "", "invalidSyntax", "generic"},
		{"bad filter", "GET", "/scim/v2/Users?filter=userName%20eq", "", plain, "", "invalidFilter", "generic"},
		{"strict", "PATCH", "/scim/v2/Users/17", patchActive, plain, "", "", "generic"},
	}
}

// TestObserve lets requests and answers pass as they are, and says what it would
// have done.
func TestObserve(t *testing.T) {
	b := startBackend(t, answerOdd)
	s := startSite(t, b, `header >X-Told "{scim.provider}|{scim.outcome}|{scim.error}"
	scim {
		mode observe
		explain
	}
	reverse_proxy BACKEND`)
	direct := startSiteless(t, b)
	for _, c := range byteForByte(t) {
		t.Run(c.name, func(t *testing.T) {
			want := direct(c.method, c.target, c.body, c.header...)
			wantSent := raw(b.one(t))
			got := s.do(c.method, c.target, c.body, c.header...)
			if diff := cmp.Diff(wantSent, raw(b.one(t))); diff != "" {
				t.Errorf("the request was changed (-direct +observed):\n%.2000s", diff)
			}
			if got.status != want.status || got.body != want.body || got.header.Get("Content-Type") != want.header.Get("Content-Type") {
				t.Errorf("the answer was changed: %d %s", got.status, got.body)
			}
			outcome := "observed_unchanged"
			if c.failure != "" {
				outcome = "observed_rejected"
			} else if c.rules != "" {
				outcome = "observed_rewritten"
			}
			if told, want := got.header.Get("X-Told"), c.provider+"|"+outcome+"|"+c.failure; told != want {
				t.Errorf("told %q, want %q", told, want)
			}
			if list := got.header.Get("X-Scim-Changes"); c.rules == "" && list != "" || !strings.Contains(list, c.rules) {
				t.Errorf("changes %q, want %s among them", list, c.rules)
			}
		})
	}
	if log := s.accessLog(); !strings.Contains(log, `"scim_outcome":"observed_rejected"`) || strings.Contains(log, "secret") {
		t.Errorf("log %s", log)
	}
}

// startSiteless returns a client that asks the backend directly, as s.do does
// through Caddy.
func startSiteless(t *testing.T, b *upstream) func(method, target, body string, headers ...string) answer {
	t.Helper()
	s := &site{t: t, addr: b.address()}
	return s.do
}

// TestObserveAsksNobody makes one exchange even where the plan would read first.
func TestObserveAsksNobody(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, "scim {\n mode observe\n explain\n backend {\n patch put\n }\n }\n reverse_proxy BACKEND")
	got := s.do("PATCH", "/scim/v2/Users/17", `{"Operations":[{"op":"Add","path":"emails[type eq \"work\"].value","value":"ada@example.com"}]}`)
	if sent := b.one(t); sent.method != "PATCH" {
		t.Errorf("the backend got %s", sent.method)
	}
	if !strings.Contains(got.header.Get("X-Scim-Changes"), "patch.op-case") {
		t.Errorf("changes %q", got.header.Get("X-Scim-Changes"))
	}
}

// TestObserveStreams does not hold the answer of a request that is observed.
func TestObserveStreams(t *testing.T) {
	first := make(chan struct{})
	b := startBackend(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", scim.MediaType)
		io.WriteString(w, "[")
		_ = http.NewResponseController(w).Flush()
		<-first // the client has it
		io.WriteString(w, "]")
	})
	s := startSite(t, b, "scim {\n mode observe\n }\n reverse_proxy BACKEND {\n flush_interval -1\n }")
	resp, err := client.Get("http://" + s.addr + "/scim/v2/Users")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	one := make([]byte, 1)
	if _, err := io.ReadFull(resp.Body, one); err != nil || one[0] != '[' {
		t.Errorf("read %q, %v", one, err)
	}
	close(first)
	if rest, _ := io.ReadAll(resp.Body); string(rest) != "]" {
		t.Errorf("rest %q", rest)
	}
}

// TestModeOfProvider has a mode for each provider, also for those that show only
// in the body.
func TestModeOfProvider(t *testing.T) {
	b := startBackend(t, answerOdd)
	for _, c := range []struct{ handler, entra, want string }{
		{"enforce", "off", "off"},
		{"enforce", "observe", "observe"},
		{"observe", "off", "off"},
		{"observe", "enforce", "enforce"},
		{"off", "observe", "observe"},
		{"off", "enforce", "enforce"},
	} {
		t.Run(c.handler+" "+c.entra, func(t *testing.T) {
			s := startSite(t, b, `header >X-Told "{scim.provider}"
			scim {
				mode `+c.handler+`
				explain
				provider entra {
					mode `+c.entra+`
				}
			}
			reverse_proxy BACKEND`)
			for _, body := range []string{sloppy, compressed(t, sloppy)} {
				var header []string
				if body != sloppy {
					header = []string{"Content-Encoding", "gzip"}
				}
				for _, target := range []string{"/scim/v2/users/17?aadOptscim062020", "/scim/v2/Users/17"} {
					got := s.do("PATCH", target, body, header...)
					sent := b.one(t)
					wantExplain, wantBody, wantTold := c.want != "off", c.want != "enforce", "entra"
					if c.want == "off" {
						wantTold = ""
					}
					if explained := got.header.Get("X-Scim-Changes") != ""; explained != wantExplain {
						t.Errorf("%s: changes %q", target, got.header.Get("X-Scim-Changes"))
					}
					if (sent.body == body) != wantBody {
						t.Errorf("%s: the backend got %q", target, sent.body)
					}
					if told := strings.Trim(got.header.Get("X-Told"), "{}"); told != wantTold && told != "scim.provider" {
						t.Errorf("%s: told %q", target, told)
					}
				}
			}
		})
	}
}

// TestModeOff lets everything pass, whatever it is.
func TestModeOff(t *testing.T) {
	b := startBackend(t, answerOdd)
	s := startSite(t, b, "scim {\n mode off\n explain\n }\n reverse_proxy BACKEND")
	direct := startSiteless(t, b)
	for _, c := range byteForByte(t) {
		direct(c.method, c.target, c.body, c.header...)
		want := raw(b.one(t))
		got := s.do(c.method, c.target, c.body, c.header...)
		if diff := cmp.Diff(want, raw(b.one(t))); diff != "" || got.header.Get("X-Scim-Changes") != "" {
			t.Errorf("%s: (-direct +off):\n%.2000s", c.name, diff)
		}
	}
	if log := s.accessLog(); strings.Contains(log, "scim_") {
		t.Errorf("log %s", log)
	}
}

// TestModeOffBesideEnforce reads bodies that might be of a provider which is
// enforced, and lets them pass when they are not.
func TestModeOffBesideEnforce(t *testing.T) {
	b := startBackend(t, answerOdd)
	s := startSite(t, b, "scim {\n mode off\n explain\n provider entra {\n mode enforce\n }\n }\n reverse_proxy BACKEND")
	direct := startSiteless(t, b)
	for _, c := range byteForByte(t) {
		if c.provider == "entra" {
			continue
		}
		direct(c.method, c.target, c.body, c.header...)
		want := raw(b.one(t))
		got := s.do(c.method, c.target, c.body, c.header...)
		if diff := cmp.Diff(want, raw(b.one(t))); diff != "" || got.header.Get("X-Scim-Changes") != "" {
			t.Errorf("%s: (-direct +off):\n%.2000s", c.name, diff)
		}
	}
}

// TestObservedPanic does not concern the client.
func TestObservedPanic(t *testing.T) {
	h := &Handler{Mode: "observe"}
	logs := provisioned(t, h)
	h.ledgers[generic].imagined = &rewrite.Plan{} // has no registry
	r := httptest.NewRequest("PATCH", "/scim/v2/Users/17", strings.NewReader(patchActive))
	w, err := serve(h, r, func(w http.ResponseWriter, r *http.Request) error {
		body, err := io.ReadAll(r.Body)
		if string(body) != patchActive || err != nil {
			t.Errorf("body %q, %v", body, err)
		}
		answerAda(w, r)
		return nil
	})
	if err != nil || w.Code != http.StatusOK || w.Body.String() != ada {
		t.Errorf("status %d, body %s, %v", w.Code, w.Body, err)
	}
	if logs.FilterMessage("panic in the plan of a provider").Len() != 1 {
		t.Errorf("log: %v", logs.All())
	}
}

// brokenMatcher fails for every request.
type brokenMatcher struct{}

func (brokenMatcher) MatchWithError(*http.Request) (bool, error) { return false, errAway }

// TestMatcherErrorInModes fails a request only where it would be rewritten.
func TestMatcherErrorInModes(t *testing.T) {
	for mode, fails := range map[string]bool{"": true, "enforce": true, "observe": false} {
		h := &Handler{Mode: mode, Providers: []*Provider{{Name: "okta"}}}
		provisioned(t, h)
		h.Providers[0].matchers = caddyhttp.MatcherSets{{brokenMatcher{}}}
		_, err := serve(h, httptest.NewRequest("GET", "/Users", nil), func(w http.ResponseWriter, r *http.Request) error { answerAda(w, r); return nil })
		if (err != nil) != fails {
			t.Errorf("mode %q: error %v", mode, err)
		}
	}
}

// TestExpect lets a client that waits to be told so go on once, and no more.
func TestExpect(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, "scim {\n mode observe\n }\n reverse_proxy BACKEND")
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "PATCH /Users/17 HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Type: application/scim+json\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n%s", s.addr, len(patchActive), patchActive)
	text, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), " 100 Continue"); n != 1 || !strings.HasSuffix(string(text), ada) {
		t.Errorf("told %d times to go on: %q", n, text)
	}
	if got := b.one(t); got.body != patchActive {
		t.Errorf("body %q", got.body)
	}
}

// TestObserveRulesOfTheUser reports these too, and asks nobody for the state that
// a condition goes by.
func TestObserveRulesOfTheUser(t *testing.T) {
	b := startBackend(t, answerAda)
	s := startSite(t, b, `scim {
		mode observe
		explain
		rule acme.badge {
			match header X-Tenant acme
			rename badge badgeNumber
		}
		rule acme.contractor {
			on patch
			when userType eq "Contractor"
			set displayName External
		}
		rule acme.stop {
			on create
			when not (userName pr)
			reject 400 invalidValue "a user needs a name"
		}
	}
	reverse_proxy BACKEND`)
	const body = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bo@example.com","badge":"7"}`
	if got := s.do("POST", "/Users", body, "X-Tenant", "acme"); !strings.Contains(got.header.Get("X-Scim-Changes"), "acme.badge") {
		t.Errorf("changes %q", got.header.Get("X-Scim-Changes"))
	}
	if got := s.do("POST", "/Users", body); strings.Contains(got.header.Get("X-Scim-Changes"), "acme.") {
		t.Errorf("changes of another tenant %q", got.header.Get("X-Scim-Changes"))
	}
	s.do("PATCH", "/Users/17", patchActive)
	s.do("POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"displayName":"Bo"}`)
	methods := ""
	for _, sent := range b.requests() {
		methods += sent.method + " "
		if sent.method == "POST" && strings.Contains(sent.body, "badgeNumber") {
			t.Errorf("the backend got %s", sent.body)
		}
	}
	if methods != "POST POST PATCH POST " {
		t.Errorf("the backend got %s", methods)
	}
	if log := s.accessLog(); strings.Count(log, `"scim_outcome":"observed_rejected"`) != 1 {
		t.Errorf("log %s", log)
	}
}
