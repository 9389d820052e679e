package scim

import (
	"context"
	"io"
	"net/http"
)

// Request is a SCIM request as it stands between a client and a service
// provider: what the transport gives and takes.
type Request struct {
	Method string
	Path   string // escaped path as in the request line: /scim/v2/Users/17
	Query  string // raw query, without the question mark
	Header http.Header
	Body   string // whole body, decoded of any Content-Encoding; empty if none

	// Stream, if set, is given the body of a successful answer as it comes, so that
	// it need not fit into memory; Response.Body is empty then. A Send that holds
	// every answer anyway may ignore it and return the body.
	Stream func(io.Reader) error

	// Origin is scheme and authority under which the client called, such as
	// https://scim.example.com. Answers show resources below it.
	Origin string
}

// Response is the answer to a Request.
type Response struct {
	Status int
	Header http.Header
	Body   string
}

// Send makes one exchange with the service provider.
type Send func(context.Context, *Request) (*Response, error)
