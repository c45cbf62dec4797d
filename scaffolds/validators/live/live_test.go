//go:build proof

package live_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	trace "go.opentelemetry.io/proto/otlp/trace/v1"
)

const (
	// clientTimeout is how long a call of orders to the inventory may take,
	// longer than by default: what is late on a busy machine is not tried here.
	clientTimeout = 10 * time.Second
	// slack is what a busy machine adds.
	slack = 3 * time.Second
)

// world is everything that runs.
type world struct {
	inventory, orders project

	primary, replica *database
	cache            *cache
	traces           *receiver
	prometheus       *prometheus

	provider *service  // inventory, without packs
	serving  instances // orders, with every pack
	balancer *balancer
	probe    time.Duration // how often readiness is looked at

	items   []string // that may be asked for
	created int      // answered 201
	sent    int
}

// Two services are made, built and run as their files say, and everything they
// need is taken away from them under load and given back. What is said in a few
// lines at the end was seen to be so.
//
//nolint:paralleltest // Its parts follow one another.
func TestGoldenPathLives(t *testing.T) {
	begun := time.Now()
	w := newWorld(t)
	t.Logf("made, built and started in %s", time.Since(begun).Round(time.Second))
	for _, part := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"steady, the dashboards show it and no alert is raised", w.steady},
		{"a trace leads from the log through the service, its database and who it calls", w.traceLeads},
		{"SIGTERM loses no request", w.rolling},
		{"nor without packs", w.rollingPlain},
		{"without the drain delay it would", w.rollingWithoutDelay},
		{"without Redis callers get what they asked for", w.cacheKilled},
		{"with a Redis that hangs, too", w.cacheHangs},
		{"without the replica callers get what they asked for", w.replicaKilled},
		{"with a replica that is behind, too", w.replicaBehind},
		{"without who it calls, what needs that is refused and the rest is not", w.providerKilled},
		{"with one that hangs, too", w.providerHangs},
		{"without the database it refuses, and starts no further instance", w.databaseKilled},
		{"more than may be are refused, probes never", w.overload},
		{"the dashboards show what went wrong", w.faultsShow},
	} {
		if !t.Run(part.name, func(t *testing.T) { part.run(t) }) {
			t.Fatal("what follows stands on it")
		}
	}
	w.clean(t)
	t.Logf("%d requests in all, %d items created; %s altogether", w.sent, w.created, time.Since(begun).Round(time.Second))
}

func newWorld(t *testing.T) *world {
	t.Helper()
	needed(t, "prometheus", "prometheus") // before minutes are spent
	needed(t, "redis-server", "redis-server")
	needed(t, "initdb", "postgresql", postgresPrograms)
	w := &world{traces: newReceiver(t)}
	w.inventory, w.orders = generate(t)
	w.primary = newDatabase(t, "primary", nil)
	w.replica = newDatabase(t, "replica", w.primary)
	w.cache = newCache(t)

	traces := []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + w.traces.URL, "OTEL_BSP_SCHEDULE_DELAY=200"}
	w.provider = w.inventory.instance(t, "inventory", traces...)
	w.provider.start(t)
	for i := range 2 {
		// Deadlines that a busy machine keeps: what is late is not what is tried here.
		s := w.orders.instance(t, "orders "+strconv.Itoa(i+1), append(traces, "DATABASE_URL="+w.primary.url(),
			"DATABASE_REPLICA_URL="+w.replica.url(), "CACHE_URL="+w.cache.url(), "INVENTORY_URL=http://"+w.provider.api,
			"CACHE_TIMEOUT=1s", "CLIENT_TRY_TIMEOUT=3s", "CLIENT_TIMEOUT="+clientTimeout.String())...)
		s.start(t)
		w.serving = append(w.serving, s)
	}
	w.probe = time.Duration(w.orders.deployed(t).probe) * time.Second
	w.balancer = newBalancer(t, w.probe, w.serving, create, get, list, stock, get, estimate)
	w.prometheus = newPrometheus(t, map[string]instances{"inventory": {w.provider}, "orders": w.serving}, w.inventory, w.orders)
	for range 30 {
		w.items = append(w.items, w.create(t))
	}
	// Who reads what another request wrote a moment ago may not see it yet.
	last := w.items[len(w.items)-1]
	until(t, "for the items on the replica", func() bool {
		return w.serving.all(func(s *service) bool { return s.has(t, last) })
	})
	return w
}

func (w *world) create(t *testing.T) (id string) {
	t.Helper()
	s := w.serving[len(w.items)%len(w.serving)]
	r := s.ask(t, http.MethodPost, s.api, "/items", `{"name":"Blue teapot","quantity":3}`)
	var item struct{ ID string }
	if err := json.Unmarshal([]byte(r.body), &item); err != nil || r.status != http.StatusCreated {
		t.Fatalf("create an item: %d %s", r.status, r.body)
	}
	w.created++
	return item.ID
}

// under runs something under load, and returns every answer from its begin to
// its end.
func (w *world) under(b *balancer, do func(*load)) answers {
	l := attack(b, w.items)
	do(l)
	all := l.stop()
	w.sent += len(all)
	if b == w.balancer {
		w.created += len(all.of(create).where(func(a answer) bool { return a.Code == http.StatusCreated }))
	}
	return all
}

// stored fails when the database has another number of items than were answered
// as created.
func (w *world) stored(t *testing.T) {
	t.Helper()
	if n, err := w.primary.ask(t, "SELECT count(*) FROM items"); err != nil || n != strconv.Itoa(w.created) {
		t.Errorf("%d items were answered as created, %s are in the database (%v)", w.created, n, err)
	}
}

