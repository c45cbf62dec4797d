package catalog_test

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/catalogtest"
	"github.com/goldenpath/platform/internal/fault"
)

// counting is a folder that notes which files are opened.
type counting struct {
	fstest.MapFS

	mu     sync.Mutex
	opened []string
	locked string // nobody may open it
}

func (c *counting) Open(name string) (fs.File, error) {
	if name == c.locked {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	info, err := fs.Stat(c.MapFS, name)
	if err == nil && !info.IsDir() {
		c.mu.Lock()
		c.opened = append(c.opened, name)
		c.mu.Unlock()
	}
	return c.MapFS.Open(name)
}

// Stat looks without opening.
func (c *counting) Stat(name string) (fs.FileInfo, error) { return fs.Stat(c.MapFS, name) }

// reads returns what was opened since it was asked last.
func (c *counting) reads() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := slices.Sorted(slices.Values(c.opened))
	c.opened = nil
	return out
}

// reader opens the folder as a location that tells files apart without reading them.
func (c *counting) reader() catalog.Reader { return countingReader{c} }

type countingReader struct{ files *counting }

// Open opens the folder.
func (r countingReader) Open(context.Context, catalog.Location) (*catalog.Tree, error) {
	return &catalog.Tree{FS: r.files, Entry: ".", Base: "/r", Signature: func(name string) (string, bool) {
		file, ok := r.files.MapFS[name]
		if !ok {
			return "", false
		}
		return fmt.Sprintf("%p %d", file, len(file.Data)), true
	}}, nil
}

// writes counts transactions that may write to the feed.
type writes struct {
	*catalogtest.Fake

	locked int
}

// LockFeed counts.
func (w *writes) LockFeed(ctx context.Context) error {
	w.locked++
	return w.Fake.LockFeed(ctx)
}

func TestAnUnchangedFileCostsNothing(t *testing.T) {
	t.Parallel()
	api := func(name, document string) *fstest.MapFile {
		return &fstest.MapFile{Data: fmt.Appendf(nil, "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: %s}\nspec: {type: openapi, lifecycle: production, owner: x, definition: {$text: %s}}\n", name, document)}
	}
	files := &counting{MapFS: fstest.MapFS{
		"catalog-info.yaml": location("root", "{targets: [teams/*.yaml, apis/*.yaml, none.yaml], presence: optional}"),
		"teams/a.yaml":      group("a"), "teams/b.yaml": group("b"),
		"apis/orders.yaml": api("orders", "../documents/orders.json"),
		"apis/twice.yaml":  group("a2"), "documents/orders.json": {Data: []byte("{}")},
	}}
	store := &writes{Fake: catalogtest.NewFake()}
	c := catalog.New(store, store, files.reader(), slog.New(slog.DiscardHandler))
	r, err := c.Register(t.Context(), catalog.Location{Target: "/r"})
	if err != nil || len(r.Problems) > 0 {
		t.Fatal(err, r.Problems)
	}
	all := len(r.Entities)
	steps := []struct {
		name    string
		change  func(m fstest.MapFS)
		reads   []string
		added   []string
		changed []string
		writes  int
	}{
		{name: "nothing", change: func(fstest.MapFS) {}},
		{name: "one file", change: func(m fstest.MapFS) {
			m["teams/b.yaml"] = &fstest.MapFile{Data: append(slices.Clone(m["teams/b.yaml"].Data), "---\n"+string(group("c").Data)...)}
		}, reads: []string{"teams/b.yaml"}, added: []string{"group:default/c"}, writes: 1},
		{name: "nothing again", change: func(fstest.MapFS) {}},
		{name: "an included file", change: func(m fstest.MapFS) {
			m["documents/orders.json"] = &fstest.MapFile{Data: []byte("[]")}
		}, reads: []string{"apis/orders.yaml", "documents/orders.json"}, changed: []string{"api:default/orders"}, writes: 1},
		{name: "a new file under a pattern", change: func(m fstest.MapFS) {
			m["teams/d.yaml"] = group("d")
		}, reads: []string{"teams/d.yaml"}, added: []string{"group:default/d"}, writes: 1},
		{name: "a broken file", change: func(m fstest.MapFS) {
			m["teams/d.yaml"] = &fstest.MapFile{Data: []byte("kind: [")}
		}, reads: []string{"teams/d.yaml"}, writes: 1},
		{name: "a broken file is read again", change: func(fstest.MapFS) {}, reads: []string{"teams/d.yaml"}, writes: 1},
		{name: "a mended file", change: func(m fstest.MapFS) { m["teams/d.yaml"] = group("d") }, reads: []string{"teams/d.yaml"}, writes: 1},
		{name: "a second definition asks for both", change: func(m fstest.MapFS) { m["apis/twice.yaml"] = group("a") }, reads: []string{
			"apis/orders.yaml", "apis/twice.yaml", "apis/twice.yaml", "catalog-info.yaml", "documents/orders.json", "teams/a.yaml", "teams/b.yaml", "teams/d.yaml",
		}, writes: 1},
		{name: "and both stay in doubt", change: func(fstest.MapFS) {}, reads: []string{"apis/twice.yaml", "teams/a.yaml"}, writes: 1},
		{name: "the first one goes", change: func(m fstest.MapFS) { delete(m, "teams/a.yaml") }, reads: []string{"apis/twice.yaml"}, changed: []string{"group:default/a"}, writes: 1},
		{name: "a file goes", change: func(m fstest.MapFS) { delete(m, "teams/d.yaml") }, writes: 1},
		{name: "and then nothing", change: func(fstest.MapFS) {}},
	}
	for _, step := range steps {
		step.change(files.MapFS)
		files.reads()
		store.locked = 0
		r, err := c.Refresh(t.Context(), r.Location.ID)
		if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if diff := cmp.Diff(step.reads, files.reads()); diff != "" {
			t.Errorf("%s: files read (-want +got):\n%s", step.name, diff)
		}
		if store.locked != step.writes {
			t.Errorf("%s: %d transactions that write, want %d", step.name, store.locked, step.writes)
		}
		if diff := cmp.Diff([][]string{step.added, step.changed}, [][]string{names(r.Added), names(r.Changed)}); diff != "" {
			t.Errorf("%s: added, changed (-want +got):\n%s", step.name, diff)
		}
		if all += len(step.added); len(r.Entities) < all-3 {
			t.Errorf("%s: %d entities, want about %d", step.name, len(r.Entities), all)
		}
	}
}

