// Package limit says when a request may go: at once, later, or not at all.
//
// It is the generic cell rate algorithm with reservations. A key has one number
// of state, the time at which all that was granted under it is paid for (its
// theoretical arrival time). A request that is granted moves that time on by the
// time between two slots, and is told how long to wait for its slot; one that
// would have to wait longer than Rate.MaxDelay is refused and changes nothing.
// So a queue is bounded by arithmetic: no more than MaxDelay over Emission
// requests wait for a key, wherever they wait.
//
// A Store holds the numbers: Memory here, and Redis or Valkey in package
// limit/redis for replicas that share a limit.
package limit
