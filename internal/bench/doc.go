// Package bench measures package scim beside the libraries of others. It is a
// module of its own so that none of them is a dependency of the product. The
// peers from npm have a script in the folder npm; run.sh runs both.
package bench
