package contractstest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// world is what happened, as plain facts. The slow gate below reads only these.
type world struct {
	services []string
	pacts    []worldPact
	deleted  []worldPact // the versions stay, or may be made again
	verdicts []worldVerdict
	deployed map[string]string      // environment/service/instance to version
	released map[string]bool        // environment/service/version
	versions map[string]bool        // service/version
	main     map[string]bool        // service, whose main branch is known
	order    []string               // versions as they were first heard of
	branches map[string][]string    // of service/version
	tags     map[string][]string    // of service/version
	rules    []contracts.IgnoreRule // stored; those that count no longer, too

	known      map[string]bool    // services
	integrated map[[2]string]bool // consumers and providers that have, or had, pacts
	elsewhere  map[string]bool    // service/version in another environment
}

// hear notes that a version exists.
func (w *world) hear(service, version string) {
	w.known[service] = true
	key := service + "/" + version
	if !w.versions[key] {
		w.versions[key], w.order = true, append(w.order, key)
	}
}

type worldPact struct{ consumer, version, provider, content string }

type worldVerdict struct {
	consumer, provider, content, providerVersion string
	verdict                                      contracts.Verdict
	old                                          bool // given oldAge ago
	id                                           int64
}

// oldAge is how long ago the old verdicts of a world were given.
const oldAge = 240 * time.Hour

const worldEnvironment = "production"

// worldVersions is how many versions a service of a world may have.
const worldVersions = 3

// buildWorld does random things through the broker and writes each down.
func buildWorld(t *testing.T, b *contracts.Broker, seed int) *world {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(seed), 7)) //nolint:gosec // the same worlds every time
	w := &world{deployed: map[string]string{}, released: map[string]bool{}, versions: map[string]bool{}, branches: map[string][]string{}, main: map[string]bool{}, tags: map[string][]string{}, known: map[string]bool{}, integrated: map[[2]string]bool{}, elsewhere: map[string]bool{}}
	for _, name := range []string{"a", "b", "c"} {
		w.services = append(w.services, fmt.Sprintf("%s-%d", name, seed))
	}
	for range 15 + r.IntN(35) {
		switch n := r.IntN(60); {
		case n < 8:
			w.publish(t, b, r)
		case n < 42:
			w.verify(t, b, r)
		case n < 54:
			w.deploy(t, b, r)
		case n < 55:
			w.tag(t, b, r)
		case n < 56:
			w.leave(t, b, r)
		case n < 57:
			pick(r, []func(*testing.T, *contracts.Broker, *rand.Rand){w.deletePact, w.deleteIntegration, w.deleteService, w.deleteVerification})(t, b, r)
		default:
			pick(r, []func(*testing.T, *contracts.Broker, *rand.Rand){w.deleteVersion, w.deleteBranch, w.deployElsewhere})(t, b, r)
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
	branch, overwrite := pick(r, []string{"main", "main", "feature"}), r.IntN(3) == 0
	_, err := b.Publish(t.Context(), contracts.Publication{
		Version: version, Branch: branch, Contracts: []contracts.Contract{{Content: []byte(worldPactJSON(consumer, provider, content)), Overwrite: overwrite}},
	})
	before, published := w.content(consumer, version, provider)
	there := w.elsewhere[consumer+"/"+version] || slices.Contains(w.in(consumer), version)
	other := func(p worldPact) bool {
		return p.consumer == consumer && p.version == version && p.provider == provider && p.content != content
	}
	if (published && before != content && !overwrite) || (there && slices.ContainsFunc(w.deleted, other)) {
		if !fault.Is(err, fault.Conflict) {
			t.Fatalf("publish other content: %v, want a conflict", err)
		}
		return
	}
	if err != nil {
		t.Fatalf("publish: %v", err)
	}
	w.hear(consumer, version)
	w.branches[consumer+"/"+version] = append(w.branches[consumer+"/"+version], branch)
	w.main[consumer] = w.main[consumer] || branch == "main" // it is taken for the main branch when it is first heard of
	w.known[consumer], w.known[provider] = true, true
	w.integrated[[2]string{consumer, provider}] = true
	w.deleted = slices.DeleteFunc(w.deleted, func(p worldPact) bool {
		return p.consumer == consumer && p.version == version && p.provider == provider
	})
	if published {
		w.pacts = slices.DeleteFunc(w.pacts, func(p worldPact) bool { return p == worldPact{consumer, version, provider, before} })
	}
	w.pacts = append(w.pacts, worldPact{consumer, version, provider, content})
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
	old := r.IntN(3) == 0
	if old {
		v.VerifiedAt = time.Now().Add(-oldAge)
	}
	stored, err := b.RecordVerification(t.Context(), v)
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	w.hear(p.provider, version)
	w.verdicts = append(w.verdicts, worldVerdict{p.consumer, p.provider, p.content, version, verdict, old, stored.ID})
}

// worldTag is not the name of an environment: that would record a deployment.
const worldTag = "stable"

func (w *world) tag(t *testing.T, b *contracts.Broker, r *rand.Rand) {
	t.Helper()
	service, version := pick(r, w.services), strconv.Itoa(r.IntN(worldVersions))
	if _, _, err := b.AddTag(t.Context(), service, version, worldTag); err != nil {
		t.Fatalf("tag: %v", err)
	}
	w.hear(service, version)
	key := service + "/" + version
	if len(w.branches[key]) == 0 && len(w.tags[key]) == 0 { // the first tag of a new version names its branch
		w.branches[key] = []string{worldTag}
	}
	w.tags[key] = append(w.tags[key], worldTag)
}

// leave undeploys what runs under an instance, or ends the support of a version.
func (w *world) leave(t *testing.T, b *contracts.Broker, r *rand.Rand) {
	t.Helper()
	d := contracts.Deployment{Service: pick(r, w.services), Environment: worldEnvironment}
	var there bool
	var err error
	if r.IntN(3) == 0 {
		d.Version = strconv.Itoa(r.IntN(worldVersions))
		there = w.released[d.Service+"/"+d.Version]
		_, err = b.RecordSupportEnded(t.Context(), d)
		delete(w.released, d.Service+"/"+d.Version)
	} else {
		d.ApplicationInstance = pick(r, []string{"", "blue"})
		_, there = w.deployed[d.Service+"/"+d.ApplicationInstance]
		_, err = b.RecordUndeployment(t.Context(), d)
		delete(w.deployed, d.Service+"/"+d.ApplicationInstance)
	}
	if there != (err == nil) || (err != nil && !fault.Is(err, fault.NotFound)) {
		t.Fatalf("leave %+v, which is there: %t: %v", d, there, err)
	}
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
