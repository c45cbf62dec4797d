package contractstest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// pickBranches and pickTags are names that versions of such a world carry. None is
// that of an environment: a tag would record a deployment.
func pickBranches() []string { return []string{"main", "feat/x", "old"} }
func pickTags() []string     { return []string{"main", "dev", "stable"} }

// newPickWorld is a world in which nothing has happened.
func newPickWorld(seed int) *pickWorld {
	w := &pickWorld{
		madeAt: map[pickVersion]time.Time{}, main: map[string]string{}, branches: map[pickVersion][]string{}, tags: map[pickVersion][]string{},
		began: map[pickName]time.Time{}, tagged: map[pickName]time.Time{}, names: map[string]string{}, promised: map[string]bool{}, now: morning(), seed: seed,
	}
	for _, name := range []string{"a", "b"} {
		w.consumers = append(w.consumers, fmt.Sprintf("%s-%d", name, seed))
		w.providers = append(w.providers, fmt.Sprintf("provider-%s-%d", name, seed))
	}
	return w
}

// build does random things through the broker and writes each down. Some happen at
// the same moment, some within the seconds in which a tag names a branch.
func (w *pickWorld) build(t *testing.T, b *contracts.Broker, r *rand.Rand) {
	t.Helper()
	for range 10 + r.IntN(30) {
		w.now = w.now.Add(pick(r, []time.Duration{0, 5 * time.Second, time.Hour, time.Hour}))
		switch n := r.IntN(40); {
		case n < 14:
			w.publish(t, b, r)
		case n < 24:
			w.verify(t, b, r)
		case n < 28:
			v, branch := w.anyVersion(r), pick(r, append(pickBranches(), "new"))
			must(b.AddToBranch(t.Context(), v.service, branch, v.number))(t)
			w.onBranch(v, branch)
		case n < 31:
			v, tag := w.anyVersion(r), pick(r, pickTags())
			_, _, err := b.AddTag(t.Context(), v.service, v.number, tag)
			must(0, err)(t)
			w.withTag(v, tag)
		case n < 36:
			w.place(t, b, r)
		case n < 37:
			w.leave(t, b, r)
		case n < 38:
			w.takeOff(t, b, r)
		case n < 39:
			w.withdraw(t, b, r)
		default:
			service, branch := pick(r, w.consumers), pick(r, []string{"main", "old", ""})
			_, _, err := b.SavePacticipant(t.Context(), service, contracts.PacticipantChange{MainBranch: &branch})
			must(0, err)(t)
			w.main[service] = branch
		}
	}
}

func (w *pickWorld) anyVersion(r *rand.Rand) pickVersion {
	return pickVersion{pick(r, slices.Concat(w.consumers, w.providers)), strconv.Itoa(r.IntN(worldVersions))}
}

// hear notes that a version exists.
func (w *pickWorld) hear(v pickVersion) {
	if _, known := w.madeAt[v]; !known {
		w.madeAt[v], w.order = w.now, append(w.order, v)
	}
}

// onBranch notes that a version is on a branch, which becomes the main one of a
// service that has none when it is called like one.
func (w *pickWorld) onBranch(v pickVersion, branch string) {
	w.hear(v)
	w.branches[v] = append(w.branches[v], branch)
	if _, known := w.began[pickName{v.service, branch}]; !known {
		w.began[pickName{v.service, branch}] = w.now
	}
	if w.main[v.service] == "" && branch == "main" {
		w.main[v.service] = branch
	}
}

// withTag notes that a version has a tag. The first one of a version that is new and
// on no branch names its branch, and any may name a main branch.
func (w *pickWorld) withTag(v pickVersion, tag string) {
	w.hear(v)
	if len(w.branches[v]) == 0 && len(w.tags[v]) == 0 && w.now.Sub(w.madeAt[v]) < 10*time.Second {
		w.onBranch(v, tag)
	}
	if w.main[v.service] == "" && tag == "main" && !slices.Contains(w.tags[v], tag) {
		w.main[v.service] = tag
	}
	w.tags[v] = append(w.tags[v], tag)
	if _, known := w.tagged[pickName{v.service, tag}]; !known {
		w.tagged[pickName{v.service, tag}] = w.now
	}
}

func (w *pickWorld) publish(t *testing.T, b *contracts.Broker, r *rand.Rand) {
	t.Helper()
	v := pickVersion{pick(r, w.consumers), strconv.Itoa(r.IntN(worldVersions))}
	provider, content := w.providers[min(r.IntN(4), 1)], fmt.Sprintf("content %d", r.IntN(3))
	p := contracts.Publication{Version: v.number, Branch: pick(r, append(pickBranches(), "", ""))}
	if r.IntN(4) == 0 {
		p.Tags = []string{pick(r, pickTags())}
	}
	overwrite := r.IntN(3) == 0
	p.Contracts = []contracts.Contract{{Content: []byte(worldPactJSON(v.service, provider, content)), Overwrite: overwrite}}
	before := w.pactOf(v, provider)
	changes := len(before) > 0 && before[0].content != content
	done, err := b.Publish(t.Context(), p)
	of := func(p pickPact) bool { return p.version == v && p.provider == provider }
	there := slices.ContainsFunc(w.places, func(p pickPlace) bool { return p.version == v })
	other := slices.ContainsFunc(w.gone, func(p pickPact) bool { return of(p) && p.content != content })
	if (changes && !overwrite) || (there && other) { // what runs relies on what it did
		if !fault.Is(err, fault.Conflict) {
			t.Fatalf("world %d: publish other content: %v, want a conflict", w.seed, err)
		}
		return
	}
	must(0, err)(t)
	w.hear(v)
	if p.Branch != "" {
		w.onBranch(v, p.Branch)
	}
	for _, tag := range p.Tags {
		w.withTag(v, tag)
	}
	w.promised[provider] = true
	w.names[v.service+" "+provider+" "+done.Contracts[0].SHA] = content
	if len(before) == 0 || changes {
		w.pacts = append(slices.DeleteFunc(w.pacts, of), pickPact{v, provider, content, w.now})
	}
	w.gone = slices.DeleteFunc(w.gone, of)
}

