package cache_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/golden/service/internal/items"
	"example.com/golden/service/internal/packs/cache/cachetest"
)

// The cache is killed: every answer is right, none waits for long, the service
// is ready and says what it lacks, and the cache is used when it is back.
func TestKilled(t *testing.T) {
	t.Parallel()
	server, i := served(t)
	id := i.put(t)
	i.want(t, id)
	waitFor(t, "the cache to be found", func() bool { return i.value(t, "cache_reachable") == 1 })
	server.Kill()
	i.answersWithout(t, id)
	if n := i.value(t, "cache_reads_total", "hit"); n != 0 {
		t.Errorf("%v reads are said to be hits", n)
	}
	if err := server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	i.recovers(t, id)
}

// The cache hangs: it takes requests and answers none. A request waits for it
// no longer than the timeout, and after a few nobody waits.
func TestHangs(t *testing.T) {
	t.Parallel()
	server, i := served(t)
	id := i.put(t)
	i.want(t, id)
	if err := server.Hang(); err != nil {
		t.Fatal(err)
	}
	i.answersWithout(t, id)
	if err := server.GoOn(); err != nil {
		t.Fatal(err)
	}
	i.recovers(t, id)
}

// It hangs from the start, or is not there: the service starts all the same.
func TestHangs_fromTheStart(t *testing.T) {
	t.Parallel()
	server := cachetest.NewServer(t)
	if err := server.Hang(); err != nil {
		t.Fatal(err)
	}
	i := join(t, "CACHE_URL="+server.URL(0))
	i.answersWithout(t, i.put(t))
	i = join(t, "CACHE_URL=redis://127.0.0.1:1")
	i.answersWithout(t, i.put(t))
}

func (i *instance) answersWithout(t *testing.T, id uuid.UUID) {
	t.Helper()
	i.reads()
	const reads = 100
	var all time.Duration
	for range reads {
		_, took := i.want(t, id)
		if all += took; took > timeout+slack {
			t.Fatalf("a read took %s, the cache may take %s", took, timeout)
		}
	}
	if n := i.reads(); n != reads {
		t.Errorf("the store was read %d times, want %d", n, reads)
	}
	if most := 10*timeout + slack; all > most {
		t.Errorf("%d reads took %s together, want at most %s: the cache is to be left alone", reads, all, most)
	}
	// All who ask for the same at once still cost the store one read.
	i.many(t, id, func() error { _, err := i.get(t, id); return err })
	waitFor(t, "the cache to be missed", func() bool { return i.value(t, "cache_reachable") == 0 && len(i.Lacks()) == 1 })
	if err := i.Ready(t.Context()); err != nil || !strings.HasPrefix(i.Lacks()[0], "cache: ") {
		t.Errorf("ready: %v, lacking %q", err, i.Lacks())
	}
	if i.value(t, "cache_reads_total", "unavailable") == 0 || i.value(t, "cache_operation_duration_seconds", "get", "failed") == 0 {
		t.Error("nothing was counted")
	}
}

func (i *instance) recovers(t *testing.T, id uuid.UUID) {
	t.Helper()
	waitFor(t, "the cache to be found", func() bool { return i.value(t, "cache_reachable") == 1 && len(i.Lacks()) == 0 })
	before := i.value(t, "cache_reads_total", "hit")
	waitFor(t, "hits", func() bool { i.want(t, id); return i.value(t, "cache_reads_total", "hit") > before })
}

// What the cache could not be told is not answered from its old copies: not by
// who wrote, and by others no longer than until it is told.
func TestWritesThatItIsNotTold(t *testing.T) {
	t.Parallel()
	server, one := served(t, "CACHE_ABSENT_TTL=5m")
	other := joinTo(t, one, "CACHE_URL="+server.URL(0), "CACHE_ABSENT_TTL=5m")
	item := items.Item{ID: uuid.New(), Name: "Blue teapot", CreatedAt: time.Now().UTC()}
	if _, err := one.get(t, item.ID); !errors.Is(err, items.ErrNotFound) {
		t.Fatal(err)
	}
	refuse(t, server, true)
	if err := one.Items.Insert(t.Context(), item); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		one.want(t, item.ID)
	}
	if value, _ := kept(t, server.URL(0), item.ID); value != "absent" || one.value(t, "cache_owed_items") != 1 {
		t.Errorf("the cache has %q, %v items are owed: want the old copy, and to know of it", value, one.value(t, "cache_owed_items"))
	}
	refuse(t, server, false)
	waitFor(t, "the cache to be told", func() bool { return one.value(t, "cache_owed_items") == 0 })
	one.want(t, item.ID)
	other.want(t, item.ID)
}

