package probe

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/caddy-scim/caddy-scim/scim"
)

// Bounds of one exchange.
const (
	maxAnswer   = 32 << 20
	exchangeFor = 30 * time.Second
	maxTries    = 6
	firstPause  = 250 * time.Millisecond
	maxPause    = 30 * time.Second
)

// client makes exchanges with the service provider.
type client struct {
	do       func(*http.Request) (*http.Response, error)
	origin   string
	header   http.Header
	requests int
	// throttles are the texts with which the service provider has said, under
	// another status than 429 or 503, that it is asked too much.
	throttles []string
	pressed   int // answers with 429 or 503
}

// once makes an exchange, whatever comes of it.
func (c *client) once(ctx context.Context, req *scim.Request) (*scim.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, exchangeFor)
	defer cancel()
	target := c.origin + req.Path
	if req.Query != "" {
		target += "?" + req.Query
	}
	r, err := http.NewRequestWithContext(ctx, req.Method, target, strings.NewReader(req.Body))
	if err != nil {
		return nil, err
	}
	maps.Copy(r.Header, req.Header)
	maps.Copy(r.Header, c.header)
	c.requests++
	resp, err := c.do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("%s %s: reading the answer: %w", req.Method, req.Path, err)
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("%s %s: the answer is larger than %d bytes", req.Method, req.Path, maxAnswer)
	}
	return &scim.Response{Status: resp.StatusCode, Header: resp.Header, Body: string(body)}, nil
}

// patiently makes an exchange, and makes it again while the service provider is
// under pressure.
func (c *client) patiently(ctx context.Context, req *scim.Request) (*scim.Response, error) {
	for try := 1; ; try++ {
		resp, err := c.once(ctx, req)
		if err != nil || try == maxTries {
			return resp, err
		}
		again, text := false, throttleText(resp.Body)
		switch {
		case resp.Status == http.StatusTooManyRequests || resp.Status == http.StatusServiceUnavailable:
			again = true
			c.pressed++
		case resp.Status >= 400 && text != "":
			again = true
			c.throttles = appendNew(c.throttles, text)
		case resp.Status >= 500 && resp.Status != http.StatusNotImplemented && req.Method == http.MethodGet:
			again = try < 3 // it may be a hiccup
		}
		if !again {
			return resp, nil
		}
		if err := pause(ctx, try, resp); err != nil {
			return nil, err
		}
	}
}

// pause waits as long as the answer says, or a little longer each time.
func pause(ctx context.Context, try int, resp *scim.Response) error {
	wait := firstPause << (try - 1)
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && seconds >= 0 {
		wait = time.Duration(seconds) * time.Second
	}
	timer := time.NewTimer(min(wait, maxPause))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

var throttleWords = regexp.MustCompile(`(?i)\b(rate (limit )?(has been |was |is )?exceeded|too many requests|throttl(ed|ing)|request limit|quota exceeded|slow down)`)

// throttleText finds the words in an answer that mean that too much was asked.
func throttleText(body string) string {
	if len(body) > 4<<10 {
		return ""
	}
	return strings.ToLower(throttleWords.FindString(body))
}

func appendNew(list []string, text string) []string {
	if slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}

// escape percent-encodes a value of a query, spaces as %20.
func escape(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }
