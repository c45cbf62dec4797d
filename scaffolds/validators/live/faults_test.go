//go:build proof

package live_test

import (
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// recovered waits until every operation is answered again, and proves it with a
// few seconds of load. No process may have been started for it.
func (w *world) recovered(t *testing.T, l *load, before map[*service]float64) {
	t.Helper()
	until(t, "for every operation to be answered well again", func() bool {
		from := l.count()
		l.reaches(t, len(w.balancer.operations)*5)
		return len(l.since(from).good()) == len(l.since(from))
	})
	from := l.count()
	l.reaches(t, 3*rate)
	l.since(from).only(t, "everything is back", answer.ok)
	for s, began := range before {
		if s.started(t) != began {
			t.Errorf("%s is another process than before", s.name)
		}
	}
}

func (w *world) processes(t *testing.T) map[*service]float64 {
	t.Helper()
	began := map[*service]float64{}
	for _, s := range w.serving {
		began[s] = s.started(t)
	}
	return began
}

// ready reports whether every instance says so, and says what.
func (w *world) ready(t *testing.T, want int, says string) bool {
	t.Helper()
	return w.serving.all(func(s *service) bool {
		status, text := s.ready(t)
		return status == want && strings.Contains(text, says)
	})
}

func (w *world) cacheKilled(t *testing.T) {
	t.Helper()
	w.withoutCache(t, func() { w.cache.stop(t, "KILL") }, func() { w.cache.start(t) })
}

func (w *world) cacheHangs(t *testing.T) {
	t.Helper()
	w.withoutCache(t, func() { w.cache.signal(t, "STOP") }, func() { w.cache.signal(t, "CONT") })
}

// docs/packs/cache.md: they get what they asked for, from the store; readiness
// does not fail, and names what it lacks; the cache is used when it is back.
func (w *world) withoutCache(t *testing.T, away, back func()) {
	t.Helper()
	before := w.processes(t)
	var without int
	all := w.under(w.balancer, func(l *load) {
		l.reaches(t, rate)
		away()
		from := l.count()
		until(t, "until the cache is left alone", func() bool { return w.serving.have(t, 0, "cache_reachable") })
		if !w.ready(t, http.StatusOK, `"lacking":["cache`) {
			t.Error("not ready, or nothing is said to be lacking")
		}
		read := w.serving.grow(t, "cache_reads_total", "outcome=unavailable")
		until(t, "for reads from the store", read)
		w.prometheus.tells(t, "orders: CacheUnreachable", true)
		l.reaches(t, 2*rate)
		without = l.count() - from

		back()
		until(t, "until the cache is used", func() bool { return w.serving.have(t, 1, "cache_reachable") })
		hits := w.serving.grow(t, "cache_reads_total", "outcome=hit")
		until(t, "for hits", hits)
		w.recovered(t, l, before)
		w.prometheus.tells(t, "orders: CacheUnreachable", false)
	})
	all.only(t, "callers notice nothing", answer.ok)
	w.stored(t)
	if !w.ready(t, http.StatusOK, `"ok"}`) {
		t.Error("something is said to be lacking still")
	}
	t.Logf("%d requests, %d of them without Redis, lost %d; used again by itself", len(all), without, len(all)-len(all.good()))
}

// docs/packs/postgres.md: they get what they asked for, from the primary; the
// replica is read again when it has caught up.
func (w *world) replicaKilled(t *testing.T) {
	t.Helper()
	before := w.processes(t)
	var without int
	all := w.under(w.balancer, func(l *load) {
		fresh := w.serving.grow(t, "database_reads_total", "pool=replica", "reason=fresh")
		until(t, "for reads from the replica", fresh)
		primary := w.serving.grow(t, "database_reads_total", "pool=primary")
		w.replica.kill(t)
		from := l.count()
		until(t, "for reads from the primary", primary)
		until(t, "until the replica is left alone", func() bool { return w.serving.have(t, 0, "database_reachable", "pool=replica") })
		if !w.ready(t, http.StatusOK, `"ok"`) {
			t.Error("not ready without the replica")
		}
		w.prometheus.tells(t, "orders: DatabaseReplicaBehind", true)
		l.reaches(t, 2*rate)
		without = l.count() - from

		w.replica.start(t)
		fresh = w.serving.grow(t, "database_reads_total", "pool=replica", "reason=fresh")
		until(t, "for reads from the replica again", fresh)
		w.recovered(t, l, before)
		w.prometheus.tells(t, "orders: DatabaseReplicaBehind", false)
	})
	all.only(t, "callers notice nothing", answer.ok)
	w.stored(t)
	t.Logf("%d requests, %d of them without the replica, lost %d; read again by itself", len(all), without, len(all)-len(all.good()))
}

// docs/packs/postgres.md: a replica that is behind is not read, so what was
// written longer ago than it may be behind is seen by everybody.
func (w *world) replicaBehind(t *testing.T) {
	t.Helper()
	before := w.processes(t)
	behind := 0
	all := w.under(w.balancer, func(l *load) {
		l.reaches(t, rate)
		w.replica.tell(t, "SELECT pg_wal_replay_pause()")
		from := l.count()
		until(t, "for reads from the primary", w.serving.grow(t, "database_reads_total", "pool=primary", "reason=behind"))
		written := w.create(t)
		until(t, "for the item to be seen", func() bool { return w.serving.all(func(s *service) bool { return s.has(t, written) }) })
		for range 20 {
			if !w.serving.all(func(s *service) bool { return s.has(t, written) }) {
				t.Fatal("an item that was seen is gone again")
			}
		}
		w.prometheus.tells(t, "orders: DatabaseReplicaBehind", true)
		l.reaches(t, 2*rate)
		behind = l.count() - from

		w.replica.tell(t, "SELECT pg_wal_replay_resume()")
		until(t, "for reads from the replica again", w.serving.grow(t, "database_reads_total", "pool=replica", "reason=fresh"))
		w.recovered(t, l, before)
		w.prometheus.tells(t, "orders: DatabaseReplicaBehind", false)
	})
	all.only(t, "callers notice nothing", answer.ok)
	w.stored(t)
	t.Logf("%d requests, %d of them while the replica was behind, lost %d; read again by itself", len(all), behind, len(all)-len(all.good()))
}

func (w *world) providerKilled(t *testing.T) {
	t.Helper()
	w.withoutProvider(t, func() { w.provider.stop(t, "KILL") }, func() { w.provider.start(t) })
}

// It takes connections and requests, and answers none.
func (w *world) providerHangs(t *testing.T) {
	t.Helper()
	w.withoutProvider(t, func() { w.provider.signal(t, "STOP") }, func() { w.provider.signal(t, "CONT") })
}

// README.md: a call that had no use becomes 503, or what outbound.Fallback
// gives, within CLIENT_TIMEOUT; the breaker leaves the other alone and looks
// whether it is back.
func (w *world) withoutProvider(t *testing.T, away, back func()) {
	t.Helper()
	before := w.processes(t)
	var refused, guessed, without int
	var slowest time.Duration
	all := w.under(w.balancer, func(l *load) {
		l.reaches(t, rate)
		away()
		from := l.count()
		until(t, "until the breaker opens", func() bool {
			return w.serving.have(t, 1, "http_client_circuit_breaker_state", "peer_service=inventory", "state=open")
		})
		if !w.ready(t, http.StatusOK, `"ok"`) {
			t.Error("not ready without the inventory: then nothing would be answered")
		}
		until(t, "for calls that are not made", w.serving.grow(t, "http_client_rejections_total", "reason=breaker"))
		w.prometheus.tells(t, "orders: CallsRefused", true)
		l.reaches(t, 2*rate)
		while := l.since(from)
		refused, without = len(while.of(stock).later()), len(while)
		guessed = len(while.of(estimate).where(func(a answer) bool { return strings.Contains(string(a.Body), `"estimated":true`) }))
		for _, a := range while.of(stock, estimate) {
			slowest = max(slowest, a.Latency)
		}

		back()
		until(t, "until the breaker closes", func() bool {
			return w.serving.have(t, 1, "http_client_circuit_breaker_state", "peer_service=inventory", "state=closed")
		})
		w.recovered(t, l, before)
	})
	all.of(create, list, get, estimate).only(t, "what needs no inventory is answered", answer.ok)
	all.of(stock).only(t, "answered, or 503 with a time to try again", func(a answer) bool { return a.ok() || a.isLater() })
	w.stored(t)
	if refused == 0 || guessed == 0 {
		t.Errorf("%d were refused and %d got an estimate: this test proves nothing", refused, guessed)
	}
	if slowest > clientTimeout+slack {
		t.Errorf("a caller waited %s for a call that may take %s", slowest, clientTimeout)
	}
	t.Logf("%d requests, %d of them without the inventory: %d of GET /stock got 503 to try later, %d an estimate, every other what it asked for, the slowest after %s; called again by itself",
		len(all), without, refused, guessed, slowest.Round(time.Millisecond))
}

// docs/packs/postgres.md: 503 with Retry-After, readiness fails and names the
// database, it recovers by itself; an instance that starts meanwhile ends.
func (w *world) databaseKilled(t *testing.T) {
	t.Helper()
	before := w.processes(t)
	var without answers
	all := w.under(w.balancer, func(l *load) {
		l.reaches(t, rate)
		w.primary.kill(t)
		from := l.count()
		until(t, "until readiness fails", func() bool { return w.ready(t, http.StatusServiceUnavailable, "database") })
		w.prometheus.tells(t, "orders: DatabaseUnreachable", true)
		late := &service{program: newProgram(t, "orders, late", w.orders.program)}
		late.env = append(slices.Clone(w.serving[0].env), "HTTP_ADDR="+free(t), "ADMIN_ADDR="+free(t))
		late.program.start(t)
		if exit := late.wait(t); exit == 0 || late.logged("listening") {
			t.Errorf("an instance that starts without the database ended with status %d\n%s", exit, late.tail())
		}
		l.reaches(t, 2*rate)
		without = l.since(from)

		w.primary.start(t)
		until(t, "until it is ready", func() bool { return w.ready(t, http.StatusOK, `"ok"`) })
		w.recovered(t, l, before)
		w.prometheus.tells(t, "orders: DatabaseUnreachable", false)
		until(t, "for reads from the replica again", w.serving.grow(t, "database_reads_total", "pool=replica", "reason=fresh"))
	})
	all.only(t, "answered, or 503 with a time to try again", func(a answer) bool { return a.ok() || a.isLater() })
	later, cached := len(without.later()), len(without.of(get).good())
	if later == 0 || cached == 0 {
		t.Errorf("%d were refused and %d read from the cache: this test proves nothing", later, cached)
	}
	t.Logf("%d requests, %d of them without the primary: %d got 503 to try later, %d an item from the cache or the replica; ready again by itself", len(all), len(without), later, cached)
}

// README.md: while HTTP_MAX_CONCURRENT requests are being answered, more are
// refused with 503 and Retry-After; probes never are.
func (w *world) overload(t *testing.T) {
	t.Helper()
	s := w.provider
	limit := int(s.value(t, "http_server_active_requests_limit"))
	const body = `{"name":"Blue teapot","quantity":3}`
	held := make([]net.Conn, limit)
	for i := range held {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.api)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, "POST /items HTTP/1.1\r\nHost: live\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 35\r\n\r\n"+body[:10]); err != nil {
			t.Fatal(err)
		}
		held[i] = conn
	}
	until(t, "for the requests to arrive", func() bool { return s.value(t, "http_server_active_requests") == float64(limit) })
	if r := s.get(t, s.api, "/items"); r.status != http.StatusServiceUnavailable || r.header.Get("Retry-After") == "" {
		t.Errorf("one more is answered %d %v %s", r.status, r.header, r.body)
	}
	if status, says := s.ready(t); status != http.StatusOK {
		t.Errorf("readiness is answered %d %s", status, says)
	}
	for _, conn := range held {
		if _, err := io.WriteString(conn, body[10:]); err != nil {
			t.Fatal(err)
		}
		if answer, err := io.ReadAll(conn); err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 201 ") {
			t.Fatalf("one that was being answered got %s %v", answer, err)
		}
	}
	t.Logf("%d at a time were answered, one more was refused, probes and scrapes were answered", limit)
}

func (w *world) faultsShow(t *testing.T) {
	t.Helper()
	shown := w.show(t, true)
	// The burnt budget is told, too.
	w.prometheus.tells(t, "orders: ErrorBudgetBurnsFast availability", true)
	t.Logf("%d queries of the dashboards have data", shown)
}
