package cache

import (
	"context"
	"errors"
	"io"
	"syscall"
	"time"

	"github.com/gomodule/redigo/redis"
)

const (
	// An address may lead to another server by now, after a failover.
	connLifetime = time.Minute
	// A server that is asked by nobody else may cut what is not used for long.
	connIdle = 30 * time.Second
)

// client asks one server, over a few connections that are kept. The context of
// what it is asked needs a deadline.
type client struct {
	pool *redis.Pool
}

func newClient(to address, name string, c Config) *client {
	return &client{pool: &redis.Pool{
		DialContext: func(ctx context.Context) (redis.Conn, error) { return to.dial(ctx, name, c.Timeout) },
		MaxActive:   c.MaxConns, MaxIdle: c.MaxConns, Wait: true,
		IdleTimeout: connIdle, MaxConnLifetime: connLifetime,
	}}
}

// do asks the server something that it may be asked twice, and returns "" when
// it has nothing to say. That a connection was cut while nobody used it is found
// out by using it: then another one is used, and the last one tried is new.
func (c *client) do(ctx context.Context, command string, args ...any) (reply string, err error) {
	for range c.pool.MaxIdle + 1 {
		conn, away := c.pool.GetContext(ctx)
		if away != nil {
			return "", away
		}
		reply, err = redis.String(ask(ctx, conn, command, args...))
		_ = conn.Close() // Gives it back, or ends it if it is broken.
		if errors.Is(err, redis.ErrNil) {
			return "", nil
		}
		if !cut(err) {
			return reply, err
		}
	}
	return reply, err
}

func (c *client) close() error { return c.pool.Close() }

func ask(ctx context.Context, conn redis.Conn, command string, args ...any) (any, error) {
	end, _ := ctx.Deadline()
	left := time.Until(end)
	if left <= 0 { // For the connection no time would be all the time.
		return nil, context.DeadlineExceeded
	}
	return redis.DoWithTimeout(conn, left, command, args...)
}

func cut(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
