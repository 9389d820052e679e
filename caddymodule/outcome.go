package caddymodule

import (
	"context"
	"errors"
	"net/http"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-scim/caddy-scim/pace"
	"github.com/caddy-scim/caddy-scim/scim"
)

// outcome says what became of a request.
type outcome uint8

const (
	outcomeUnchanged outcome = iota
	outcomeRewritten
	outcomeRejected
	outcomeLimited
	outcomeBackendRefused
	outcomeBackendFailed
	outcomeCanceled
	outcomePanicked
	outcomeObservedUnchanged
	outcomeObservedRewritten
	outcomeObservedRejected
	numOutcomes
)

// outcomes are their names in metrics, logs and placeholders.
var outcomes = [numOutcomes]string{
	outcomeUnchanged:         "unchanged",
	outcomeRewritten:         "rewritten",
	outcomeRejected:          "rejected",
	outcomeLimited:           "limited",
	outcomeBackendRefused:    "backend_refused",
	outcomeBackendFailed:     "backend_failed",
	outcomeCanceled:          "canceled",
	outcomePanicked:          "panicked",
	outcomeObservedUnchanged: "observed_unchanged",
	outcomeObservedRewritten: "observed_rewritten",
	outcomeObservedRejected:  "observed_rejected",
}

// String returns the name of the outcome.
func (o outcome) String() string { return outcomes[o] }

// judge finds the outcome of a request that was carried out.
func (c *call) judge(answer *scim.Response, err error) outcome {
	switch {
	case err != nil:
		return c.judgeError(err)
	case answer != nil && answer.Status >= http.StatusInternalServerError:
		return outcomeBackendFailed
	case answer != nil && answer.Status >= http.StatusBadRequest:
		return outcomeBackendRefused
	case len(c.changed) > 0:
		return outcomeRewritten
	default:
		return outcomeUnchanged
	}
}

func (c *call) judgeError(err error) outcome {
	if errors.Is(err, context.Canceled) {
		return outcomeCanceled
	}
	if c.panic {
		return outcomePanicked
	}
	if _, held := errors.AsType[*pace.Refusal](err); held {
		return outcomeLimited
	}
	status := scimError(err).Status
	_, next := errors.AsType[caddyhttp.HandlerError](err)
	switch {
	case status >= http.StatusInternalServerError && status != http.StatusNotImplemented:
		return outcomeBackendFailed
	case (next || status == http.StatusTooManyRequests) && c.exchanges > 0:
		return outcomeBackendRefused
	default:
		return outcomeRejected
	}
}

// foresee finds the outcome of a request that is only watched.
func (c *call) foresee(err error) outcome {
	switch {
	case errors.Is(err, context.Canceled):
		return outcomeCanceled
	case c.panic:
		return outcomePanicked
	case err != nil:
		return outcomeObservedRejected
	case len(c.changed) > 0:
		return outcomeObservedRewritten
	default:
		return outcomeObservedUnchanged
	}
}
