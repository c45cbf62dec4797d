package contractstest

import (
	"errors"
	"fmt"
	"math/rand/v2"
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
	verdicts []worldVerdict
	deployed map[string]string // environment/service/instance to version
	released map[string]bool   // environment/service/version
	versions map[string]bool   // service/version
	order    []string          // versions as they were first heard of
	onMain   map[string]bool   // service/version
}

// hear notes that a version exists.
func (w *world) hear(service, version string) {
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
	w := &world{deployed: map[string]string{}, released: map[string]bool{}, versions: map[string]bool{}, onMain: map[string]bool{}}
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
	branch := pick(r, []string{"main", "main", "feature"})
	_, err := b.Publish(t.Context(), contracts.Publication{
		Version: version, Branch: branch, Contracts: []contracts.Contract{{Content: []byte(worldPactJSON(consumer, provider, content))}},
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
	w.hear(consumer, version)
	if branch == "main" {
		w.onMain[consumer+"/"+version] = true
	}
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
	old := r.IntN(3) == 0
	if old {
		v.VerifiedAt = time.Now().Add(-oldAge)
	}
	if _, err := b.RecordVerification(t.Context(), v); err != nil {
		t.Fatalf("verify: %v", err)
	}
	w.hear(p.provider, version)
	w.verdicts = append(w.verdicts, worldVerdict{p.consumer, p.provider, p.content, version, verdict, old})
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
