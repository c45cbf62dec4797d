package contractstest

import (
	"math/rand/v2"
	"slices"
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

// last is the newest verdict of a provider version about a content, and whether
// it is old.
func (w *world) last(consumer, provider, content, providerVersion string) (verdict contracts.Verdict, old bool) {
	verdict = contracts.Unknown
	for _, v := range w.verdicts {
		if v.consumer == consumer && v.provider == provider && v.content == content && v.providerVersion == providerVersion {
			verdict, old = v.verdict, v.old
		}
	}
	return verdict, old
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

// slowQuestion is what the slow gate is asked.
type slowQuestion struct {
	service, version string
	merge            bool // against the heads of main branches, not the environment
	fresh            bool // verdicts that are old do not count
	ignore           []contracts.IgnoreRule
}

// there lists the versions of a service that the version would meet.
func (w *world) there(q slowQuestion, service string) []string {
	if !q.merge {
		return w.in(service)
	}
	head := []string{}
	for _, v := range w.order { // in the order in which they were first heard of
		if name, number, _ := strings.Cut(v, "/"); name == service && w.onMain[v] {
			head = []string{number}
		}
	}
	return head
}

// slowFinding is a verdict, and which services at which versions it is about;
// rules can only ignore what is about others.
type slowFinding struct {
	verdict contracts.Verdict
	about   []contracts.IgnoreRule // service and version
}

// ignored reports whether every subject is ignored by one and the same rule.
func (q slowQuestion) ignored(f slowFinding) bool {
	for _, rule := range q.ignore {
		all := len(f.about) > 0
		for _, a := range f.about {
			all = all && a.Service != q.service && rule.Service == a.Service && (rule.Version == "" || rule.Version == a.Version)
		}
		if all {
			return true
		}
	}
	return false
}

// slowGate is the gate written from its text: one sentence, one loop.
func (w *world) slowGate(q slowQuestion) contracts.Verdict {
	if !w.versions[q.service+"/"+q.version] {
		return contracts.Unknown // nobody published or verified it
	}
	answer := contracts.Yes
	for _, f := range w.slowFindings(q) {
		switch {
		case q.ignored(f):
		case f.verdict == contracts.No:
			return contracts.No
		case f.verdict == contracts.Unknown:
			answer = contracts.Unknown
		}
	}
	return answer
}

// verdict is what counts of what a provider version said last about a content.
func (w *world) verdict(q slowQuestion, consumer, provider, content, providerVersion string) contracts.Verdict {
	v, old := w.last(consumer, provider, content, providerVersion)
	if v == contracts.Yes && old && q.fresh {
		return contracts.Unknown
	}
	return v
}

func (w *world) slowFindings(q slowQuestion) []slowFinding {
	var all []slowFinding
	find := func(v contracts.Verdict, about ...contracts.IgnoreRule) { all = append(all, slowFinding{v, about}) }
	providers, consumers := map[string]bool{}, map[string]bool{}
	promised, verified := false, false
	for _, p := range w.pacts { // whoever ever had a pact with it
		if p.consumer == q.service {
			providers[p.provider] = true
			promised = promised || p.version == q.version
		}
		if p.provider == q.service {
			consumers[p.consumer] = true
		}
	}
	for _, v := range w.verdicts {
		verified = verified || (v.provider == q.service && v.providerVersion == q.version)
	}
	if len(providers) > 0 && !promised {
		find(contracts.Unknown, subjects(providers)...) // a consumer without a pact
	}
	if len(consumers) > 0 && !verified {
		find(contracts.Unknown, subjects(consumers)...) // a provider nobody ever verified
	}
	for _, p := range w.pacts { // every provider it needs
		if p.consumer != q.service || p.version != q.version {
			continue
		}
		running := w.there(q, p.provider)
		if p.provider == q.service {
			running = []string{q.version} // it will talk to the version that is to come
		}
		if len(running) == 0 {
			find(contracts.Unknown, contracts.IgnoreRule{Service: p.provider}) // a missing counterpart
		}
		for _, version := range running {
			find(w.verdict(q, q.service, p.provider, p.content, version), contracts.IgnoreRule{Service: p.provider, Version: version})
		}
	}
	delete(consumers, q.service) // its promises to itself are judged above
	for consumer := range consumers {
		for _, version := range w.there(q, consumer) {
			v := contracts.Unknown // there without a pact
			if content, ok := w.content(consumer, version, q.service); ok {
				v = w.verdict(q, consumer, q.service, content, q.version)
			}
			find(v, contracts.IgnoreRule{Service: consumer, Version: version})
		}
	}
	return all
}

// subjects are services as a whole.
func subjects(services map[string]bool) []contracts.IgnoreRule {
	var out []contracts.IgnoreRule
	for s := range services {
		out = append(out, contracts.IgnoreRule{Service: s})
	}
	return out
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
		r := rand.New(rand.NewPCG(uint64(seed), 8)) //nolint:gosec // the same questions every time
		for _, service := range w.services {
			for v := range worldVersions + 1 { // the last one exists in no world
				q := slowQuestion{service: service, version: strconv.Itoa(v)}
				answers[w.compareGate(t, broker, seed, q)]++
				w.compareMatrix(t, broker, service, q.version)
				q.merge, q.fresh = r.IntN(2) == 0, r.IntN(2) == 0
				for range r.IntN(3) {
					rule := contracts.IgnoreRule{Service: pick(r, w.services), Version: pick(r, []string{"", "", "0", "1", "2"})}
					if rule.Service != service { // the gate refuses to ignore whom it is asked about
						q.ignore = append(q.ignore, rule)
					}
				}
				answers[w.compareGate(t, broker, seed, q)]++
			}
		}
	}
	return answers
}

// compareGate asks the broker what the slow gate is asked.
func (w *world) compareGate(t *testing.T, broker *contracts.Broker, seed int, q slowQuestion) contracts.Verdict {
	t.Helper()
	question := contracts.Question{Service: q.service, Version: q.version, Environment: worldEnvironment, Ignore: q.ignore}
	if q.merge {
		question.Environment, question.MainBranches = "", true
	}
	if q.fresh {
		question.MaxAge = oldAge / 2
	}
	got, err := broker.CanIDeploy(t.Context(), question)
	if err != nil {
		t.Fatalf("world %d: %v", seed, err)
	}
	want := w.slowGate(q)
	if got.Verdict != want {
		t.Fatalf("world %d: %+v? got %s, want %s\n%+v\n%+v", seed, q, got.Verdict, want, got.Reasons, w)
	}
	if reason := w.unsafe(q); got.Verdict == contracts.Yes && !q.merge && q.ignore == nil && reason != "" {
		t.Fatalf("world %d: %+v got a yes, and %s\n%+v", seed, q, reason, w)
	}
	return want
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
			for _, there := range w.in(p.provider) {
				if v, _ := w.last(p.consumer, p.provider, p.content, there); v != contracts.Yes {
					return p.provider + " " + there + ", which it needs, says " + string(v)
				}
			}
		}
		if provider && slices.Contains(w.in(p.consumer), p.version) {
			if v, _ := w.last(p.consumer, p.provider, p.content, q.version); v != contracts.Yes {
				return p.consumer + " " + p.version + ", which needs it, has " + string(v)
			}
		}
	}
	return ""
}
