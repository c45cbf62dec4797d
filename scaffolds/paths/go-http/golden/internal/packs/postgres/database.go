package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/exaring/otelpgx"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/golden/service/internal/parts"
)

// database is the two pools, and who decides which one a read goes to.
type database struct {
	primary, replica *pgxpool.Pool // the replica's is nil when there is none
	// The watch has connections of its own: when every other one is in use the
	// database is busy, not away.
	watchPrimary, watchReplica *pgxpool.Pool
	guard                      lagGuard
	patience                   time.Duration
	metrics                    *metrics
}

// open makes the pools. They connect when they are needed: that the database is
// away shows when it is asked.
func open(ctx context.Context, c Config, tools parts.Tools, m *metrics) (*database, error) {
	d := &database{patience: c.StatementTimeout, metrics: m, guard: lagGuard{most: c.ReplicaMaxLag}}
	m.maxLag.Set(c.ReplicaMaxLag.Seconds())
	var err error
	if d.primary, d.watchPrimary, err = pools(ctx, c, c.URL, tools); err != nil {
		return nil, err
	}
	m.begin(primaryPool)
	m.pools.pools[primaryPool] = d.primary
	if c.ReplicaURL != "" {
		if d.replica, d.watchReplica, err = pools(ctx, c, c.ReplicaURL, tools); err != nil {
			return nil, err
		}
		m.begin(replicaPool)
		m.pools.pools[replicaPool] = d.replica
	}
	return d, nil
}

func pools(ctx context.Context, c Config, address string, tools parts.Tools) (pool, watch *pgxpool.Pool, err error) {
	settings, err := c.pool(address, tools.Service)
	if err != nil {
		return nil, nil, err
	}
	watching := settings.Copy()
	watching.MaxConns, watching.MinConns = 1, 0
	settings.ConnConfig.Tracer = otelpgx.NewTracer(otelpgx.WithTracerProvider(tools.Tracer))
	if pool, err = pgxpool.NewWithConfig(ctx, settings); err != nil {
		return nil, nil, fmt.Errorf("make a pool of connections: %w", err)
	}
	if watch, err = pgxpool.NewWithConfig(ctx, watching); err != nil {
		return nil, nil, fmt.Errorf("make a pool of connections: %w", err)
	}
	return pool, watch, nil
}

func (d *database) close(context.Context) error {
	for _, pool := range []*pgxpool.Pool{d.primary, d.replica, d.watchPrimary, d.watchReplica} {
		if pool != nil {
			pool.Close()
		}
	}
	return nil
}

// write runs a statement on the primary, and remembers that the request wrote.
func (d *database) write(ctx context.Context, operation string, run func(context.Context, *pgxpool.Pool) error) error {
	parts.Wrote(ctx)
	return d.run(ctx, operation, primaryPool, run)
}

// read runs a query on the replica when that one may be asked, else on the
// primary. What run keeps of a first try, the second has to overwrite.
func (d *database) read(ctx context.Context, operation string, run func(context.Context, *pgxpool.Pool) error) error {
	reason := d.reasonForPrimary(ctx)
	if reason == "" {
		err := d.run(ctx, operation, replicaPool, run)
		if !errors.Is(err, parts.ErrUnavailable) {
			d.metrics.reads.WithLabelValues(replicaPool, reasonFresh).Inc()
			return err
		}
		d.guard.distrust()
		reason = reasonFailed
	}
	d.metrics.reads.WithLabelValues(primaryPool, reason).Inc()
	return d.run(ctx, operation, primaryPool, run)
}

// reasonForPrimary is why a read must not go to the replica, if it must not.
func (d *database) reasonForPrimary(ctx context.Context) string {
	switch {
	case d.replica == nil:
		return reasonNone
	case !parts.IsRequest(ctx):
		return reasonOutside
	case parts.HasWritten(ctx):
		return reasonWrote
	case !d.guard.fresh(time.Now()):
		return reasonBehind
	default:
		return ""
	}
}

func (d *database) run(ctx context.Context, operation, pool string, run func(context.Context, *pgxpool.Pool) error) error {
	on := d.primary
	if pool == replicaPool {
		on = d.replica
	}
	limited, cancel := context.WithTimeout(ctx, d.patience)
	defer cancel()
	start := time.Now()
	err := run(limited, on)
	outcome := "ok"
	switch {
	case err == nil || errors.Is(err, pgx.ErrNoRows):
	case ctx.Err() == nil && isAway(err):
		outcome, err = "unavailable", fmt.Errorf("%s: %w: %w", operation, parts.ErrUnavailable, err)
	default:
		outcome = "refused"
	}
	d.metrics.ended(operation, pool, outcome, time.Since(start))
	return err
}
