// Command caddy is Caddy with its standard modules and caddy-scim.
package main

import (
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	_ "github.com/caddyserver/caddy/v2/modules/standard"

	_ "github.com/caddy-scim/caddy-scim/caddymodule"
)

func main() {
	caddycmd.Main()
}
