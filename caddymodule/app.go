package caddymodule

import (
	"fmt"
	"slices"
	"sync"

	"github.com/caddyserver/caddy/v2"
)

func init() {
	caddy.RegisterModule(new(App))
}

// App is what the handlers and matchers of one configuration know of each other.
// It has nothing to be configured; it is there as soon as one of them is.
type App struct {
	handlers []*Handler
	places   map[string]int // handlers without a name, by server

	mu       sync.Mutex
	matchers []*MatchSCIM
	started  bool
}

// running are the Apps that have been started, the newest last: that of the
// configuration in force, and while one replaces another, both. One that fails
// to start leaves the one before it.
var running struct {
	sync.Mutex
	apps []*App
}

// inForce returns the handlers of the configuration in force.
func inForce() []*Handler {
	running.Lock()
	defer running.Unlock()
	if n := len(running.apps); n > 0 {
		return running.apps[n-1].handlers
	}
	return nil
}

// CaddyModule returns the Caddy module information.
func (*App) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "scim",
		New: func() caddy.Module { return &App{places: make(map[string]int)} },
	}
}

// configured reports whether ctx belongs to a configuration that is being
// loaded. That of a command, which sets a handler up for itself, does not: there
// are no apps in it.
func configured(ctx caddy.Context) bool {
	_, err := ctx.AppIfConfigured("http")
	return err == nil
}

// appOf returns the App of the configuration, nil outside of one.
func appOf(ctx caddy.Context) (*App, error) {
	if !configured(ctx) {
		return nil, nil
	}
	app, err := ctx.App("scim")
	if err != nil {
		return nil, err
	}
	return app.(*App), nil
}

// join makes a handler known to the others of its configuration.
func join(ctx caddy.Context, h *Handler) error {
	app, err := appOf(ctx)
	if app != nil {
		app.handlers = append(app.handlers, h)
	}
	return err
}

// expect has the names that a matcher has looked at when everything is set up.
// Matchers in expressions may be made for each request, when it is too late.
func (a *App) expect(m *MatchSCIM) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.started {
		a.matchers = append(a.matchers, m)
	}
}

// Start checks what cannot be checked before everything is set up: a matcher is
// set up before the handlers that it may name providers of.
func (a *App) Start() error {
	if err := a.checkMatchers(); err != nil {
		return err
	}
	running.Lock()
	defer running.Unlock()
	running.apps = append(running.apps, a)
	return nil
}

func (a *App) checkMatchers() error {
	names := providerNames()
	for _, h := range a.handlers {
		for _, p := range h.Providers {
			names = append(names, p.Name)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.started = true
	for _, m := range a.matchers {
		for _, name := range m.Provider {
			if !slices.Contains(names, name) {
				return fmt.Errorf("matcher scim: %w", unknown("provider", name, names))
			}
		}
	}
	return nil
}

// Stop takes the configuration out of force.
func (a *App) Stop() error {
	running.Lock()
	defer running.Unlock()
	running.apps = slices.DeleteFunc(running.apps, func(b *App) bool { return b == a })
	return nil
}

// Interface guards.
var (
	_ caddy.App = (*App)(nil)
)
