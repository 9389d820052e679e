// Package pace decides when a request in normal form goes on to the service
// provider: at the pace of its limits, those first by which somebody loses access
// (limit.Gates), changes of one resource one at a time (limit.Lanes), no more at
// once than the service provider bears, and with several changes of one group in
// one request where that is wanted.
//
// A Pacer is made for each configuration. What must not be lost when that changes
// is in its State: who waits, who is inside, and which lane is whose.
//
// It begins before the body of a request is read, with Reserve, and ends with
// Ticket.Done. In between, Layer makes the request wait before its first exchange:
// only then is its class known, and whether its client is still there. Nothing is
// answered before the service provider has answered.
package pace
