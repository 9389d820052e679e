// Package replicas runs several gateways, each in a process of its own, that share
// a limiter in front of one service provider.
package replicas
