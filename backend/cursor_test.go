package backend

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/caddy-scim/caddy-scim/scim"
)

func TestSealedCursor(t *testing.T) {
	s, err := newSealer("secret")
	if err != nil {
		t.Fatal(err)
	}
	to := binding{1, 2, 3}
	c := cursor{kind: inCollection, count: -1, at: position{index: 70_000, page: 7, skip: 3, token: "AAAA+/=:="}}
	text := s.seal(c, to)
	got, err := s.open(text, to)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, got, cmp.AllowUnexported(cursor{}, position{})); diff != "" {
		t.Error(diff)
	}
	if other := s.seal(c, to); other == text {
		t.Error("two cursors are the same")
	}
	same, _ := newSealer("secret")
	if _, err := same.open(text, to); err != nil {
		t.Errorf("another replica: %v", err)
	}
	foreign, _ := newSealer("")
	if _, err := foreign.open(text, to); scim.AsError(err).Type != scim.InvalidCursor {
		t.Errorf("another key: %v", err)
	}
	if _, err := s.open(text, binding{}); scim.AsError(err).Type != scim.InvalidCursor {
		t.Errorf("another binding: %v", err)
	}
	s.now = func() time.Time { return time.Now().Add(CursorTimeout + time.Second) }
	if _, err := s.open(text, to); scim.AsError(err).Type != scim.ExpiredCursor {
		t.Errorf("later: %v", err)
	}
	if _, err := s.open(text, binding{}); scim.AsError(err).Type != scim.InvalidCursor {
		t.Errorf("later, another binding: %v", err)
	}
}

// TestTamperedCursor changes each character of a cursor, cuts it and lengthens
// it. All that is wrong is answered alike.
func TestTamperedCursor(t *testing.T) {
	s, err := newSealer("secret")
	if err != nil {
		t.Fatal(err)
	}
	text := s.seal(cursor{kind: inAnswer, count: 5, at: position{index: 10}}, binding{})
	wrong := []string{"", "gw.", "x", text + "A", text + "=", text + "\n", strings.Repeat(text, 100), strings.ToUpper(text), " " + text}
	for i := range len(text) {
		wrong = append(wrong, text[:i])
		for _, c := range []byte("Aa0-_.~\n+") {
			if text[i] != c {
				wrong = append(wrong, text[:i]+string(c)+text[i+1:], text[:i]+string(c)+text[i:])
			}
		}
	}
	want := invalidCursor()
	for _, cut := range wrong {
		_, err := s.open(cut, binding{})
		if diff := cmp.Diff(want, err); diff != "" {
			t.Fatalf("%q: %s", cut, diff)
		}
	}
}

// FuzzCursor puts something in place of a part of a cursor.
func FuzzCursor(f *testing.F) {
	s, err := newSealer("secret")
	if err != nil {
		f.Fatal(err)
	}
	known := s.seal(cursor{at: position{token: "next"}}, binding{})
	f.Add(uint(3), uint(4), "B")
	f.Add(uint(0), uint(1000), "gw.AAAA")
	f.Fuzz(func(t *testing.T, from, to uint, part string) {
		from = min(from, uint(len(known)))
		to = min(max(from, to), uint(len(known)))
		text := known[:from] + part + known[to:]
		_, err := s.open(text, binding{})
		if text != known && (err == nil || err.Error() != invalidCursor().Error()) {
			t.Errorf("%q: %v", text, err)
		}
	})
}

// TestCursorIsBound makes sure that a cursor is good for the same request of the
// same client only.
func TestCursorIsBound(t *testing.T) {
	b, err := New(Options{Capabilities: Capabilities{Page: &Paging{}}, Registry: scim.Core()})
	if err != nil {
		t.Fatal(err)
	}
	p := &listProvider{t: t, caps: b.caps, users: numbered(30)}
	send := b.Adapt(p.send)
	type asking struct{ path, query, authorization, origin string }
	ask := func(a asking) (scim.Value, error) {
		resp, err := send(t.Context(), &scim.Request{
			Method: http.MethodGet, Path: a.path, Query: a.query, Origin: a.origin,
			Header: http.Header{"Authorization": {a.authorization}},
		})
		if err != nil {
			return scim.Value{}, err
		}
		return scim.Parse(resp.Body), nil
	}
	first := asking{"/scim/v2/Users", `filter=id%20pr&count=5`, "Bearer one", "https://a.example.com"}
	begin := first
	begin.query += "&cursor="
	list, err := ask(begin)
	if err != nil {
		t.Fatal(err)
	}
	next := list.Get("nextCursor").Text()
	for name, test := range map[string]struct {
		change func(*asking)
		want   scim.ErrorType
	}{
		"the same":                    {func(*asking) {}, ""},
		"parameters in another order": {func(a *asking) { a.query = `count=5&filter=id%20pr` }, ""},
		"another tenant":              {func(a *asking) { a.path = "/other/v2/Users" }, scim.InvalidCursor},
		"another endpoint":            {func(a *asking) { a.path = "/scim/v2/Groups" }, scim.InvalidCursor},
		"another origin":              {func(a *asking) { a.origin = "https://b.example.com" }, scim.InvalidCursor},
		"another client":              {func(a *asking) { a.authorization = "Bearer two" }, scim.InvalidCursor},
		"nobody":                      {func(a *asking) { a.authorization = "" }, scim.InvalidCursor},
		"another filter":              {func(a *asking) { a.query = `filter=userName%20pr&count=5` }, scim.InvalidCursor},
		"no filter":                   {func(a *asking) { a.query = `count=5` }, scim.InvalidCursor},
		"another order":               {func(a *asking) { a.query += "&sortBy=userName" }, scim.InvalidCursor},
		"other attributes":            {func(a *asking) { a.query += "&attributes=userName" }, scim.InvalidCursor},
		"an unknown parameter":        {func(a *asking) { a.query += "&x=y" }, scim.InvalidCursor},
		"another count":               {func(a *asking) { a.query = `filter=id%20pr&count=6` }, scim.InvalidCount},
		"no count":                    {func(a *asking) { a.query = `filter=id%20pr` }, scim.InvalidCount},
	} {
		t.Run(name, func(t *testing.T) {
			a := first
			test.change(&a)
			a.query += "&cursor=" + next
			_, err := ask(a)
			if test.want == "" && err != nil || test.want != "" && (err == nil || scim.AsError(err).Type != test.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}
