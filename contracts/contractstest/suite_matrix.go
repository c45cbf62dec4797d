package contractstest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// deploy records a deployment with a readable id.
func (k kit) deploy(v contracts.Version, e contracts.Environment, instance string, n int) contracts.Deployment {
	k.t.Helper()
	d := contracts.Deployment{
		ID: fmt.Sprintf("0190d3a0-0000-7000-8000-%012d", 100+n), Kind: contracts.Deployed, Current: true, CreatedAt: morning(),
		ApplicationInstance: instance, PacticipantID: v.PacticipantID, VersionID: v.ID, EnvironmentID: e.ID,
		Service: v.Pacticipant, Version: v.Number, Environment: e.Name,
	}
	k.tx(func(ctx context.Context) error { return k.Store.InsertDeployment(ctx, d) })
	return d
}

func (k kit) production() contracts.Environment {
	k.t.Helper()
	return must(k.Store.Environments(k.ctx))(k.t)[0]
}

func deployments(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web := k.service("web")
	one, two, production := k.version(web, "1"), k.version(web, "2"), k.production()
	first := k.deploy(one, production, "", 1)
	blue := k.deploy(one, production, "blue", 2)
	slot, instance := contracts.DeploymentFilter{Kind: contracts.Deployed, PacticipantIDs: []int64{web.ID}, EnvironmentID: production.ID, Current: true}, ""
	same(t, "two instances", []contracts.Deployment{first, blue}, must(k.Store.Deployments(k.ctx, slot))(t))
	slot.Instance = &instance
	same(t, "ended", 1, must(k.Store.EndDeployments(k.ctx, slot, morning()))(t))
	second := k.deploy(two, production, "", 3)
	slot.Instance = nil
	same(t, "running", []contracts.Deployment{blue, second}, must(k.Store.Deployments(k.ctx, slot))(t))
	first.Current, first.EndedAt = false, morning()
	same(t, "history", []contracts.Deployment{first}, must(k.Store.Deployments(k.ctx, contracts.DeploymentFilter{ID: first.ID}))(t))
	same(t, "in the environment", []string{"2", "1"}, numbers(must(k.Store.Versions(k.ctx, contracts.VersionFilter{EnvironmentID: production.ID}))(t)))
	details := must(k.Store.VersionDetails(k.ctx, []int64{two.ID}))(t)
	same(t, "of a version", []contracts.Deployment{second}, details[two.ID].Deployments)
}

func matrixRows(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web, app, api := k.service("web"), k.service("app"), k.service("api")
	w1, w2, a1, a2 := k.version(web, "1"), k.version(web, "2"), k.version(api, "a1"), k.version(api, "a2")
	p1 := k.pact(w1, api, "x")
	k.pact(w2, api, "y")
	k.pact(k.version(app, "1"), api, "z")
	v := k.verify(p1, a1, true)
	some := func(ids ...int64) contracts.VersionSet { return contracts.VersionSet{IDs: ids} }
	rows := func(q contracts.RowQuery) (out []string) {
		for _, r := range must(k.Store.MatrixRows(k.ctx, q))(t) {
			out = append(out, fmt.Sprintf("%s%s>%s%s", r.Consumer, r.ConsumerVersion, r.Provider, r.ProviderVersion))
		}
		slices.Sort(out)
		return out
	}
	full := must(k.Store.MatrixRows(k.ctx, contracts.RowQuery{Versions: map[int64]contracts.VersionSet{web.ID: some(w1.ID), api.ID: some(a1.ID)}}))(t)
	same(t, "a whole row", []contracts.Row{{
		PactID: p1.ID, ContentID: p1.ContentID, ConsumerID: web.ID, ConsumerVersionID: w1.ID, ProviderID: api.ID, PublishedAt: morning(),
		VerificationID: v.ID, ProviderVersionID: a1.ID, Success: true, VerifiedAt: morning(),
		Consumer: "web", ConsumerVersion: "1", Provider: "api", ProviderVersion: "a1", SHA: "x", Revision: 1,
	}}, full)
	same(t, "verified by another version", []string{"web1>api"},
		rows(contracts.RowQuery{Versions: map[int64]contracts.VersionSet{web.ID: some(w1.ID), api.ID: some(a2.ID)}}))
	same(t, "no version of the provider", []string{"web1>api"},
		rows(contracts.RowQuery{Versions: map[int64]contracts.VersionSet{web.ID: some(w1.ID), api.ID: {}}}))
	same(t, "no version of the consumer", nil,
		rows(contracts.RowQuery{Versions: map[int64]contracts.VersionSet{web.ID: {}, api.ID: some(a1.ID)}}))
	same(t, "all versions", []string{"web1>apia1", "web2>api"},
		rows(contracts.RowQuery{Versions: map[int64]contracts.VersionSet{web.ID: {All: true}, api.ID: some(a1.ID)}}))
	same(t, "the other side is not in the query", nil,
		rows(contracts.RowQuery{Versions: map[int64]contracts.VersionSet{web.ID: {All: true}}}))
	everybody := map[int64]contracts.VersionSet{web.ID: {All: true}, app.ID: {All: true}, api.ID: {All: true}}
	same(t, "involving one", []string{"app1>api"}, rows(contracts.RowQuery{Versions: everybody, Involving: []int64{app.ID}}))
	same(t, "involving the provider", []string{"app1>api", "web1>apia1", "web2>api"}, rows(contracts.RowQuery{Versions: everybody, Involving: []int64{api.ID}}))
}

