package parts_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/golden/service/internal/parts"
)

// All that is missing is named, also what neither answers nor gives up.
func TestReady(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := parts.New(parts.Tools{IdempotencyTTL: time.Hour})
		if err := p.Ready(t.Context()); err != nil {
			t.Errorf("a service that needs nothing: %v", err)
		}
		p.Needs("here", func(context.Context) error { return nil })
		if err := p.Ready(t.Context()); err != nil {
			t.Errorf("all is there: %v", err)
		}
		p.Needs("database", func(context.Context) error { return errors.New("refused") })
		p.Needs("deaf", func(context.Context) error { time.Sleep(time.Minute); return nil })
		start := time.Now()
		err := p.Ready(t.Context())
		if err == nil || !strings.Contains(err.Error(), "database: refused") || !strings.Contains(err.Error(), "deaf: ") || strings.Contains(err.Error(), "here") {
			t.Errorf("got %v, want the two that are missing", err)
		}
		if took := time.Since(start); took != time.Second {
			t.Errorf("took %s, want a second", took)
		}
		time.Sleep(time.Minute) // until the deaf one is done
	})
}

// What the service does without is told, and keeps it from nothing.
func TestLacks(t *testing.T) {
	t.Parallel()
	p := parts.New(parts.Tools{IdempotencyTTL: time.Hour})
	var away error
	p.Prefers("cache", func() error { return away })
	p.Prefers("here", func() error { return nil })
	if lacking := p.Lacks(); len(lacking) != 0 {
		t.Errorf("it lacks %q, want nothing", lacking)
	}
	away = errors.New("refused")
	if lacking := p.Lacks(); len(lacking) != 1 || lacking[0] != "cache: refused" {
		t.Errorf("it lacks %q, want the cache", lacking)
	}
	if err := p.Ready(t.Context()); err != nil {
		t.Errorf("not ready: %v", err)
	}
}

// A request knows what it wrote, and not what others did; put around twice it is
// the same.
func TestRememberWrites(t *testing.T) {
	t.Parallel()
	var outer, inner context.Context
	last := parts.RememberWrites(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { inner = r.Context() }))
	first := parts.RememberWrites(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		outer = r.Context()
		last.ServeHTTP(w, r)
	}))
	for range 2 {
		first.ServeHTTP(nil, httptest.NewRequest(http.MethodGet, "/", http.NoBody))
		if !parts.IsRequest(inner) || parts.HasWritten(inner) {
			t.Error("a request has written before it began, or is none")
		}
		parts.Wrote(inner)
		if !parts.HasWritten(inner) || !parts.HasWritten(outer) {
			t.Error("a request does not know what it wrote")
		}
	}
}

func TestWrote_outsideOfARequest(t *testing.T) {
	t.Parallel()
	if parts.Wrote(t.Context()); parts.IsRequest(t.Context()) || parts.HasWritten(t.Context()) {
		t.Error("what is no request has written")
	}
}

// Work ends when it is told to; what was added last is closed first, all of it
// even when something fails, and once.
func TestStartAndClose(t *testing.T) {
	t.Parallel()
	p := parts.New(parts.Tools{IdempotencyTTL: time.Hour})
	var log []string
	begun := make(chan struct{})
	p.Background(func(ctx context.Context) {
		close(begun)
		<-ctx.Done()
		log = append(log, "work ended")
	})
	for _, name := range []string{"first", "second"} {
		p.OnClose(func(context.Context) error {
			log = append(log, name)
			return errors.New(name + " failed")
		})
	}
	stop := p.Start(t.Context())
	<-begun
	stop()
	err := p.Close(t.Context())
	if err == nil || !strings.Contains(err.Error(), "first failed") || !strings.Contains(err.Error(), "second failed") {
		t.Errorf("got %v, want both failures", err)
	}
	if got := strings.Join(log, ", "); got != "work ended, second, first" {
		t.Errorf("in the order %s", got)
	}
	if err := p.Close(t.Context()); err != nil {
		t.Errorf("closed again: %v", err)
	}
}
