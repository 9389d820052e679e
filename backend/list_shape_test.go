package backend

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/caddy-scim/caddy-scim/scim"
)

const listOpen = `{"schemas":["` + scim.ListResponseURI + `"]`

func TestListShapes(t *testing.T) {
	nested := &ListShape{Resources: "data.users", Total: "data.meta.total"}
	users := &ListShape{Resources: "users", Total: "total"}
	for _, test := range []struct {
		name   string
		shape  *ListShape
		page   string
		answer string
		want   string
	}{
		{
			"ListResponse", nil, "",
			`{"schemas":["` + scim.ListResponseURI + `"],"totalResults":2,"startIndex":1,"itemsPerPage":2,"Resources":[{"id":"1"},{"id":"2"}]}`,
			listOpen + `,"totalResults":2,"startIndex":1,"itemsPerPage":2,"Resources":[{"id":"1"},{"id":"2"}]}`,
		},
		{"numbers behind the resources, as text", nil, "", `{"resources":[{"id":1}],"TotalResults":"7"}`, listOpen + `,"Resources":[{"id":"1"}],"totalResults":7}`},
		{"cursor that looks like a number", nil, "", `{"nextCursor":"17","Resources":[]}`, listOpen + `,"nextCursor":"17","Resources":[]}`},
		{"bare array", nil, "", ` [{"id":1},{"id":2}] `, listOpen + `,"Resources":[{"id":"1"},{"id":"2"}]}`},
		{"bare array that is all", nil, "off", `[{"id":1},{"id":2}]`, listOpen + `,"Resources":[{"id":"1"},{"id":"2"}],"totalResults":2}`},
		{"byte order mark", nil, "", "\uFEFF[]", listOpen + `,"Resources":[]}`},
		{"other names", users, "", `{"total":5,"users":[{"id":1}],"links":{"next":"/users?page=2"}}`, listOpen + `,"totalResults":5,"Resources":[{"id":"1"}]}`},
		{"other names, nothing there", users, "", `{"users":null,"total":0}`, listOpen + `,"totalResults":0,"Resources":[]}`},
		{"other names, null", users, "", `{"users":null}`, listOpen + `,"Resources":[]}`},
		{
			"dotted names", nested, "",
			`{"ok":true,"data":{"page":1,"users":[{"id":1}],"meta":{"pages":3,"total":41}},"at":"now"}`,
			listOpen + `,"Resources":[{"id":"1"}],"totalResults":41}`,
		},
		{"dotted names, total first", nested, "", `{"data":{"meta":{"total":1},"users":[{"id":1}]}}`, listOpen + `,"totalResults":1,"Resources":[{"id":"1"}]}`},
		{"other names configured, RFC answered", users, "", `{"totalResults":1,"Resources":[{"id":"1"}]}`, listOpen + `,"totalResults":1,"Resources":[{"id":"1"}]}`},
		{"no resources for count=0", nil, "", `{"totalResults":12}`, listOpen + `,"totalResults":12,"Resources":[]}`},
		{"no Resources in a ListResponse", nil, "", listOpen + `}`, listOpen + `,"Resources":[]}`},
		{"one in place of a list of one", nil, "", `{"totalResults":1,"Resources":{"id":1}}`, listOpen + `,"totalResults":1,"Resources":[{"id":"1"}]}`},
		{
			"a resource in place of a list", nil, "", `{"schemas":["` + scim.UserURI + `"],"id":1,"userName":"mara.lind"}`,
			listOpen + `,"Resources":[{"schemas":["` + scim.UserURI + `"],"id":"1","userName":"mara.lind"}]}`,
		},
		{"null among resources", nil, "", `{"Resources":[null,{"id":1},null]}`, listOpen + `,"Resources":[{"id":"1"}]}`},
		{"SCIM 1.1 schemas", nil, "", `{"schemas":["urn:scim:schemas:core:1.0"],"totalResults":0}`, listOpen + `,"totalResults":0,"Resources":[]}`},
	} {
		caps := adapted
		caps.List = test.shape
		if test.page != "" {
			caps.Page = &Paging{Style: test.page}
		}
		b := newBackend(t, caps)
		t.Run(test.name, func(t *testing.T) {
			resp, err := bottom(t, b, always(200, test.answer), newRequest("GET", "/Users", ""))
			must(t, resp, err)
			if resp.Body != test.want {
				t.Errorf("held: got  %s\nwant %s", resp.Body, test.want)
			}
		})
		t.Run(test.name+", streamed", func(t *testing.T) {
			var got []byte
			req := newRequest("GET", "/Users", "")
			req.Stream = func(r io.Reader) (err error) {
				got, err = io.ReadAll(iotest.OneByteReader(r))
				return err
			}
			i := always(200, test.answer)
			i.stream = true
			resp, err := bottom(t, b, i, req)
			must(t, resp, err)
			if string(got) != test.want || resp.Body != "" {
				t.Errorf("streamed: got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestEmptyAnswerIsAnEmptyList(t *testing.T) {
	resp, err := bottom(t, newBackend(t, adapted), always(204, ""), newRequest("GET", "/Users", ""))
	must(t, resp, err)
	if want := listOpen + `,"Resources":[]}`; resp.Status != 200 || resp.Body != want {
		t.Errorf("got %d %s", resp.Status, resp.Body)
	}
}

// What cannot be read must not look like an empty list: the client would create
// what is there.
func TestNoList(t *testing.T) {
	for _, answer := range []string{
		``, `{}`, `null`, `"ok"`, `<html>`, `{"ok":true}`, `{"users":[]}`, `[{"id":1}`, `[{"id":1}] []`, `{"Resources":[{"id":1}`,
		`[1,2]`, `{"Resources":"none"}`, `[{"id":1,"ID":2}]`, `{"Resources":[]}{`, `{"error":"no such tenant"}`, `{"id":17}`,
		"[{\"userName\":\"\xff\"}]", `{"Resources":[{"id":1}],"resources":[{"id":2}]}`, `{` + strings.Repeat(`"a":1,`, 1001) + `"Resources":[]}`,
		`[` + strings.Repeat(`[`, 100),
	} {
		if resp, err := bottom(t, newBackend(t, adapted), always(200, answer), newRequest("GET", "/Users", "")); err == nil {
			t.Errorf("%q became %s", answer, resp.Body)
		} else if e, is := errors.AsType[*scim.Error](err); !is || e.Status != 502 {
			t.Errorf("%q: %v", answer, err)
		}
	}
}

func TestListIsReadResourceByResource(t *testing.T) {
	b := newBackend(t, adapted)
	x := entering(t, b, newRequest("GET", "/Users", ""))
	source, writer := io.Pipe()
	r := b.readList(x, source)
	go func() {
		_, _ = io.WriteString(writer, `{"Resources":[{"id":1},`)
	}()
	want := listOpen + `,"Resources":[{"id":"1"}`
	got := make([]byte, len(want))
	if _, err := io.ReadFull(r, got); err != nil || string(got) != want {
		t.Fatalf("got %s, %v: want the first resource before the second has come", got, err)
	}
	writer.CloseWithError(errors.New("cable cut"))
	if rest, err := io.ReadAll(r); err == nil || !strings.Contains(err.Error(), "cable cut") || len(rest) > 0 {
		t.Errorf("got %q, %v", rest, err)
	}
}

func TestLargeValueIsNotHeld(t *testing.T) {
	b := newBackend(t, adapted)
	x := entering(t, b, newRequest("GET", "/Users", ""))
	endless := io.MultiReader(strings.NewReader(`[{"id":"`), endlessly{})
	_, err := io.Copy(io.Discard, b.readList(x, endless))
	if e, is := errors.AsType[*scim.Error](err); !is || e.Status != 502 {
		t.Errorf("got %v", err)
	}
}

type endlessly struct{}

func (endlessly) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

func FuzzReadList(f *testing.F) {
	for _, seed := range []string{`[{"id":1}]`, `{"Resources":[{"id":1,"name.givenName":"Mara"}],"totalResults":"1"}`, `{"data":{"users":[{}],"total":2}}`, `{"id":1,"schemas":["x"]}`} {
		f.Add(seed)
	}
	caps := adapted
	caps.List = &ListShape{Resources: "data.users", Total: "data.total"}
	b := newBackend(f, caps)
	f.Fuzz(func(t *testing.T, answer string) {
		x := entering(t, b, newRequest("GET", "/Users", ""))
		once, err := io.ReadAll(b.readList(x, strings.NewReader(answer)))
		if err != nil {
			return
		}
		if _, err := scim.Check(string(once), scim.Limits{Bytes: len(once), Depth: 100}); err != nil {
			t.Fatalf("%q became %s: %v", answer, once, err)
		}
		twice, err := io.ReadAll(b.readList(x, strings.NewReader(string(once))))
		if err != nil || string(twice) != string(once) {
			t.Fatalf("%q became %s\nand that %s, %v", answer, once, twice, err)
		}
	})
}

func BenchmarkReadList(b *testing.B) {
	var text strings.Builder
	text.WriteString(`{"totalResults":1000,"Resources":[`)
	for i := range 1000 {
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, `{"schemas":["%s"],"id":"%d","userName":"user%d@example.com","name":{"givenName":"A","familyName":"B"},"active":true,`+
			`"emails":[{"value":"user%d@example.com","type":"work","primary":true}]}`, scim.UserURI, i, i, i)
	}
	text.WriteString(`]}`)
	back := newBackend(b, adapted)
	x := entering(b, back, newRequest("GET", "/Users", ""))
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := io.Copy(io.Discard, back.readList(x, strings.NewReader(text.String()))); err != nil {
			b.Fatal(err)
		}
	}
}
