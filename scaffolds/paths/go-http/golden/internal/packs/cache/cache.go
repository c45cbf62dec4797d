package cache

import (
	"context"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"

	"example.com/golden/service/internal/parts"
)

// Join puts the cache before the store of items that is there. The service does
// without it: that it is away is no reason to be not ready, or not to start.
func Join(_ context.Context, c Config, tools parts.Tools, p *parts.Parts) error {
	if err := c.fits(tools.RequestTimeout); err != nil {
		return err
	}
	options, err := c.options(tools.Service)
	if err != nil {
		return err
	}
	logging.Disable() // What the client says there it returns as an error, too.
	m := newMetrics(tools.Metrics.Registry())
	m.begin()
	s := &server{
		client: redis.NewClient(options), prefix: tools.Service + ":", timeout: c.Timeout,
		log: tools.Log, metrics: m, tracer: tools.Tracer.Tracer("example.com/golden/service/internal/packs/cache"),
	}
	store := &itemStore{
		next: p.Items, server: s, settings: c, patience: tools.RequestTimeout,
		metrics: m, owed: newOwed(c.TTL, m.owed),
	}
	p.Items = store
	p.Around = append(p.Around, parts.RememberWrites)
	p.Prefers("cache", s.health.away)
	p.Background(store.watch)
	p.OnClose(func(context.Context) error { return s.client.Close() })
	return nil
}
