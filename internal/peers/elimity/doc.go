// Package elimity is a SCIM service provider made with
// github.com/elimity-com/scim: the library reads requests, checks them against
// its schemas and writes answers; the resource handlers here keep resources in
// memory and apply what the library hands them, as its documentation asks.
//
// Nothing in it makes up for what a client sends. Where the library leaves a
// choice to the handler, RFC 7644 decides.
package elimity
