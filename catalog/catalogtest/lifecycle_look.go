package catalogtest

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

func testSendingIsSeeing(t *testing.T, s *shop) {
	t.Helper()
	s.send(t, "main", "", service("orders", "checkout"))
	if f := s.reachable(t, "component:orders"); f.State != catalog.StateUnknown || !strings.Contains(f.Message, "before it was committed") || f.Hint == "" {
		t.Errorf("a draft: %+v", f)
	}
	id := s.send(t, "main", commitNumber(1), service("orders", "checkout")).Location.ID
	if e := s.get(t, "component:orders"); catalog.RepositoryOf(e) != ordersOverSSH {
		t.Errorf("its repository is %q", catalog.RepositoryOf(e))
	}
	seen := func(what string, state catalog.State) {
		t.Helper()
		f := s.reachable(t, "component:orders")
		if f.State != state || !strings.Contains(f.Message, "sent from "+ordersOverSSH) || f.At.IsZero() || f.Source != "push from "+ordersOverSSH {
			t.Errorf("%s: %+v", what, f)
		}
	}
	seen("after a push", catalog.StatePass)
	check := catalog.RepositoryCheck{Address: ordersOverHTTPS, Message: "It may not be read.", Source: "check", CheckedAt: time.Now()}
	s.inTx(t, func(ctx context.Context) error { return s.backend.Store.SaveRepositoryCheck(ctx, check) })
	seen("where the platform may not look", catalog.StatePass)
	l, _, err := s.LocationByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	l.LastSucceeded = time.Now().AddDate(0, -2, 0)
	s.inTx(t, func(ctx context.Context) error { return s.backend.Store.SaveLocation(ctx, l) })
	seen("long after a push", catalog.StateStale)
	check.Reachable, check.Message = true, ""
	s.inTx(t, func(ctx context.Context) error { return s.backend.Store.SaveRepositoryCheck(ctx, check) })
	if f := s.reachable(t, "component:orders"); f.State != catalog.StatePass || !strings.Contains(f.Message, "can be reached") {
		t.Errorf("where the platform has looked: %+v", f)
	}
}

func (s *shop) inTx(t *testing.T, do func(ctx context.Context) error) {
	t.Helper()
	if err := s.backend.Unit.InTx(t.Context(), do); err != nil {
		t.Fatal(err)
	}
}

// prober is a Reader that looks for repositories, and notes how many it looks for
// at a time on each host.
type prober struct {
	Reader

	mu    sync.Mutex
	now   map[string]int // by host
	most  map[string]int
	asked map[string]int // by repository
	wait  func()         // nil: it answers at once
}

// Reachable says that what is called lost is not there.
func (p *prober) Reachable(ctx context.Context, repository string) error {
	host := strings.Split(repository, "/")[2]
	p.mu.Lock()
	p.asked[repository]++
	p.now[host]++
	p.most[host] = max(p.most[host], p.now[host])
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.now[host]--
		p.mu.Unlock()
	}()
	if p.wait != nil {
		p.wait()
	}
	if strings.Contains(repository, "lost") {
		return fault.New(fault.NotFound, "There is no repository %s.", repository).WithHint("Check how it is written.")
	}
	return ctx.Err()
}

func (s *shop) probed(names ...string) *prober {
	files := fstest.MapFS{}
	for i, name := range names {
		whole := service(fmt.Sprintf("s-%d", i), "checkout")
		files[fmt.Sprintf("s-%d/catalog-info.yaml", i)] = file(strings.Replace(whole, "metadata:\n",
			"metadata:\n  annotations: {backstage.io/source-location: 'url:"+name+"'}\n", 1))
	}
	p := &prober{Reader: Reader{"/srv/names": files}, now: map[string]int{}, most: map[string]int{}, asked: map[string]int{}}
	s.Catalog = catalog.New(s.backend.Store, s.backend.Unit, p, slog.New(slog.DiscardHandler))
	return p
}

func testLooksAreBounded(t *testing.T, s *shop) {
	t.Helper()
	var names []string
	for i := range 10 {
		names = append(names, fmt.Sprintf("https://a.example.com/acme/%d", i), fmt.Sprintf("https://b.example.com/acme/%d", i))
	}
	names = append(names, "https://b.example.com/acme/lost", "https://b.example.com/Acme/1.git/")
	p := s.probed(names...)
	// The first four answer when all of them are asked: two on each host.
	var four sync.WaitGroup
	four.Add(4)
	var first sync.Mutex
	left := 4
	p.wait = func() {
		first.Lock()
		mine := left > 0
		left--
		first.Unlock()
		if mine {
			four.Done()
			four.Wait()
		}
	}
	s.register(t, "/srv/names")
	for range 2 {
		if err := s.Keep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(p.asked) != 21 || p.most["a.example.com"] != 2 || p.most["b.example.com"] != 2 {
		t.Errorf("%d repositories were looked for, at most %v at a time", len(p.asked), p.most)
	}
	for repository, times := range p.asked {
		if times != 1 {
			t.Errorf("%s was looked for %d times", repository, times)
		}
	}
	for name, state := range map[string]catalog.State{"s-0": catalog.StatePass, "s-20": catalog.StateFail, "s-21": catalog.StatePass} {
		if f := s.reachable(t, "component:"+name); f.State != state {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func testLooksSoon(t *testing.T, s *shop) {
	t.Helper()
	s.probed("https://a.example.com/acme/orders")
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.RunSchedule(ctx) }()
	s.register(t, "/srv/names")
	// The first look at everything is a minute after a process has started.
	deadline := time.Now().Add(40 * time.Second)
	for s.reachable(t, "component:s-0").State != catalog.StatePass {
		if time.Now().After(deadline) {
			t.Error("nobody has looked")
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("schedule: %v", err)
	}
}
