package rules_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/caddy-scim/caddy-scim/scim"
)

func (o outcome) forwarded(headers [][]string) string {
	texts := make([]string, len(o.sends))
	for i, req := range o.sends {
		var listed []string
		if i < len(headers) {
			listed = headers[i]
		}
		texts[i] = requestText(req, listed)
	}
	return strings.Join(texts, "\n###\n")
}

// rules lists the changes, one a line, with the place where the fixture has it.
func (o outcome) rules(want string) string {
	lines := strings.Split(want, "\n")
	got := make([]string, len(o.changes))
	for i, c := range o.changes {
		got[i] = c.ID + " " + c.At
		if i < len(lines) && !strings.Contains(lines[i], " ") && lines[i] != "" {
			got[i] = c.ID
		}
	}
	return strings.Join(got, "\n")
}

func (o outcome) returned(headers [][]string) string {
	if o.resp == nil || len(headers) == 0 {
		return ""
	}
	line := "HTTP/1.1 " + strconv.Itoa(o.resp.Status) + " " + http.StatusText(o.resp.Status)
	return messageText(line, o.resp.Header, headers[0], o.resp.Body)
}

func requestText(req *scim.Request, headers []string) string {
	target := req.Path
	if req.Query != "" {
		target += "?" + req.Query
	}
	return messageText(req.Method+" "+target+" HTTP/1.1", req.Header, headers, req.Body)
}

func messageText(line string, header http.Header, listed []string, body string) string {
	text := line
	for _, name := range listed {
		text += "\n" + name + ": " + strings.Join(header[http.CanonicalHeaderKey(name)], ", ")
	}
	if body != "" {
		text += "\n\n" + body
	}
	return text
}

// parseMessage takes an HTTP message apart: its first line, the names of its
// headers with their values behind a colon, and its body.
func parseMessage(text string) (line string, header []string, body string) {
	head, body, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	for _, l := range lines[1:] {
		name, _, _ := strings.Cut(l, ":")
		header = append(header, name)
	}
	return lines[0], header, body
}

func parseHeader(text string) http.Header {
	header := http.Header{}
	head, _, _ := strings.Cut(text, "\n\n")
	for _, l := range strings.Split(head, "\n")[1:] {
		name, value, _ := strings.Cut(l, ":")
		header.Add(name, strings.TrimSpace(value))
	}
	return header
}

func parseRequest(t *testing.T, text string) *scim.Request {
	t.Helper()
	line, _, body := parseMessage(text)
	line, ok := strings.CutSuffix(line, " HTTP/1.1")
	method, target, ok2 := strings.Cut(line, " ")
	if !ok || !ok2 {
		t.Fatalf("%q is no request line", line)
	}
	path, query, _ := strings.Cut(target, "?")
	return &scim.Request{
		Method: method, Path: path, Query: query, Header: parseHeader(text), Body: body, Origin: origin,
	}
}

func parseResponse(t *testing.T, text string) *scim.Response {
	t.Helper()
	line, _, body := parseMessage(text)
	fields := strings.Fields(line)
	if len(fields) < 2 {
		t.Fatalf("%q is no status line", line)
	}
	status, err := strconv.Atoi(fields[1])
	if err != nil {
		t.Fatalf("%q is no status line", line)
	}
	return &scim.Response{Status: status, Header: parseHeader(text), Body: body}
}
