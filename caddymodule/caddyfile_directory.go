package caddymodule

import (
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

func init() {
	httpcaddyfile.RegisterHandlerDirective("scim_directory", parseDirectory)
	httpcaddyfile.RegisterDirectiveOrder("scim_directory", httpcaddyfile.Before, "reverse_proxy")
}

func parseDirectory(h httpcaddyfile.Helper) (caddyhttp.MiddlewareHandler, error) {
	directory := new(Directory)
	return directory, directory.UnmarshalCaddyfile(h.Dispenser)
}

// UnmarshalCaddyfile sets up the handler from Caddyfile tokens. Syntax:
//
//	scim_directory [<matcher>] {
//	    base_path   <path>
//	    seed        <file>
//	    max_results <number>
//	    schema <resource_type> <urn> {
//	        <attribute> [<type>] [multi] [case_exact] [read_only] [required] {
//	            <sub-attribute> ...
//	        }
//	    }
//	    limit {
//	        <what> <values...>
//	    }
//	}
//
// What can be limited are the fields of [directory.Limits].
func (dir *Directory) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // consume the directive name
	if d.NextArg() {
		return d.ArgErr()
	}
	return parseBlock(d, dir, directorySubdirectives)
}

// directorySubdirectives are those of scim_directory.
var directorySubdirectives = map[string]subdirective[*Directory]{
	"base_path":   parseDirectoryBasePath,
	"seed":        parseSeed,
	"max_results": number(func(dir *Directory) *int { return &dir.MaxResults }),
	"schema":      parseDirectorySchema,
	"limit":       parseLimit,
}

// parseDirectoryBasePath reads "base_path <path>".
func parseDirectoryBasePath(d *caddyfile.Dispenser, dir *Directory) error {
	return parsePath(d, &dir.BasePath)
}

// parseSeed reads "seed <file>".
func parseSeed(d *caddyfile.Dispenser, dir *Directory) error {
	if !d.AllArgs(&dir.Seed) {
		return d.ArgErr()
	}
	return nil
}

// parseDirectorySchema reads "schema <resource_type> <urn> { … }".
func parseDirectorySchema(d *caddyfile.Dispenser, dir *Directory) error {
	return parseSchema(d, &dir.Schemas)
}
