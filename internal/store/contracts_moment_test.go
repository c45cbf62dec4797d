package store_test

import (
	"context"
	"sync"
	"testing"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/store"
)

// looking lets others go on once before the gate, or the matrix, reads who verified
// what.
type looking struct {
	contracts.Store

	once      sync.Once
	meanwhile func()
}

func (s *looking) MatrixRows(ctx context.Context, q contracts.RowQuery) ([]contracts.Row, error) {
	s.once.Do(s.meanwhile)
	return s.Store.MatrixRows(ctx, q)
}

func (s *looking) Meetings(ctx context.Context, q contracts.MeetingQuery) (contracts.Meetings, error) {
	s.once.Do(s.meanwhile)
	return s.Store.Meetings(ctx, q)
}

// First api p1 is in production, which has not verified what web 1 promised. Whatever
// happens while the gate looks, web 1 may go there at no moment.
func TestNoAnswerIsOfTwoMoments(t *testing.T) {
	t.Parallel()
	happens := map[string]func(t *testing.T, db *database.DB, s contracts.Store, b *contracts.Broker){
		"another takes the place of who verifies it then": func(t *testing.T, db *database.DB, s contracts.Store, b *contracts.Broker) {
			t.Helper()
			deploy(t, b, "p2") // which has not verified it either
			verified(t, db, s, b, "p1")
		},
		"it is deleted with all it has to do with others": func(t *testing.T, _ *database.DB, _ contracts.Store, b *contracts.Broker) {
			t.Helper()
			if err := b.DeletePacticipant(t.Context(), "web"); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, ask := range map[string]func(ctx context.Context, b *contracts.Broker) (contracts.Verdict, error){
		"the gate": askGate, "the matrix": askMatrix, "the matrix, step by step": askMatrixOfBoth,
	} {
		for what, happen := range happens {
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				t.Helper()
				s := store.New(db).Contracts()
				b := contracts.New(s, db, nil)
				publish(t, b, "1", pactWith("api", "x", false))
				deploy(t, b, "p1")
				happened := false
				slow := contracts.New(&looking{Store: s, meanwhile: func() {
					happened = true
					happen(t, db, s, b)
				}}, db, nil)
				if got, err := ask(t.Context(), slow); err != nil || got == contracts.Yes || !happened {
					t.Errorf("%s; %s answers %s about moments that never were together (%v; looked: %t)", what, name, got, err, happened)
				}
			})
		}
	}
}

func deploy(t *testing.T, b *contracts.Broker, version string) {
	t.Helper()
	_, _, err := b.SaveVersion(t.Context(), "api", version, contracts.VersionChange{})
	if err == nil {
		_, err = b.RecordDeployment(t.Context(), contracts.Deployment{Service: "api", Version: version, Environment: "production"})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func askGate(ctx context.Context, b *contracts.Broker) (contracts.Verdict, error) {
	a, err := b.CanIDeploy(ctx, contracts.Question{Service: "web", Version: "1", Environment: "production"})
	return a.Verdict, err
}

func askMatrix(ctx context.Context, b *contracts.Broker) (contracts.Verdict, error) {
	return verdictOf(b.Matrix(ctx, contracts.MatrixQuery{Selectors: []contracts.MatrixSelector{{Pacticipant: "web", Version: "1"}}, Environment: "production", LatestBy: "cvp"}))
}

func askMatrixOfBoth(ctx context.Context, b *contracts.Broker) (contracts.Verdict, error) {
	both := []contracts.MatrixSelector{{Pacticipant: "web", Version: "1"}, {Pacticipant: "api", Environment: "production"}}
	return verdictOf(b.Matrix(ctx, contracts.MatrixQuery{Selectors: both, LatestBy: "cvp"}))
}

func verdictOf(m contracts.Matrix, err error) (contracts.Verdict, error) {
	if m.Deployable != nil && *m.Deployable {
		return contracts.Yes, err
	}
	return contracts.Unknown, err
}