func (w *world) steady(t *testing.T) {
	t.Helper()
	shown := 0
	all := w.under(w.balancer, func(l *load) {
		l.reaches(t, 10*rate)
		shown = w.show(t, false)
	})
	all.only(t, "nothing is wrong", answer.ok)
	w.stored(t)
	for _, alert := range w.prometheus.alerts(t) {
		// How fast this machine is, and how much memory the race detector takes,
		// says nothing about the service.
		if !strings.HasSuffix(alert, " latency") && !strings.HasSuffix(alert, ": MemoryNearLimit") {
			t.Errorf("the alert %s is raised", alert)
		}
	}
	t.Logf("%d requests, lost %d; %d queries of the dashboards have data, %d wait for a fault", len(all), len(all)-len(all.good()), shown, len(afterFaults))
}

func (w *world) traceLeads(t *testing.T) {
	t.Helper()
	server, client := trace.Span_SPAN_KIND_SERVER, trace.Span_SPAN_KIND_CLIENT
	asked := inTrace("orders", client, "url.full", "http://"+w.provider.api+"/items")
	answered := inTrace("inventory", server, "http.route", "/items")
	database := inTrace("orders", client, "db.system.name", "postgresql")
	id, spans := w.traced(t, w.serving[0], "/stock", inTrace("orders", server, "http.route", "/stock"), database, asked, answered)
	if parent := spansThat(spans, answered)[0].parent; parent != spansThat(spans, asked)[0].id {
		t.Errorf("the span of the called service has the parent %s, want the call's: %+v", parent, spans)
	}
	until(t, "for the called service's log to have the trace", func() bool { return len(w.provider.lines("trace_id", id)) > 0 })
	cached, _ := w.traced(t, w.serving[0], "/items/"+w.items[0], inTrace("orders", client, "db.system.name", "redis"))
	w.traces.mu.Lock()
	defer w.traces.mu.Unlock()
	if len(w.traces.wrong) > 0 {
		t.Errorf("what was sent is no OTLP over HTTP: %v", w.traces.wrong)
	}
	t.Logf("GET /stock is trace %s with %d spans, in both services' logs; GET /items/{itemId} is %s; %d spans arrived in %d traces", id, len(spans), cached, w.traces.spans, len(w.traces.traces))
}

// restart stops an instance as a deployment does, and starts it again. It
// returns how many requests were answered after the signal.
func restart(t *testing.T, s *service, behind *balancer) (drained int) {
	t.Helper()
	s.signal(t, "TERM")
	if exit := s.wait(t); exit != 0 || !s.logged("stopped") {
		t.Errorf("%s ended with status %d\n%s", s.name, exit, s.tail())
	}
	_, after, _ := strings.Cut(s.log(), `"msg":"stopping"`)
	drained = strings.Count(after, `"msg":"request"`)
	s.start(t)
	until(t, "for the balancer to see "+s.name, func() bool { return behind.sees(s) })
	return drained
}

func (w *world) rolling(t *testing.T) {
	t.Helper()
	w.rollingOver(t, w.balancer)
	w.stored(t)
}

// The same without packs.
func (w *world) rollingPlain(t *testing.T) {
	t.Helper()
	second := w.inventory.instance(t, "inventory 2")
	second.start(t)
	w.rollingOver(t, newBalancer(t, w.probe, instances{w.provider, second}, create, list))
}

// rollingOver restarts every instance, one after the other.
func (w *world) rollingOver(t *testing.T, b *balancer) {
	t.Helper()
	drained := 0
	all := w.under(b, func(l *load) {
		for _, s := range b.instances {
			l.reaches(t, rate)
			drained += restart(t, s, b)
		}
		l.reaches(t, rate)
	})
	all.only(t, "each instance stops in turn", answer.ok)
	if drained == 0 {
		t.Error("no request reached an instance that was stopping: this test proves nothing")
	}
	t.Logf("%d requests while both instances were restarted, %d of them answered by one that was stopping, lost %d", len(all), drained, len(all)-len(all.good()))
}

// Requests are lost where nothing waits for the balancer: or the test before
// could not have seen it.
func (w *world) rollingWithoutDelay(t *testing.T) {
	t.Helper()
	s := w.serving[1]
	with := s.env
	s.env = slices.Concat(with, []string{"SHUTDOWN_DRAIN_DELAY=0s"})
	restart(t, s, w.balancer)
	s.env = with
	all := w.under(w.balancer, func(l *load) {
		l.reaches(t, rate)
		restart(t, s, w.balancer)
	})
	lost := len(all) - len(all.good())
	if lost == 0 {
		t.Error("no request is lost without SHUTDOWN_DRAIN_DELAY: the load or the balancer is not what it should be")
	}
	t.Logf("%d of %d requests lost", lost, len(all))
}

// clean fails when a service says that something in it is wrong.
func (w *world) clean(t *testing.T) {
	t.Helper()
	for _, s := range append(instances{w.provider}, w.serving...) {
		whole := read(t, s.dir+"/log")
		for _, sign := range []string{"DATA RACE", "panic", `"level":"ERROR"`, "traces export"} {
			if at := strings.Index(whole, sign); at >= 0 {
				t.Errorf("%s's log has %q:\n%s", s.name, sign, whole[max(0, at-200):min(len(whole), at+3000)])
			}
		}
	}
}