// A write waits for a cache that hangs no longer than a read does.
func TestWritesWhileItHangs(t *testing.T) {
	t.Parallel()
	server, i := served(t)
	if err := server.Hang(); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	for range 100 {
		if err := i.Items.Insert(t.Context(), items.Item{ID: uuid.New()}); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(start); took > 10*timeout+slack {
		t.Errorf("a hundred writes took %s", took)
	}
}

// refuse has the server refuse whatever needs memory.
func refuse(t *testing.T, server *cachetest.Server, yes bool) {
	t.Helper()
	most := map[bool]string{true: "1", false: "0"}[yes]
	if err := connect(t, server.URL(0)).ConfigSet(t.Context(), "maxmemory", most).Err(); err != nil {
		t.Fatal(err)
	}
}

// So many are written meanwhile that not all are remembered: then no copy is
// used until all that were there have ended.
func TestManyWritesWhileItIsAway(t *testing.T) {
	t.Parallel()
	server, i := served(t, "CACHE_TTL=5s")
	last := items.Item{ID: uuid.New(), Name: "The last", CreatedAt: time.Now().UTC()}
	server.Kill()
	for n := range 10_000 {
		item := items.Item{ID: uuid.New(), Name: strconv.Itoa(n), CreatedAt: time.Now().UTC()}
		if err := i.Items.Insert(t.Context(), item); err != nil {
			t.Fatal(err)
		}
	}
	if n := i.value(t, "cache_owed_items"); n != 10_000 {
		t.Errorf("%v items are owed, want 10000", n)
	}
	if err := i.Items.Insert(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	if err := server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	keep(t, server.URL(0), last.ID, "absent", 2*time.Second) // as if it had not been killed
	for end := time.Now().Add(time.Second); time.Now().Before(end); {
		i.want(t, last.ID)
	}
	waitFor(t, "nothing to be owed", func() bool { return i.value(t, "cache_owed_items") == 0 })
	waitFor(t, "copies to be used", func() bool { i.want(t, last.ID); return i.value(t, "cache_reads_total", "hit") > 0 })
}

// A cache that can be read but takes nothing is left alone: it could not be
// told of a write.
func TestTakesNothing(t *testing.T) {
	t.Parallel()
	server, i := served(t)
	id := i.put(t)
	i.want(t, id)
	refuse(t, server, true)
	waitFor(t, "it to be left alone", func() bool {
		if err := i.Items.Insert(t.Context(), items.Item{ID: uuid.New()}); err != nil {
			t.Fatal(err)
		}
		return len(i.Lacks()) == 1
	})
	for end := time.Now().Add(1500 * time.Millisecond); time.Now().Before(end); time.Sleep(timeout) {
		if i.want(t, id); len(i.Lacks()) != 1 {
			t.Fatal("it is used again before it takes anything")
		}
	}
	refuse(t, server, false)
	i.recovers(t, id)
}

// A connection that is cut while it is not used costs nobody an answer.
func TestConnectionsCut(t *testing.T) {
	t.Parallel()
	server, i := served(t)
	id := i.put(t)
	client := connect(t, server.URL(0))
	for range 20 {
		i.want(t, id)
		if err := client.Do(context.WithoutCancel(t.Context()), "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes").Err(); err != nil {
			t.Fatal(err)
		}
	}
	i.want(t, id)
	if lacking := i.Lacks(); len(lacking) != 0 {
		t.Errorf("the cache is left alone: %s", lacking)
	}
}

// A server that asks for a password gets the one in the address.
func TestPassword(t *testing.T) {
	t.Parallel()
	server := cachetest.NewServer(t)
	if err := connect(t, server.URL(0)).ConfigSet(t.Context(), "requirepass", "open").Err(); err != nil {
		t.Fatal(err)
	}
	for password, want := range map[string]string{"open": "hit", "shut": "unavailable"} {
		i := join(t, "CACHE_TIMEOUT=1s", "CACHE_URL="+strings.Replace(server.URL(2), "unix://", "unix://:"+password+"@", 1))
		id := i.put(t)
		i.want(t, id)
		i.want(t, id)
		if i.value(t, "cache_reads_total", want) == 0 {
			t.Errorf("with the password %q no read was: %s", password, want)
		}
	}
}

// A user of the server may be allowed no more than the pack needs, and a proxy
// may know no more.
func TestFewRights(t *testing.T) {
	t.Parallel()
	server := cachetest.NewServer(t)
	if err := connect(t, server.URL(0)).Do(t.Context(), "ACL", "SETUSER", "app", "on", ">open", "~goldensvc:*", "+get", "+set", "+select").Err(); err != nil {
		t.Fatal(err)
	}
	i := join(t, "CACHE_TIMEOUT=1s", "CACHE_URL="+strings.Replace(server.URL(2), "unix://", "unix://app:open@", 1))
	id := i.put(t)
	i.want(t, id)
	i.want(t, id)
	if i.value(t, "cache_reads_total", "hit") == 0 {
		t.Error("no read was a hit")
	}
}
