package redis

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/caddy-scim/caddy-scim/limit"
)

// OnError says what becomes of a decision while the server cannot be reached.
type OnError string

const (
	// Local decides by what this process knows, so each replica gives the whole
	// rate.
	Local OnError = "local"

	// Allow lets all requests pass at once.
	Allow OnError = "allow"

	// Reject lets none pass: limit.ErrUnavailable.
	Reject OnError = "reject"
)

const (
	defaultPrefix  = "scim"
	defaultTimeout = 100 * time.Millisecond
)

// Options say which server to ask, and what to do without it.
type Options struct {
	// Addresses are host:port of the server; of nodes of a cluster, if there are
	// several; of sentinels, if Master is set. Default: localhost:6379.
	Addresses []string

	// Master is the name under which sentinels know the server.
	Master string

	// Cluster says that a single address is that of a cluster.
	Cluster bool

	// Username and Password authenticate to the server, and Password to
	// sentinels, too, unless SentinelPassword is set.
	Username, Password, SentinelPassword string

	// Database is the number of the database. A cluster has only 0, the default.
	Database int

	// TLS is how to connect with TLS. Default: without.
	TLS *tls.Config

	// Prefix is what all keys begin with. Replicas that share limits have the
	// same. Default: scim.
	Prefix string

	// Timeout is how long a decision may take. Default: 100ms.
	Timeout time.Duration

	// OnError says what to do after that. Default: Local.
	OnError OnError

	// Local is the store that decides for OnError Local. It is told of all
	// decisions, so that there is no second burst. Default: one of its own.
	Local *limit.Memory

	// OnChange is called when the server can no longer be used, with the reason,
	// and when it can be used again, with nil: once each, never two at a time.
	OnChange func(err error)
}

// withDefaults checks the options and fills in what is missing.
func (o Options) withDefaults() (Options, error) {
	if len(o.Addresses) == 0 {
		o.Addresses = []string{"localhost:6379"}
	}
	for _, address := range o.Addresses {
		if err := checkAddress(address); err != nil {
			return o, err
		}
	}
	if o.Prefix == "" {
		o.Prefix = defaultPrefix
	}
	if strings.ContainsAny(o.Prefix, "{}") {
		return o, fmt.Errorf("the prefix %q: must not have braces, which make the hash tag", o.Prefix)
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.Timeout < 0 {
		return o, fmt.Errorf("a timeout of %v: must be positive", o.Timeout)
	}
	switch o.OnError {
	case "":
		o.OnError = Local
	case Local, Allow, Reject:
	default:
		return o, fmt.Errorf("on_error %q: must be local, allow or reject", o.OnError)
	}
	if o.Database != 0 && o.isCluster() {
		return o, errors.New("a cluster has no database but 0")
	}
	if o.Local == nil {
		o.Local = limit.NewMemory(0)
	}
	if o.OnChange == nil {
		o.OnChange = func(error) {}
	}
	return o, nil
}

// checkAddress refuses what is no host:port. Whoever writes a URL may have put a
// password into it, which must not come to stand in a log.
func checkAddress(address string) error {
	switch {
	case strings.HasPrefix(address, "/"): // a socket
		return nil
	case strings.ContainsAny(address, "/@"):
		return errors.New("an address is host:port, without a scheme, a user or a password")
	}
	_, _, err := net.SplitHostPort(address)
	return err
}

func (o *Options) isCluster() bool {
	return o.Master == "" && (o.Cluster || len(o.Addresses) > 1)
}

// logger is what the client logs to. It has one for the whole process, by default
// one that writes a line to the standard error stream for each failed connection,
// and no way to give one to a single client or to find out which is set.
type logger func(line string)

// Printf implements the client's interface.
func (l logger) Printf(_ context.Context, format string, args ...any) {
	l(fmt.Sprintf(format, args...))
}

// LogTo has all clients of go-redis in this process, those of others included, log
// to a function. A Store says nothing that way that it would not tell
// Options.OnChange; so a program that has other uses of go-redis need not call
// this, or may set a logger of its own with redis.SetLogger.
func LogTo(log func(line string)) { goredis.SetLogger(logger(log)) }

// client is a client that answers within the timeout: nothing is tried again,
// since a slot could be taken twice and the time is better left to what OnError
// says.
func (o *Options) client() goredis.UniversalClient {
	sentinelPassword := o.SentinelPassword
	if sentinelPassword == "" {
		sentinelPassword = o.Password
	}
	return goredis.NewUniversalClient(&goredis.UniversalOptions{
		Addrs:                 o.Addresses,
		MasterName:            o.Master,
		IsClusterMode:         o.isCluster(),
		Username:              o.Username,
		Password:              o.Password,
		SentinelPassword:      sentinelPassword,
		DB:                    o.Database,
		TLSConfig:             o.TLS,
		MaxRetries:            -1,
		DialTimeout:           o.Timeout,
		DialerRetries:         1,
		ReadTimeout:           o.Timeout,
		WriteTimeout:          o.Timeout,
		PoolTimeout:           o.Timeout,
		ContextTimeoutEnabled: true,
		DisableIdentity:       true,
		MaintNotificationsConfig: &maintnotifications.Config{
			Mode: maintnotifications.ModeDisabled,
		},
	})
}
