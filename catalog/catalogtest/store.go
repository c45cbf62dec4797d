package catalogtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/goldenpath/platform/catalog"
)

// Backend is a store with the transactions it takes part in.
type Backend struct {
	Store catalog.Store
	Unit  catalog.Unit
}

// On runs a test on an empty backend, or on several one after the other.
type On func(t *testing.T, run func(t *testing.T, b Backend))

// TestStore runs the suite that every catalog.Store passes.
func TestStore(t *testing.T, on On) {
	t.Helper()
	for _, tt := range []struct {
		name string
		run  func(t *testing.T, b Backend)
	}{
		{"an entity comes back as it was saved", testRoundTrip},
		{"saving again replaces", testReplace},
		{"terms are kept with their entity", testTerms},
		{"a ref belongs to one entity", testUniqueRef},
		{"headers of a location and of refs", testHeaders},
		{"moving is no change", testMove},
		{"deleting leaves the feed", testDelete},
		{"the feed is read in parts and in order", testFeed},
		{"history is newest first", testHistory},
		{"a failed transaction leaves nothing", testRollback},
		{"many entities at once", testMany},
		{"locations come back as they were saved", testLocations},
		{"problems are found by entity", testProblems},
		{"locations that are due are claimed, oldest first", testDue},
		{"no location is claimed by two", testDueOnce},
		{"what was pushed is kept, and can be made due", testKeepPushed},
		{"files come back as they were read", testFiles},
		{"documents stay as long as somebody has them", testDocuments},
		{"of a repository the last check counts", testChecks},
		{"no reader skips a change of concurrent writers", testConcurrentWriters},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			on(t, tt.run)
		})
	}
}

// At is when everything in the suites happens; stores keep microseconds.
func At(minute int) time.Time {
	return time.Date(2026, 3, 1, 12, minute, 0, 123456000, time.UTC)
}

// Entity returns an entity ready to be saved.
func Entity(t *testing.T, kind, name, location string) catalog.Entity {
	t.Helper()
	file := fmt.Sprintf("apiVersion: acme.io/v1\nkind: %s\nmetadata:\n  name: %s\n  labels: {a: b}\nspec: {type: x, owner: checkout}\n", kind, name)
	entities, err := catalog.Parse("catalog-info.yaml", []byte(file))
	if err != nil {
		t.Fatalf("parse %s: %v", file, err)
	}
	e := entities[0]
	e.UID = "uid-" + strings.ToLower(kind+"-"+name)
	e.Source.LocationID = location
	e.CreatedAt, e.UpdatedAt = At(0), At(0)
	return e
}

func author(commit string) catalog.Author {
	return catalog.Author{Actor: "user:default/ada", Commit: commit, At: At(5)}
}

// save saves entities in a transaction of their own.
func (b Backend) save(t *testing.T, by catalog.Author, entities ...catalog.Entity) int64 {
	t.Helper()
	var seq int64
	b.inTx(t, func(ctx context.Context) (err error) {
		seq, err = b.Store.SaveEntities(ctx, entities, by)
		return err
	})
	return seq
}

func (b Backend) inTx(t *testing.T, fn func(ctx context.Context) error) {
	t.Helper()
	err := b.Unit.InTx(t.Context(), func(ctx context.Context) error {
		if err := b.Store.LockFeed(ctx); err != nil {
			return err
		}
		return fn(ctx)
	})
	if err != nil {
		t.Fatalf("transaction: %v", err)
	}
}

// location saves a location called id.
func (b Backend) location(t *testing.T, id string) catalog.Location {
	t.Helper()
	l := catalog.Location{
		ID: id, Type: catalog.LocationGit, Target: "https://git.acme.io/" + id + ".git", Branch: "main", Path: "svc",
		CreatedAt: At(1), CreatedBy: "user:default/ada", LastRefreshed: At(2), Commit: "c0ffee",
	}
	b.inTx(t, func(ctx context.Context) error { return b.Store.SaveLocation(ctx, l) })
	return l
}

