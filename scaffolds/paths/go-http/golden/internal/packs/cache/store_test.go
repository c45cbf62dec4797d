package cache_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/golden/service/internal/items"
	"example.com/golden/service/internal/items/storetest"
	"example.com/golden/service/internal/packs/cache"
	"example.com/golden/service/internal/packs/cache/cachetest"
	"example.com/golden/service/internal/parts"
)

func TestItems(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) items.Store {
		t.Helper()
		return join(t, "CACHE_URL="+cachetest.New(t)).Items
	})
}

// What was read is read from the cache, also by another instance, and the
// metrics tell how often: that is the hit ratio.
func TestHits(t *testing.T) {
	t.Parallel()
	url := cachetest.New(t)
	one := join(t, "CACHE_URL="+url)
	id := one.put(t)
	first, _ := one.want(t, id)
	for range 3 {
		if again, _ := one.want(t, id); !cmp.Equal(first, again) {
			t.Errorf("the copy differs (-item +copy):\n%s", cmp.Diff(first, again))
		}
	}
	if n := one.reads(); n != 1 {
		t.Errorf("the store was read %d times, want once", n)
	}
	hits, misses := one.value(t, "cache_reads_total", "hit"), one.value(t, "cache_reads_total", "miss")
	if hits != 3 || misses != 1 {
		t.Errorf("%v hits and %v misses were counted, want 3 and 1", hits, misses)
	}
	if n := one.value(t, "cache_operation_duration_seconds", "get", "ok"); n != 4 {
		t.Errorf("%v reads of the cache were measured, want 4", n)
	}
	other := joinTo(t, one, "CACHE_URL="+url)
	other.want(t, id)
	if n := other.reads(); n != 0 {
		t.Errorf("another instance read the store %d times, want the copy", n)
	}
}

// Copies end, not all at once.
func TestTTL(t *testing.T) {
	t.Parallel()
	url := cachetest.New(t)
	i := join(t, "CACHE_URL="+url, "CACHE_TTL=1h", "CACHE_TTL_JITTER=0.5")
	seen := map[time.Duration]bool{}
	for range 20 {
		id := i.put(t)
		i.want(t, id)
		_, ttl := kept(t, url, id)
		if ttl < 29*time.Minute || ttl > time.Hour {
			t.Errorf("a copy lasts %s, want half an hour to an hour", ttl)
		}
		seen[ttl.Round(time.Minute)] = true
	}
	if len(seen) < 5 {
		t.Errorf("twenty copies end at %d moments", len(seen))
	}

	i = join(t, "CACHE_URL="+url, "CACHE_TTL=50ms", "CACHE_ABSENT_TTL=50ms")
	id := i.put(t)
	i.want(t, id)
	i.reads()
	waitFor(t, "the copy to end", func() bool { i.want(t, id); return i.reads() > 0 })
}

// That an item is not there is remembered for a moment, or not at all.
func TestAbsent(t *testing.T) {
	t.Parallel()
	url := cachetest.New(t)
	for ttl, want := range map[string]int64{"10s": 1, "0s": 3} {
		i, id := join(t, "CACHE_URL="+url, "CACHE_ABSENT_TTL="+ttl), uuid.New()
		for range 3 {
			if _, err := i.get(t, id); !errors.Is(err, items.ErrNotFound) {
				t.Errorf("got %v, want ErrNotFound", err)
			}
		}
		if n := i.reads(); n != want {
			t.Errorf("for %s: the store was read %d times, want %d", ttl, n, want)
		}
		if _, left := kept(t, url, id); left > 10*time.Second {
			t.Errorf("it is remembered for %s", left)
		}
	}
}

// What is written is seen at once, by every instance.
func TestWrites(t *testing.T) {
	t.Parallel()
	url := cachetest.New(t)
	one := join(t, "CACHE_URL="+url, "CACHE_ABSENT_TTL=1m")
	other := joinTo(t, one, "CACHE_URL="+url, "CACHE_ABSENT_TTL=1m")
	item := items.Item{ID: uuid.New(), Name: "Blue teapot", CreatedAt: time.Now().UTC()}
	for range 2 { // The cache knows that there is none.
		if _, err := one.get(t, item.ID); !errors.Is(err, items.ErrNotFound) {
			t.Fatal(err)
		}
	}
	one.request(t, func(ctx context.Context) {
		if err := one.Items.Insert(ctx, item); err != nil {
			t.Fatal(err)
		}
		one.reads()
		if _, err := one.Items.Get(ctx, item.ID); err != nil || one.reads() != 1 || one.value(t, "cache_reads_total", "skipped") != 1 {
			t.Errorf("a request does not read what it wrote from the store: %v", err)
		}
	})
	one.want(t, item.ID)
	other.want(t, item.ID)
}

// Who read before a write does not put back what was there: not as a copy, and
// not for those who ask after the write.
func TestWrites_whileOneReads(t *testing.T) {
	t.Parallel()
	url := cachetest.New(t)
	i := join(t, "CACHE_URL="+url, "CACHE_SETTLE_TIME=20s")
	item := items.Item{ID: uuid.New(), Name: "Blue teapot", CreatedAt: time.Now().UTC()}
	gate := make(chan struct{})
	i.store.gate.Store(&gate)
	early := make(chan error)
	go func() { _, err := i.get(t, item.ID); early <- err }()
	waitFor(t, "the read", func() bool { return i.store.reads.Load() == 1 })
	i.store.gate.Store(nil)
	if err := i.Items.Insert(t.Context(), item); err != nil {
		t.Fatal(err)
	}
	i.want(t, item.ID)
	close(gate)
	if err := <-early; !errors.Is(err, items.ErrNotFound) {
		t.Errorf("the read that began before the write got %v", err)
	}
	i.want(t, item.ID)
	if value, _ := kept(t, url, item.ID); value != "written" {
		t.Errorf("the cache has %q, want to know that the item was written", value)
	}
}

