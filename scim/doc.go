// Package scim is the SCIM 2.0 standard as code: the JSON door, attribute and
// PATCH paths, filters, PATCH semantics, lists, errors and schemas of RFC 7643
// and RFC 7644. It holds no policy and names no identity provider; what a
// client bends and how it is put right lives in package rewrite.
package scim