func (b Backend) entity(t *testing.T, uid string) catalog.Entity {
	t.Helper()
	found, err := b.Store.EntitiesByUID(t.Context(), []string{"uid-none", uid})
	if err != nil || len(found) != 1 {
		t.Fatalf("entity %s: %d found, %v", uid, len(found), err)
	}
	return found[0]
}

func testRoundTrip(t *testing.T, b Backend) {
	t.Helper()
	l := b.location(t, "loc-1")
	e := Entity(t, "Robot", "R2-D2", l.ID)
	b.save(t, author("abc"), e)
	want := e
	want.Source.Type, want.Source.Target, want.Source.Branch, want.Source.Commit = l.Type, l.Target, l.Branch, "abc"
	if diff := gocmp.Diff(want, b.entity(t, e.UID), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("by uid (-want +got):\n%s", diff)
	}
	ref := catalog.NewRef("ROBOT", "", "r2-d2")
	found, err := b.Store.EntitiesByRef(t.Context(), []catalog.Ref{ref, catalog.NewRef("robot", "", "none")})
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff([]catalog.Entity{want}, found, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("by ref (-want +got):\n%s", diff)
	}
	bodies, err := b.Store.Bodies(t.Context(), []string{"uid-none", e.UID})
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff([]catalog.Body{{UID: e.UID, Etag: e.Etag, JSON: e.Body}}, bodies); diff != "" {
		t.Errorf("bodies (-want +got):\n%s", diff)
	}
	none, err := b.Store.EntitiesByUID(t.Context(), nil)
	if err != nil || len(none) != 0 {
		t.Errorf("no uids: %d entities, %v", len(none), err)
	}
}

func testTerms(t *testing.T, b Backend) {
	t.Helper()
	const older = catalog.TermsVersion - 1
	r2, c3 := Entity(t, "Robot", "r2", "loc-1"), Entity(t, "Robot", "c3", "loc-1")
	b.save(t, author(""), r2, c3)
	r2.Metadata.Title = "R2-D2" // saved again, they are replaced
	b.save(t, author(""), r2)
	check := func(want ...catalog.Entity) {
		t.Helper()
		got := map[string]bool{}
		err := b.Store.EachTerms(t.Context(), catalog.TermsVersion, func(terms []byte) error {
			got[string(terms)] = true
			return nil
		})
		if err != nil || len(got) != len(want) {
			t.Errorf("%d have terms, want %d, %v", len(got), len(want), err)
		}
		for _, e := range want {
			if !got[string(e.Terms())] {
				t.Errorf("the terms of %s are not there", e.Ref())
			}
		}
		all, err := b.Store.WithoutTerms(t.Context(), older)
		if err != nil || len(all) != len(want) {
			t.Errorf("%d have no terms of another version, want %d, %v", len(all), len(want), err)
		}
		none, err := b.Store.WithoutTerms(t.Context(), catalog.TermsVersion)
		if err != nil || len(none) > 0 {
			t.Errorf("%d have no terms, %v", len(none), err)
		}
	}
	check(r2, c3)
	b.inTx(t, func(ctx context.Context) error {
		_, err := b.Store.DeleteEntities(ctx, []catalog.Header{{UID: c3.UID, Ref: c3.Ref()}}, author(""))
		return err
	})
	check(r2)
	err := b.Store.EachTerms(t.Context(), older, func([]byte) error { return errUndo })
	if err != nil {
		t.Errorf("terms of another version: %v", err)
	}
}

