// Package cache keeps copies of items in Redis or Valkey, so that the store is
// read less often. What it answers is right without it: when the cache is away
// or hangs, the store is read. docs/packs/cache.md tells how to run it.
package cache

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Config is the settings of the pack.
type Config struct {
	// URL is the cache's address, with user and password.
	URL string `env:"CACHE_URL"`
	// TTL is how long a copy is used at most.
	TTL time.Duration `env:"CACHE_TTL" envDefault:"5m"`
	// TTLJitter is up to which part of it a copy is used less long, so that
	// copies made together are not made anew together.
	TTLJitter float64 `env:"CACHE_TTL_JITTER" envDefault:"0.1"`
	// AbsentTTL is how long it is remembered that there is no such item; 0s is
	// not at all.
	AbsentTTL time.Duration `env:"CACHE_ABSENT_TTL" envDefault:"5s"`
	// SettleTime is how long after a write no copy of the item is made: who read
	// before the write, or from a replica that was behind, has what was there before.
	SettleTime time.Duration `env:"CACHE_SETTLE_TIME" envDefault:"5s"`
	// Timeout is how long an operation may take, connecting included.
	Timeout time.Duration `env:"CACHE_TIMEOUT" envDefault:"50ms"`
	// MaxConns is how many connections there may be.
	MaxConns int `env:"CACHE_MAX_CONNS" envDefault:"10"`
}

// What is less is not worth a cache, or more than Redis' clock can tell.
const (
	leastTTL    = 10 * time.Millisecond
	mostJitter  = 0.9
	leastSettle = 100 * time.Millisecond
	// A part of the time for a request, which the store needs.
	mostOfRequest = 10
)

// Check reports every setting that cannot work. It shows no address: there may
// be a password in it.
func (c Config) Check() error {
	var problems []error
	refuse := func(wrong bool, format string, args ...any) {
		if wrong {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	_, err := redis.ParseURL(c.URL)
	refuse(c.URL == "", "CACHE_URL is not set, want redis://USER:PASSWORD@HOST:6379/0")
	refuse(c.URL != "" && err != nil, "CACHE_URL cannot be read, want redis://USER:PASSWORD@HOST:6379/0, or rediss:// for TLS")
	refuse(c.TTL < leastTTL, "CACHE_TTL is %s, want at least %s", c.TTL, leastTTL)
	refuse(!(c.TTLJitter >= 0 && c.TTLJitter <= mostJitter), "CACHE_TTL_JITTER is %v, want 0 to %v", c.TTLJitter, mostJitter) // NaN is refused, too
	refuse(c.AbsentTTL != 0 && c.AbsentTTL < leastTTL || c.AbsentTTL > c.TTL,
		"CACHE_ABSENT_TTL is %s, want 0s, or %s to CACHE_TTL (%s)", c.AbsentTTL, leastTTL, c.TTL)
	refuse(c.SettleTime < leastSettle, "CACHE_SETTLE_TIME is %s, want at least %s", c.SettleTime, leastSettle)
	refuse(c.Timeout < time.Millisecond, "CACHE_TIMEOUT is %s, want at least 1ms", c.Timeout)
	refuse(c.MaxConns < 1, "CACHE_MAX_CONNS is %d, want at least 1", c.MaxConns)
	return errors.Join(problems...)
}

// fits reports whether a request has time for the store when the cache hangs.
func (c Config) fits(request time.Duration) error {
	if most := request / mostOfRequest; c.Timeout > most {
		return fmt.Errorf("CACHE_TIMEOUT is %s, want at most a tenth of HTTP_WRITE_TIMEOUT (%s): when the cache hangs there must be time to read the store", c.Timeout, most)
	}
	return nil
}

// connLifetime is how long a connection is used at most: the address may lead to
// another server by now, after a failover.
const connLifetime = time.Minute

// options returns the settings of the client.
func (c Config) options(service string) (*redis.Options, error) {
	o, err := redis.ParseURL(c.URL)
	if err != nil {
		return nil, errors.New("the address of the cache cannot be read") // Err may show it.
	}
	// The name helps those who look at the server's list of clients. A user may have
	// no right to give one, and proxies do not know it: the cache works without.
	o.OnConnect = func(ctx context.Context, conn *redis.Conn) error {
		_ = conn.ClientSetName(ctx, service).Err()
		return nil
	}
	o.PoolSize, o.MaxActiveConns, o.PipelinePoolSize = c.MaxConns, c.MaxConns, -1
	// Each operation has its own deadline, and what fails is not tried again: the
	// store answers.
	o.ContextTimeoutEnabled, o.DialTimeout, o.PoolTimeout = true, c.Timeout, c.Timeout
	o.MaxRetries, o.DialerRetries = -1, 1
	o.ConnMaxLifetime = connLifetime
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return o, nil
}

// ttl is how long a copy made now is used.
func (c Config) ttl() time.Duration {
	return c.TTL - time.Duration(rand.Float64()*c.TTLJitter*float64(c.TTL)) //nolint:gosec // no secret
}
