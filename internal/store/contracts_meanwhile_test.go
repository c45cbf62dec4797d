package store_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/store"
)

// pactWith is a pact of one interaction, for a publication.
func pactWith(provider, interaction string, overwrite bool) contracts.Contract {
	return contracts.Contract{Consumer: "web", Provider: provider, Overwrite: overwrite, Content: fmt.Appendf(nil,
		`{"consumer":{"name":"web"},"provider":{"name":%q},"interactions":[{"description":%q,"request":{"method":"GET","path":"/"},"response":{"status":200}}],
		"metadata":{"pactSpecification":{"version":"2.0.0"}}}`, provider, interaction)}
}

func publish(t *testing.T, b *contracts.Broker, version string, list ...contracts.Contract) {
	t.Helper()
	if _, err := b.Publish(t.Context(), contracts.Publication{Consumer: "web", Version: version, Contracts: list}); err != nil {
		t.Fatal(err)
	}
}

// What nobody has verified, web 1 with api p2, is in production now alone and now
// beside what is verified. No answer may be of a moment that never was.
func TestWhatComesWhileTheGateLooksIsNotMissed(t *testing.T) {
	t.Parallel()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		t.Helper()
		s := store.New(db).Contracts()
		b := contracts.New(s, db, nil)
		publish(t, b, "1", pactWith("api", "x", false))
		verified(t, db, s, b, "p1")
		if _, _, err := b.SaveVersion(t.Context(), "api", "p2", contracts.VersionChange{}); err != nil {
			t.Fatal(err)
		}
		unverified := contracts.Deployment{Service: "api", Version: "p2", Environment: "production"}
		good := contracts.Deployment{Service: "api", Version: "p1", Environment: "production", ApplicationInstance: "blue"}
		if _, err := b.RecordDeployment(t.Context(), unverified); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		var deploying sync.WaitGroup
		deploying.Go(func() {
			for ctx.Err() == nil {
				_, _ = b.RecordDeployment(ctx, good)
				_, _ = b.RecordUndeployment(ctx, good)
			}
		})
		q := contracts.MatrixQuery{Selectors: []contracts.MatrixSelector{{Pacticipant: "web", Version: "1"}}, Environment: "production", LatestBy: "cvp"}
		for end := time.Now().Add(2 * time.Second); time.Now().Before(end); {
			m, err := b.Matrix(t.Context(), q)
			if err != nil || (m.Deployable != nil && *m.Deployable) {
				t.Errorf("deployable beside what nobody verified: %s (%v)", m.Reason(), err)
				break
			}
		}
		stop()
		deploying.Wait()
	})
}

// verified records that a version of api keeps what is published.
func verified(t *testing.T, db *database.DB, s contracts.Store, b *contracts.Broker, version string) {
	t.Helper()
	v, _, err := b.SaveVersion(t.Context(), "api", version, contracts.VersionChange{})
	if err != nil {
		t.Fatal(err)
	}
	err = db.InTx(t.Context(), func(ctx context.Context) error {
		list, err := s.Contents(ctx, contracts.ContentFilter{})
		if err != nil {
			return err
		}
		_, err = s.InsertVerification(ctx, contracts.Verification{ContentID: list[0].ID, ProviderVersionID: v.ID, Success: true, VerifiedAt: time.Now().UTC()})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// meeting lets somebody else go on before a content is stored, and once a pact is.
type meeting struct {
	contracts.Store

	content, pact func(ctx context.Context)
}

func (s *meeting) EnsureContent(ctx context.Context, c contracts.Content) (int64, bool, error) {
	s.content(ctx)
	return s.Store.EnsureContent(ctx, c)
}

func (s *meeting) InsertPact(ctx context.Context, p contracts.Pact) (contracts.Pact, bool, error) {
	out, inserted, err := s.Store.InsertPact(ctx, p)
	s.pact(ctx)
	return out, inserted, err
}

func TestWhatIsMergedMeanwhileIsNotLost(t *testing.T) {
	t.Parallel()
	db := databasetest.Postgres(t)
	s := store.New(db).Contracts()
	plain := contracts.New(s, db, nil)
	part := func(b *contracts.Broker, interaction string) error {
		_, err := b.Publish(t.Context(), contracts.Publication{
			Consumer: "web", Version: "1", Merge: true, Contracts: []contracts.Contract{pactWith("api", interaction, false)},
		})
		return err
	}
	if err := part(plain, "zero"); err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	slow := contracts.New(&meeting{s, func(context.Context) {
		once.Do(func() {
			if err := part(plain, "one"); err != nil {
				t.Error(err)
			}
		})
	}, func(context.Context) {}}, db, nil)
	if err := part(slow, "two"); !fault.Is(err, fault.Conflict) {
		t.Errorf("merged with what is no longer there: %v", err)
	}
	if err := part(plain, "two"); err != nil {
		t.Fatal(err)
	}
	list, err := s.Contents(t.Context(), contracts.ContentFilter{})
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	for _, part := range []string{"zero", "one", "two"} {
		if last := string(list[len(list)-1].Body); !strings.Contains(last, part) {
			t.Errorf("%s is missing in %s", part, last)
		}
	}
}

// whose names a publication in a context.
type whose struct{}

// Of two publications of one version, one has a content that is known where the
// other has a new one, which takes longer to store.
func TestPublicationsLockInOneOrder(t *testing.T) {
	t.Parallel()
	db := databasetest.Postgres(t)
	s := store.New(db).Contracts()
	plain := contracts.New(s, db, nil)
	publish(t, plain, "0", pactWith("a", "known", true), pactWith("b", "known", true))
	if _, _, err := plain.SaveVersion(t.Context(), "web", "1", contracts.VersionChange{}); err != nil {
		t.Fatal(err)
	}
	var met sync.WaitGroup
	met.Add(2)
	var once [2]sync.Once
	b := contracts.New(&meeting{s, func(context.Context) {}, func(ctx context.Context) {
		who, _ := ctx.Value(whose{}).(int)
		once[who].Do(func() { // both hold a pact now, unless one waits for the other
			met.Done()
			both := make(chan struct{})
			go func() { met.Wait(); close(both) }()
			select {
			case <-both:
			case <-time.After(time.Second):
			}
		})
	}}, db, nil)
	var all sync.WaitGroup
	for i, list := range [][]contracts.Contract{
		{pactWith("a", "known", true), pactWith("b", "new", true)}, {pactWith("a", "new", true), pactWith("b", "known", true)},
	} {
		all.Go(func() {
			_, err := b.Publish(context.WithValue(t.Context(), whose{}, i), contracts.Publication{Consumer: "web", Version: "1", Contracts: list})
			if err != nil {
				t.Errorf("publication %d: %v", i, err)
			}
		})
	}
	all.Wait()
}
