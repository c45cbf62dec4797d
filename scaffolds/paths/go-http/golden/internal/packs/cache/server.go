package cache

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// The operations, as metrics and traces call them.
const (
	opGet   = "get"
	opPut   = "put"
	opMark  = "mark"
	opProbe = "probe"
)

// server is the cache, as one that may be away or hang at any time.
type server struct {
	client  *redis.Client
	prefix  string // of every key: others may use the cache, too
	timeout time.Duration
	log     *slog.Logger
	metrics *metrics
	tracer  trace.Tracer
	health  health
}

// get returns what is kept under a key, "" when there is nothing.
func (s *server) get(ctx context.Context, key string) (value string, err error) {
	err = s.do(ctx, opGet, func(ctx context.Context) (err error) {
		value, err = s.client.Get(ctx, s.prefix+key).Result()
		if errors.Is(err, redis.Nil) {
			return nil
		}
		return err
	})
	return value, err
}

// put keeps a value under a key, unless there is one.
func (s *server) put(ctx context.Context, key, value string, ttl time.Duration) error {
	return s.do(ctx, opPut, func(ctx context.Context) error {
		err := s.client.SetArgs(ctx, s.prefix+key, value, redis.SetArgs{Mode: string(redis.NX), TTL: ttl}).Err()
		if errors.Is(err, redis.Nil) {
			return nil // There is one.
		}
		return err
	})
}

// mark keeps a value under a key, whatever there was.
func (s *server) mark(ctx context.Context, key, value string, ttl time.Duration) error {
	return s.do(ctx, opMark, func(ctx context.Context) error {
		return s.client.Set(ctx, s.prefix+key, value, ttl).Err()
	})
}

// probe asks the cache to keep something, also while it is left alone: one
// that can only be read could not be told of writes.
func (s *server) probe(ctx context.Context) error {
	return s.run(ctx, opProbe, func(ctx context.Context) error {
		return s.client.Set(ctx, s.prefix+"probe", "1", time.Minute).Err()
	})
}

// do runs an operation, unless the cache is left alone.
func (s *server) do(ctx context.Context, operation string, run func(context.Context) error) error {
	if s.health.away() != nil {
		return errAway
	}
	return s.run(ctx, operation, run)
}

// run gives an operation its deadline, which is the only one that it has: that
// a caller went away says nothing about the cache.
func (s *server) run(ctx context.Context, operation string, run func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.timeout)
	defer cancel()
	ctx, span := s.tracer.Start(ctx, "cache "+operation, trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(attribute.String("db.system.name", "redis"), attribute.String("db.operation.name", operation)))
	defer span.End()
	start := time.Now()
	err := run(ctx)
	s.metrics.ended(operation, err, time.Since(start))
	if err == nil {
		s.health.succeeded()
		return nil
	}
	span.SetStatus(codes.Error, err.Error())
	if s.health.failed(err) {
		s.metrics.reachable.Set(0)
		s.log.WarnContext(ctx, "the cache is left alone, the store is read instead", "error", err)
	}
	return fmt.Errorf("cache %s: %w", operation, err)
}

// look looks whether the cache works. While it is left alone nobody else does.
func (s *server) look(ctx context.Context) error {
	if err := s.probe(ctx); err != nil {
		return err
	}
	s.metrics.reachable.Set(1)
	if s.health.found() {
		s.log.InfoContext(ctx, "the cache is used again")
	}
	return nil
}
