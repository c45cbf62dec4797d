package postgres

import (
	"context"
	"log/slog"
	"time"

	"example.com/golden/service/internal/parts"
)

// A key whose request has no answer is free again this long after the request
// must have ended.
const leaseSlack = 30 * time.Second

// Join opens the database, migrates it, and puts its stores in the place of
// those in memory.
func Join(ctx context.Context, c Config, tools parts.Tools, p *parts.Parts) error {
	db, err := open(ctx, c, tools, newMetrics(tools.Metrics.Registry()))
	if err != nil {
		return err
	}
	p.OnClose(db.close)
	if c.Migrate {
		if err := migrate(ctx, c.migrateURL(), tools.Log); err != nil {
			return err
		}
	}
	keys := &keyStore{db: db, lasts: tools.IdempotencyTTL, lease: tools.RequestTimeout + leaseSlack}
	p.Items, p.Idempotency = &itemStore{db: db}, keys
	p.Around = append(p.Around, parts.RememberWrites)
	p.Needs("database", db.ready)
	p.Background(db.watch)
	p.Background(func(ctx context.Context) { forgetKeys(ctx, keys, tools.Log) })
	return nil
}

func forgetKeys(ctx context.Context, keys *keyStore, log *slog.Logger) {
	every := time.NewTicker(time.Minute)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		for deleted := int64(1); deleted > 0; {
			var err error
			if deleted, err = keys.forget(ctx); err != nil && ctx.Err() == nil {
				log.WarnContext(ctx, "idempotency keys that expired are not deleted", "error", err)
				break
			}
		}
	}
}
