package caddymodule

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-scim/caddy-scim/scim"
)

// readBody reads the whole body of r, at most limit bytes of it once it is
// decoded. Errors for the client are of type *scim.Error.
func readBody(r *http.Request, limit int64) (string, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return "", nil
	}
	return decodeBody(r, limit)
}

// discardBody takes what is left of a refused body off the connection. A client
// that is still sending would see a closed connection and not the answer. One
// that waits to be told to go on is not sending.
func discardBody(r *http.Request) {
	if r.Header.Get("Expect") == "" {
		_, _ = io.CopyN(io.Discard, r.Body, maxDiscarded)
	}
}

// maxDiscarded is how much of a refused body is read all the same.
const maxDiscarded = 16 << 20

func decodeBody(r *http.Request, limit int64) (string, error) {
	if r.ContentLength > limit {
		return "", errTooLarge(limit)
	}
	body := io.Reader(&boundedReader{r: r.Body, left: limit, limit: limit})
	switch coding := strings.ToLower(strings.Join(r.Header.Values("Content-Encoding"), ",")); coding {
	case "", "identity":
	case "gzip", "x-gzip":
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			return "", bodyError(r, err)
		}
		body = &boundedReader{r: unzipped, left: limit, limit: limit}
	default:
		return "", scim.Errorf(http.StatusUnsupportedMediaType, "",
			"the body has the content coding %q; only gzip is accepted", coding)
	}
	buf := takeBuffer()
	defer giveBuffer(buf)
	if _, err := buf.ReadFrom(body); err != nil {
		return "", bodyError(r, err)
	}
	return buf.String(), nil
}

// bodyError turns an error of reading a body into the one that is answered.
func bodyError(r *http.Request, err error) error {
	if gone := r.Context().Err(); gone != nil {
		return gone
	}
	if refusal, ok := errors.AsType[*scim.Error](err); ok {
		return refusal
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return errTooLarge(tooLarge.Limit)
	}
	if handler, ok := errors.AsType[caddyhttp.HandlerError](err); ok {
		return handler
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return scim.Errorf(http.StatusRequestTimeout, "", "the body did not arrive in time")
	}
	if r.Header.Get("Content-Encoding") != "" {
		return scim.BadRequest(scim.InvalidSyntax, "the body is not valid gzip")
	}
	return scim.BadRequest(scim.InvalidSyntax, "the body could not be read to its end")
}

func errTooLarge(limit int64) *scim.Error {
	return scim.Errorf(http.StatusRequestEntityTooLarge, "", "the body is larger than %d bytes", limit)
}

// boundedReader reads up to a limit and fails beyond it. Unlike io.LimitReader
// it tells a body that is too large from one that ends there.
type boundedReader struct {
	r           io.Reader
	left, limit int64
}

func (b *boundedReader) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if int64(n) > b.left {
		return int(b.left), errTooLarge(b.limit)
	}
	b.left -= int64(n)
	return n, err
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxKeptBuffer bounds the memory that a rare large message leaves in the pool.
const maxKeptBuffer = 1 << 20

func takeBuffer() *bytes.Buffer { return buffers.Get().(*bytes.Buffer) }

func giveBuffer(buf *bytes.Buffer) {
	if buf.Cap() <= maxKeptBuffer {
		buf.Reset()
		buffers.Put(buf)
	}
}
