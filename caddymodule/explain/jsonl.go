package explain

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/caddy-scim/caddy-scim/scim"
)

// jsonRequest is a line of JSON input.
type jsonRequest struct {
	Method   string          `json:"method"`
	Target   string          `json:"target"`
	Headers  jsonHeaders     `json:"headers"`
	Body     json.RawMessage `json:"body"`
	Resource json.RawMessage `json:"resource"`
}

// jsonHeaders takes each header as a string, or as an array of them.
type jsonHeaders http.Header

// UnmarshalJSON implements json.Unmarshaler.
func (h *jsonHeaders) UnmarshalJSON(text []byte) error {
	if isNull(text) {
		return nil
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return fmt.Errorf("headers: %w", err)
	}
	header := make(http.Header, len(raw))
	for name, value := range raw {
		var one string
		var several []string
		switch {
		case isNull(value):
		case json.Unmarshal(value, &one) == nil:
			header.Add(name, one)
		case json.Unmarshal(value, &several) == nil:
			for _, one := range several {
				header.Add(name, one)
			}
		default:
			return fmt.Errorf("headers: %s is neither a string nor an array of strings", name)
		}
	}
	*h = jsonHeaders(header)
	return nil
}

// ParseJSON reads one request given as a JSON object. A body that is a string is
// the raw body; any other is a JSON value, whose bytes are kept.
func ParseJSON(line []byte) (Request, error) {
	var in jsonRequest
	if err := json.Unmarshal(line, &in); err != nil {
		return Request{}, scim.BadRequest(scim.InvalidSyntax, "%v", err)
	}
	r := Request{Method: in.Method, Target: in.Target, Header: http.Header(in.Headers)}
	switch {
	case isNull(in.Body):
	case in.Body[0] == '"':
		if err := json.Unmarshal(in.Body, &r.Body); err != nil {
			return Request{}, scim.BadRequest(scim.InvalidSyntax, "body: %v", err)
		}
	default:
		r.Body = string(in.Body)
	}
	if !isNull(in.Resource) {
		r.Resource = string(in.Resource)
	}
	return r, nil
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// JSONLines answers requests given as one JSON object a line, in order and as
// one JSON object a line. A line that cannot be read is answered with an error.
func (g *Gateway) JSONLines(ctx context.Context, in io.Reader, out io.Writer) error {
	lines := bufio.NewReader(in)
	for n, ended := 1, false; !ended; n++ {
		line, err := lines.ReadBytes('\n')
		if ended = errors.Is(err, io.EOF); err != nil && !ended {
			return err
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			if err := WriteJSON(out, g.jsonLine(ctx, n, line)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (g *Gateway) jsonLine(ctx context.Context, n int, line []byte) Answer {
	r, err := ParseJSON(line)
	if err == nil {
		return g.Explain(ctx, r)
	}
	answer := Refused(err)
	answer.Error.Detail = fmt.Sprintf("line %d: %s", n, answer.Error.Detail)
	return answer
}

// WriteJSON writes an answer as one line of JSON.
func WriteJSON(out io.Writer, a Answer) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false) // "every byte shows"
	return encoder.Encode(a)
}
