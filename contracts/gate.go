package contracts

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

// Question asks whether a version of a service may go to an environment.
type Question struct {
	Service     string
	Version     string
	Environment string
	// MaxAge makes a verdict older than it unknown; 0 is no limit.
	MaxAge time.Duration
}

// Answer is the gate's verdict and everything it rests on: noes first, then
// unknowns, then yeses.
type Answer struct {
	Service     string
	Version     string
	Environment string
	Verdict     Verdict
	Summary     string // one sentence
	Reasons     []Reason
}

// Reason is one fact behind an answer, and the command that changes it.
type Reason struct {
	Verdict         Verdict
	Text            string
	Next            string
	Consumer        string
	ConsumerVersion string
	Provider        string
	ProviderVersion string
	Interactions    []string // that failed or have no result, by description
	VerifiedAt      time.Time
}

// CanIDeploy answers whether a version may join what is in an environment. Every
// version that is there counts. Whatever nobody checked is unknown: a version
// nobody published or verified, a provider that is not there or has not verified
// the pact, a consumer that is there without a pact.
func (b *Broker) CanIDeploy(ctx context.Context, q Question) (Answer, error) {
	if q.MaxAge < 0 {
		return Answer{}, fault.New(fault.Invalid, "A verdict cannot be at most %s old.", q.MaxAge).
			WithHint("Give a duration such as 72h, or none for any age.")
	}
	env, err := b.Environment(ctx, q.Environment)
	if err != nil {
		return Answer{}, err
	}
	g := gate{b: b, q: q, now: b.clock()}
	known, err := g.find(ctx)
	if err != nil {
		return Answer{}, err
	}
	if known {
		if err := g.load(ctx, env); err != nil {
			return Answer{}, err
		}
		g.judge()
		if err := g.nameInteractions(ctx); err != nil {
			return Answer{}, err
		}
	}
	return g.answer(), nil
}

// gate is one question with the facts to answer it.
type gate struct {
	b       *Broker
	q       Question
	now     time.Time
	service Pacticipant
	version Version

	promises  []Pact                 // of the version, as consumer
	consumers []Integration          // of the service, as provider
	providers []Integration          // of the service, as consumer
	running   map[int64][]Deployment // in the environment, by pacticipant
	rows      []Row
	verifies  bool // the version has verified something

	reasons []Reason
	checked []int64 // verification behind each reason, 0 for none
}

// find looks the version up. When it is not known the answer is unknown, and
// says so.
func (g *gate) find(ctx context.Context) (bool, error) {
	p, found, err := g.b.findPacticipant(ctx, g.q.Service)
	if err != nil {
		return false, err
	}
	if !found {
		near, err := g.b.similarNames(ctx, g.q.Service)
		if err != nil {
			return false, err
		}
		text := fmt.Sprintf("No service called %s has published or verified a contract.", g.q.Service)
		if len(near) > 0 {
			text += " Similar names: " + join(near) + "."
		}
		g.unknown(Reason{Text: text, Next: g.publish(g.q.Service, g.q.Version)}, 0)
		return false, nil
	}
	g.service = p
	versions, err := g.b.store.Versions(ctx, VersionFilter{PacticipantIDs: []int64{p.ID}, Numbers: []string{g.q.Version}})
	if err != nil {
		return false, err
	}
	if len(versions) == 0 {
		text := fmt.Sprintf("Version %s of %s is not known: nothing was published for it, and nothing verified.", g.q.Version, p.Name)
		next, err := g.nextForUnknownVersion(ctx)
		if err != nil {
			return false, err
		}
		g.unknown(Reason{Text: text, Next: next}, 0)
		return false, nil
	}
	g.version = versions[0]
	return true, nil
}

// nextForUnknownVersion is to publish, or to verify for what is only a provider.
func (g *gate) nextForUnknownVersion(ctx context.Context) (string, error) {
	list, err := g.b.store.Integrations(ctx, IntegrationFilter{ConsumerIDs: []int64{g.service.ID}, ProviderIDs: []int64{g.service.ID}})
	if err != nil {
		return "", err
	}
	provides := slices.ContainsFunc(list, func(i Integration) bool { return i.ProviderID == g.service.ID })
	consumes := slices.ContainsFunc(list, func(i Integration) bool { return i.ConsumerID == g.service.ID })
	if provides && !consumes {
		return g.verify(g.service.Name, g.q.Version), nil
	}
	return g.publish(g.service.Name, g.q.Version), nil
}

