// Package redistest runs real servers of Redis or Valkey for tests, and does to
// them what happens to servers: they are killed, held up, slow, restarted and
// replaced by their replica.
package redistest
