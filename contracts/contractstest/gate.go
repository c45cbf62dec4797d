package contractstest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// world is what happened, as plain facts. The slow gate below reads only these.
type world struct {
	services []string
	pacts    []worldPact
	verdicts []worldVerdict
	deployed map[string]string // environment/service/instance to version
	released map[string]bool   // environment/service/version
	versions map[string]bool   // service/version
}

type worldPact struct{ consumer, version, provider, content string }

type worldVerdict struct {
	consumer, provider, content, providerVersion string
	verdict                                      contracts.Verdict
}

const worldEnvironment = "production"

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

// slowMatrix is what a Pact Broker answers: what it has no row for is no obstacle,
// what nobody verified is unknown, and unknown comes before no.
func (w *world) slowMatrix(service, version string) contracts.Verdict {
	counts := map[contracts.Verdict]int{}
	judge := func(consumer, provider, content, providerVersion string) {
		switch w.last(consumer, provider, content, providerVersion) {
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

// worldVersions is how many versions a service of a world may have.
const worldVersions = 3

// buildWorld does random things through the broker and writes each down.
func buildWorld(t *testing.T, b *contracts.Broker, seed int) *world {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(seed), 7))
	w := &world{deployed: map[string]string{}, released: map[string]bool{}, versions: map[string]bool{}}
	for _, name := range []string{"a", "b", "c"} {
		w.services = append(w.services, fmt.Sprintf("%s-%d", name, seed))
	}
	for range 10 + r.IntN(30) {
		switch r.IntN(10) {
		case 0, 1:
			w.publish(t, b, r)
		case 2, 3, 4, 5, 6:
			w.verify(t, b, r)
		default:
			w.deploy(t, b, r)
		}
	}
	return w
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func worldPactJSON(consumer, provider, content string) string {
	return fmt.Sprintf(`{"consumer":{"name":%q},"provider":{"name":%q},"interactions":[{"description":%q,"request":{"method":"GET","path":"/"},"response":{"status":200}}]}`,
		consumer, provider, content)
}

func (w *world) publish(t *testing.T, b *contracts.Broker, r *rand.Rand) {
	t.Helper()
	consumer, provider := pick(r, w.services), pick(r, w.services)
	version, content := strconv.Itoa(r.IntN(worldVersions)), fmt.Sprintf("content %d", r.IntN(2))
	_, err := b.Publish(t.Context(), contracts.Publication{
		Version: version, Branch: "main", Contracts: []contracts.Contract{{Content: []byte(worldPactJSON(consumer, provider, content))}},
	})
	before, published := w.content(consumer, version, provider)
	if published && before != content {
		if !fault.Is(err, fault.Conflict) {
			t.Fatalf("publish other content: %v, want a conflict", err)
		}
		return
	}
	if err != nil {
		t.Fatalf("publish: %v", err)
	}
	w.versions[consumer+"/"+version] = true
	if !published {
		w.pacts = append(w.pacts, worldPact{consumer, version, provider, content})
	}
}

func (w *world) verify(t *testing.T, b *contracts.Broker, r *rand.Rand) {
	t.Helper()
	if len(w.pacts) == 0 {
		return
	}
	p := pick(r, w.pacts)
	doc, err := contracts.ParsePact("", []byte(worldPactJSON(p.consumer, p.provider, p.content)))
	if err != nil {
		t.Fatal(err)
	}
	version := strconv.Itoa(r.IntN(worldVersions))
	verdict := pick(r, []contracts.Verdict{contracts.Yes, contracts.Yes, contracts.Yes, contracts.No, contracts.Unknown})
	v := contracts.Verification{
		Consumer: p.consumer, Provider: p.provider, PactSHA: doc.SHA, ProviderVersion: version, Success: verdict == contracts.Yes,
	}
	switch verdict {
	case contracts.Yes:
		v.Interactions = []contracts.InteractionResult{{Description: p.content, Status: contracts.Passed}}
	case contracts.No:
		v.Interactions = []contracts.InteractionResult{{Description: p.content, Status: contracts.Failed}}
	default:
		v.Success = r.IntN(2) == 0 // a verifier that reports nothing, whatever it claims
	}
	if _, err := b.RecordVerification(t.Context(), v); err != nil {
		t.Fatalf("verify: %v", err)
	}
	w.versions[p.provider+"/"+version] = true
	w.verdicts = append(w.verdicts, worldVerdict{p.consumer, p.provider, p.content, version, verdict})
}

func (w *world) deploy(t *testing.T, b *contracts.Broker, r *rand.Rand) {
	t.Helper()
	service, version, instance := pick(r, w.services), strconv.Itoa(r.IntN(worldVersions)), pick(r, []string{"", "", "blue"})
	d := contracts.Deployment{Service: service, Version: version, Environment: worldEnvironment, ApplicationInstance: instance}
	release := r.IntN(5) == 0
	record := b.RecordDeployment
	if release {
		record = b.RecordRelease
	}
	_, err := record(t.Context(), d)
	if !w.versions[service+"/"+version] {
		if !fault.Is(err, fault.NotFound) {
			t.Fatalf("deploy an unknown version: %v, want not found", err)
		}
		return
	}
	if err != nil {
		t.Fatal(errors.Join(errors.New("deploy"), err))
	}
	if release {
		w.released[service+"/"+version] = true
	} else {
		w.deployed[service+"/"+instance] = version
	}
}
