package caddymodule

import (
	"bytes"
	"io"
	"net/http"
)

// tape keeps the bytes of a body as they are read off the connection, so that
// the request can go on as it came: compressed, in spite of a limit, and with an
// error where there was one.
type tape struct {
	body io.ReadCloser
	read bytes.Buffer
}

// startTape begins to keep the body of r; it returns nil if there is none.
func startTape(r *http.Request) *tape {
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	t := &tape{body: r.Body}
	r.Body = t
	return t
}

// Read implements io.Reader.
func (t *tape) Read(p []byte) (int, error) {
	n, err := t.body.Read(p)
	t.read.Write(p[:n])
	return n, err
}

// Close implements io.Closer.
func (t *tape) Close() error { return t.body.Close() }

// rewind gives r its body back: what was read, and whatever follows it.
func (t *tape) rewind(r *http.Request) {
	if t == nil {
		return
	}
	r.Body = &rewound{Reader: io.MultiReader(&t.read, t.body), Closer: t.body}
	if t.read.Len() > 0 {
		// The client was told to go on when the body was read. Were it told again,
		// that would come in the midst of its next request.
		r.Header.Del("Expect")
	}
}

type rewound struct {
	io.Reader
	io.Closer
}
