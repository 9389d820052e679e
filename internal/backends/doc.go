// Package backends plays the life cycles of package lifecycle in front of the
// embedded directory, with each of its limits: directly, and through the gateway
// that is told of them. Its test makes the table of docs/backends.md.
package backends
