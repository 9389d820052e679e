package redis

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/caddy-scim/caddy-scim/internal/limittest"
	"github.com/caddy-scim/caddy-scim/internal/redistest"
	"github.com/caddy-scim/caddy-scim/limit"
)

// open is a store that has time enough, however busy the machine is.
func open(t testing.TB, options Options) *Store {
	t.Helper()
	if options.Timeout == 0 {
		options.Timeout = 10 * time.Second
	}
	s, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestRedis(t *testing.T) {
	server := redistest.Start(t)
	cases(t, server, func(t *testing.T, n int) *Store {
		return open(t, Options{Addresses: []string{server.Addr}, Prefix: fmt.Sprint("case-", n)})
	})
}

// TestCluster is a cluster of one node: it takes no script whose keys are not in
// one slot.
func TestCluster(t *testing.T) {
	server := redistest.StartCluster(t)
	cases(t, server, func(t *testing.T, n int) *Store {
		return open(t, Options{Addresses: []string{server.Addr}, Cluster: true, Prefix: fmt.Sprint("case-", n)})
	})
}

func cases(t *testing.T, server *redistest.Server, open func(t *testing.T, n int) *Store) {
	for n, c := range limittest.Cases {
		t.Run(c.Name, func(t *testing.T) {
			s := open(t, n)
			clock := newClock(t, s)
			c.Test(t, limittest.Clocked{Store: s, Advance: clock.advance, Resolution: time.Microsecond})
			if stats := s.Stats(); stats.Fallbacks > 0 || !stats.Up {
				t.Errorf("not all was decided by the server: %+v", stats)
			}
		})
	}
}

// clock is a clock in the server that stands still unless it is moved. Keys
// expire by the true one, which goes on meanwhile: they are given an hour more.
type clock struct {
	t   *testing.T
	s   *Store
	now time.Time
}

func newClock(t *testing.T, s *Store) *clock {
	t.Helper()
	script := reserveLua
	for from, to := range map[string]string{
		"redis.call('TIME')":        fmt.Sprintf("redis.call('MGET', '%sseconds', '%smicroseconds')", s.prefix, s.prefix),
		"math.ceil(backlog / 1000)": "math.ceil(backlog / 1000) + 3600000",
	} {
		if !strings.Contains(script, from) {
			t.Fatalf("the script has no %s", from)
		}
		script = strings.Replace(script, from, to, 1)
	}
	c := &clock{t: t, s: s, now: time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)}
	s.reserving = goredis.NewScript(script)
	c.advance(0)
	return c
}

func (c *clock) advance(d time.Duration) {
	c.t.Helper()
	c.now = c.now.Add(d)
	for part, n := range map[string]int64{"seconds": c.now.Unix(), "microseconds": int64(c.now.Nanosecond() / 1000)} {
		if err := c.s.client.Set(context.Background(), c.s.prefix+part, n, 0).Err(); err != nil {
			c.t.Fatal(err)
		}
	}
}

