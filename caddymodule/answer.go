package caddymodule

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-scim/caddy-scim/pace"
	"github.com/caddy-scim/caddy-scim/scim"
)

// statusClientGone is what Caddy notes in the access log when the client has
// closed the connection.
const statusClientGone = 499

// answer writes the answer to the client. That it cannot be written means that
// the client is gone, and there is nobody to tell.
func (c *call) answer(resp *scim.Response) {
	c.setHeader(resp.Header)
	header := c.w.Header()
	if c.method == http.MethodHead || !hasBody(resp.Status) {
		// What is left out may have been repaired, and then has another length.
		header.Del("Content-Length")
		c.w.WriteHeader(resp.Status)
		return
	}
	header.Set("Content-Length", strconv.Itoa(len(resp.Body)))
	c.w.WriteHeader(resp.Status)
	if _, err := io.WriteString(c.w, resp.Body); err != nil {
		if log := c.h.logger.Check(zapcore.DebugLevel, "writing answer"); log != nil {
			log.Write(zap.Error(err))
		}
	}
}

// setHeader makes answer the header of the answer, beside what stood there at
// entry and was not taken away by the handlers that follow.
func (c *call) setHeader(answer http.Header) {
	header := c.w.Header()
	for name := range c.entry {
		if _, kept := c.last[name]; c.last != nil && !kept {
			delete(header, name)
		}
	}
	maps.Copy(header, answer)
	dropHopByHop(header)
	for name := range header {
		if strings.HasPrefix(name, http.TrailerPrefix) {
			delete(header, name)
		}
	}
	if c.h.Explain != "" && len(c.changed) > 0 {
		header.Set(c.h.Explain, strings.Join(c.changed, ", "))
	}
	if c.h.RateHeaders {
		c.sayRates(header)
	}
}

// hasBody reports whether an answer of that status may have a body (RFC 9110
// section 6.4.1).
func hasBody(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// refuse answers an error.
func (c *call) refuse(err error) {
	if errors.Is(err, context.Canceled) && c.r.Context().Err() != nil {
		c.w.WriteHeader(statusClientGone)
		return
	}
	refusal := scimError(err)
	c.logError(refusal, err)
	// Handlers that fail leave behind what belongs to their error, such as
	// Retry-After or WWW-Authenticate.
	header := c.failed.Clone()
	if header == nil {
		header = make(http.Header)
	}
	delete(header, "Content-Encoding")
	told := c.h.plans[c.provider].Refusal(c.req, refusal)
	header.Set("Content-Type", told.Header.Get("Content-Type"))
	if refusal.Status == http.StatusUnsupportedMediaType {
		header.Set("Accept-Encoding", "gzip") // RFC 9110 section 15.5.16
	}
	if held, ok := errors.AsType[*pace.Refusal](err); ok {
		header.Set("Retry-After", strconv.Itoa(held.Seconds()))
	}
	if refusal.Status == http.StatusServiceUnavailable && header.Get("Retry-After") == "" {
		header.Set("Retry-After", retryAfter)
	}
	c.h.plans[c.provider].Repeat(header)
	c.answer(&scim.Response{Status: refusal.Status, Header: header, Body: told.Body})
}

// retryAfter is the number of seconds after which a client may try again when
// nobody says how long a service provider will be away (normal form R7).
const retryAfter = "30"

// scimError is the error that the client gets for err.
func scimError(err error) *scim.Error {
	if refusal, ok := errors.AsType[*scim.Error](err); ok {
		return refusal
	}
	status := http.StatusInternalServerError
	if handler, ok := errors.AsType[caddyhttp.HandlerError](err); ok && handler.StatusCode >= 400 {
		status = handler.StatusCode
	} else if errors.Is(err, context.DeadlineExceeded) {
		status = http.StatusGatewayTimeout
	} else if errors.Is(err, context.Canceled) {
		status = statusClientGone
	}
	return &scim.Error{Status: status, Detail: detail(status)}
}

// detail says in general terms what an error of the handlers that follow means.
// Their own words are for the log: they name addresses behind the gateway.
func detail(status int) string {
	switch status {
	case http.StatusBadGateway:
		return "the service provider could not be reached, or its answer was not valid HTTP"
	case http.StatusServiceUnavailable:
		return "the service provider is not available at present"
	case http.StatusGatewayTimeout:
		return "the service provider did not answer in time"
	case statusClientGone:
		return "the client closed the connection"
	default:
		return strings.ToLower(http.StatusText(status))
	}
}

// logError logs what Caddy would have logged, had the error been left to it.
func (c *call) logError(refusal *scim.Error, err error) {
	level := zapcore.DebugLevel
	if refusal.Status >= 500 {
		level = zapcore.ErrorLevel
	}
	log := c.h.logger.Check(level, "request failed")
	if log == nil {
		return
	}
	log.Write(c.errorFields(refusal, err)...)
}

// errorFields are what is logged of an error.
func (c *call) errorFields(refusal *scim.Error, err error) []zap.Field {
	fields := []zap.Field{
		zap.Int("status", refusal.Status),
		zap.String("provider", c.provider),
		zap.String("operation", c.operation),
	}
	if refusal.Type != "" {
		fields = append(fields, zap.String("scim_type", string(refusal.Type)))
	}
	if _, ours := errors.AsType[*scim.Error](err); !ours { // the detail of ours may quote a value
		fields = append(fields, zap.Error(err))
	}
	return fields
}

// panicked turns a panic of the plan into an error.
func (c *call) panicked(cause any) error {
	c.panic = true
	panicsTotal.WithLabelValues(c.provider).Inc()
	c.h.logger.Error("panic in the plan of a provider",
		zap.String("provider", c.provider),
		zap.String("operation", c.operation),
		zap.String("cause", safeCause(cause)),
		zap.ByteString("stack", debug.Stack()))
	return scim.Errorf(http.StatusInternalServerError, "", "internal error")
}

// safeCause describes a panic without showing a value: errors of the runtime
// quote none.
func safeCause(cause any) string {
	if err, ok := cause.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("%T", cause)
}
