package catalogtest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/goldenpath/platform/catalog"
)

func testDue(t *testing.T, b Backend) {
	t.Helper()
	for i, at := range []time.Time{At(30), At(10), {}, At(20)} {
		l := catalog.Location{
			ID: fmt.Sprintf("loc-%d", i), Type: catalog.LocationGit, Target: fmt.Sprintf("https://git.acme.io/%d", i), CreatedAt: At(i),
			Version: "v", ParentID: "org", Settings: `{"a":1}`, RefreshEvery: time.Hour, InheritedEvery: catalog.Never, RefreshAt: at, LastSucceeded: At(1), Failures: 2,
		}
		b.inTx(t, func(ctx context.Context) error { return b.Store.SaveLocation(ctx, l) })
	}
	due, err := b.Store.ClaimDue(t.Context(), At(20), At(50), 9)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, l := range due {
		ids = append(ids, l.ID)
		if !l.RefreshAt.Equal(At(50)) || l.Version != "v" || l.ParentID != "org" || l.Settings != `{"a":1}` ||
			l.RefreshEvery != time.Hour || l.InheritedEvery != catalog.Never || !l.LastSucceeded.Equal(At(1)) || l.Failures != 2 {
			t.Errorf("claimed %+v", l)
		}
	}
	slices.Sort(ids)
	if diff := gocmp.Diff([]string{"loc-1", "loc-3"}, ids); diff != "" {
		t.Errorf("due (-want +got):\n%s", diff)
	}
	if again, err := b.Store.ClaimDue(t.Context(), At(20), At(50), 9); err != nil || len(again) != 0 {
		t.Errorf("claimed twice: %d, %v", len(again), err)
	}
	l := due[0]
	l.Failures, l.LastRefreshed, l.Version, l.Commit = 0, At(7), "w", "c0ffee"
	want := func() {
		t.Helper()
		got, _, err := b.Store.LocationByID(t.Context(), l.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(l, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("schedule (-want +got):\n%s", diff)
		}
	}
	save := func(at, claimed time.Time) {
		t.Helper()
		k := l
		k.RefreshAt = at
		if err := b.Store.SaveSchedule(t.Context(), k, claimed); err != nil {
			t.Fatal(err)
		}
	}
	save(At(59), At(50)) // nobody told of a change
	l.RefreshAt = At(59)
	want()
	if err := b.Store.SetDue(t.Context(), []string{l.ID, "loc-2"}, At(21)); err != nil {
		t.Fatal(err)
	}
	l.RefreshAt = At(21)
	want()
	save(At(58), At(50)) // somebody did while it was read
	want()
	save(At(57), time.Time{}) // nobody claimed it
	want()
	every := func(own, inherited time.Duration, at time.Time) {
		t.Helper()
		l.RefreshEvery, l.InheritedEvery, l.RefreshAt = own, inherited, at
		changed := catalog.Location{ID: l.ID, RefreshEvery: own, InheritedEvery: inherited, RefreshAt: at}
		if err := b.Store.SetEvery(t.Context(), changed); err != nil {
			t.Fatal(err)
		}
		want()
	}
	every(0, time.Hour, At(60))
	every(catalog.Never, 0, time.Time{})
	save(At(58), At(50)) // somebody paused it while it was read
	want()
	if err := b.Store.SetDue(t.Context(), []string{l.ID}, At(22)); err != nil {
		t.Fatal(err)
	}
	want() // never by itself
}

// testDueOnce lets many claim at the same time.
func testDueOnce(t *testing.T, b Backend) {
	t.Helper()
	const locations, claimers = 60, 6
	for i := range locations {
		l := catalog.Location{ID: fmt.Sprintf("loc-%02d", i), Type: catalog.LocationGit, Target: fmt.Sprintf("https://git.acme.io/%d", i), CreatedAt: At(0), RefreshAt: At(1)}
		b.inTx(t, func(ctx context.Context) error { return b.Store.SaveLocation(ctx, l) })
	}
	var mu sync.Mutex
	var all []string
	var group sync.WaitGroup
	for range claimers {
		group.Go(func() {
			for range locations {
				due, err := b.Store.ClaimDue(t.Context(), At(2), At(50), 3)
				if err != nil {
					t.Errorf("claim: %v", err)
				}
				mu.Lock()
				for _, l := range due {
					all = append(all, l.ID)
				}
				mu.Unlock()
				if len(due) == 0 {
					return
				}
			}
		})
	}
	group.Wait()
	slices.Sort(all)
	if len(all) != locations || len(slices.Compact(all)) != locations {
		t.Errorf("%d claims, %d different, want %d", len(all), len(slices.Compact(all)), locations)
	}
}

func testFiles(t *testing.T, b Backend) {
	t.Helper()
	b.location(t, "loc-1")
	records := []catalog.FileRecord{
		{Path: "a.yaml", Signature: "1", NamesFiles: true, Notes: catalog.FileNotes{Included: []string{"b.json"}, Entities: 2}},
		{Path: "docs/index.md", Signature: "2", Notes: catalog.FileNotes{Document: &catalog.Doc{Digest: "d", Title: "Docs", Size: 3}}},
	}
	save := func(save []catalog.FileRecord, forget ...string) {
		b.inTx(t, func(ctx context.Context) error { return b.Store.SaveLocationFiles(ctx, "loc-1", save, forget) })
	}
	want := func(want ...catalog.FileRecord) {
		t.Helper()
		got, err := b.Store.LocationFiles(t.Context(), "loc-1")
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(got, func(a, b catalog.FileRecord) int { return strings.Compare(a.Path, b.Path) })
		if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("files (-want +got):\n%s", diff)
		}
	}
	save(records)
	want(records...)
	records[0].Signature, records[0].NamesFiles = "3", false
	save(records[:1], "docs/index.md", "never")
	want(records[0])
	b.inTx(t, func(ctx context.Context) error { return b.Store.DeleteLocation(ctx, "loc-1") })
	want()
}

