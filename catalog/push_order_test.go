package catalog_test

import (
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest"
	"github.com/goldenpath/platform/internal/fault"
)

func TestWhichPushIsTheNewerOne(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	type push struct {
		commit    string
		at        time.Time
		ancestors []string
		force     bool
	}
	id := func(letter string) string { return strings.Repeat(letter, 40) }
	a, b, c := id("a"), id("b"), id("c")
	for _, tt := range []struct {
		name   string
		pushes []push
		refuse string // of the last one
	}{
		{"the second of two of one second", []push{{a, noon, nil, false}, {b, noon, []string{a}, false}}, ""},
		{"the first of two of one second, overtaken", []push{{b, noon, []string{a}, false}, {a, noon, nil, false}}, "comes before"},
		{"an older one by a clock that is ahead", []push{{b, noon, []string{a}, false}, {a, noon.Add(time.Hour), nil, false}}, "comes before"},
		{"a newer one by a clock that is behind", []push{{a, noon, nil, false}, {b, noon.Add(-time.Hour), []string{a}, false}}, ""},
		{"letters of the other case", []push{{strings.ToUpper(a), noon, nil, false}, {b, noon.Add(-time.Hour), []string{a}, false}}, ""},
		{"the same again", []push{{b, noon, []string{a}, false}, {b, noon, []string{a}, false}}, ""},
		{"a clone that knows nothing, later", []push{{a, noon, nil, false}, {b, noon.Add(time.Second), nil, false}}, ""},
		{"a clone that knows nothing, of the same second", []push{{a, noon, nil, false}, {b, noon, nil, false}}, ""},
		{"a clone that knows nothing, earlier", []push{{a, noon, nil, false}, {b, noon.Add(-time.Second), nil, false}}, "is older than"},
		{"another line, later", []push{{b, noon, []string{a}, false}, {c, noon.Add(time.Second), []string{a}, false}}, ""},
		{"another line, earlier", []push{{b, noon, []string{a}, false}, {c, noon.Add(-time.Second), []string{a}, false}}, "is older than"},
		{"nobody knows when", []push{{a, noon, nil, false}, {b, time.Time{}, nil, false}}, ""},
		{"clones of one commit add up", []push{{a, noon, nil, false}, {b, noon, []string{a}, false}, {c, noon, []string{b}, false}, {a, noon, nil, false}}, "comes before"},
		{"sent again by a clone that knows less", []push{{b, noon, []string{a}, false}, {b, noon, nil, false}, {a, noon, nil, false}}, "comes before"},
		{"what was known of another line is forgotten", []push{{b, noon, []string{a}, false}, {c, noon, nil, false}, {a, noon, nil, false}}, ""},
		{"the branch was set back", []push{{b, noon, []string{a}, false}, {a, noon.Add(-time.Hour), nil, true}}, ""},
		{"and went on from there", []push{{b, noon, []string{a}, false}, {a, noon, nil, true}, {c, noon, []string{a}, false}}, ""},
		{"too few letters to tell commits apart", []push{{"abcdef2", noon, []string{"abcdef1"}, false}, {"abcdef1", noon, nil, false}}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			fake := catalogtest.NewFake()
			cat := catalog.New(fake, fake, catalogtest.Reader{}, slog.New(slog.DiscardHandler))
			for i, p := range tt.pushes {
				r, err := cat.Push(t.Context(), catalog.PushRequest{
					Target: "https://git.acme.io/acme/orders.git", Branch: "main", Commit: p.commit, CommittedAt: p.at, Ancestors: p.ancestors, Force: p.force,
					Files: map[string][]byte{"catalog-info.yaml": group("a").Data},
				})
				switch refuse := tt.refuse; {
				case i == len(tt.pushes)-1 && refuse != "":
					if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), refuse) {
						t.Errorf("%v, want a conflict that says %q", err, refuse)
					}
				case err != nil:
					t.Errorf("push %d: %v", i, err)
				case r.Location.Commit != p.commit:
					t.Errorf("push %d: the catalog has %s", i, r.Location.Commit)
				}
			}
		})
	}
}

// TestPushesAtTheSameTime sends many commits of one second at once: the newest
// one stays, whoever comes last.
func TestPushesAtTheSameTime(t *testing.T) {
	t.Parallel()
	const commits = 3 * catalog.MaxAncestors / 2
	fake := catalogtest.NewFake()
	c := catalog.New(fake, fake, catalogtest.Reader{}, slog.New(slog.DiscardHandler))
	ids := make([]string, commits)
	for i := range ids {
		ids[i] = fmt.Sprintf("%08x%032x", i+1, i)
	}
	var pushes sync.WaitGroup
	for i := range 40 {
		at := commits - 1 - i
		pushes.Go(func() {
			var before []string
			for j := at - 1; j >= 0; j-- {
				before = append(before, ids[j])
			}
			_, err := c.Push(t.Context(), catalog.PushRequest{
				Target: "https://git.acme.io/acme/orders.git", Branch: "main", Commit: ids[at], CommittedAt: time.Unix(1_800_000_000, 0), Ancestors: before,
				Files: map[string][]byte{"catalog-info.yaml": group(fmt.Sprintf("g%d", at)).Data},
			})
			if err != nil && !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		})
	}
	pushes.Wait()
	locations, err := c.Locations(t.Context())
	if err != nil || len(locations) != 1 || locations[0].Commit != ids[commits-1] {
		t.Fatalf("the catalog has %+v, %v", locations, err)
	}
	if kept := strings.Fields(locations[0].Settings); len(kept) != catalog.MaxAncestors {
		t.Errorf("%d commits are kept", len(kept))
	}
	if _, err := c.Get(t.Context(), catalog.NewRef("Group", "", fmt.Sprintf("g%d", commits-1))); err != nil {
		t.Error(err)
	}
}
