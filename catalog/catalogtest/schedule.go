package catalogtest

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/goldenpath/platform/catalog"
)

// countingReader counts how often each location is read.
type countingReader struct {
	Reader

	mu    sync.Mutex
	times map[string]int
}

// Open opens a folder.
func (r *countingReader) Open(ctx context.Context, l catalog.Location) (*catalog.Tree, error) {
	r.mu.Lock()
	r.times[l.Target]++
	r.mu.Unlock()
	return r.Reader.Open(ctx, l)
}

// testSchedules lets three processes read what is due.
func testSchedules(t *testing.T, s *shop) {
	t.Helper()
	const locations = 15
	reader := &countingReader{Reader: Reader{}, times: map[string]int{}}
	process := func() *catalog.Catalog {
		return catalog.New(s.backend.Store, s.backend.Unit, reader, slog.New(slog.DiscardHandler))
	}
	first := process()
	var ids []string
	for i := range locations {
		target := fmt.Sprintf("/srv/team-%d", i)
		reader.Reader[target] = fstest.MapFS{"catalog-info.yaml": file(group(fmt.Sprintf("team-%d", i)))}
		r, err := first.Register(t.Context(), catalog.Location{Target: target})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.Location.ID)
	}
	for i := range locations { // each has something new
		target := fmt.Sprintf("/srv/team-%d", i)
		reader.Reader[target] = fstest.MapFS{"catalog-info.yaml": file(group(fmt.Sprintf("team-%d", i)), group(fmt.Sprintf("squad-%d", i)))}
	}
	before := s.feedEnd(t)
	if err := s.backend.Store.SetDue(t.Context(), ids, time.Now()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			if err := process().RunSchedule(ctx); err != nil {
				t.Errorf("schedule: %v", err)
			}
		})
	}
	deadline := time.Now().Add(time.Minute)
	for s.feedEnd(t) < before+locations && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
	stop()
	group.Wait()
	if end := s.feedEnd(t); end != before+locations {
		t.Errorf("%d changes, want %d", end-before, locations)
	}
	for target, times := range reader.times {
		if times != 2 {
			t.Errorf("%s was read %d times, want once when registered and once when due", target, times)
		}
	}
	all, err := s.Locations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all {
		if l.RefreshAt.Before(time.Now()) || l.Failures != 0 || l.LastSucceeded.IsZero() {
			t.Errorf("%s: due at %s, %d failures, read at %s", l, l.RefreshAt, l.Failures, l.LastSucceeded)
		}
	}
}