func names(refs []catalog.Ref) []string {
	var out []string
	for _, ref := range refs {
		out = append(out, ref.String())
	}
	return out
}

// TestAnEntityThatWasTakenOutComesBack withdraws an entity whose file did not
// change: reading again finds it.
func TestAnEntityThatWasTakenOutComesBack(t *testing.T) {
	t.Parallel()
	files := &counting{MapFS: fstest.MapFS{"a/catalog-info.yaml": group("a"), "b/catalog-info.yaml": group("b")}}
	fake := catalogtest.NewFake()
	c := catalog.New(fake, fake, files.reader(), slog.New(slog.DiscardHandler))
	r, err := c.Register(t.Context(), catalog.Location{Target: "/r"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Withdraw(t.Context(), r.Location, catalog.NewRef("group", "", "a")); err != nil {
		t.Fatal(err)
	}
	files.reads()
	r, err = c.Refresh(t.Context(), r.Location.ID)
	if err != nil || len(r.Added) != 1 || len(r.Entities) != 2 {
		t.Errorf("Refresh = %+v, %v", r, err)
	}
	if diff := cmp.Diff([]string{"a/catalog-info.yaml"}, files.reads()); diff != "" {
		t.Errorf("files read (-want +got):\n%s", diff)
	}
}

// stateful is a source that says by which version it is known, and may fail.
type stateful struct {
	files   *counting
	version string
	err     error
	during  func() // while it is read
}

// Open opens the folder, or says that nothing changed.
func (s *stateful) Open(ctx context.Context, l catalog.Location) (*catalog.Tree, error) {
	if s.during != nil {
		s.during()
	}
	if s.err != nil {
		return nil, s.err
	}
	if l.Version == s.version {
		return &catalog.Tree{Unchanged: true}, nil
	}
	tree, err := countingReader{s.files}.Open(ctx, l)
	tree.Version = func() string { return s.version }
	return tree, err
}

// due runs the schedule until a location was read once more.
func due(t *testing.T, c *catalog.Catalog, store *catalogtest.Fake, id string) catalog.Location {
	t.Helper()
	before := locationOf(t, c, id).LastRefreshed
	if err := store.SetDue(t.Context(), []string{id}, time.Now()); err != nil {
		t.Fatal(err)
	}
	stop := run(t, c)
	waitFor(t, func() bool { return locationOf(t, c, id).LastRefreshed.After(before) })
	stop()
	return locationOf(t, c, id)
}

// TestProblemsOutliveTrouble has a source with a broken file be away for a while:
// what is wrong in the file is known again when it is back.
func TestProblemsOutliveTrouble(t *testing.T) {
	t.Parallel()
	source := &stateful{version: "1", files: &counting{MapFS: fstest.MapFS{"a/catalog-info.yaml": group("a"), "b/catalog-info.yaml": {Data: []byte("kind: [")}}}}
	fake := catalogtest.NewFake()
	c := catalog.New(fake, fake, source, slog.New(slog.DiscardHandler))
	r, err := c.Register(t.Context(), catalog.Location{Target: "/r"})
	if err != nil || len(r.Problems) != 1 {
		t.Fatal(err, r.Problems)
	}
	want := r.Problems[0].Message
	source.files.reads()
	if l := due(t, c, fake, r.Location.ID); len(l.Errors) != 1 || l.Errors[0].Message != want || len(source.files.reads()) > 0 {
		t.Errorf("unchanged: %v, read %v", l.Errors, source.files.reads())
	}
	source.err = fault.New(fault.Unavailable, "Nobody answers.").WithHint("Wait.")
	if l := due(t, c, fake, r.Location.ID); len(l.Errors) != 1 || l.Errors[0].Message != "Nobody answers." || l.Failures != 1 {
		t.Errorf("away: %v", l.Errors)
	}
	source.err = nil
	if l := due(t, c, fake, r.Location.ID); len(l.Errors) != 1 || l.Errors[0].Message != want || l.Failures != 0 {
		t.Errorf("back: %v", l.Errors)
	}
}

// TestADeletedEntityComesBack deletes one whose source did not change.
func TestADeletedEntityComesBack(t *testing.T) {
	t.Parallel()
	source := &stateful{version: "1", files: &counting{MapFS: fstest.MapFS{"a/catalog-info.yaml": group("a"), "b/catalog-info.yaml": group("b")}}}
	fake := catalogtest.NewFake()
	c := catalog.New(fake, fake, source, slog.New(slog.DiscardHandler))
	r, err := c.Register(t.Context(), catalog.Location{Target: "/r"})
	if err != nil {
		t.Fatal(err)
	}
	a, err := c.Get(t.Context(), catalog.NewRef("group", "", "a"))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.DeleteEntity(t.Context(), a.UID); err != nil {
		t.Fatal(err)
	}
	source.files.reads()
	due(t, c, fake, r.Location.ID)
	if _, err := c.Get(t.Context(), a.Ref()); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"a/catalog-info.yaml"}, source.files.reads()); diff != "" {
		t.Errorf("files read (-want +got):\n%s", diff)
	}
}