// A caller who goes away while an item is written for it does not keep the
// cache from being told.
func TestWrites_callerGone(t *testing.T) {
	t.Parallel()
	url := cachetest.New(t)
	i := join(t, "CACHE_URL="+url)
	waitFor(t, "the first look", func() bool { return i.value(t, "cache_reachable") == 1 })
	ctx, leave := context.WithCancel(t.Context())
	leave()
	item := items.Item{ID: uuid.New(), Name: "Blue teapot", CreatedAt: time.Now().UTC()}
	if err := i.Items.Insert(ctx, item); err != nil {
		t.Fatal(err)
	}
	if value, _ := kept(t, url, item.ID); value != "written" {
		t.Errorf("the cache has %q, want to know that the item was written", value)
	}
}

// A read that took so long that the mark of a write may have ended leaves no copy.
func TestWrites_longAgo(t *testing.T) {
	t.Parallel()
	url := cachetest.New(t)
	i := join(t, "CACHE_URL="+url, "CACHE_SETTLE_TIME=100ms")
	id := i.put(t)
	gate := make(chan struct{})
	i.store.gate.Store(&gate)
	time.AfterFunc(200*time.Millisecond, func() { close(gate) })
	i.want(t, id)
	if value, _ := kept(t, url, id); value != "" {
		t.Errorf("the cache has %q after a slow read", value)
	}
	i.want(t, id)
	if value, _ := kept(t, url, id); !strings.HasPrefix(value, "copy ") {
		t.Errorf("the cache has %q after a fast read", value)
	}
}

// many asks for one item at once, and lets the store answer when all wait.
func (i *instance) many(t *testing.T, id uuid.UUID, ask func() error) {
	t.Helper()
	const callers = 50
	gate := make(chan struct{})
	i.store.gate.Store(&gate)
	var (
		all  sync.WaitGroup
		came sync.WaitGroup
	)
	came.Add(callers)
	for range callers {
		all.Go(func() {
			came.Done()
			if err := ask(); err != nil {
				t.Errorf("get: %v", err)
			}
		})
	}
	came.Wait()
	time.Sleep(timeout + 200*time.Millisecond) // All who came have asked by then, and the cache has not answered.
	close(gate)
	all.Wait()
	i.store.gate.Store(nil)
	if n := i.reads(); n != 1 {
		t.Errorf("the store was read %d times for %d who asked at once for %s, want once", n, callers, id)
	}
	if n := i.value(t, "cache_shared_reads_total"); n < callers-1 {
		t.Errorf("%v shared a read, want %d", n, callers-1)
	}
}

// Many who miss at once cost the store one read; that the first of them went
// away does not hurt the others.
func TestSingleFlight(t *testing.T) {
	t.Parallel()
	i := join(t, "CACHE_URL="+cachetest.New(t))
	id := i.put(t)
	i.many(t, id, func() error { _, err := i.get(t, id); return err })

	id = i.put(t)
	gate := make(chan struct{})
	i.store.gate.Store(&gate)
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() { _, err := i.Items.Get(ctx, id); left <- err }()
	waitFor(t, "the first to read", func() bool { return i.store.reads.Load() == 1 })
	stayed := make(chan error)
	go func() { _, err := i.Items.Get(t.Context(), id); stayed <- err }()
	time.Sleep(100 * time.Millisecond) // By then the second one waits for the first one's read.
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("who went away got %v", err)
	}
	close(gate)
	if err := <-stayed; err != nil {
		t.Errorf("who stayed got %v", err)
	}
}

// A store that panics ends the request, not the process.
func TestPanic(t *testing.T) {
	t.Parallel()
	i := join(t, "CACHE_URL="+cachetest.New(t))
	i.store.Store = nil
	if _, err := i.get(t, uuid.New()); err == nil || !strings.Contains(err.Error(), "panic: ") {
		t.Errorf("got %v, want to be told of the panic", err)
	}
}

// What cannot be read is no copy: of a version with other fields, or broken.
func TestUnreadableCopies(t *testing.T) {
	t.Parallel()
	url := cachetest.New(t)
	i := join(t, "CACHE_URL="+url)
	for _, value := range []string{"copy 00000000 {}", "nonsense", "copy "} {
		id := i.put(t)
		keep(t, url, id, value, time.Minute)
		i.want(t, id)
		if n := i.reads(); n != 1 {
			t.Errorf("%q: the store was read %d times, want once", value, n)
		}
	}
	id := i.put(t)
	i.want(t, id)
	value, _ := kept(t, url, id)
	keep(t, url, id, value[:len(value)-1], time.Minute)
	i.reads()
	if i.want(t, id); i.reads() != 1 {
		t.Error("half a copy is taken for an item")
	}
}

// A timeout that leaves no time for the store is refused.
func TestJoin_timeout(t *testing.T) {
	t.Parallel()
	c := settings(t, map[string]string{"CACHE_URL": "redis://127.0.0.1:1", "CACHE_TIMEOUT": "2s"})
	err := cache.Join(t.Context(), c, parts.Tools{RequestTimeout: 15 * time.Second}, &parts.Parts{})
	if err == nil || !strings.Contains(err.Error(), "CACHE_TIMEOUT is 2s, want at most a tenth of HTTP_WRITE_TIMEOUT (1.5s)") {
		t.Errorf("got %v, want it refused", err)
	}
}
