package contractstest

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// TestPicks builds random worlds through the broker and compares what it says a
// provider has to verify with the slow selection: as many worlds as asked, from a
// number on. They share a store; their services don't. It returns how many contents
// of each kind were answered.
func TestPicks(t *testing.T, b Backend, from, worlds int) map[string]int {
	t.Helper()
	kinds := map[string]int{}
	for seed := from; seed < from+worlds; seed++ {
		r := rand.New(rand.NewPCG(uint64(seed), 9)) //nolint:gosec // the same worlds every time
		w := newPickWorld(seed)
		broker := contracts.New(b.Store, b.Unit, func() time.Time { return w.now })
		w.build(t, broker, r)
		for range 12 {
			w.comparePicks(t, broker, w.anyPactQuery(r), kinds)
		}
	}
	return kinds
}

// anyPactQuery asks in one of the ways there are.
func (w *pickWorld) anyPactQuery(r *rand.Rand) contracts.PactQuery {
	q := contracts.PactQuery{Provider: w.providers[min(r.IntN(4), 1)], IncludePending: r.IntN(2) == 0, AddressesOnly: r.IntN(2) == 0}
	if r.IntN(2) == 0 {
		q.ProviderBranch = pick(r, append(pickBranches(), "new", "none"))
	}
	if r.IntN(3) > 0 {
		q.ProviderTags = slices.Clone(append(pickTags(), "none"))
		r.Shuffle(len(q.ProviderTags), func(i, j int) { q.ProviderTags[i], q.ProviderTags[j] = q.ProviderTags[j], q.ProviderTags[i] })
		q.ProviderTags = q.ProviderTags[:1+r.IntN(2)]
	}
	if r.IntN(3) > 0 {
		q.IncludeWIPSince = morning().Add(-time.Hour)
		if len(w.pacts) > 0 && r.IntN(2) == 0 { // exactly then, or just before
			q.IncludeWIPSince = pick(r, w.pacts).at.Add(pick(r, []time.Duration{0, -time.Second}))
		}
	}
	for range r.IntN(4) {
		q.Selectors = append(q.Selectors, w.anySelector(r, q))
	}
	return q
}

// anySelector is one of every form that there is, those of environments with and
// without one.
func (w *pickWorld) anySelector(r *rand.Rand, q contracts.PactQuery) contracts.Selector {
	branch, tag := pick(r, append(pickBranches(), "none")), pick(r, append(pickTags(), "none"))
	environment := pick(r, []string{"", "test", "production"})
	forms := []contracts.Selector{
		{Latest: true},
		{MainBranch: true},
		{Branch: branch},
		{Branch: branch, FallbackBranch: pick(r, pickBranches())},
		{Tag: tag},
		{Tag: tag, Latest: true},
		{Tag: tag, FallbackTag: pick(r, pickTags())},
		{Tag: tag, Latest: true, FallbackTag: pick(r, pickTags())},
		{Deployed: true, Environment: environment},
		{Released: true, Environment: environment},
		{DeployedOrReleased: true, Environment: environment},
		{Environment: pick(r, []string{"test", "production"})},
		{Version: strconv.Itoa(r.IntN(worldVersions))},
	}
	if q.ProviderBranch != "" {
		forms = append(forms, contracts.Selector{MatchingBranch: true}, contracts.Selector{MatchingBranch: true})
	}
	sel := pick(r, forms)
	if r.IntN(4) == 0 {
		sel.Consumer = pick(r, append(slices.Clone(w.consumers), "nobody"))
	}
	return sel
}

// comparePicks asks the broker what the slow selection is asked.
func (w *pickWorld) comparePicks(t *testing.T, b *contracts.Broker, q contracts.PactQuery, kinds map[string]int) {
	t.Helper()
	list, err := b.PactsForVerification(t.Context(), q)
	if !w.knows(q.Provider) {
		if !fault.Is(err, fault.NotFound) {
			t.Fatalf("world %d: %+v of a provider that nobody knows: %v, want not found", w.seed, q, err)
		}
		return
	}
	if err != nil {
		t.Fatalf("world %d: %+v: %v", w.seed, q, err)
	}
	got := map[pickKey]slowPick{}
	for _, p := range list {
		key := pickKey{p.Consumer, w.names[p.Consumer+" "+p.Provider+" "+p.SHA]}
		if _, twice := got[key]; twice || p.Provider != q.Provider {
			t.Fatalf("world %d: %+v: got %+v twice, or of another provider", w.seed, q, key)
		}
		if has := bytes.Contains(p.Content, []byte(strconv.Quote(key.content))); has == q.AddressesOnly {
			t.Fatalf("world %d: %+v: %+v has the content %q", w.seed, q, key, p.Content)
		}
		got[key] = slowPick{slices.Sorted(slices.Values(p.ConsumerVersions)), p.Pending, p.WIP, p.PendingTags}
		// Who did not ask whether pacts are pending is not told what it means.
		if p.WIP || q.IncludePending == (len(p.Notices) > 1) || q.AddressesOnly {
			kinds[kindOf(got[key])]++
			continue
		}
		t.Fatalf("world %d: %+v: %+v has the notices %+v", w.seed, q, key, p.Notices)
	}
	if want := w.slowPicks(q); !reflect.DeepEqual(want, got) {
		t.Fatalf("world %d: %+v:\ngot  %+v\nwant %+v\n%+v", w.seed, q, got, want, w)
	}
}

func kindOf(p slowPick) string {
	switch {
	case p.wip:
		return "work in progress"
	case p.pending:
		return "pending"
	default:
		return "settled"
	}
}

// knows reports whether the provider has a version or ever was promised something.
func (w *pickWorld) knows(provider string) bool {
	return slices.ContainsFunc(w.order, func(v pickVersion) bool { return v.service == provider }) || w.promised[provider]
}
