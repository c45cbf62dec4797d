package contractstest

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goldenpath/platform/contracts"
)

// slowMatrix is what a Pact Broker answers: what it has no row for is no obstacle,
// what nobody verified is unknown, and unknown comes before no. Rules ignore a row
// by the version that it names; one that nobody verified names no provider version.
func (w *world) slowMatrix(q slowQuestion, rules []contracts.IgnoreRule) contracts.Verdict {
	counts := map[contracts.Verdict]int{}
	ignored := func(service, version string) bool {
		return slices.ContainsFunc(rules, func(r contracts.IgnoreRule) bool {
			return r.Service == service && r.Service != q.service && (r.Version == "" || r.Version == version)
		})
	}
	judge := func(consumer, provider, content, providerVersion string) {
		verdict, _ := w.last(consumer, provider, content, providerVersion)
		switch {
		case verdict != contracts.Unknown:
			counts[verdict]++
		case w.heard(consumer, provider, content, providerVersion):
			counts[contracts.No]++ // a claim without results is stored as no success
		default:
			counts[contracts.Unknown]++
		}
	}
	for _, p := range w.pacts {
		if p.consumer != q.service || p.version != q.version {
			continue
		}
		running := w.there(q, p.provider)
		heard := slices.ContainsFunc(running, func(version string) bool { return w.heard(q.service, p.provider, p.content, version) })
		if !heard && !ignored(p.provider, "") {
			counts[contracts.Unknown]++
		}
		for _, version := range running {
			if heard && !ignored(p.provider, version) {
				judge(q.service, p.provider, p.content, version)
			}
		}
	}
	for _, p := range w.pacts {
		if p.provider == q.service && slices.Contains(w.there(q, p.consumer), p.version) && !ignored(p.consumer, p.version) {
			judge(p.consumer, q.service, p.content, q.version)
		}
	}
	switch {
	case counts[contracts.Unknown] > 0:
		return contracts.Unknown
	case counts[contracts.No] > 0:
		return contracts.No
	default:
		return contracts.Yes
	}
}

// heard reports whether a provider version said anything about a content.
func (w *world) heard(consumer, provider, content, providerVersion string) bool {
	return slices.ContainsFunc(w.verdicts, func(v worldVerdict) bool {
		return v.consumer == consumer && v.provider == provider && v.content == content && v.providerVersion == providerVersion
	})
}

// clear reports whether the text says what a matrix is: of a version that exists,
// of a service that does not talk to itself.
func (w *world) clear(q slowQuestion) bool {
	toItself := [2]string{q.service, q.service}
	return !w.integrated[toItself] && w.chosen(q) != ""
}

// compareMatrix compares the matrix with the slow one.
func (w *world) compareMatrix(t *testing.T, b *contracts.Broker, q slowQuestion) {
	t.Helper()
	if w.clear(q) {
		got, m := w.askMatrix(t, b, q)
		q.version = w.chosen(q)
		if want := w.slowMatrix(q, q.ignore); got != want {
			t.Fatalf("matrix of %+v: got %s, want %s\n%s\n%+v", q, got, want, m.Reason(), w)
		}
		w.compareTwice(t, b, q)
	}
}

// compareTwice compares all that the matrix of one version says, which may be asked
// for at once, with that of the version named twice, which is found step by step.
func (w *world) compareTwice(t *testing.T, b *contracts.Broker, q slowQuestion) {
	t.Helper()
	for _, by := range []string{"cvpv", ""} {
		query := matrixQuery(q)
		query.LatestBy, query.Limit = by, len(w.verdicts)%2 // of every row, or of one
		once := wholeMatrix(t, b, query)
		query.Selectors = append(query.Selectors, query.Selectors[0])
		if twice := wholeMatrix(t, b, query); !reflect.DeepEqual(once, twice) {
			t.Fatalf("matrix of %+v, the latest by %q: is\n%+v\nand of the version named twice\n%+v\n%+v", q, by, once, twice, w)
		}
	}
}

// wholeMatrix is a matrix but for the order of its reasons, that of equals is free,
// and for places. They are not always read with it; if they are, they are those that
// its versions have.
func wholeMatrix(t *testing.T, b *contracts.Broker, q contracts.MatrixQuery) contracts.Matrix {
	t.Helper()
	m, err := b.Matrix(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for _, r := range m.Rows {
		ids = append(ids, r.ConsumerVersionID, r.ProviderVersionID)
	}
	ids = slices.DeleteFunc(ids, func(id int64) bool { return id == 0 })
	if places := must(b.VersionPlaces(t.Context(), ids))(t); m.Places != nil {
		for _, id := range ids {
			same(t, "places", places[id], m.Places[id])
		}
	}
	m.Places, m.Rows = nil, slices.Concat([]contracts.Row{}, m.Rows)
	slices.SortFunc(m.Reasons, func(a, b contracts.MatrixReason) int { return strings.Compare(a.Text, b.Text) })
	return m
}

// comparePolicy compares the matrix under a policy with the worse of what a Pact
// Broker and the gate answer, both with stored rules.
func (w *world) comparePolicy(t *testing.T, b *contracts.Broker, q slowQuestion) {
	t.Helper()
	if !w.clear(q) {
		return
	}
	q.fresh = true
	got, m := w.askMatrix(t, b.WithPolicy(contracts.Policy{MaxAge: oldAge / 2, AtBroker: true}), q)
	q.version, q.branch, q.tag = w.chosen(q), "", ""
	matrix, gate := w.slowMatrix(q, slices.Concat(q.ignore, w.counting())), w.slowGate(q)
	want := contracts.Yes
	switch {
	case matrix == contracts.No || gate == contracts.No:
		want = contracts.No
	case matrix == contracts.Unknown || gate == contracts.Unknown:
		want = contracts.Unknown
	}
	if got != want {
		t.Fatalf("matrix of %+v under a policy: got %s, want %s of %s and %s\n%s\n%+v", q, got, want, matrix, gate, m.Reason(), w)
	}
}

// askMatrix asks for a matrix as clients do.
func (w *world) askMatrix(t *testing.T, b *contracts.Broker, q slowQuestion) (contracts.Verdict, contracts.Matrix) {
	t.Helper()
	query := matrixQuery(q)
	query.LatestBy = []string{"cvpv", "cvp"}[len(w.pacts)%2] // clients send either, and must get the same answer
	query.Limit = 1                                          // must not change the summary
	m, err := b.Matrix(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	return deployable(m), m
}

func matrixQuery(q slowQuestion) contracts.MatrixQuery {
	query := contracts.MatrixQuery{Selectors: []contracts.MatrixSelector{{
		Pacticipant: q.service, Version: q.version, Branch: q.branch, Tag: q.tag, Latest: q.version == "",
	}}}
	switch {
	case q.merge:
		query.MainBranch, query.Latest = true, true
	case q.toTag:
		query.Tag, query.Latest = worldTag, true
	default:
		query.Environment = worldEnvironment
	}
	for _, rule := range q.ignore {
		query.Ignore = append(query.Ignore, contracts.MatrixSelector{Pacticipant: rule.Service, Version: rule.Version})
	}
	return query
}