func testDocuments(t *testing.T, b Backend) {
	t.Helper()
	ctx := t.Context()
	e := Entity(t, "Robot", "orders", "loc-1")
	b.save(t, author("c"), e)
	save := func(uid string, docs []catalog.Doc, contents map[string][]byte) error {
		return b.Unit.InTx(ctx, func(ctx context.Context) error { return b.Store.SaveDocuments(ctx, uid, docs, contents) })
	}
	docs := []catalog.Doc{
		{Kind: catalog.DocTechDocs, Path: "index.md", Title: "Orders", Digest: "d1", Size: 3},
		{Kind: catalog.DocTechDocs, Path: "a.md", Digest: "d2", Size: 2},
		{Kind: catalog.DocADR, Path: "a.md", Digest: "d2", Size: 2},
	}
	contents := map[string][]byte{"d1": []byte("one"), "d2": []byte("zw")}
	for _, uid := range []string{e.UID, "gone"} {
		if err := save(uid, docs, contents); err != nil {
			t.Fatal(err)
		}
	}
	got, err := b.Store.DocumentsOf(ctx, e.UID)
	if diff := gocmp.Diff(docs, got); err != nil || diff != "" {
		t.Errorf("documents (-want +got):\n%s%v", diff, err)
	}
	if content, ok, err := b.Store.DocumentContent(ctx, "d2"); err != nil || !ok || string(content) != "zw" {
		t.Errorf("content = %q, %t, %v", content, ok, err)
	}
	if err := save(e.UID, []catalog.Doc{{Kind: catalog.DocADR, Path: "x.md", Digest: "never stored"}}, nil); err == nil {
		t.Error("a document without content was stored")
	}
	if err := save(e.UID, docs[:1], nil); err != nil {
		t.Fatal(err)
	}
	if gone, err := b.Store.ExpireDocuments(ctx); err != nil || gone != 1 {
		t.Errorf("expired = %d, %v, want 1", gone, err)
	}
	if _, ok, err := b.Store.DocumentContent(ctx, "d2"); err != nil || ok {
		t.Errorf("a document that nobody has is there: %t, %v", ok, err)
	}
	if _, ok, err := b.Store.DocumentContent(ctx, "d1"); err != nil || !ok {
		t.Errorf("a document that is used is gone: %v", err)
	}
}

func testChecks(t *testing.T, b Backend) {
	t.Helper()
	first := catalog.RepositoryCheck{Address: "https://git.acme.io/a", Source: "check", Message: "Nobody is there.", CheckedAt: At(1)}
	for range 2 {
		if err := b.Store.SaveRepositoryCheck(t.Context(), first); err != nil {
			t.Fatal(err)
		}
		first.Reachable, first.Message, first.CheckedAt = true, "", At(2)
	}
	got, err := b.Store.RepositoryChecks(t.Context())
	if diff := gocmp.Diff([]catalog.RepositoryCheck{first}, got); err != nil || diff != "" {
		t.Errorf("checks (-want +got):\n%s%v", diff, err)
	}
}
