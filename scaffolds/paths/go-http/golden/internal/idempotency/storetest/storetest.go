// Package storetest is what every implementation of idempotency.Store owes, as
// tests: the one in memory and the one on a database pass the same.
package storetest

import (
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/golden/service/internal/idempotency"
)

// Run tests the stores that open returns, which keep answers for as long as it
// is told; each must be empty and its own.
func Run(t *testing.T, open func(t *testing.T, lasts time.Duration) idempotency.Store) {
	t.Helper()
	blue := idempotency.NewFingerprint(http.MethodPost, "/items", []byte("blue"))
	red := idempotency.NewFingerprint(http.MethodPost, "/items", []byte("red"))
	answer := idempotency.Answer{
		Status: http.StatusCreated,
		Header: http.Header{"Location": {"/items/1"}, "X-Twice": {"a", "b"}},
		Body:   []byte("\x00\xff{}"),
	}

	t.Run("a request is answered once, and its answer is kept as it was", func(t *testing.T) {
		t.Parallel()
		store := open(t, time.Hour)
		begin(t, store, "k", blue, nil)
		refuse(t, store, "k", blue, idempotency.ErrRunning)
		refuse(t, store, "k", red, idempotency.ErrReused)
		if err := store.Finish(t.Context(), "k", answer); err != nil {
			t.Fatal(err)
		}
		begin(t, store, "k", blue, &answer)
		refuse(t, store, "k", red, idempotency.ErrReused)
		begin(t, store, "another", blue, nil)
	})

	t.Run("a key that was given back is free for any request", func(t *testing.T) {
		t.Parallel()
		store := open(t, time.Hour)
		begin(t, store, "k", blue, nil)
		if err := store.Abandon(t.Context(), "k"); err != nil {
			t.Fatal(err)
		}
		begin(t, store, "k", red, nil)
	})

	t.Run("an answer is forgotten in time", func(t *testing.T) {
		t.Parallel()
		store := open(t, time.Second)
		begin(t, store, "k", blue, nil)
		if err := store.Finish(t.Context(), "k", answer); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second + 50*time.Millisecond)
		begin(t, store, "k", red, nil)
	})

	t.Run("an answer to a request that nobody began is refused", func(t *testing.T) {
		t.Parallel()
		if err := open(t, time.Hour).Finish(t.Context(), "k", answer); err == nil {
			t.Error("it was kept")
		}
	})

	t.Run("of many at the same moment one begins", func(t *testing.T) {
		t.Parallel()
		store := open(t, time.Hour)
		var (
			all   sync.WaitGroup
			begun atomic.Int32
		)
		for range 20 {
			all.Go(func() {
				if _, err := store.Begin(t.Context(), "k", blue); err == nil {
					begun.Add(1)
				} else if !errors.Is(err, idempotency.ErrRunning) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if begun.Load() != 1 {
			t.Errorf("%d began with one key", begun.Load())
		}
	})
}

func begin(t *testing.T, store idempotency.Store, key string, request idempotency.Fingerprint, want *idempotency.Answer) {
	t.Helper()
	got, err := store.Begin(t.Context(), key, request)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the answer differs (-want +got):\n%s", diff)
	}
}

func refuse(t *testing.T, store idempotency.Store, key string, request idempotency.Fingerprint, want error) {
	t.Helper()
	if _, err := store.Begin(t.Context(), key, request); !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}