// load reads the facts: five queries, whatever the number of services.
func (g *gate) load(ctx context.Context, env Environment) (err error) {
	store := g.b.store
	if g.promises, err = store.Pacts(ctx, PactFilter{ConsumerVersionIDs: []int64{g.version.ID}}); err != nil {
		return err
	}
	list, err := store.Integrations(ctx, IntegrationFilter{ConsumerIDs: []int64{g.service.ID}, ProviderIDs: []int64{g.service.ID}})
	if err != nil {
		return err
	}
	for _, i := range list {
		if i.ProviderID == g.service.ID {
			g.consumers = append(g.consumers, i)
		}
		if i.ConsumerID == g.service.ID {
			g.providers = append(g.providers, i)
		}
	}
	if g.running, err = g.deployed(ctx, env); err != nil {
		return err
	}
	if g.rows, err = store.MatrixRows(ctx, g.rowQuery()); err != nil {
		return err
	}
	if len(g.consumers) > 0 {
		vs, err := store.Verifications(ctx, VerificationFilter{ProviderVersionIDs: []int64{g.version.ID}, Limit: 1})
		if err != nil {
			return err
		}
		g.verifies = len(vs) > 0
	}
	return nil
}

// deployed returns what is in the environment of every counterpart. A service
// that talks to itself is judged against the version that is to come.
func (g *gate) deployed(ctx context.Context, env Environment) (map[int64][]Deployment, error) {
	ids := []int64{}
	for _, p := range g.promises {
		ids = append(ids, p.ProviderID)
	}
	for _, c := range g.consumers {
		ids = append(ids, c.ConsumerID)
	}
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id int64) bool { return id == g.service.ID })
	running := map[int64][]Deployment{
		g.service.ID: {{VersionID: g.version.ID, Version: g.version.Number, PacticipantID: g.service.ID}},
	}
	if len(ids) == 0 {
		return running, nil
	}
	list, err := g.b.store.Deployments(ctx, DeploymentFilter{PacticipantIDs: ids, EnvironmentID: env.ID, Current: true})
	if err != nil {
		return nil, err
	}
	for _, d := range list {
		same := func(other Deployment) bool { return other.VersionID == d.VersionID }
		if !slices.ContainsFunc(running[d.PacticipantID], same) {
			running[d.PacticipantID] = append(running[d.PacticipantID], d)
		}
	}
	return running, nil
}

func (g *gate) rowQuery() RowQuery {
	versions := make(map[int64]VersionSet, len(g.running))
	for id, list := range g.running {
		set := VersionSet{IDs: make([]int64, len(list))}
		for i, d := range list {
			set.IDs[i] = d.VersionID
		}
		versions[id] = set
	}
	for _, p := range g.promises { // a provider that is nowhere still has a row
		if _, ok := versions[p.ProviderID]; !ok {
			versions[p.ProviderID] = VersionSet{}
		}
	}
	return RowQuery{Versions: versions, Involving: []int64{g.service.ID}}
}

// contractKey addresses a publication, and a verification of it.
type contractKey struct{ consumerVersion, provider, providerVersion int64 }

// judge compares the version with everything it would meet.
func (g *gate) judge() {
	verified := make(map[contractKey]Row, len(g.rows))
	published := make(map[contractKey]Row, len(g.rows))
	for _, r := range g.rows {
		published[contractKey{r.ConsumerVersionID, r.ProviderID, 0}] = r
		if r.VerificationID != 0 {
			verified[contractKey{r.ConsumerVersionID, r.ProviderID, r.ProviderVersionID}] = r
		}
	}
	for _, p := range g.promises {
		g.judgeProvider(p, verified)
	}
	for _, c := range g.consumers {
		if c.ConsumerID != g.service.ID { // promises to itself are judged above
			g.judgeConsumer(c, published, verified)
		}
	}
	if len(g.providers) > 0 && len(g.promises) == 0 {
		g.unknown(Reason{
			Text:     fmt.Sprintf("%s has pacts with %s, but version %s published none.", g.service.Name, join(providerNames(g.providers)), g.version.Number),
			Next:     g.publish(g.service.Name, g.version.Number),
			Consumer: g.service.Name, ConsumerVersion: g.version.Number,
		}, 0)
	}
	if len(g.consumers) > 0 && !g.verifies {
		g.unknown(Reason{
			Text:     fmt.Sprintf("Version %s of %s has not verified any pact.", g.version.Number, g.service.Name),
			Next:     g.verify(g.service.Name, g.version.Number),
			Provider: g.service.Name, ProviderVersion: g.version.Number,
		}, 0)
	}
}

