package contractstest

import (
	"strconv"
	"strings"
	"testing"

	"github.com/goldenpath/platform/contracts"
)

// in lists the versions of a service that are in the environment.
func (w *world) in(service string) []string {
	var out []string
	for version := range w.versions {
		name, number, _ := strings.Cut(version, "/")
		if name != service {
			continue
		}
		there := w.released[service+"/"+number]
		for slot, running := range w.deployed {
			there = there || (strings.HasPrefix(slot, service+"/") && running == number)
		}
		if there {
			out = append(out, number)
		}
	}
	return out
}

// last is the newest verdict of a provider version about a content.
func (w *world) last(consumer, provider, content, providerVersion string) contracts.Verdict {
	verdict := contracts.Unknown
	for _, v := range w.verdicts {
		if v.consumer == consumer && v.provider == provider && v.content == content && v.providerVersion == providerVersion {
			verdict = v.verdict
		}
	}
	return verdict
}

// content is what a consumer version promised to rely on.
func (w *world) content(consumer, version, provider string) (string, bool) {
	for _, p := range w.pacts {
		if p.consumer == consumer && p.version == version && p.provider == provider {
			return p.content, true
		}
	}
	return "", false
}

// slowGate is the gate written from its text: one sentence, one loop.
func (w *world) slowGate(service, version string) contracts.Verdict {
	if !w.versions[service+"/"+version] {
		return contracts.Unknown // nobody published or verified it
	}
	var all []contracts.Verdict
	consumes, provides, promised, verified := false, false, false, false
	for _, p := range w.pacts {
		consumes = consumes || p.consumer == service
		provides = provides || p.provider == service
		promised = promised || (p.consumer == service && p.version == version)
	}
	for _, v := range w.verdicts {
		verified = verified || (v.provider == service && v.providerVersion == version)
	}
	if consumes && !promised {
		all = append(all, contracts.Unknown) // a consumer without a pact
	}
	if provides && !verified {
		all = append(all, contracts.Unknown) // a provider nobody ever verified
	}
	for _, p := range w.pacts { // every provider it needs
		if p.consumer != service || p.version != version {
			continue
		}
		running := w.in(p.provider)
		if p.provider == service {
			running = []string{version} // it will talk to the version that is to come
		}
		if len(running) == 0 {
			all = append(all, contracts.Unknown) // a missing counterpart
		}
		for _, providerVersion := range running {
			all = append(all, w.last(service, p.provider, p.content, providerVersion))
		}
	}
	consumers := map[string]bool{}
	for _, p := range w.pacts { // everybody who ever had a pact with it
		if p.provider == service && p.consumer != service {
			consumers[p.consumer] = true
		}
	}
	for consumer := range consumers {
		for _, consumerVersion := range w.in(consumer) {
			content, ok := w.content(consumer, consumerVersion, service)
			if !ok {
				all = append(all, contracts.Unknown) // deployed without a pact
				continue
			}
			all = append(all, w.last(consumer, service, content, version))
		}
	}
	answer := contracts.Yes
	for _, v := range all {
		if v == contracts.No {
			return contracts.No
		}
		if v == contracts.Unknown {
			answer = contracts.Unknown
		}
	}
	return answer
}

// TestGate builds random worlds through the broker and compares its gate with the
// slow one for every version: as many worlds as asked, from a number on. They share
// a store; their services don't. It returns how often each answer was given.
func TestGate(t *testing.T, b Backend, from, worlds int) map[contracts.Verdict]int {
	t.Helper()
	broker := contracts.New(b.Store, b.Unit, nil)
	answers := map[contracts.Verdict]int{}
	for seed := from; seed < from+worlds; seed++ {
		w := buildWorld(t, broker, seed)
		for _, service := range w.services {
			for v := range worldVersions + 1 { // the last one exists in no world
				version := strconv.Itoa(v)
				got, err := broker.CanIDeploy(t.Context(), contracts.Question{Service: service, Version: version, Environment: worldEnvironment})
				if err != nil {
					t.Fatalf("world %d: %v", seed, err)
				}
				want := w.slowGate(service, version)
				if got.Verdict != want {
					t.Fatalf("world %d: may %s %s go to %s? got %s, want %s\n%+v\n%+v", seed, service, version, worldEnvironment, got.Verdict, want, got.Reasons, w)
				}
				answers[want]++
				w.compareMatrix(t, broker, service, version)
			}
		}
	}
	return answers
}
