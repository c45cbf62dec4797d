package store_test

import (
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/store"
)

// A service that is consumed and consumes may be published from both ends for the
// first time in the same moment.
func TestServicesThatNeedEachOtherBecomeKnownTogether(t *testing.T) {
	t.Parallel()
	db := databasetest.Postgres(t)
	b := contracts.New(store.New(db).Contracts(), db, nil)
	for i := range 60 {
		x, y := fmt.Sprintf("x%d", i), fmt.Sprintf("y%d", i)
		var all sync.WaitGroup
		for _, pair := range [][2]string{{x, y}, {y, x}} {
			all.Go(func() {
				_, err := b.Publish(t.Context(), contracts.Publication{Version: "1", Contracts: []contracts.Contract{{Content: fmt.Appendf(nil,
					`{"consumer":{"name":%q},"provider":{"name":%q},"interactions":[{"description":"x","request":{"method":"GET","path":"/"},"response":{"status":200}}]}`, pair[0], pair[1])}}})
				if err != nil {
					t.Errorf("publish %s with %s: %v", pair[0], pair[1], err)
				}
			})
		}
		all.Wait()
	}
}

// The head of a branch is its newest version whoever deletes and adds versions at
// the same time.
func TestHeadsAreRightAfterDeletionsBesideAdditions(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		s := store.New(db).Contracts()
		b := contracts.New(s, db, nil)
		for i := range 150 {
			save := func(number string) {
				if _, _, err := b.SaveVersion(t.Context(), "web", number, contracts.VersionChange{Branch: "main"}); err != nil {
					t.Error(err)
				}
			}
			save(strconv.Itoa(i))
			if _, _, err := b.SaveVersion(t.Context(), "web", fmt.Sprintf("%d-old", i), contracts.VersionChange{}); err != nil {
				t.Error(err)
			}
			save(fmt.Sprintf("%d-gone", i))
			var all sync.WaitGroup
			all.Go(func() {
				if err := b.DeleteVersion(t.Context(), "web", fmt.Sprintf("%d-gone", i)); err != nil {
					t.Error(err)
				}
			})
			number := []string{fmt.Sprintf("%d-new", i), fmt.Sprintf("%d-old", i)}[i%2]
			all.Go(func() {
				time.Sleep(time.Duration(i%10) * 100 * time.Microsecond)
				save(number)
			})
			all.Wait()
			head := ""
			err := db.Reader(t.Context()).QueryRowContext(t.Context(), `SELECT v.number FROM branches b JOIN pacticipant_versions v ON v.id = b.head_version_id WHERE b.name = 'main'`).Scan(&head)
			if err != nil || head != number {
				t.Fatalf("the head is %s, and %s is the newest (%v)", head, number, err)
			}
		}
	})
}

func TestTagsAreAddedInOneOrder(t *testing.T) {
	t.Parallel()
	db := databasetest.Postgres(t)
	b := contracts.New(store.New(db).Contracts(), db, nil)
	for i := range 20 {
		number := strconv.Itoa(i)
		if _, _, err := b.SaveVersion(t.Context(), "web", number, contracts.VersionChange{}); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for _, tags := range [][]string{{"a", "b", "c"}, {"c", "b", "a"}} {
			all.Go(func() {
				if _, _, err := b.SaveVersion(t.Context(), "web", number, contracts.VersionChange{Tags: tags}); err != nil {
					t.Errorf("tag with %v: %v", tags, err)
				}
			})
		}
		all.Wait()
	}
}

// TestFieldsOfServicesAreNotLost changes a service while a version of it is the
// first to appear on a branch that becomes the main one: without it, a merge would
// be judged without the service.
func TestFieldsOfServicesAreNotLost(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		b := contracts.New(store.New(db).Contracts(), db, nil)
		for i := range 40 {
			name, displayed := fmt.Sprint("web", i), "The web"
			if _, _, err := b.SaveVersion(t.Context(), name, "0", contracts.VersionChange{}); err != nil {
				t.Fatal(err)
			}
			var all sync.WaitGroup
			all.Go(func() {
				if _, _, err := b.SaveVersion(t.Context(), name, "1", contracts.VersionChange{Branch: "main"}); err != nil {
					t.Error(err)
				}
			})
			all.Go(func() {
				if _, _, err := b.SavePacticipant(t.Context(), name, contracts.PacticipantChange{DisplayName: &displayed}); err != nil {
					t.Error(err)
				}
			})
			all.Wait()
			p, err := b.Pacticipant(t.Context(), name)
			if err != nil || p.MainBranch != "main" || p.DisplayName != displayed {
				t.Fatalf("%s has main branch %q and is displayed as %q: %v", name, p.MainBranch, p.DisplayName, err)
			}
		}
	})
}