func reserveOne(t *testing.T, s limit.Store, key string, rate limit.Rate) limit.Decision {
	t.Helper()
	d, err := s.Reserve(t.Context(), []limit.Limit{{Key: key, Rate: rate}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestSeveralReplicas has replicas share a limit, by the clock of the server.
func TestSeveralReplicas(t *testing.T) {
	server := redistest.Start(t)
	rate := limit.Every(10, time.Hour, 100, 0)
	var mu sync.Mutex
	passed := 0
	var group sync.WaitGroup
	for range 4 {
		s := open(t, Options{Addresses: []string{server.Addr}})
		group.Go(func() {
			for range 50 {
				d := reserveOne(t, s, "key", rate)
				mu.Lock()
				if d.OK {
					passed++
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if passed != 100 {
		t.Errorf("%d of 200 requests pass, want 100", passed)
	}
}

// TestKeysExpire sees that the server forgets a key with its backlog.
func TestKeysExpire(t *testing.T) {
	server := redistest.Start(t)
	s := open(t, Options{Addresses: []string{server.Addr}})
	reserveOne(t, s, "long", limit.Every(1, time.Hour, 1, 0))
	reserveOne(t, s, "short", limit.Every(20, time.Second, 1, 0))
	keys := s.client.Keys(t.Context(), "*").Val()
	for _, key := range keys {
		if ttl := s.client.PTTL(t.Context(), key).Val(); ttl <= 0 || ttl > time.Hour {
			t.Errorf("%s expires in %v", key, ttl)
		}
		if !strings.HasPrefix(key, "{scim}:limit:") || strings.Contains(key, "long") || strings.Contains(key, "short") {
			t.Errorf("key %s", key)
		}
	}
	eventually(t, "the short key expires", func() bool { return len(s.client.Keys(t.Context(), "*").Val()) == 1 })
}

// TestClockSetBack sees that a backlog does not grow when the clock of the server
// goes back, and is paid for from then on.
func TestClockSetBack(t *testing.T) {
	server := redistest.Start(t)
	s := open(t, Options{Addresses: []string{server.Addr}})
	clock := newClock(t, s)
	rate := limit.Every(1, time.Second, 2, 0)
	for range 2 {
		reserveOne(t, s, "key", rate)
	}
	clock.advance(-24 * time.Hour)
	if d := reserveOne(t, s, "key", rate); d.OK || d.RetryAfter != time.Second {
		t.Errorf("right after it: %+v", d)
	}
	clock.advance(time.Second)
	if d := reserveOne(t, s, "key", rate); !d.OK || d.Wait != 0 {
		t.Errorf("a second later: %+v", d)
	}
	if d := reserveOne(t, s, "key", rate); d.OK {
		t.Errorf("and no more than that: %+v", d)
	}
}

// TestScriptsForgotten flushes the scripts, as a restart does.
func TestScriptsForgotten(t *testing.T) {
	server := redistest.Start(t)
	s := open(t, Options{Addresses: []string{server.Addr}})
	for i := range 3 {
		reserveOne(t, s, "key", limit.Every(1, time.Hour, 9, 0))
		server.Do("SCRIPT", "FLUSH")
		lease, err := s.Acquire(t.Context(), "key", time.Minute)
		if err != nil || lease.Fence() == 0 {
			t.Fatalf("%d: %v, %v", i, lease, err)
		}
		server.Do("SCRIPT", "FLUSH")
		lease.Release()
	}
	if stats := s.Stats(); stats.Decisions != 3 || stats.Fallbacks != 0 {
		t.Errorf("%+v", stats)
	}
}

// TestForeignValue has something else stand where a limit should.
func TestForeignValue(t *testing.T) {
	server := redistest.Start(t)
	s := open(t, Options{Addresses: []string{server.Addr}})
	for _, words := range [][]string{{"SET", "garbage"}, {"SET", "12"}, {"RPUSH", "a"}, {"SET", "-1"}, {"SET", "1e400"}} {
		server.Do("DEL", s.key("limit", "key"))
		server.Do(words[0], s.key("limit", "key"), words[1])
		for _, want := range []bool{true, false} {
			if d := reserveOne(t, s, "key", limit.Every(1, time.Hour, 1, 0)); d.OK != want {
				t.Errorf("%v: %+v, want %v", words, d, want)
			}
		}
	}
}

// TestPassword authenticates.
func TestPassword(t *testing.T) {
	server := redistest.Start(t)
	server.Do("ACL", "SETUSER", "scim", "on", ">secret", "~{scim}:*", "+evalsha", "+eval", "+time", "+get", "+mget", "+set", "+del",
		"+pexpire", "+zadd", "+zrem", "+zrange", "+zrangebyscore", "+hello") // what an operator has to allow
	server.Do("ACL", "SETUSER", "default", "off")
	s := open(t, Options{Addresses: []string{server.Addr}, Username: "scim", Password: "secret", OnError: Reject})
	reserveOne(t, s, "key", limit.Every(1, time.Hour, 2, 0))
	if lease, err := s.Acquire(t.Context(), "key", time.Minute); err != nil {
		t.Error(err)
	} else {
		lease.Release()
	}
	s = open(t, Options{Addresses: []string{server.Addr}, Username: "scim", Password: "wrong", OnError: Reject})
	if d, err := s.Reserve(t.Context(), []limit.Limit{{Key: "key", Rate: limit.Every(1, time.Hour, 1, 0)}}); err == nil || d.OK {
		t.Errorf("with a wrong password: %+v, %v", d, err)
	}
}

func TestOptions(t *testing.T) {
	for _, c := range []struct {
		options Options
		want    string
	}{
		{Options{}, ""},
		{Options{Prefix: "a{b}"}, "braces"},
		{Options{Timeout: -1}, "positive"},
		{Options{OnError: "ignore"}, "local, allow or reject"},
		{Options{Addresses: []string{"a:1", "b:1"}, Database: 3}, "no database but 0"},
		{Options{Addresses: []string{"a:1"}, Cluster: true, Database: 3}, "no database but 0"},
		{Options{Addresses: []string{"a:1", "b:1"}, Master: "m", Database: 3}, ""},
	} {
		s, err := New(c.options)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.options, err, c.want)
		}
		if err == nil {
			s.Close()
		}
	}
}

// eventually waits for something that takes the server or a timer a while.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within 20 s", what)
		}
	}
}
