// Package peers holds the gateway against a server that nobody here wrote: whole
// life cycles of users and groups through a real Caddy in front of
// github.com/elimity-com/scim, and in front of the embedded directory.
//
// It is a module of its own, so that what it needs is no dependency of the
// gateway.
package peers
