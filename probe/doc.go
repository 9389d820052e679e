// Package probe finds out what a SCIM service provider can do. It asks for each
// capability instead of believing what ServiceProviderConfig says, and it judges
// by what a resource is afterwards, not by the status of an answer.
//
// With Options.Write it works on users and groups of its own, which it deletes
// in the end, whatever happens.
package probe
