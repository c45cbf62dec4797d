package idempotency_test

import (
	"context"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"example.com/golden/service/internal/idempotency"
	"example.com/golden/service/internal/idempotency/storetest"
)

var (
	blue = idempotency.NewFingerprint("POST", "/items", []byte("blue"))
	red  = idempotency.NewFingerprint("POST", "/items", []byte("red"))
)

func begin(ctx context.Context, t *testing.T, store idempotency.Store, key string, request idempotency.Fingerprint) *idempotency.Answer {
	t.Helper()
	answer, err := store.Begin(ctx, key, request)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func finish(ctx context.Context, t *testing.T, store idempotency.Store, key string, status int) {
	t.Helper()
	if err := store.Finish(ctx, key, idempotency.Answer{Status: status}); err != nil {
		t.Fatal(err)
	}
}

func TestMemory(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(_ *testing.T, lasts time.Duration) idempotency.Store { return idempotency.NewMemory(lasts) })
}

// Keys are forgotten in time, and one that was given back and taken again is
// not forgotten with the one before.
func TestMemory_forgets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, store := t.Context(), idempotency.NewMemory(time.Hour)
		begin(ctx, t, store, "again", red)
		if err := store.Abandon(ctx, "again"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		begin(ctx, t, store, "again", blue)
		finish(ctx, t, store, "again", 201)
		time.Sleep(59*time.Minute + time.Second)
		if answer := begin(ctx, t, store, "again", blue); answer == nil {
			t.Error("an answer was forgotten too early")
		}
		time.Sleep(time.Minute)
		if answer := begin(ctx, t, store, "again", red); answer != nil {
			t.Errorf("after an hour there is still %+v", answer)
		}
	})
}

func TestMemory_isBounded(t *testing.T) {
	t.Parallel()
	ctx, store := t.Context(), idempotency.NewMemory(time.Hour)
	for i := range 10_001 {
		begin(ctx, t, store, strconv.Itoa(i), blue)
		if i > 0 {
			finish(ctx, t, store, strconv.Itoa(i), 201)
		}
	}
	if err := store.Finish(ctx, "0", idempotency.Answer{}); err == nil {
		t.Error("the oldest of too many keys was kept")
	}
	if answer := begin(ctx, t, store, "10000", blue); answer == nil {
		t.Error("the newest key was forgotten")
	}
}
