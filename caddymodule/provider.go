package caddymodule

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-scim/caddy-scim/rules"
	"github.com/caddy-scim/caddy-scim/scim"
)

// Provider is an identity provider with settings of its own.
type Provider struct {
	// The name of the provider: one that is known (see `caddy scim rules`), or a
	// name of your own together with `extends`. It stands in logs and
	// placeholders.
	Name string `json:"name,omitempty"`

	// The known provider whose rules a provider with a name of its own follows,
	// such as `generic`. Default: none; a known provider extends nothing.
	Extends string `json:"extends,omitempty"`

	// Matcher sets that decide which requests are this provider's. They are
	// asked before a request is recognised by its own traits, provider by
	// provider in the order of the configuration. Default: none; a known
	// provider is recognised by its traits.
	MatcherSetsRaw caddyhttp.RawMatcherSets `json:"match,omitempty" caddy:"namespace=http.matchers"`

	// Ids of rules that are not applied to this provider's requests: those that come
	// with the gateway (see `caddy scim rules`), and rules of your own that the
	// handler has. What the former would have corrected is left as it is, or
	// refused. Default: none.
	Disable []string `json:"disable,omitempty"`

	// Rules of your own for the requests of this provider, applied after those of
	// the handler. Default: none.
	Rules []*Rule `json:"rules,omitempty"`

	// What is done with this provider's requests: `enforce`, `observe` or `off`,
	// as with the handler. Default: that of the handler.
	Mode string `json:"mode,omitempty"`

	// The pace at which this provider's requests go to the service provider.
	// Default: none.
	RateLimits []*RateLimit `json:"rate_limits,omitempty"`

	matchers caddyhttp.MatcherSets
	disables []caddyfile.Dispenser // where ids in Disable stand in a Caddyfile
}

func (p *Provider) provision(ctx caddy.Context) error {
	if err := provisionRules(ctx, p.Rules); err != nil {
		return err
	}
	if p.MatcherSetsRaw == nil {
		return nil
	}
	sets, err := ctx.LoadModule(p, "MatcherSetsRaw")
	if err != nil {
		return fmt.Errorf("loading matchers: %w", err)
	}
	return p.matchers.FromInterface(sets)
}

// paths are those below which a matcher takes all requests for this provider's:
// /scim/v2/entra of /scim/v2/entra/*.
func (p *Provider) paths() []string {
	var paths []string
	for _, set := range p.MatcherSetsRaw {
		var patterns []string
		if json.Unmarshal(set["path"], &patterns) != nil {
			continue
		}
		for _, pattern := range patterns {
			path, all := strings.CutSuffix(pattern, "/*")
			if all && strings.HasPrefix(path, "/") && !strings.ContainsAny(path, "*%{") {
				paths = append(paths, path)
			}
		}
	}
	return paths
}

// known returns the provider whose rules p follows, under p's name.
func (p *Provider) known() (*rules.Provider, error) {
	own := rules.ByName(p.Name)
	switch {
	case p.Name == "":
		return nil, errors.New("a name is missing")
	case own != nil && p.Extends != "":
		return nil, errors.New("a known provider extends no other")
	case own != nil:
		return own, nil
	case p.Extends == "":
		return nil, unknown("provider", p.Name, providerNames())
	}
	extended := rules.ByName(p.Extends)
	if extended == nil {
		return nil, unknown("provider", p.Extends, providerNames())
	}
	renamed := *extended
	renamed.Name = p.Name
	return &renamed, nil
}

// reachable makes sure that a request can be taken for this provider's: one with
// a name of its own has no traits to be recognised by.
func (p *Provider) reachable() error {
	if known := rules.ByName(p.Name); known != nil && known.Name != generic && len(known.Fingerprints) == 0 && len(p.MatcherSetsRaw) == 0 {
		return fmt.Errorf("provider %s has no match: its requests cannot be told from those of others", p.Name)
	}
	if p.Extends != "" && len(p.MatcherSetsRaw) == 0 {
		return fmt.Errorf("provider %s has no match: no request would ever be taken for one of its own", p.Name)
	}
	return nil
}

// matched returns the name of the first configured provider whose matchers take
// the request, or "" if none does.
func (h *Handler) matched(r *http.Request) (string, error) {
	for _, p := range h.Providers {
		if len(p.matchers) == 0 {
			continue
		}
		match, err := p.matchers.AnyMatchWithError(r)
		if err != nil {
			return "", err
		}
		if match {
			return p.Name, nil
		}
	}
	return "", nil
}

// generic is the provider of requests that none of the others is recognised by.
const generic = "generic"

// recogniseByBody returns the provider that a request shows when its body is
// looked at too. A body that does not pass the door tells nothing; the plan will
// refuse it.
func recogniseByBody(req *scim.Request, limit int) (*rules.Provider, *rules.Fingerprint) {
	body, err := scim.Check(req.Body, scim.Limits{Bytes: limit})
	if req.Body == "" || err != nil {
		return rules.ByName(generic), nil
	}
	whole := *req
	whole.Body = body
	return rules.Recognise(&whole)
}

// unknown is the error for a word that is none of those known.
func unknown(what, word string, known []string) error {
	if near := rules.Nearest(word, known); near != "" {
		return fmt.Errorf("unknown %s %q: did you mean %q?", what, word, near)
	}
	if len(known) > 30 {
		return fmt.Errorf("unknown %s %q", what, word)
	}
	return fmt.Errorf("unknown %s %q: known are %s", what, word, strings.Join(known, ", "))
}

func providerNames() []string {
	known := rules.All()
	names := make([]string, len(known))
	for i, p := range known {
		names[i] = p.Name
	}
	return names
}

func ruleIDs() []string {
	catalogue := rules.Catalogue()
	ids := make([]string, len(catalogue))
	for i, r := range catalogue {
		ids[i] = r.ID
	}
	return ids
}
