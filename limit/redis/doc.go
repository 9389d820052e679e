// Package redis holds limits and leases in Redis (6 or newer) or Valkey, so that
// replicas share them.
//
// A decision is one call of one script. All that it needs to know about time it
// asks the server, never this process: the clocks of replicas differ. All keys
// of a prefix have one hash tag, since a decision on several limits is all or
// none, so in a cluster they are in one slot. They expire with their backlog, and
// hold a digest of what they are for, so no name of a tenant or a resource
// stands in the store.
//
// No request waits longer than Options.Timeout for the server. After a failure
// the server is left alone but for a try each second, and decisions are made as
// Options.OnError says, until it answers again.
package redis
