// Package directory is an embedded SCIM service provider: a strict reading of
// RFC 7643 and RFC 7644 in memory, as a plain [net/http.Handler].
//
// It is strict on purpose. It takes everything that the standard allows and
// refuses everything else with the scimType that the standard has for it, so
// that a client, or a gateway in front of it, can be held against the standard.
// Nothing is written to disk, and no one is authenticated: it is a demo, a test
// double and a reference, not a place for real accounts. Passwords are checked
// and forgotten.
package directory