func matrixBareRows(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web, api := k.service("web"), k.service("api")
	w1, w2, w3 := k.version(web, "1"), k.version(web, "2"), k.version(web, "3")
	a1, a2 := k.version(api, "a1"), k.version(api, "a2")
	k.verify(k.pact(w1, api, "x"), a1, true)
	k.verify(k.pact(w2, api, "y"), a2, true)
	k.verify(k.pact(w3, api, "z"), a1, true)
	everything := contracts.RowQuery{Versions: map[int64]contracts.VersionSet{web.ID: {All: true}, api.ID: {All: true}}}
	q := everything
	q.Bare = true
	rows := must(k.Store.MatrixRows(k.ctx, q))(t)
	pointers := []*contracts.Row{}
	for i := range rows {
		pointers = append(pointers, &rows[i])
		if r := rows[i]; r.Consumer+r.ConsumerVersion+r.Provider+r.ProviderVersion+r.SHA != "" {
			t.Errorf("a bare row has names: %+v", r)
		}
	}
	// Nobody has been told the names of these yet, so that they cannot be known.
	for _, gone := range []contracts.Version{w1, a2} {
		k.tx(func(ctx context.Context) error { return k.Store.DeleteVersion(ctx, gone.ID) })
	}
	if err := k.Store.NameRows(k.ctx, pointers); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(rows, func(a, b contracts.Row) int { return cmp.Compare(a.PactID, b.PactID) })
	left := must(k.Store.MatrixRows(k.ctx, everything))(t)
	slices.SortFunc(left, func(a, b contracts.Row) int { return cmp.Compare(a.PactID, b.PactID) })
	same(t, "its pact is gone", true, rows[0].Gone())
	same(t, "what verified it is gone, and nothing is; named", left, rows[1:])
}

func matrixAnyCounterpart(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web, app, api := k.service("web"), k.service("app"), k.service("api")
	w1, a1, a2 := k.version(web, "1"), k.version(api, "a1"), k.version(api, "a2")
	p := k.pact(w1, api, "x")
	q := k.pact(k.version(app, "7"), api, "y")
	k.verify(p, a1, true)
	k.verify(p, a2, false)
	k.verify(q, a1, true)
	rows := func(p contracts.Pacticipant, v contracts.Version) (out []string) {
		list := must(k.Store.MatrixRows(k.ctx, contracts.RowQuery{
			Versions: map[int64]contracts.VersionSet{p.ID: {IDs: []int64{v.ID}}}, Involving: []int64{p.ID}, AnyCounterpart: true,
		}))(t)
		for _, r := range list {
			out = append(out, r.Consumer+">"+r.ProviderVersion)
		}
		slices.Sort(out)
		return out
	}
	same(t, "as a consumer", []string{"web>a1", "web>a2"}, rows(web, w1))
	same(t, "as a provider", []string{"app>a1", "web>a1"}, rows(api, a1))
}