func (w *pickWorld) verify(t *testing.T, b *contracts.Broker, r *rand.Rand) {
	t.Helper()
	if len(w.pacts) == 0 {
		return
	}
	p := pick(r, w.pacts)
	doc := must(contracts.ParsePact("", []byte(worldPactJSON(p.version.service, p.provider, p.content))))(t)
	by, success := pickVersion{p.provider, strconv.Itoa(r.IntN(worldVersions))}, r.IntN(3) > 0
	v := contracts.Verification{
		Consumer: p.version.service, Provider: p.provider, PactSHA: doc.SHA, ProviderVersion: by.number, Success: success, WIP: r.IntN(4) == 0,
		ProviderBranch: pick(r, append(pickBranches(), "", "", "", "")),
		Interactions:   []contracts.InteractionResult{{Description: p.content, Status: contracts.Passed}},
	}
	if !success {
		v.Interactions[0].Status = contracts.Failed
	}
	if r.IntN(4) == 0 {
		v.ProviderTags = []string{pick(r, pickTags())}
	}
	must(b.RecordVerification(t.Context(), v))(t)
	w.hear(by)
	if v.ProviderBranch != "" {
		w.onBranch(by, v.ProviderBranch)
	}
	for _, tag := range v.ProviderTags {
		w.withTag(by, tag)
	}
	w.verdicts = append(w.verdicts, pickVerdict{p.version.service, p.content, by, success, v.WIP, w.now})
}

// place deploys or releases a version of a consumer.
func (w *pickWorld) place(t *testing.T, b *contracts.Broker, r *rand.Rand) {
	t.Helper()
	v := pickVersion{pick(r, w.consumers), strconv.Itoa(r.IntN(worldVersions))}
	if _, known := w.madeAt[v]; !known {
		return
	}
	p := pickPlace{v, pick(r, []string{"test", "production"}), pick(r, []string{"", "", "blue"}), r.IntN(3) == 0}
	record := b.RecordDeployment
	if p.released {
		record, p.instance = b.RecordRelease, ""
	}
	must(record(t.Context(), contracts.Deployment{Service: v.service, Version: v.number, Environment: p.environment, ApplicationInstance: p.instance}))(t)
	w.places = slices.DeleteFunc(w.places, func(o pickPlace) bool {
		same := o.version.service == v.service && o.environment == p.environment && o.released == p.released
		return same && ((p.released && o.version == v) || (!p.released && o.instance == p.instance))
	})
	w.places = append(w.places, p)
}

// leave ends one stay in an environment.
func (w *pickWorld) leave(t *testing.T, b *contracts.Broker, r *rand.Rand) {
	t.Helper()
	if len(w.places) == 0 {
		return
	}
	p := pick(r, w.places)
	end := b.RecordUndeployment
	if p.released {
		end = b.RecordSupportEnded
	}
	must(end(t.Context(), contracts.Deployment{Service: p.version.service, Version: p.version.number, Environment: p.environment, ApplicationInstance: p.instance}))(t)
	w.places = slices.DeleteFunc(w.places, func(o pickPlace) bool { return o == p })
}

// takeOff takes a version of a consumer off a branch, or a tag off it.
func (w *pickWorld) takeOff(t *testing.T, b *contracts.Broker, r *rand.Rand) {
	t.Helper()
	v := pickVersion{pick(r, w.consumers), strconv.Itoa(r.IntN(worldVersions))}
	names, remove := w.tags, func(name string) error { return b.RemoveTag(t.Context(), v.service, v.number, name) }
	if r.IntN(2) == 0 {
		names, remove = w.branches, func(name string) error { return b.RemoveFromBranch(t.Context(), v.service, name, v.number) }
	}
	if len(names[v]) == 0 {
		return
	}
	name := pick(r, names[v])
	must(0, remove(name))(t)
	names[v] = slices.DeleteFunc(names[v], func(o string) bool { return o == name })
}

// withdraw deletes a pact. Its version stays.
func (w *pickWorld) withdraw(t *testing.T, b *contracts.Broker, r *rand.Rand) {
	t.Helper()
	if len(w.pacts) == 0 {
		return
	}
	p := pick(r, w.pacts)
	v := must(b.Version(t.Context(), p.version.service, p.version.number))(t)
	provider := must(b.Pacticipant(t.Context(), p.provider))(t)
	must(0, b.DeletePacts(t.Context(), []contracts.Pact{{ConsumerID: v.PacticipantID, ProviderID: provider.ID, ConsumerVersionID: v.ID}}))(t)
	w.pacts, w.gone = slices.DeleteFunc(w.pacts, func(o pickPact) bool { return o == p }), append(w.gone, p)
}
