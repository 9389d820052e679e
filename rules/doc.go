// Package rules is what we know about the world, as data: the identity
// providers, how to tell them apart, and each of their quirks with its reason
// and its source. testdata holds one fixture for each rule, and docs/quirks.md
// is written from both.
package rules

//go:generate go test . -run TestQuirksDoc -update
