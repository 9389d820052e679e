// Package caddymodule joins caddy-scim to Caddy: the HTTP handlers scim (the
// gateway) and scim_directory (the embedded service provider), their Caddyfile
// directives, and the command "caddy scim".
//
// What is done to a message is none of its business: it takes a request off the
// wire, hands it to the rewrite.Plan of the provider that sent it, and carries
// the exchanges that the plan makes through the handlers that follow.
package caddymodule