func counterparts(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web, app, api, auth := k.service("web"), k.service("app"), k.service("api"), k.service("auth")
	w1, w2, a1 := k.version(web, "1"), k.version(web, "2"), k.version(app, "1")
	k.pact(w1, api, "x")
	k.pact(w2, auth, "y")
	k.pact(w2, api, "x")
	k.pact(a1, api, "z")
	pairs := func(list []contracts.Integration) (out []string) {
		for _, i := range list {
			if i.ConsumerID == 0 || i.ProviderID == 0 {
				t.Errorf("%+v is incomplete", i)
			}
			out = append(out, i.Consumer+">"+i.Provider)
		}
		return out
	}
	of := func(versions, providers []int64) (promised, consumers []string) {
		p, c, err := k.Store.Counterparts(k.ctx, contracts.Promises{ConsumerVersionIDs: versions, ProviderIDs: providers})
		if err != nil {
			t.Fatal(err)
		}
		return pairs(p), pairs(c)
	}
	promised, consumers := of([]int64{w1.ID, w2.ID}, []int64{api.ID})
	same(t, "promised, the newest version first", []string{"web>api", "web>auth", "web>api"}, promised)
	same(t, "consumers", []string{"app>api", "web>api"}, consumers)
	promised, consumers = of([]int64{w1.ID}, []int64{web.ID})
	same(t, "promised by one version", []string{"web>api"}, promised)
	same(t, "consumers of a service that provides nothing", nil, consumers)
	promised, consumers = of(nil, nil)
	same(t, "of no version", nil, promised)
	same(t, "of no provider", nil, consumers)
}

func deletes(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web, api := k.service("web"), k.service("api")
	w1, a1 := k.version(web, "1"), k.version(api, "a1")
	p := k.pact(w1, api, "x")
	v := k.verify(p, a1, true)
	k.deploy(a1, k.production(), "", 1)
	k.tx(func(ctx context.Context) error { return k.Store.DeleteVersion(ctx, a1.ID) })
	same(t, "a version takes its verifications", 0, len(must(k.Store.Verifications(k.ctx, contracts.VerificationFilter{ID: v.ID}))(t)))
	same(t, "a version takes its deployments", 0, len(must(k.Store.Deployments(k.ctx, contracts.DeploymentFilter{VersionIDs: []int64{a1.ID}}))(t)))
	k.tx(func(ctx context.Context) error {
		return k.Store.WithdrawPacts(ctx, contracts.Withdrawal{ConsumerID: web.ID, ProviderID: api.ID, ConsumerVersionID: w1.ID}, morning())
	})
	same(t, "a pact goes", 0, len(must(k.Store.Pacts(k.ctx, contracts.PactFilter{}))(t)))
	same(t, "its content stays", 1, len(must(k.Store.Contents(k.ctx, contracts.ContentFilter{SHA: "x"}))(t)))
	k.tx(func(ctx context.Context) error { return k.Store.DeleteIntegration(ctx, web.ID, api.ID) })
	same(t, "an integration takes its contents", 0, len(must(k.Store.Contents(k.ctx, contracts.ContentFilter{SHA: "x"}))(t)))
	k.tx(func(ctx context.Context) error { return k.Store.DeletePacticipant(ctx, web.ID) })
	same(t, "a service takes its versions", 0, len(must(k.Store.Versions(k.ctx, contracts.VersionFilter{PacticipantIDs: []int64{web.ID}}))(t)))
	same(t, "others stay", []string{"api"}, names(must(k.Store.Pacticipants(k.ctx, contracts.PacticipantFilter{}))(t)))
}

func rollback(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	broken := errors.New("broken")
	err := k.Unit.InTx(k.ctx, func(ctx context.Context) error {
		if _, _, err := k.Store.EnsurePacticipant(ctx, "web", morning()); err != nil {
			return err
		}
		return broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("InTx: %v, want %v", err, broken)
	}
	same(t, "after it", nil, names(must(k.Store.Pacticipants(k.ctx, contracts.PacticipantFilter{}))(t)))
}

// concurrentPublishers lets many publish different pacts under one version: one
// is stored, the others learn why theirs is not.
func concurrentPublishers(t *testing.T, b Backend) {
	t.Helper()
	const publishers = 8
	broker := contracts.New(b.Store, b.Unit, nil)
	results := make([]error, publishers)
	var all sync.WaitGroup
	for i := range publishers {
		all.Go(func() {
			_, results[i] = broker.Publish(t.Context(), contracts.Publication{
				Version: "1", Branch: "main", Tags: []string{"dev"},
				Contracts: []contracts.Contract{{Content: fmt.Appendf(nil,
					`{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":[{"description":"number %d"}]}`, i)}},
			})
		})
	}
	all.Wait()
	winners := 0
	for _, err := range results {
		switch {
		case err == nil:
			winners++
		case !fault.Is(err, fault.Conflict):
			t.Errorf("a loser gets %v, want a conflict", err)
		}
	}
	same(t, "winners", 1, winners)
	pair, err := broker.Pair(t.Context(), "web", "api")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "versions", 1, len(pair.Versions))
}
