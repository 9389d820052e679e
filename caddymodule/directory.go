package caddymodule

import (
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-scim/caddy-scim/directory"
	"github.com/caddy-scim/caddy-scim/scim"
)

func init() {
	caddy.RegisterModule(Directory{})
}

// Directory is a SCIM service provider: Users, Groups, the enterprise extension
// and discovery, with filters, sorting, paging, PATCH, Bulk and ETags. It is
// strict on purpose. It takes what RFC 7644 allows and refuses everything else
// with the error that the RFC has for it, so that the difference that the
// gateway in front of it makes can be seen.
//
// Everything is held in memory, and starts anew from the seed with each load of
// the configuration. It is made to try things out and to test against, not to
// keep identities.
type Directory struct {
	// The path below which the SCIM endpoints stand, such as `/scim/v2`. A `*`
	// stands for any one segment. Default: whatever stands before the first
	// segment that names an endpoint, such as `Users`.
	BasePath string `json:"base_path,omitempty"`

	// The name of a JSON file with the resources that are there at the start: an
	// object with an array for each endpoint, `{"Users": […], "Groups": […]}`, or
	// one array of resources. Each is as a client would create it; an `id` is
	// kept. Placeholders are replaced. Default: no resources.
	Seed string `json:"seed,omitempty"`

	// Extension schemas beside the enterprise user of RFC 7643. Default: none.
	Schemas []*Schema `json:"schemas,omitempty"`

	// The maximum number of resources on one page of a list. Default: `200`.
	MaxResults int `json:"max_results,omitempty"`

	// What the directory does not do, or does in a way of its own, so that it
	// stands for a service provider that is less than RFC 7644 wants it to be.
	// Default: nothing; it is a full one.
	Limit *directory.Limits `json:"limit,omitempty"`

	directory *directory.Directory
}

// CaddyModule returns the Caddy module information.
func (Directory) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.handlers.scim_directory",
		New: func() caddy.Module { return new(Directory) },
	}
}

// Provision sets the directory up and fills it from the seed.
func (d *Directory) Provision(_ caddy.Context) error {
	base, err := scim.ParseBase(d.BasePath)
	if err != nil {
		return err
	}
	registry, err := extend(scim.Core(), d.Schemas)
	if err != nil {
		return err
	}
	seed, err := d.seed()
	if err != nil {
		return fmt.Errorf("reading seed: %w", err)
	}
	options := directory.Options{Registry: registry, Base: base, Seed: seed, MaxResults: d.MaxResults}
	if d.Limit != nil {
		options.Limits = *d.Limit
	}
	d.directory, err = directory.New(options)
	return err
}

func (d *Directory) seed() ([]byte, error) {
	if d.Seed == "" {
		return nil, nil
	}
	name, err := caddy.NewReplacer().ReplaceOrErr(d.Seed, true, true)
	if err != nil {
		return nil, err
	}
	return os.ReadFile(name)
}

// Validate checks what the directory itself does not.
func (d *Directory) Validate() error {
	if d.MaxResults < 0 {
		return errors.New("max_results must not be negative")
	}
	return nil
}

// ServeHTTP answers the request. It never calls the next handler.
func (d *Directory) ServeHTTP(w http.ResponseWriter, r *http.Request, _ caddyhttp.Handler) error {
	d.directory.ServeHTTP(w, r)
	return nil
}

// Interface guards.
var (
	_ caddy.Provisioner           = (*Directory)(nil)
	_ caddy.Validator             = (*Directory)(nil)
	_ caddyhttp.MiddlewareHandler = (*Directory)(nil)
	_ caddyfile.Unmarshaler       = (*Directory)(nil)
)