// TestWhatHappensWhileALocationIsRead removes it, or tells of a change.
func TestWhatHappensWhileALocationIsRead(t *testing.T) {
	t.Parallel()
	for _, away := range []error{nil, fault.New(fault.Unavailable, "Nobody answers.").WithHint("Wait.")} {
		source := &stateful{version: "1", files: &counting{MapFS: fstest.MapFS{"catalog-info.yaml": group("a")}}}
		fake := catalogtest.NewFake()
		c := catalog.New(fake, fake, source, slog.New(slog.DiscardHandler))
		r, err := c.Register(t.Context(), catalog.Location{Target: "/r"})
		if err != nil {
			t.Fatal(err)
		}
		told := time.Now().Add(-time.Minute).Truncate(time.Microsecond)
		source.version, source.err = "2", away
		source.files.MapFS["catalog-info.yaml"] = group("b")
		source.during = func() {
			if err := fake.SetDue(t.Context(), []string{r.Location.ID}, told); err != nil {
				t.Error(err)
			}
		}
		_, err = c.Refresh(t.Context(), r.Location.ID)
		if l := locationOf(t, c, r.Location.ID); (err != nil) != (away != nil) || !l.RefreshAt.Equal(told) {
			t.Errorf("told of a change: due at %s, %v, want %s", l.RefreshAt, err, told)
		}
		source.version, source.files.MapFS["catalog-info.yaml"] = "3", group("c")
		source.during = func() {
			source.during = nil
			if err := c.Remove(t.Context(), r.Location); err != nil {
				t.Error(err)
			}
		}
		if _, err := c.Refresh(t.Context(), r.Location.ID); err == nil {
			t.Error("a location that was removed was read")
		}
		if left, err := c.Locations(t.Context()); err != nil || len(left) != 0 {
			t.Errorf("left: %v, %v", left, err)
		}
	}
}

func BenchmarkRefreshUnchanged(b *testing.B) {
	const n = 10_000
	files := &counting{MapFS: generated(n)}
	fake := catalogtest.NewFake()
	c := catalog.New(fake, fake, files.reader(), slog.New(slog.DiscardHandler))
	r, err := c.Register(b.Context(), catalog.Location{Target: "/r"})
	if err != nil || len(r.Entities) != n {
		b.Fatalf("%d entities, %v", len(r.Entities), err)
	}
	files.reads()
	for b.Loop() {
		if _, err := c.Refresh(b.Context(), r.Location.ID); err != nil {
			b.Fatal(err)
		}
	}
	if read := files.reads(); len(read) > 0 {
		b.Fatalf("%d files were read", len(read))
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "entities/s")
}
