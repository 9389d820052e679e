package explain

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// ParseHTTP reads raw HTTP requests: request line, headers, an empty line, and
// the body. The version may be missing, lines may end in LF or CRLF. A body goes
// as far as Content-Length says, or else to the next request, without the line
// ends before it. Requests may be kept apart by lines that start with ###, and
// lines that start with # may stand before one, as in the .http files of
// editors.
func ParseHTTP(text string) ([]Request, error) {
	var all []Request
	in := input{text: text}
	for in.skipToRequest() {
		r, err := in.request()
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// input is a text that is read line by line.
type input struct {
	text string // what is left
	line int    // the one that was read last, from 1
}

func (in *input) next() string {
	line, rest, _ := strings.Cut(in.text, "\n")
	in.text = rest
	in.line++
	return strings.TrimSuffix(line, "\r")
}

// skipToRequest skips empty lines and comments.
func (in *input) skipToRequest() bool {
	for in.text != "" {
		if line := firstLine(in.text); line != "" && line[0] != '#' {
			return true
		}
		in.next()
	}
	return false
}

func (in *input) request() (Request, error) {
	r := Request{Header: make(http.Header)}
	var found bool
	if r.Method, r.Target, found = requestLine(in.next()); !found {
		return r, fmt.Errorf("line %d: a request line such as GET /Users is expected", in.line)
	}
	for in.text != "" {
		line := in.next()
		if line == "" {
			break
		}
		name, value, found := strings.Cut(line, ":")
		if !found || name == "" || strings.ContainsAny(name, " \t") {
			return r, fmt.Errorf("line %d: a header or an empty line is expected", in.line)
		}
		r.Header.Add(name, strings.TrimSpace(value))
	}
	r.Body = in.body(r.Header.Get("Content-Length"))
	return r, nil
}

// body takes the body off the text. A Content-Length that does not lead to the
// end or to another request was not kept up when the text was edited.
func (in *input) body(length string) string {
	n, err := strconv.Atoi(length)
	if err != nil || n < 0 || n > len(in.text) || !endsAt(in.text, n) {
		n = nextRequest(in.text)
		body := strings.TrimRight(in.text[:n], "\r\n")
		in.take(n)
		return body
	}
	body := in.text[:n]
	in.take(n)
	return body
}

func (in *input) take(n int) {
	in.line += strings.Count(in.text[:n], "\n")
	in.text = in.text[n:]
}

// endsAt reports whether a request can end at n.
func endsAt(text string, n int) bool {
	rest := strings.TrimLeft(text[n:], "\r\n")
	return rest == "" || startsRequest(rest)
}

// nextRequest finds where the next request or separator starts. No line within a
// JSON text looks like one.
func nextRequest(text string) int {
	for at := 0; at < len(text); {
		if startsRequest(text[at:]) {
			return at
		}
		end := strings.IndexByte(text[at:], '\n')
		if end < 0 {
			break
		}
		at += end + 1
	}
	return len(text)
}

func startsRequest(text string) bool {
	line := firstLine(text)
	if strings.HasPrefix(line, "###") {
		return true
	}
	_, _, found := requestLine(line)
	return found
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimSuffix(line, "\r")
}

// requestLine takes method and target out of a request line. The target may
// hold spaces, as filters do that were written by hand.
func requestLine(line string) (method, target string, found bool) {
	method, target, found = strings.Cut(line, " ")
	if !found || method == "" || strings.Trim(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return "", "", false
	}
	target = strings.TrimSpace(target)
	if i := strings.LastIndexByte(target, ' '); i >= 0 && strings.HasPrefix(target[i+1:], "HTTP/") {
		target = strings.TrimSpace(target[:i])
	}
	return method, target, strings.HasPrefix(target, "/") || strings.Contains(target, "://")
}
