package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

var (
	errStandby   = errors.New("it is a standby, which takes no writes")
	errNoStandby = errors.New("it is no standby of the primary")
)

// ready asks whether the primary takes writes.
func (d *database) ready(ctx context.Context) error {
	standby, _, err := ask(ctx, d.watchPrimary)
	if err == nil && standby {
		err = errStandby
	}
	return err
}

// watch looks at both databases again and again.
func (d *database) watch(ctx context.Context) {
	// Four looks in the time that the replica may be behind: one that is late
	// does not send reads away from a replica that is well.
	interval := min(time.Second, d.guard.most/4)
	every := time.NewTicker(interval)
	defer every.Stop()
	for {
		d.look(ctx, max(interval, time.Second))
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

func (d *database) look(ctx context.Context, patience time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	before := time.Now()
	standby, position, err := ask(ctx, d.watchPrimary)
	if err == nil && standby {
		err = errStandby
	}
	d.metrics.found(primaryPool, err)
	if err == nil {
		d.guard.wroteUpTo(before, position)
	}
	if d.replica == nil {
		return
	}
	standby, position, err = ask(ctx, d.watchReplica)
	if err == nil && !standby {
		err = errNoStandby
	}
	d.metrics.found(replicaPool, err)
	if err == nil {
		d.guard.replayedUpTo(position)
	} else {
		d.guard.distrust()
	}
	d.metrics.lag.Set(d.guard.lag(time.Now()).Seconds())
}

// ask returns whether a database is a standby, and where its log is: up to
// where it has replayed it, or written it. Positions are counted in bytes.
func ask(ctx context.Context, pool *pgxpool.Pool) (standby bool, position uint64, err error) {
	const query = `SELECT pg_is_in_recovery(), (CASE WHEN pg_is_in_recovery()
		THEN coalesce(pg_last_wal_replay_lsn(), '0/0') ELSE pg_current_wal_lsn() END - '0/0'::pg_lsn)::bigint`
	var at int64
	err = pool.QueryRow(ctx, query).Scan(&standby, &at)
	return standby, uint64(max(0, at)), err
}
