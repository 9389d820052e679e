// Package rewrite turns what an identity provider sends into strict RFC 7644
// (the normal form) and repairs the answer. It works by the shape of a message,
// never by who is believed to have sent it, and it is pure: the only way out is
// the Send it is given.
package rewrite
