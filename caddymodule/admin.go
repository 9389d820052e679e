package caddymodule

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-scim/caddy-scim/backend"
	"github.com/caddy-scim/caddy-scim/rewrite"
	"github.com/caddy-scim/caddy-scim/rules"
)

func init() {
	caddy.RegisterModule(adminSCIM{})
}

// adminSCIM is a module that shows on Caddy's admin API what is in force:
//
//	GET /scim/providers   each handler's providers, and how they are recognised
//	GET /scim/rules       each rule, and for whom it is enabled
//	GET /scim/backend     each handler's idea of what its service provider can do
//
// Nothing can be changed here, and no secret is shown.
type adminSCIM struct{}

// CaddyModule returns the Caddy module information.
func (adminSCIM) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "admin.api.scim",
		New: func() caddy.Module { return new(adminSCIM) },
	}
}

// Routes returns the routes below /scim/.
func (adminSCIM) Routes() []caddy.AdminRoute {
	return []caddy.AdminRoute{
		{Pattern: "/scim/providers", Handler: shows(showProviders)},
		{Pattern: "/scim/rules", Handler: shows(showRules)},
		{Pattern: "/scim/backend", Handler: shows(showBackends)},
	}
}

// shows answers a GET with what show makes of the handlers in force.
func shows[T any](show func([]*Handler) []T) caddy.AdminHandler {
	return caddy.AdminHandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		if r.Method != http.MethodGet {
			w.Header().Set("Allow", http.MethodGet)
			return caddy.APIError{HTTPStatus: http.StatusMethodNotAllowed, Err: errors.New("method not allowed")}
		}
		text, err := json.Marshal(show(inForce()))
		if err != nil {
			return caddy.APIError{HTTPStatus: http.StatusInternalServerError, Err: err}
		}
		w.Header().Set("Content-Type", "application/json")
		_, err = w.Write(append(text, '\n'))
		return err
	})
}

// shownHandler tells a handler from the others: by its number in the order of
// the configuration, and by what it is configured for.
type shownHandler struct {
	Handler  int    `json:"handler"`
	BasePath string `json:"base_path,omitempty"`
	Mode     string `json:"mode"`
}

func (h *Handler) shown(number int) shownHandler {
	return shownHandler{Handler: number, BasePath: h.BasePath, Mode: h.mode.String()}
}

// shownProviders are the providers of a handler.
type shownProviders struct {
	shownHandler
	Providers []shownProvider `json:"providers"`
}

type shownProvider struct {
	Name         string   `json:"name"`
	Title        string   `json:"title,omitempty"`
	Extends      string   `json:"extends,omitempty"`
	Mode         string   `json:"mode"`
	RecognisedBy []string `json:"recognised_by"`
	Rules        int      `json:"rules"`
	Disabled     []string `json:"disabled,omitempty"`
}

func showProviders(handlers []*Handler) []shownProviders {
	all := make([]shownProviders, 0, len(handlers))
	for i, h := range handlers {
		shown := shownProviders{shownHandler: h.shown(i)}
		for _, name := range slices.Sorted(maps.Keys(h.plans)) {
			shown.Providers = append(shown.Providers, h.showProvider(name))
		}
		all = append(all, shown)
	}
	return all
}

func (h *Handler) showProvider(name string) shownProvider {
	shown := shownProvider{
		Name: name, Mode: h.ledgers[name].mode.String(), RecognisedBy: []string{},
		Rules: len(h.plans[name].Rules.All()),
	}
	if p := h.configured(name); p != nil {
		shown.Extends, shown.Disabled = p.Extends, p.Disable
		if len(p.MatcherSetsRaw) > 0 || len(p.matchers) > 0 {
			shown.RecognisedBy = append(shown.RecognisedBy, "match")
		}
	}
	known := rules.ByName(name)
	if known == nil {
		return shown
	}
	shown.Title = known.Title
	for i := range known.Fingerprints {
		if trait := known.Fingerprints[i].Trait(); !slices.Contains(shown.RecognisedBy, trait) {
			shown.RecognisedBy = append(shown.RecognisedBy, trait)
		}
	}
	return shown
}

// configured returns the settings of a provider, nil if it has none.
func (h *Handler) configured(name string) *Provider {
	for _, p := range h.Providers {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// shownRule is a rule with the providers for which it is enabled.
type shownRule struct {
	ID      string         `json:"id"`
	Kind    string         `json:"kind"` // catalogue or user
	Why     string         `json:"why,omitempty"`
	Source  string         `json:"source,omitempty"`
	Enabled []shownEnabled `json:"enabled"`
}

type shownEnabled struct {
	Handler   int      `json:"handler"`
	Providers []string `json:"providers"`
}

func showRules(handlers []*Handler) []shownRule {
	catalogue := rules.Catalogue()
	all := make([]shownRule, 0, len(catalogue))
	for _, r := range catalogue {
		shown := shownRule{ID: r.ID, Kind: "catalogue", Why: r.Why, Source: r.Source, Enabled: []shownEnabled{}}
		for i, h := range handlers {
			if names := h.providersWith(r); len(names) > 0 {
				shown.Enabled = append(shown.Enabled, shownEnabled{Handler: i, Providers: names})
			}
		}
		all = append(all, shown)
	}
	for i, h := range handlers {
		all = append(all, h.showUserRules(i)...)
	}
	return all
}

// showUserRules shows the rules of the user, each once.
func (h *Handler) showUserRules(number int) []shownRule {
	var all []shownRule
	for _, r := range h.userRules() {
		shown := shownRule{ID: r.ID, Kind: "user", Source: r.Source, Enabled: []shownEnabled{}}
		if names := h.providersOwning(r); len(names) > 0 {
			shown.Enabled = append(shown.Enabled, shownEnabled{Handler: number, Providers: names})
		}
		all = append(all, shown)
	}
	return all
}

// providersOwning names the providers to whose requests a rule of the user is
// applied.
func (h *Handler) providersOwning(r *Rule) []string {
	var names []string
	for name := range h.plans {
		p := h.configured(name)
		if p == nil {
			p = &Provider{Name: name}
		}
		if slices.Contains(h.rulesOf(p), r) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// providersWith names the providers for which a rule is enabled.
func (h *Handler) providersWith(r *rewrite.Rule) []string {
	var names []string
	for name, plan := range h.plans {
		if slices.Contains(plan.Rules.All(), r) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// shownBackend is what a handler takes its service provider to be able to do:
// capabilities that are not shown are those of a full one.
type shownBackend struct {
	shownHandler
	Preset       string               `json:"preset,omitempty"`
	Full         bool                 `json:"full"`
	Capabilities backend.Capabilities `json:"capabilities"`
}

func showBackends(handlers []*Handler) []shownBackend {
	all := make([]shownBackend, 0, len(handlers))
	for i, h := range handlers {
		shown := shownBackend{shownHandler: h.shown(i), Full: !h.adapted}
		shown.Capabilities, _ = h.Backend.capabilities() // which was checked when the handler was set up
		shown.Capabilities.Headers = withoutValues(shown.Capabilities.Headers)
		if h.Backend != nil {
			shown.Preset = h.Backend.Preset
		}
		all = append(all, shown)
	}
	return all
}

// withoutValues hides what headers hold, which may be a secret.
func withoutValues(headers map[string]string) map[string]string {
	hidden := maps.Clone(headers)
	for name := range hidden {
		hidden[name] = "hidden"
	}
	return hidden
}

// Interface guards.
var (
	_ caddy.AdminRouter = (*adminSCIM)(nil)
)