func providerNames(list []Integration) []string {
	names := make([]string, len(list))
	for i := range list {
		names[i] = list[i].Provider
	}
	return names
}

// judgeProvider compares a pact of the version with the provider's versions that
// are there.
func (g *gate) judgeProvider(p Pact, verified map[contractKey]Row) {
	there := g.running[p.ProviderID]
	if len(there) == 0 {
		g.unknown(Reason{
			Text: fmt.Sprintf("%s %s needs %s, and no version of %s is recorded in %s.", p.Consumer, p.ConsumerVersion, p.Provider, p.Provider, g.q.Environment),
			Next: fmt.Sprintf("platform contracts record-deployment --service %s --version VERSION --environment %s",
				quote(p.Provider), quote(g.q.Environment)),
			Consumer: p.Consumer, ConsumerVersion: p.ConsumerVersion, Provider: p.Provider,
		}, 0)
	}
	for _, d := range there {
		row, found := verified[contractKey{p.ConsumerVersionID, p.ProviderID, d.VersionID}]
		g.compare(row, found, Reason{
			Consumer: p.Consumer, ConsumerVersion: p.ConsumerVersion, Provider: p.Provider, ProviderVersion: d.Version,
		}, "provider")
	}
}

// judgeConsumer compares the version with the consumer's versions that are there.
func (g *gate) judgeConsumer(c Integration, published, verified map[contractKey]Row) {
	for _, d := range g.running[c.ConsumerID] {
		r := Reason{Consumer: c.Consumer, ConsumerVersion: d.Version, Provider: g.service.Name, ProviderVersion: g.version.Number}
		if _, ok := published[contractKey{d.VersionID, g.service.ID, 0}]; !ok {
			r.Text = fmt.Sprintf("%s %s is in %s and has published no pact with %s.", c.Consumer, d.Version, g.q.Environment, g.service.Name)
			r.Next = g.publish(c.Consumer, d.Version)
			g.unknown(r, 0)
			continue
		}
		row, found := verified[contractKey{d.VersionID, g.service.ID, g.version.ID}]
		g.compare(row, found, r, "consumer")
	}
}

// compare turns a row into a reason. there says which side is in the environment
// already.
func (g *gate) compare(row Row, found bool, r Reason, there string) {
	consumer, provider := r.Consumer+" "+r.ConsumerVersion, r.Provider+" "+r.ProviderVersion
	if in := " (in " + g.q.Environment + ")"; there == "provider" {
		provider += in
	} else {
		consumer += in
	}
	r.Next = g.verify(r.Provider, r.ProviderVersion)
	if !found {
		r.Verdict = Unknown
		r.Text = fmt.Sprintf("%s has not verified the pact of %s.", provider, consumer)
		g.add(r, 0)
		return
	}
	r.VerifiedAt = row.VerifiedAt
	r.Verdict = verdict(row.Success, row.Incomplete)
	switch {
	case r.Verdict == No:
		r.Text = fmt.Sprintf("%s breaks the pact of %s.", provider, consumer)
		r.Next = fmt.Sprintf(`platform contracts verify --provider %s --provider-url URL --version "$(git rev-parse HEAD)"`, quote(r.Provider))
	case r.Verdict == Unknown:
		r.Text = fmt.Sprintf("%s has verified the pact of %s without a result for every interaction.", provider, consumer)
	case g.q.MaxAge > 0 && g.now.Sub(row.VerifiedAt) > g.q.MaxAge:
		r.Verdict = Unknown
		r.Text = fmt.Sprintf("%s verified the pact of %s too long ago, on %s.", provider, consumer, row.VerifiedAt.Format(time.DateOnly))
	default:
		r.Text = fmt.Sprintf("%s keeps the pact of %s.", provider, consumer)
		r.Next = ""
	}
	g.add(r, row.VerificationID)
}

func (g *gate) unknown(r Reason, verification int64) {
	r.Verdict = Unknown
	g.add(r, verification)
}

func (g *gate) add(r Reason, verification int64) {
	g.reasons = append(g.reasons, r)
	g.checked = append(g.checked, verification)
}

