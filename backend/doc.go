// Package backend turns the normal form into what a service provider can really
// do: it says what that is as data (Capabilities), and makes up for what is
// missing with small plans over scim.Send, such as reading, changing and
// writing back a resource where there is no PATCH.
package backend
