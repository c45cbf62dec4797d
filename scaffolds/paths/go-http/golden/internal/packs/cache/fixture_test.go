package cache_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/redis/go-redis/v9"
	"go.opentelemetry.io/otel/trace/noop"

	"example.com/golden/service/internal/items"
	"example.com/golden/service/internal/packs/cache"
	"example.com/golden/service/internal/packs/cache/cachetest"
	"example.com/golden/service/internal/parts"
	"example.com/golden/service/internal/telemetry"
)

const (
	timeout = 100 * time.Millisecond // of an operation on the cache
	// slack is what a busy machine adds.
	slack = 2 * time.Second
)

// store is one whose reads are counted and may be held up.
type store struct {
	items.Store

	reads atomic.Int64
	gate  atomic.Pointer[chan struct{}] // a read waits until it is closed
}

func (s *store) Get(ctx context.Context, id uuid.UUID) (items.Item, error) {
	s.reads.Add(1)
	item, err := s.Store.Get(ctx, id)
	if gate := s.gate.Load(); gate != nil {
		<-*gate
	}
	if gone := ctx.Err(); gone != nil { // as a database has it
		return items.Item{}, gone
	}
	return item, err
}

// instance is one of the service's: a cache before a store.
type instance struct {
	*parts.Parts

	store    *store
	registry *prometheus.Registry
}

func join(t *testing.T, environ ...string) *instance {
	t.Helper()
	return joinTo(t, nil, environ...)
}

// joinTo makes an instance before the store of another one.
func joinTo(t *testing.T, other *instance, environ ...string) *instance {
	t.Helper()
	set := map[string]string{"CACHE_TIMEOUT": timeout.String()}
	for _, each := range environ {
		name, value, _ := strings.Cut(each, "=")
		set[name] = value
	}
	c := settings(t, set)
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	with := parts.Tools{
		Service: "goldensvc", Log: telemetry.NewLogger(io.Discard, "goldensvc", telemetry.NewLevel(slog.LevelInfo)),
		Metrics: telemetry.NewMetrics(), Tracer: noop.NewTracerProvider(), IdempotencyTTL: time.Hour, RequestTimeout: time.Minute,
	}
	i := &instance{Parts: parts.New(with), registry: with.Metrics.Registry()}
	i.store = &store{Store: i.Items}
	if other != nil {
		i.store = other.store
	}
	i.Items = i.store
	if err := cache.Join(t.Context(), c, with, i.Parts); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = i.Close(t.Context()) })
	// Not the test's context: that one has ended when clean-ups run.
	t.Cleanup(i.Start(context.WithoutCancel(t.Context())))
	return i
}

// request does something as a request of the API does.
func (i *instance) request(t *testing.T, do func(ctx context.Context)) {
	t.Helper()
	var handler http.Handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { do(r.Context()) })
	for _, around := range i.Around {
		handler = around(handler)
	}
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody))
}

// get reads an item in a request of its own.
func (i *instance) get(t *testing.T, id uuid.UUID) (item items.Item, err error) {
	t.Helper()
	i.request(t, func(ctx context.Context) { item, err = i.Items.Get(ctx, id) })
	return item, err
}

// want reads an item that must be there.
func (i *instance) want(t *testing.T, id uuid.UUID) (item items.Item, took time.Duration) {
	t.Helper()
	start := time.Now()
	item, err := i.get(t, id)
	if err != nil || item.ID != id {
		t.Errorf("got %v, %v, want the item %s", item, err, id)
	}
	return item, time.Since(start)
}

// put stores an item, unseen by any cache.
func (i *instance) put(t *testing.T) uuid.UUID {
	t.Helper()
	item := items.Item{ID: uuid.New(), Name: "Blue teapot", Quantity: 3, CreatedAt: time.Now().UTC()}
	if err := i.store.Insert(t.Context(), item); err != nil {
		t.Fatal(err)
	}
	return item.ID
}

// reads is how often the store was read since the last time.
func (i *instance) reads() int64 { return i.store.reads.Swap(0) }

// value is that of a metric with a label; of a histogram how often.
func (i *instance) value(t *testing.T, metric string, labels ...string) float64 {
	t.Helper()
	families, err := i.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		for _, each := range family.GetMetric() {
			has := func(value string) bool {
				return slices.ContainsFunc(each.GetLabel(), func(l *dto.LabelPair) bool { return l.GetValue() == value })
			}
			if family.GetName() == metric && !slices.ContainsFunc(labels, func(l string) bool { return !has(l) }) {
				return each.GetCounter().GetValue() + each.GetGauge().GetValue() + float64(each.GetHistogram().GetSampleCount())
			}
		}
	}
	t.Fatalf("there is no %s of %s", metric, labels)
	return 0
}

// kept is what the cache has for an item, and for how long.
func kept(t *testing.T, url string, id uuid.UUID) (value string, ttl time.Duration) {
	t.Helper()
	client := connect(t, url)
	ttl, err := client.PTTL(t.Context(), keyOf(id)).Result()
	if err != nil {
		t.Fatal(err)
	}
	return client.Get(t.Context(), keyOf(id)).Val(), ttl
}

// keep puts something into the cache as another would.
func keep(t *testing.T, url string, id uuid.UUID, value string, ttl time.Duration) {
	t.Helper()
	if err := connect(t, url).Set(t.Context(), keyOf(id), value, ttl).Err(); err != nil {
		t.Fatal(err)
	}
}

func keyOf(id uuid.UUID) string { return "goldensvc:item:" + id.String() }

func connect(t *testing.T, url string) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func waitFor(t *testing.T, what string, happened func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !happened() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// served starts a server for one test, and an instance with it.
func served(t *testing.T, environ ...string) (*cachetest.Server, *instance) {
	t.Helper()
	server := cachetest.NewServer(t)
	return server, join(t, append(environ, "CACHE_URL="+server.URL(0))...)
}
