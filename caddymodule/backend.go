package caddymodule

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-scim/caddy-scim/backend"
	"github.com/caddy-scim/caddy-scim/rules"
)

// Backend says what the service provider behind the gateway can do. What it
// cannot do, the gateway makes up for with what it can: a PATCH becomes a read
// and a PUT, a filter is evaluated in the gateway, a change of a thousand members
// is sent in pieces. `caddy scim probe` finds out what a service provider can do.
//
// By default it is a full RFC 7644 service provider, and nothing is adapted.
type Backend struct {
	// The name of a service provider whose capabilities are known, such as `aws`.
	// Those that are configured beside it take precedence. Default: none.
	Preset string `json:"preset,omitempty"`

	// What the service provider can do.
	backend.Capabilities

	// The secret with which the cursors are sealed that the gateway issues when it
	// makes up for paging by cursor (RFC 9865). It can be any text, and has to be
	// the same on every instance of the gateway, or a cursor that one has issued
	// is not valid for another. Placeholders such as `{env.CURSOR_KEY}` are
	// replaced when the configuration is loaded. Default: one that is made up anew
	// with each load of the configuration.
	CursorKey string `json:"cursor_key,omitempty"`
}

// capabilities are those of the preset with what is configured beside it.
func (b *Backend) capabilities() (backend.Capabilities, error) {
	switch {
	case b == nil:
		return backend.Capabilities{}, nil
	case b.Preset == "":
		return b.Capabilities, nil
	}
	preset := backend.PresetByName(b.Preset)
	if preset == nil {
		return backend.Capabilities{}, unknown("preset", b.Preset, presetNames())
	}
	return b.Over(preset.Capabilities), nil
}

// key is the secret for cursors, with placeholders replaced.
func (b *Backend) key() (string, error) {
	if b == nil || b.CursorKey == "" {
		return "", nil
	}
	key, err := caddy.NewReplacer().ReplaceOrErr(b.CursorKey, true, true)
	if err != nil {
		return "", fmt.Errorf("cursor_key: %w", err)
	}
	return key, nil
}

// adapt compiles the backend that all providers share.
func (h *Handler) adapt() (*backend.Backend, error) {
	capabilities, err := h.Backend.capabilities()
	if err != nil {
		return nil, err
	}
	key, err := h.Backend.key()
	if err != nil {
		return nil, err
	}
	h.adapted = !reflect.ValueOf(capabilities).IsZero()
	compiled, err := backend.New(backend.Options{Capabilities: capabilities, Registry: h.registry, Base: h.base, Key: key, Pressure: h.pacing.pressure()})
	return compiled, nearestCapability(err)
}

// check finds a preset or a value of a capability that there is not.
func (b *Backend) check() error {
	capabilities, err := b.capabilities()
	if err != nil {
		return err
	}
	_, err = backend.New(backend.Options{Capabilities: capabilities})
	return nearestCapability(err)
}

// nearestCapability names the word that was probably meant in place of one that
// a capability does not know.
func nearestCapability(err error) error {
	capability, ok := errors.AsType[*backend.CapabilityError](err)
	if !ok || rules.Nearest(capability.Value, capability.Legal) == "" {
		return err
	}
	return unknown("value of "+capability.Name, capability.Value, capability.Legal)
}

func presetNames() []string {
	presets := backend.Presets()
	names := make([]string, len(presets))
	for i, p := range presets {
		names[i] = p.Name
	}
	return names
}