func testReplace(t *testing.T, b Backend) {
	t.Helper()
	l := b.location(t, "loc-1")
	e := Entity(t, "Robot", "r2", l.ID)
	b.save(t, author("a"), e)
	changed := Entity(t, "Robot", "R2", l.ID)
	changed.CreatedAt, changed.UpdatedAt = At(9), At(9)
	b.save(t, author("b"), changed)
	got := b.entity(t, e.UID)
	if got.Metadata.Name != "R2" || got.Etag != changed.Etag || string(got.Raw) != string(changed.Raw) {
		t.Errorf("got %s %s, want what was saved last", got.Metadata.Name, got.Etag)
	}
	if !got.CreatedAt.Equal(At(0)) || !got.UpdatedAt.Equal(At(9)) {
		t.Errorf("created %s, updated %s", got.CreatedAt, got.UpdatedAt)
	}
}

func testUniqueRef(t *testing.T, b Backend) {
	t.Helper()
	e := Entity(t, "Robot", "r2", "loc-1")
	b.save(t, author(""), e)
	other := Entity(t, "Robot", "R2", "loc-1")
	other.UID = "uid-other"
	err := b.Unit.InTx(t.Context(), func(ctx context.Context) error {
		if err := b.Store.LockFeed(ctx); err != nil {
			return err
		}
		_, err := b.Store.SaveEntities(ctx, []catalog.Entity{other}, author(""))
		return err
	})
	if err == nil {
		t.Error("a second entity took the ref of the first")
	}
}

