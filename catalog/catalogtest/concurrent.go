package catalogtest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/goldenpath/platform/catalog"
)

// testConcurrentWriters has many writers commit while readers follow the feed
// from the last number they saw. A reader that could see a number before a
// lower one is committed would miss that change for ever.
func testConcurrentWriters(t *testing.T, b Backend) {
	t.Helper()
	const writers, each, readers = 12, 15, 3
	writing, writeCtx := errgroup.WithContext(t.Context())
	for w := range writers {
		writing.Go(func() error { return write(writeCtx, t, b, w, each) })
	}
	done := make(chan struct{})
	seen := make([]map[int64]string, readers)
	reading, readCtx := errgroup.WithContext(t.Context())
	for r := range readers {
		seen[r] = map[int64]string{}
		reading.Go(func() error { return follow(readCtx, b, seen[r], done) })
	}
	if err := writing.Wait(); err != nil {
		t.Fatal(err)
	}
	close(done)
	if err := reading.Wait(); err != nil {
		t.Fatal(err)
	}
	all, err := b.Store.ChangesAfter(t.Context(), 0, writers*each*2+1)
	if err != nil {
		t.Fatal(err)
	}
	if want := writers * each * 2; len(all) != want {
		t.Fatalf("the feed holds %d changes, want %d", len(all), want)
	}
	for r := range readers {
		for _, change := range all {
			if seen[r][change.Seq] != change.UID {
				t.Errorf("reader %d never saw change %d of %s", r, change.Seq, change.UID)
			}
		}
	}
}

// write commits transactions of two changes, and rolls some others back.
func write(ctx context.Context, t *testing.T, b Backend, writer, each int) error {
	t.Helper()
	for i := range each {
		entities := []catalog.Entity{
			Entity(t, "Robot", fmt.Sprintf("w%d-%d", writer, i), "loc-1"), Entity(t, "Robot", "shared", "loc-1"),
		}
		if i%5 == 0 {
			if err := b.saveEach(ctx, entities, errUndo); !errors.Is(err, errUndo) {
				return fmt.Errorf("writer %d undoes: %w", writer, err)
			}
		}
		if err := b.saveEach(ctx, entities, nil); err != nil {
			return fmt.Errorf("writer %d: %w", writer, err)
		}
	}
	return nil
}

// saveEach saves one entity after the other in a transaction that ends with err.
func (b Backend) saveEach(ctx context.Context, entities []catalog.Entity, err error) error {
	return b.Unit.InTx(ctx, func(ctx context.Context) error {
		if err := b.Store.LockFeed(ctx); err != nil {
			return err
		}
		for _, e := range entities {
			if _, err := b.Store.SaveEntities(ctx, []catalog.Entity{e}, author("")); err != nil {
				return err
			}
		}
		return err
	})
}

// follow reads the feed until nothing is left after done is closed.
func follow(ctx context.Context, b Backend, seen map[int64]string, done <-chan struct{}) error {
	var last int64
	for {
		finished := false
		select {
		case <-done:
			finished = true
		default:
		}
		changes, err := b.Store.ChangesAfter(ctx, last, 7)
		if err != nil {
			return err
		}
		for _, change := range changes {
			if change.Seq <= last {
				return fmt.Errorf("change %d comes after %d", change.Seq, last)
			}
			last = change.Seq
			seen[change.Seq] = change.UID
		}
		if finished && len(changes) == 0 {
			return nil
		}
	}
}
