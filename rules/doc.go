// Package rules is what we know about the world, as data: the identity
// providers, how to tell them apart, and each of their quirks with its reason
// and its source. testdata holds one fixture for each rule.
package rules
