package contractstest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
)

// TestGate builds random worlds through the broker and compares its gate with the
// slow one for every version: as many worlds as asked, from a number on. They share
// a store; their services don't. It returns how often each answer was given.
func TestGate(t *testing.T, b Backend, from, worlds int) map[contracts.Verdict]int {
	t.Helper()
	broker := contracts.New(b.Store, b.Unit, nil)
	answers, severally := map[contracts.Verdict]int{}, map[contracts.Verdict]int{}
	for seed := from; seed < from+worlds; seed++ {
		w := buildWorld(t, broker, seed)
		r := rand.New(rand.NewPCG(uint64(seed), 8)) //nolint:gosec // the same questions every time
		forget := w.storeRules(t, b, r)
		for _, service := range w.services {
			for v := range worldVersions + 1 { // the last one exists in no world
				q := slowQuestion{service: service, version: strconv.Itoa(v)}
				answers[w.compareGate(t, broker, seed, q)]++
				w.compareMatrix(t, broker, q)
				q = w.anyQuestion(r, q)
				answers[w.compareGate(t, broker, seed, q)]++
				w.compareMatrix(t, broker, q)
				w.comparePolicy(t, broker, q)
			}
		}
		for range 4 {
			severally[w.compareSeveral(t, broker, r)]++
		}
		forget()
	}
	for _, v := range []contracts.Verdict{contracts.Yes, contracts.No, contracts.Unknown} {
		if worlds >= 1000 && severally[v] == 0 {
			t.Errorf("several versions at once were never answered with %s: %v", v, severally)
		}
	}
	t.Logf("several versions at once: %v", severally)
	return answers
}

// anyQuestion asks for a version in one of the ways there are, against one of the
// destinations there are, with rules of its own.
func (w *world) anyQuestion(r *rand.Rand, q slowQuestion) slowQuestion {
	switch r.IntN(6) {
	case 0:
		q.version, q.branch = "", pick(r, []string{"main", "feature", worldTag})
	case 1:
		q.version, q.tag = "", worldTag
	}
	switch r.IntN(4) {
	case 0:
		q.merge = true
	case 1:
		q.toTag = true
	}
	q.fresh = r.IntN(2) == 0
	for range r.IntN(3) {
		// The gate refuses to ignore whom it is asked about.
		if rule := w.anyRule(r); rule.Service != q.service {
			q.ignore = append(q.ignore, rule)
		}
	}
	return q
}

func (w *world) anyRule(r *rand.Rand) contracts.IgnoreRule {
	return contracts.IgnoreRule{Service: pick(r, w.services), Version: pick(r, []string{"", "", "0", "1", "2"})}
}

// storeRules stores rules in some worlds, half of which have ended. The returned
// function deletes them: the gate reads all there are.
func (w *world) storeRules(t *testing.T, b Backend, r *rand.Rand) (forget func()) {
	t.Helper()
	if r.IntN(3) > 0 {
		return func() {}
	}
	for i := range 1 + r.IntN(2) {
		rule := w.anyRule(r)
		rule.ID, rule.Owner, rule.Reason = fmt.Sprintf("%s-%d", w.services[0], i), "ada", "a test"
		rule.CreatedAt, rule.ExpiresAt = time.Now().Add(-2*time.Hour).UTC(), time.Now().Add(pick(r, []time.Duration{-time.Hour, time.Hour})).UTC()
		w.rules = append(w.rules, rule)
		if err := b.Unit.InTx(t.Context(), func(ctx context.Context) error { return b.Store.InsertIgnoreRule(ctx, rule) }); err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		for _, rule := range w.rules {
			if err := b.Unit.InTx(t.Context(), func(ctx context.Context) error { return b.Store.DeleteIgnoreRule(ctx, rule.ID) }); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// compareGate asks the broker what the slow gate is asked.
func (w *world) compareGate(t *testing.T, broker *contracts.Broker, seed int, q slowQuestion) contracts.Verdict {
	t.Helper()
	question := contracts.Question{Service: q.service, Version: q.version, Branch: q.branch, Tag: q.tag, Ignore: q.ignore}
	switch {
	case q.merge:
		question.MainBranches = true
	case q.toTag:
		question.ToTag = worldTag
	default:
		question.Environment = worldEnvironment
	}
	if q.fresh {
		question.MaxAge = oldAge / 2
	}
	got, err := broker.CanIDeploy(t.Context(), question)
	if err != nil {
		t.Fatalf("world %d: %v", seed, err)
	}
	want := w.slowGate(q)
	if got.Verdict != want || got.Version != firstOf(w.chosen(q), q.version) {
		t.Fatalf("world %d: %+v? got %s for %q, want %s\n%+v\n%+v", seed, q, got.Verdict, got.Version, want, got.Reasons, w)
	}
	q.version = w.chosen(q)
	if reason := w.unsafe(q); got.Verdict == contracts.Yes && q.ignore == nil && len(w.counting()) == 0 && reason != "" {
		t.Fatalf("world %d: %+v got a yes, and %s\n%+v", seed, q, reason, w)
	}
	return want
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// unsafe returns why a version must never get a yes: a counterpart that is there
// failed with it, or never verified. It knows nothing of how gates judge.
func (w *world) unsafe(q slowQuestion) string {
	for _, p := range w.pacts {
		provider, consumer := p.provider == q.service, p.consumer == q.service
		if provider == consumer { // a third party's, or with itself
			continue
		}
		if consumer && p.version == q.version {
			for _, there := range w.there(q, p.provider) {
				if v, _ := w.last(p.consumer, p.provider, p.content, there); v != contracts.Yes {
					return p.provider + " " + there + ", which it needs, says " + string(v)
				}
			}
		}
		if provider && slices.Contains(w.there(q, p.consumer), p.version) {
			if v, _ := w.last(p.consumer, p.provider, p.content, q.version); v != contracts.Yes {
				return p.consumer + " " + p.version + ", which needs it, has " + string(v)
			}
		}
	}
	return ""
}
