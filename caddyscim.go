// Package caddyscim adds the SCIM gateway to Caddy. It is what xcaddy builds
// with:
//
//	xcaddy build --with github.com/caddy-scim/caddy-scim
//
// The modules themselves are in package caddymodule.
package caddyscim

import (
	_ "github.com/caddy-scim/caddy-scim/caddymodule" // registers the modules
)