// nameInteractions adds which interactions failed, or have no result.
func (g *gate) nameInteractions(ctx context.Context) error {
	var list []Verification
	var at []int
	for i, r := range g.reasons {
		if r.Verdict != Yes && g.checked[i] != 0 {
			list = append(list, Verification{ID: g.checked[i]})
			at = append(at, i)
		}
	}
	if len(list) == 0 {
		return nil
	}
	if err := g.b.store.VerificationDetails(ctx, list); err != nil {
		return err
	}
	for n, i := range at {
		r := &g.reasons[i]
		for _, in := range list[n].Interactions {
			if (r.Verdict == No && in.Status == Failed) || (r.Verdict == Unknown && in.Status != Passed) {
				r.Interactions = append(r.Interactions, in.Description)
			}
		}
		switch {
		case len(r.Interactions) == 0:
		case r.Verdict == No:
			r.Text = strings.TrimSuffix(r.Text, ".") + ": " + quotedList(r.Interactions) + " failed."
		default:
			r.Text = strings.TrimSuffix(r.Text, ".") + ": " + quotedList(r.Interactions) + "."
		}
	}
	return nil
}

// quotedList quotes a few of the words and counts the rest: the reason keeps
// them all.
func quotedList(words []string) string {
	const some = 5
	quoted := make([]string, 0, some+1)
	for _, w := range words[:min(some, len(words))] {
		quoted = append(quoted, `"`+w+`"`)
	}
	if len(words) > some {
		quoted = append(quoted, fmt.Sprintf("%d more", len(words)-some))
	}
	return join(quoted)
}

func (g *gate) publish(service, version string) string {
	return fmt.Sprintf("platform contracts publish pacts --service %s --version %s", quote(service), quote(version))
}

func (g *gate) verify(provider, version string) string {
	return fmt.Sprintf("platform contracts verify --provider %s --provider-url URL --version %s", quote(provider), quote(version))
}

// answer sums up.
func (g *gate) answer() Answer {
	a := Answer{Service: g.q.Service, Version: g.q.Version, Environment: g.q.Environment, Verdict: Yes, Reasons: g.reasons}
	counts := map[Verdict]int{}
	for _, r := range a.Reasons {
		a.Verdict = worse(a.Verdict, r.Verdict)
		counts[r.Verdict]++
	}
	order := map[Verdict]int{No: 0, Unknown: 1, Yes: 2}
	slices.SortStableFunc(a.Reasons, func(x, y Reason) int {
		return cmp.Or(cmp.Compare(order[x.Verdict], order[y.Verdict]), strings.Compare(x.Consumer, y.Consumer), strings.Compare(x.Provider, y.Provider))
	})
	what := fmt.Sprintf("%s %s", a.Service, a.Version)
	switch {
	case a.Verdict == No:
		a.Summary = fmt.Sprintf("%s must not go to %s: %s.", what, a.Environment, plural(counts[No], "pact is broken", "pacts are broken"))
	case a.Verdict == Unknown:
		a.Summary = fmt.Sprintf("Nobody can tell yet whether %s may go to %s: %s.", what, a.Environment, plural(counts[Unknown], "thing is unknown", "things are unknown"))
	case len(a.Reasons) == 0:
		a.Summary = fmt.Sprintf("%s may go to %s: no contract stands in its way.", what, a.Environment)
	default:
		a.Summary = fmt.Sprintf("%s may go to %s: %s.", what, a.Environment, plural(counts[Yes], "pact is kept", "pacts are kept"))
	}
	return a
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// GateStatuses answers the gate for each of services: for the newest version of
// its main branch, or its newest. Services without versions are left out.
func (b *Broker) GateStatuses(ctx context.Context, environment string, services []string) (map[string]GateStatus, error) {
	out := make(map[string]GateStatus, len(services))
	if len(services) == 0 {
		return out, nil
	}
	list, err := b.store.Pacticipants(ctx, PacticipantFilter{Names: services})
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		versions, err := b.store.Versions(ctx, VersionFilter{PacticipantIDs: []int64{p.ID}, MainBranch: p.MainBranch != "", Latest: true})
		if err != nil {
			return nil, err
		}
		if len(versions) == 0 {
			continue
		}
		a, err := b.CanIDeploy(ctx, Question{Service: p.Name, Version: versions[0].Number, Environment: environment})
		if err != nil {
			return nil, err
		}
		status := GateStatus{Service: p.Name, Version: versions[0].Number, Environment: environment, Verdict: a.Verdict}
		if a.Verdict != Yes {
			status.Reason = a.Reasons[0].Text
		}
		out[p.Name] = status
	}
	return out, nil
}
