package parts_test

import (
	"context"
	"errors"
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
