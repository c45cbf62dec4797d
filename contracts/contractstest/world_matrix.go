package contractstest

import (
	"slices"
	"testing"

	"github.com/goldenpath/platform/contracts"
)

// slowMatrix is what a Pact Broker answers: what it has no row for is no obstacle,
// what nobody verified is unknown, and unknown comes before no.
func (w *world) slowMatrix(service, version string) contracts.Verdict {
	counts := map[contracts.Verdict]int{}
	judge := func(consumer, provider, content, providerVersion string) {
		verdict, _ := w.last(consumer, provider, content, providerVersion)
		switch verdict {
		case contracts.Yes:
			counts[contracts.Yes]++
		case contracts.No:
			counts[contracts.No]++
		default:
			if w.heard(consumer, provider, content, providerVersion) {
				counts[contracts.No]++ // a claim without results is stored as no success
			} else {
				counts[contracts.Unknown]++
			}
		}
	}
	for _, p := range w.pacts {
		if p.consumer != service || p.version != version {
			continue
		}
		running := w.in(p.provider)
		if len(running) == 0 {
			counts[contracts.Unknown]++
		}
		for _, providerVersion := range running {
			judge(service, p.provider, p.content, providerVersion)
		}
	}
	for _, p := range w.pacts {
		if p.provider == service && slices.Contains(w.in(p.consumer), p.version) {
			judge(p.consumer, service, p.content, version)
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

// compareMatrix compares the matrix with the slow one, where the text is clear: a
// version that exists, of a service that does not talk to itself.
func (w *world) compareMatrix(t *testing.T, b *contracts.Broker, service, version string) {
	t.Helper()
	toItself := slices.ContainsFunc(w.pacts, func(p worldPact) bool { return p.consumer == service && p.provider == service })
	if toItself || !w.versions[service+"/"+version] {
		return
	}
	by := []string{"cvpv", "cvp"}[len(w.pacts)%2] // clients send either, and must get the same answer
	m, err := b.Matrix(t.Context(), contracts.MatrixQuery{
		Selectors:   []contracts.MatrixSelector{{Pacticipant: service, Version: version}},
		Environment: worldEnvironment, LatestBy: by, Limit: 1, // the limit must not change the summary
	})
	if err != nil {
		t.Fatal(err)
	}
	got := contracts.Unknown
	switch {
	case m.Deployable == nil:
	case *m.Deployable:
		got = contracts.Yes
	default:
		got = contracts.No
	}
	if want := w.slowMatrix(service, version); got != want {
		t.Fatalf("matrix of %s %s: got %s, want %s\n%s\n%+v", service, version, got, want, m.Reason(), w)
	}
}
