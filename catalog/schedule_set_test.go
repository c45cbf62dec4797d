package catalog_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/fstest"
	"time"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest"
	"github.com/goldenpath/platform/internal/fault"
)

// meddlingReader does something while a location is read.
type meddlingReader struct {
	catalogtest.Reader

	meddle func()
}

// Open opens a folder.
func (r *meddlingReader) Open(ctx context.Context, l catalog.Location) (*catalog.Tree, error) {
	if r.meddle != nil {
		r.meddle()
	}
	return r.Reader.Open(ctx, l)
}

// TestAScheduleThatIsSetWhileALocationIsRead lets somebody say how often a
// location is read at every way a reading can end.
func TestAScheduleThatIsSetWhileALocationIsRead(t *testing.T) {
	t.Parallel()
	for _, every := range []time.Duration{catalog.Never, time.Hour, 0} {
		for name, change := range map[string]func(catalogtest.Reader){
			"nothing changed":   func(catalogtest.Reader) {},
			"something changed": func(r catalogtest.Reader) { r["/r"] = fstest.MapFS{"catalog-info.yaml": group("b")} },
			"it is gone":        func(r catalogtest.Reader) { delete(r, "/r") },
		} {
			t.Run(catalog.FormatEvery(every)+", "+name, func(t *testing.T) {
				t.Parallel()
				reader := &meddlingReader{Reader: catalogtest.Reader{"/r": fstest.MapFS{"catalog-info.yaml": group("a")}}}
				fake := catalogtest.NewFake()
				c := catalog.New(fake, fake, reader, slog.New(slog.DiscardHandler))
				r, err := c.Register(t.Context(), catalog.Location{Target: "/r"})
				if err != nil {
					t.Fatal(err)
				}
				before := catalog.Never
				if every == catalog.Never {
					before = time.Hour
				}
				if _, err := c.SetSchedule(t.Context(), r.Location.ID, before); err != nil {
					t.Fatal(err)
				}
				reader.meddle = func() {
					if _, err := c.SetSchedule(t.Context(), r.Location.ID, every); err != nil {
						t.Error(err)
					}
					change(reader.Reader)
				}
				_, err = c.Refresh(t.Context(), r.Location.ID)
				if err != nil && !fault.Is(err, fault.NotFound) {
					t.Fatal(err)
				}
				l := locationOf(t, c, r.Location.ID)
				if l.RefreshEvery != every || l.RefreshAt.IsZero() != (every == catalog.Never) {
					t.Errorf("read every %s, next at %s", l.RefreshEvery, l.RefreshAt)
				}
			})
		}
	}
}

func TestASchedule(t *testing.T) {
	t.Parallel()
	fake := catalogtest.NewFake()
	c := catalog.New(fake, fake, catalogtest.Reader{"/r": fstest.MapFS{"catalog-info.yaml": group("a")}}, slog.New(slog.DiscardHandler))
	r, err := c.Register(t.Context(), catalog.Location{Target: "/r"})
	if err != nil {
		t.Fatal(err)
	}
	id := r.Location.ID
	set := func(every time.Duration) catalog.Location {
		t.Helper()
		answered, err := c.SetSchedule(t.Context(), id, every)
		if err != nil {
			t.Fatal(err)
		}
		if l := locationOf(t, c, id); !l.RefreshAt.Equal(answered.RefreshAt) || l.RefreshEvery != answered.RefreshEvery {
			t.Errorf("stored %+v, answered %+v", l, answered)
		}
		return answered
	}
	// Next is counted from when it was read, not from when somebody said so.
	if l := set(24 * time.Hour); time.Until(l.RefreshAt) < 21*time.Hour || time.Until(l.RefreshAt) > 27*time.Hour {
		t.Errorf("every day is next at %s", l.RefreshAt)
	}
	if l := set(catalog.Never); !l.RefreshAt.IsZero() {
		t.Errorf("never is at %s", l.RefreshAt)
	}
	// A change that is told of does not wake one that is paused; who registers it
	// again asks for it to be read, and it stays paused.
	if err := fake.SetDue(t.Context(), []string{id}, time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Register(t.Context(), catalog.Location{Target: "/r"}); err != nil {
		t.Fatal(err)
	}
	if l := locationOf(t, c, id); !l.RefreshAt.IsZero() || l.RefreshEvery != catalog.Never {
		t.Errorf("paused, and read at %s", l.RefreshAt)
	}
	if l := set(0); l.RefreshEvery != 0 || time.Until(l.RefreshAt) > 3*time.Minute {
		t.Errorf("as its type is, next at %s", l.RefreshAt)
	}
	pushed, err := c.Push(t.Context(), catalog.PushRequest{
		Target: "https://git.acme.io/acme/orders.git", Branch: "main", Commit: "c0ffee0", Files: map[string][]byte{"catalog-info.yaml": group("p").Data},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.SetSchedule(t.Context(), pushed.Location.ID, time.Hour); !fault.Is(err, fault.Invalid) {
		t.Errorf("a schedule of what is sent: %v", err)
	}
}
