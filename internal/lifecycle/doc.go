// Package lifecycle plays whole life cycles of users and groups against a SCIM
// server, as identity providers play them: test of the connection, look-ups,
// creation, updates, groups and their members, deactivation, reactivation,
// deletion. A cycle is data; [Server.Run] sends its steps over plain HTTP, looks
// at what the server holds after each write, and reports every step.
//
// The same cycle runs directly against a server and through a gateway in front
// of it, so that the two reports show what the gateway is worth.
package lifecycle
