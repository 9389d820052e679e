// Package imitation stands in for service providers in tests: the embedded
// directory behind the limits that a real one has, as its documentation or its
// users tell. What the real one refuses, the imitation refuses; what the real one
// silently does differently, the imitation does too.
package imitation
