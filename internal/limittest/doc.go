// Package limittest holds every store of limits to the same tests, with a clock
// that stands still unless it is moved.
package limittest