func testHeaders(t *testing.T, b Backend) {
	t.Helper()
	l := b.location(t, "loc-1")
	b.location(t, "loc-2")
	r2, c3 := Entity(t, "Robot", "r2", l.ID), Entity(t, "Robot", "c3", "loc-2")
	b.save(t, author("abc"), r2, c3)
	want := catalog.Header{UID: r2.UID, Etag: r2.Etag, Ref: r2.Ref(), Source: catalog.Source{
		LocationID: l.ID, Type: l.Type, Target: l.Target, Branch: l.Branch, Path: "catalog-info.yaml", Line: 1, Commit: "abc",
	}}
	here, err := b.Store.HeadersAt(t.Context(), l.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff([]catalog.Header{want}, here); diff != "" {
		t.Errorf("at location (-want +got):\n%s", diff)
	}
	byRef, err := b.Store.HeadersByRef(t.Context(), []catalog.Ref{r2.Ref(), catalog.NewRef("robot", "", "none")})
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff([]catalog.Header{want}, byRef); diff != "" {
		t.Errorf("by ref (-want +got):\n%s", diff)
	}
}

func testMove(t *testing.T, b Backend) {
	t.Helper()
	e := Entity(t, "Robot", "r2", "loc-1")
	before := b.save(t, author(""), e)
	b.inTx(t, func(ctx context.Context) error {
		return b.Store.MoveEntities(ctx, []catalog.Header{{UID: e.UID, Source: catalog.Source{Path: "b.yaml", Line: 7}}})
	})
	if got := b.entity(t, e.UID).Source; got.Path != "b.yaml" || got.Line != 7 || got.LocationID != "loc-1" {
		t.Errorf("source = %+v", got)
	}
	if after, err := b.Store.LastChange(t.Context()); err != nil || after != before {
		t.Errorf("the feed went from %d to %d, %v", before, after, err)
	}
}

func testDelete(t *testing.T, b Backend) {
	t.Helper()
	l := b.location(t, "loc-1")
	e := Entity(t, "Robot", "r2", l.ID)
	b.save(t, author("a"), e)
	b.inTx(t, func(ctx context.Context) error {
		_, err := b.Store.DeleteEntities(ctx, []catalog.Header{{UID: e.UID, Ref: e.Ref(), Etag: e.Etag, Source: e.Source}}, author("b"))
		return err
	})
	found, err := b.Store.EntitiesByRef(t.Context(), []catalog.Ref{e.Ref()})
	if err != nil || len(found) != 0 {
		t.Errorf("after deleting: %d entities, %v", len(found), err)
	}
	changes, err := b.Store.ChangesAfter(t.Context(), 0, 10)
	if err != nil || len(changes) != 2 {
		t.Fatalf("feed: %+v, %v", changes, err)
	}
	for i, want := range []catalog.Operation{catalog.OperationPut, catalog.OperationDelete} {
		if got := changes[i]; got.Operation != want || got.Exists || got.UID != e.UID || got.Ref != e.Ref() || got.LocationID != l.ID {
			t.Errorf("change %d = %+v", i, got)
		}
	}
}

func testFeed(t *testing.T, b Backend) {
	t.Helper()
	if seq, err := b.Store.LastChange(t.Context()); err != nil || seq != 0 {
		t.Errorf("an empty feed ends at %d, %v", seq, err)
	}
	var last int64
	for i := range 7 {
		last = b.save(t, author(strconv.Itoa(i)), Entity(t, "Robot", fmt.Sprintf("r%d", i), "loc-1"))
	}
	var names []string
	var seq int64
	for {
		part, err := b.Store.ChangesAfter(t.Context(), seq, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, change := range part {
			if change.Seq <= seq {
				t.Errorf("change %d follows %d", change.Seq, seq)
			}
			seq = change.Seq
			names = append(names, change.Ref.Name+change.Author.Commit)
			e := b.entity(t, change.UID)
			if !change.Author.At.Equal(At(5)) || change.Author.Actor != "user:default/ada" || change.Etag != e.Etag || !change.Exists || string(change.Terms) != string(e.Terms()) {
				t.Errorf("change = %+v", change)
			}
		}
		if len(part) < 3 {
			break
		}
	}
	if diff := gocmp.Diff([]string{"r00", "r11", "r22", "r33", "r44", "r55", "r66"}, names); diff != "" {
		t.Errorf("feed (-want +got):\n%s", diff)
	}
	if end, err := b.Store.LastChange(t.Context()); err != nil || end != last || end != seq {
		t.Errorf("the feed ends at %d, %v; the writer was told %d, the reader saw %d", end, err, last, seq)
	}
}

func testHistory(t *testing.T, b Backend) {
	t.Helper()
	e := Entity(t, "Robot", "r2", "loc-1")
	told := catalog.Event{
		What: catalog.Moved, From: "old/catalog-info.yaml",
		Fields:  []catalog.FieldChange{{Path: "spec.owner", Before: "checkout", After: "ware \"house\""}, {Path: "spec.new", After: "1"}},
		Commits: []catalog.Commit{{ID: "c0ffee", Author: "Ada", Email: "ada@acme.io", At: At(3), Subject: "Move it"}, {ID: "beef", Author: "Bob", At: At(2)}},
	}
	for _, commit := range []string{"a", "b", "c"} {
		b.save(t, author(commit), e, Entity(t, "Robot", "c3", "loc-1"))
		e.Event = &told
	}
	gone := told
	gone.What = catalog.Deleted
	b.inTx(t, func(ctx context.Context) error {
		_, err := b.Store.DeleteEntities(ctx, []catalog.Header{{UID: e.UID, Ref: e.Ref(), Event: &gone}}, author("d"))
		return err
	})
	changes, err := b.Store.History(t.Context(), e.Ref(), 3)
	if err != nil {
		t.Fatal(err)
	}
	var commits []string
	for i, change := range changes {
		commits = append(commits, change.Author.Commit)
		want := told
		if i == 0 {
			want = gone
		}
		if diff := gocmp.Diff(want, change.Event); diff != "" {
			t.Errorf("change %d (-want +got):\n%s", i, diff)
		}
	}
	if diff := gocmp.Diff([]string{"d", "c", "b"}, commits); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	if changes, err = b.Store.History(t.Context(), e.Ref(), 4); err != nil || len(changes) != 4 || changes[3].What != "" {
		t.Errorf("what nobody told: %+v, %v", changes, err)
	}
}

var errUndo = errors.New("undo")

func testRollback(t *testing.T, b Backend) {
	t.Helper()
	e := Entity(t, "Robot", "r2", "loc-1")
	others := func(ref catalog.Ref) {
		found, err := b.Store.EntitiesByRef(t.Context(), []catalog.Ref{ref})
		if err != nil || len(found) != 0 {
			t.Errorf("others see %d uncommitted entities, %v", len(found), err)
		}
	}
	err := b.Unit.InTx(t.Context(), func(ctx context.Context) error {
		if err := b.Store.LockFeed(ctx); err != nil {
			return err
		}
		if _, err := b.Store.SaveEntities(ctx, []catalog.Entity{e}, author("")); err != nil {
			return err
		}
		inside, err := b.Store.EntitiesByRef(ctx, []catalog.Ref{e.Ref()})
		if err != nil || len(inside) != 1 {
			t.Errorf("the transaction sees %d of its own entities, %v", len(inside), err)
		}
		others(e.Ref())
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		t.Fatalf("InTx = %v", err)
	}
	changes, err := b.Store.ChangesAfter(t.Context(), 0, 10)
	if err != nil || len(changes) != 0 {
		t.Errorf("feed after rollback: %v, %v", changes, err)
	}
}

func testMany(t *testing.T, b Backend) {
	t.Helper()
	const n = 2500
	entities := make([]catalog.Entity, n)
	refs := make([]catalog.Ref, n)
	uids := make([]string, n)
	for i := range entities {
		entities[i] = Entity(t, "Robot", fmt.Sprintf("r%04d", i), "loc-1")
		refs[i], uids[i] = entities[i].Ref(), entities[i].UID
	}
	b.save(t, author(""), entities...)
	byRef, err := b.Store.HeadersByRef(t.Context(), refs)
	if err != nil || len(byRef) != n {
		t.Errorf("by ref: %d, %v", len(byRef), err)
	}
	byUID, err := b.Store.EntitiesByUID(t.Context(), uids)
	if err != nil || len(byUID) != n {
		t.Errorf("by uid: %d, %v", len(byUID), err)
	}
	changes, err := b.Store.ChangesAfter(t.Context(), 0, n+1)
	if err != nil || len(changes) != n {
		t.Fatalf("feed: %d, %v", len(changes), err)
	}
	if !slices.IsSortedFunc(changes, func(a, b catalog.Change) int { return cmp.Compare(a.UID, b.UID) }) {
		t.Error("the feed is not in the order in which entities were given")
	}
	b.inTx(t, func(ctx context.Context) error {
		_, err := b.Store.DeleteEntities(ctx, byRef, author(""))
		return err
	})
	left, err := b.Store.HeadersAt(t.Context(), "loc-1")
	if err != nil || len(left) != 0 {
		t.Errorf("after deleting all: %d, %v", len(left), err)
	}
}

func testLocations(t *testing.T, b Backend) {
	t.Helper()
	first := b.location(t, "loc-b")
	second := catalog.Location{
		ID: "loc-a", Type: catalog.LocationFile, Target: "/srv/a", CreatedAt: At(3),
		Errors: []catalog.Problem{
			{LocationID: "loc-a", File: "a.yaml", Line: 3, Column: 5, Ref: "robot:default/r2", Owner: "group:default/droids", Field: "metadata.name", Message: "bad", Hint: "mend it"},
			{LocationID: "loc-a", Message: "worse"},
		},
	}
	b.inTx(t, func(ctx context.Context) error { return b.Store.SaveLocation(ctx, second) })
	all, err := b.Store.Locations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff([]catalog.Location{first, second}, all, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("locations (-want +got):\n%s", diff)
	}
	byKey, exists, err := b.Store.LocationByKey(t.Context(), catalog.Location{Type: catalog.LocationFile, Target: "/srv/a"})
	if err != nil || !exists || byKey.ID != "loc-a" || len(byKey.Errors) != 2 {
		t.Errorf("by key: %+v, %t, %v", byKey, exists, err)
	}
	if _, exists, err := b.Store.LocationByKey(t.Context(), catalog.Location{Type: catalog.LocationFile, Target: "/srv/a", Path: "x"}); err != nil || exists {
		t.Errorf("another path: %t, %v", exists, err)
	}
	for part, want := range map[string]int{"/srv/": 1, "acme.io/": 1, "r_": 0, "": 2} {
		named, err := b.Store.LocationsNaming(t.Context(), part)
		if err != nil || len(named) != want || want == 1 && len(named[0].Errors) > 0 {
			t.Errorf("with %q in their target: %+v, %v", part, named, err)
		}
	}
	second.Errors, second.LastRefreshed = second.Errors[:1], At(4)
	b.inTx(t, func(ctx context.Context) error { return b.Store.SaveLocation(ctx, second) })
	byID, exists, err := b.Store.LocationByID(t.Context(), "loc-a")
	if err != nil || !exists {
		t.Fatalf("by id: %t, %v", exists, err)
	}
	if diff := gocmp.Diff(second, byID, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("saved again (-want +got):\n%s", diff)
	}
	b.inTx(t, func(ctx context.Context) error { return b.Store.DeleteLocation(ctx, "loc-a") })
	if _, exists, err := b.Store.LocationByID(t.Context(), "loc-a"); err != nil || exists {
		t.Errorf("deleted: %t, %v", exists, err)
	}
}

func testProblems(t *testing.T, b Backend) {
	t.Helper()
	r2 := catalog.NewRef("robot", "", "r2")
	for _, id := range []string{"loc-1", "loc-2"} {
		l := catalog.Location{ID: id, Type: catalog.LocationFile, Target: "/srv/" + id, CreatedAt: At(0), Errors: []catalog.Problem{
			{File: "a.yaml", Line: 1, Ref: r2.String(), Message: "from " + id}, {File: "b.yaml", Message: "of another"},
		}}
		b.inTx(t, func(ctx context.Context) error { return b.Store.SaveLocation(ctx, l) })
	}
	of := func(from catalog.Source) []string {
		problems, err := b.Store.ProblemsOf(t.Context(), r2, from)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range problems {
			got = append(got, p.LocationID+": "+p.String())
		}
		slices.Sort(got)
		return got
	}
	got := of(catalog.Source{})
	for path, more := range map[string][]string{"a.yaml": nil, "b.yaml": {"loc-2: b.yaml: of another"}} {
		want := append(slices.Clone(got), more...)
		if diff := gocmp.Diff(want, of(catalog.Source{LocationID: "loc-2", Path: path})); diff != "" {
			t.Errorf("problems of one from %s (-want +got):\n%s", path, diff)
		}
	}
	every, err := b.Store.AllProblems(t.Context())
	if err != nil || len(every) != 4 || every[0].Ref != r2.String() || every[0].LocationID != "loc-1" {
		t.Errorf("problems of all locations: %+v, %v", every, err)
	}
	version, err := b.Store.ProblemsVersion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range []func(ctx context.Context) error{
		func(ctx context.Context) error {
			return b.Store.SaveLocation(ctx, catalog.Location{ID: "loc-3", Type: catalog.LocationFile, Target: "/srv/3", Errors: []catalog.Problem{{Message: "new"}}})
		},
		func(ctx context.Context) error {
			return b.Store.SaveLocation(ctx, catalog.Location{ID: "loc-3", Type: catalog.LocationFile, Target: "/srv/3", Errors: []catalog.Problem{{Message: "newer"}}})
		},
		func(ctx context.Context) error { return b.Store.DeleteLocation(ctx, "loc-3") },
	} {
		b.inTx(t, change)
		now, err := b.Store.ProblemsVersion(t.Context())
		if err != nil || now == version {
			t.Errorf("problems changed, their version is still %q, %v", now, err)
		}
		version = now
	}
	if diff := gocmp.Diff([]string{"loc-1: a.yaml:1: from loc-1", "loc-2: a.yaml:1: from loc-2"}, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}
