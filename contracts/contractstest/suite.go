package contractstest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// Backend is a store under test with its unit of work.
type Backend struct {
	Store contracts.Store
	Unit  contracts.Unit
}

// On runs a test on an empty backend of each kind there is, with the two
// environments of the first migration.
type On func(t *testing.T, run func(t *testing.T, b Backend))

// TestStore is what every contracts.Store must do.
func TestStore(t *testing.T, on On) {
	t.Helper()
	tests := []struct {
		name string
		run  func(t *testing.T, b Backend)
	}{
		{"services are made once and found by name, id and label", services},
		{"integrations are found from either side", integrations},
		{"versions are ordered by when they were first seen", versionOrder},
		{"a branch's head is its newest version, not the last one put on it", branches},
		{"tags know whether a later version carries them", tags},
		{"content is stored once, and a version's pact only once", pacts},
		{"lists of pacts are narrowed, never cut", pactFilters},
		{"a later verification replaces an earlier one in the matrix", verifications},
		{"environments test and production are there from the start", environments},
		{"a deployment ends the one before it", deployments},
		{"a matrix row without verification stays a row", matrixRows},
		{"one selector meets every counterpart", matrixAnyCounterpart},
		{"what is deleted takes along what hangs on it", deletes},
		{"a failed transaction leaves nothing", rollback},
		{"of concurrent publishers of one version one wins", concurrentPublishers},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			on(t, tt.run)
		})
	}
}

// morning is when the tests happen.
func morning() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 123456000, time.UTC) }

// equalTimes compares instants: stores return UTC.
func equalTimes() cmp.Option { return cmpopts.EquateApproxTime(0) }

func same[T any](t *testing.T, what string, want, got T) {
	t.Helper()
	if diff := cmp.Diff(want, got, equalTimes(), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// must returns v, or stops the test.
func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// kit has the steps that tests share.
type kit struct {
	Backend
	t   *testing.T
	ctx context.Context //nolint:containedctx // lives for one test
}

func newKit(t *testing.T, b Backend) kit {
	t.Helper()
	return kit{b, t, t.Context()}
}

// tx runs one step in a transaction, as use cases do.
func (k kit) tx(fn func(ctx context.Context) error) {
	k.t.Helper()
	if err := k.Unit.InTx(k.ctx, fn); err != nil {
		k.t.Fatal(err)
	}
}

func (k kit) service(name string) (p contracts.Pacticipant) {
	k.t.Helper()
	k.tx(func(ctx context.Context) (err error) {
		p, _, err = k.Store.EnsurePacticipant(ctx, name, morning())
		return err
	})
	return p
}

func (k kit) version(p contracts.Pacticipant, number string) (v contracts.Version) {
	k.t.Helper()
	k.tx(func(ctx context.Context) (err error) {
		v, _, err = k.Store.EnsureVersion(ctx, p.ID, number, morning())
		return err
	})
	return v
}

func (k kit) pact(v contracts.Version, provider contracts.Pacticipant, sha string) (p contracts.Pact) {
	k.t.Helper()
	k.tx(func(ctx context.Context) error {
		id, _, err := k.Store.EnsureContent(ctx, contracts.Content{
			ConsumerID: v.PacticipantID, ProviderID: provider.ID, SHA: sha, Body: []byte(`{"sha":"` + sha + `"}`), Interactions: 2, CreatedAt: morning(),
		})
		if err != nil {
			return err
		}
		p, _, err = k.Store.InsertPact(ctx, contracts.Pact{
			ConsumerID: v.PacticipantID, ProviderID: provider.ID, ConsumerVersionID: v.ID, ContentID: id, Revision: 1, CreatedAt: morning(),
		})
		if err != nil {
			return err
		}
		_, err = k.Store.EnsureIntegration(ctx, v.PacticipantID, provider.ID, morning())
		return err
	})
	return p
}

func (k kit) verify(p contracts.Pact, by contracts.Version, success bool) (v contracts.Verification) {
	k.t.Helper()
	k.tx(func(ctx context.Context) (err error) {
		v, err = k.Store.InsertVerification(ctx, contracts.Verification{
			ContentID: p.ContentID, ProviderVersionID: by.ID, Success: success, VerifiedAt: morning(),
			Interactions: []contracts.InteractionResult{{ID: "1", Description: "one", Status: contracts.Passed}}, Log: "a log",
			VerifiedBy: []byte(`{"implementation":"test"}`),
		})
		return err
	})
	return v
}

func names(list []contracts.Pacticipant) []string {
	var out []string
	for _, p := range list {
		out = append(out, p.Name)
	}
	return out
}

func numbers(list []contracts.Version) []string {
	var out []string
	for _, v := range list {
		out = append(out, v.Number)
	}
	return out
}

func services(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web, api := k.service("web"), k.service("api")
	if again := k.service("web"); again.ID != web.ID {
		t.Errorf("web made twice: %d and %d", web.ID, again.ID)
	}
	web.DisplayName, web.MainBranch, web.UpdatedAt = "The web", "main", morning().Add(time.Hour)
	k.tx(func(ctx context.Context) error {
		created, err := k.Store.AddLabel(ctx, web.ID, "front", morning())
		if err == nil && !created {
			err = errors.New("a new label is not created")
		}
		if err != nil {
			return err
		}
		if created, err = k.Store.AddLabel(ctx, web.ID, "front", morning()); err == nil && created {
			err = errors.New("the same label is created twice")
		}
		return errors.Join(err, k.Store.UpdatePacticipant(ctx, web))
	})
	web.Labels = []contracts.Label{{Name: "front", CreatedAt: morning()}}
	list := must(k.Store.Pacticipants(k.ctx, contracts.PacticipantFilter{Label: "front"}))(t)
	same(t, "labelled", []contracts.Pacticipant{web}, list)
	same(t, "all", []string{"api", "web"}, names(must(k.Store.Pacticipants(k.ctx, contracts.PacticipantFilter{}))(t)))
	same(t, "by id", []string{"api"}, names(must(k.Store.Pacticipants(k.ctx, contracts.PacticipantFilter{IDs: []int64{api.ID}}))(t)))
	same(t, "none asked for", nil, names(must(k.Store.Pacticipants(k.ctx, contracts.PacticipantFilter{IDs: []int64{}}))(t)))
	same(t, "names are exact", nil, names(must(k.Store.Pacticipants(k.ctx, contracts.PacticipantFilter{Names: []string{"WEB"}}))(t)))
	deleted := must(k.Store.DeleteLabel(k.ctx, web.ID, "front"))(t)
	again := must(k.Store.DeleteLabel(k.ctx, web.ID, "front"))(t)
	same(t, "label deleted once", []bool{true, false}, []bool{deleted, again})
}

func integrations(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web, api, db := k.service("web"), k.service("api"), k.service("db")
	k.pact(k.version(web, "1"), api, "x")
	k.pact(k.version(api, "1"), db, "y")
	pairs := func(f contracts.IntegrationFilter) (out []string) {
		for _, i := range must(k.Store.Integrations(k.ctx, f))(t) {
			out = append(out, i.Consumer+">"+i.Provider)
		}
		return out
	}
	same(t, "all", []string{"api>db", "web>api"}, pairs(contracts.IntegrationFilter{}))
	same(t, "of a consumer", []string{"web>api"}, pairs(contracts.IntegrationFilter{ConsumerIDs: []int64{web.ID}}))
	same(t, "of a provider", []string{"web>api"}, pairs(contracts.IntegrationFilter{ProviderIDs: []int64{api.ID}}))
	same(t, "either", []string{"api>db", "web>api"}, pairs(contracts.IntegrationFilter{ConsumerIDs: []int64{api.ID}, ProviderIDs: []int64{api.ID}}))
}

func versionOrder(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web, api := k.service("web"), k.service("api")
	nine, one := k.version(web, "9"), k.version(web, "1")
	k.version(api, "a")
	if again := k.version(web, "9"); again.ID != nine.ID {
		t.Errorf("version 9 made twice")
	}
	one.BuildURL, one.UpdatedAt = "http://ci/1", morning()
	if err := k.Store.UpdateVersion(k.ctx, one); err != nil {
		t.Fatal(err)
	}
	of := contracts.VersionFilter{PacticipantIDs: []int64{web.ID}}
	list := must(k.Store.Versions(k.ctx, of))(t)
	same(t, "newest first", []string{"1", "9"}, numbers(list))
	same(t, "everything about a version", contracts.Version{
		ID: one.ID, PacticipantID: web.ID, Pacticipant: "web", Number: "1", BuildURL: "http://ci/1", CreatedAt: morning(), UpdatedAt: morning(),
	}, list[0])
	same(t, "latest of each", []string{"a", "1"}, numbers(must(k.Store.Versions(k.ctx, contracts.VersionFilter{Latest: true}))(t)))
	same(t, "by numbers", []string{"a", "9"}, numbers(must(k.Store.Versions(k.ctx, contracts.VersionFilter{Numbers: []string{"9", "a"}}))(t)))
	same(t, "none asked for", nil, numbers(must(k.Store.Versions(k.ctx, contracts.VersionFilter{IDs: []int64{}}))(t)))
}

func branches(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web := k.service("web")
	one, two, three := k.version(web, "1"), k.version(web, "2"), k.version(web, "3")
	put := func(v contracts.Version, branch string) (created bool) {
		t.Helper()
		k.tx(func(ctx context.Context) (err error) {
			created, err = k.Store.EnsureBranchVersion(ctx, v, branch, morning())
			return err
		})
		return created
	}
	same(t, "created", []bool{true, true, true, false}, []bool{put(two, "main"), put(one, "main"), put(three, "feat/x"), put(one, "main")})
	web.MainBranch = "main"
	if err := k.Store.UpdatePacticipant(k.ctx, web); err != nil {
		t.Fatal(err)
	}
	of := []int64{web.ID}
	same(t, "on the branch", []string{"2", "1"}, numbers(must(k.Store.Versions(k.ctx, contracts.VersionFilter{PacticipantIDs: of, Branch: "main"}))(t)))
	same(t, "its head", []string{"2"}, numbers(must(k.Store.Versions(k.ctx, contracts.VersionFilter{PacticipantIDs: of, Branch: "main", Latest: true}))(t)))
	same(t, "the main head", []string{"2"}, numbers(must(k.Store.Versions(k.ctx, contracts.VersionFilter{MainBranch: true, Latest: true}))(t)))
	list := must(k.Store.Branches(k.ctx, of, ""))(t)
	same(t, "branches", []string{"feat/x", "main"}, []string{list[0].Name, list[1].Name})
	same(t, "heads", []int64{three.ID, two.ID}, []int64{list[0].HeadID, list[1].HeadID})
	details := must(k.Store.VersionDetails(k.ctx, []int64{one.ID, two.ID}))(t)
	same(t, "details", map[int64]contracts.VersionDetail{
		one.ID: {Branches: []contracts.VersionBranch{{Name: "main", CreatedAt: morning()}}},
		two.ID: {Branches: []contracts.VersionBranch{{Name: "main", Latest: true, CreatedAt: morning()}}},
	}, details)
	same(t, "taken off", true, must(k.Store.DeleteBranchVersion(k.ctx, two.ID, "main"))(t))
	same(t, "taken off twice", false, must(k.Store.DeleteBranchVersion(k.ctx, two.ID, "main"))(t))
	same(t, "the head moves back", []string{"1"}, numbers(must(k.Store.Versions(k.ctx, contracts.VersionFilter{Branch: "main", Latest: true}))(t)))
	if err := k.Store.DeleteBranch(k.ctx, list[0].ID); err != nil {
		t.Fatal(err)
	}
	same(t, "versions outlive a branch", []string{"3", "2", "1"}, numbers(must(k.Store.Versions(k.ctx, contracts.VersionFilter{}))(t)))
}

func tags(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web := k.service("web")
	one, two := k.version(web, "1"), k.version(web, "2")
	put := func(v contracts.Version, name string, at time.Time) (created bool) {
		t.Helper()
		k.tx(func(ctx context.Context) (err error) {
			_, created, err = k.Store.EnsureTag(ctx, v, name, at)
			return err
		})
		return created
	}
	later := morning().Add(time.Minute)
	same(t, "created", []bool{true, true, true, false}, []bool{
		put(one, "dev", morning()), put(two, "dev", later), put(one, "prod", later), put(one, "prod", later),
	})
	details := must(k.Store.VersionDetails(k.ctx, []int64{one.ID}))(t)
	same(t, "tags of a version", []contracts.VersionTag{
		{Name: "dev", CreatedAt: morning()}, {Name: "prod", Latest: true, CreatedAt: later},
	}, details[one.ID].Tags)
	same(t, "tagged", []string{"2", "1"}, numbers(must(k.Store.Versions(k.ctx, contracts.VersionFilter{Tag: "dev"}))(t)))
	same(t, "latest tagged", []string{"2"}, numbers(must(k.Store.Versions(k.ctx, contracts.VersionFilter{Tag: "dev", Latest: true}))(t)))
	first, found, err := k.Store.FirstTagged(k.ctx, web.ID, "dev")
	if err != nil || !found || !first.Equal(morning()) {
		t.Errorf("first tagged: %v %v %v", first, found, err)
	}
	if _, found, err = k.Store.FirstTagged(k.ctx, web.ID, "none"); err != nil || found {
		t.Errorf("a tag nobody used: %v %v", found, err)
	}
	same(t, "deleted", true, must(k.Store.DeleteTag(k.ctx, one.ID, "dev"))(t))
	same(t, "deleted twice", false, must(k.Store.DeleteTag(k.ctx, one.ID, "dev"))(t))
}

func pacts(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web, api := k.service("web"), k.service("api")
	one, two := k.version(web, "1"), k.version(web, "2")
	p := k.pact(one, api, "x")
	again := k.pact(two, api, "x")
	same(t, "content is shared", p.ContentID, again.ContentID)
	other := k.pact(one, api, "y")
	same(t, "the first pact of a version stays", p, other)
	list := must(k.Store.Contents(k.ctx, contracts.ContentFilter{ConsumerID: web.ID, ProviderID: api.ID, SHA: "x"}))(t)
	same(t, "content", []contracts.Content{{
		ID: p.ContentID, ConsumerID: web.ID, ProviderID: api.ID, SHA: "x", Body: []byte(`{"sha":"x"}`), Interactions: 2, CreatedAt: morning(),
	}}, list)
	same(t, "publication", contracts.Pact{
		ID: p.ID, ConsumerID: web.ID, ProviderID: api.ID, ConsumerVersionID: one.ID, ContentID: p.ContentID,
		Consumer: "web", Provider: "api", ConsumerVersion: "1", SHA: "x", Interactions: 2, Revision: 1, CreatedAt: morning(),
	}, p)
	k.tx(func(ctx context.Context) error {
		if err := k.Store.SupersedePact(ctx, p.ID); err != nil {
			return err
		}
		revised := p
		revised.Revision = 2
		stored, inserted, err := k.Store.InsertPact(ctx, revised)
		if err == nil && (!inserted || stored.Revision != 2) {
			err = fmt.Errorf("a revision is not inserted: %+v", stored)
		}
		return err
	})
}

func pactFilters(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web, app, api := k.service("web"), k.service("app"), k.service("api")
	one, two, three := k.version(web, "1"), k.version(web, "2"), k.version(app, "3")
	x := k.pact(one, api, "x")
	k.pact(two, api, "y")
	k.pact(three, api, "z")
	k.tx(func(ctx context.Context) error {
		_, _, err := k.Store.EnsureTag(ctx, one, "dev", morning())
		return err
	})
	list := func(f contracts.PactFilter) (out []string) {
		for _, p := range must(k.Store.Pacts(k.ctx, f))(t) {
			out = append(out, p.Consumer+p.ConsumerVersion)
		}
		return out
	}
	same(t, "all", []string{"app3", "web2", "web1"}, list(contracts.PactFilter{}))
	same(t, "latest of each pair", []string{"app3", "web2"}, list(contracts.PactFilter{Latest: true}))
	same(t, "of a consumer", []string{"web2", "web1"}, list(contracts.PactFilter{ConsumerIDs: []int64{web.ID}}))
	same(t, "of a provider nobody uses", nil, list(contracts.PactFilter{ProviderIDs: []int64{web.ID}}))
	same(t, "of a content", []string{"web1"}, list(contracts.PactFilter{ContentIDs: []int64{x.ContentID}}))
	same(t, "tagged", []string{"web1"}, list(contracts.PactFilter{Tag: "dev"}))
	same(t, "untagged", []string{"app3", "web2"}, list(contracts.PactFilter{Untagged: true}))
	same(t, "before a version", []string{"web1"}, list(contracts.PactFilter{BeforeVersionID: two.ID, Latest: true}))
	same(t, "after a time", nil, list(contracts.PactFilter{PublishedAfter: morning()}))
	same(t, "after an earlier time", 3, len(list(contracts.PactFilter{PublishedAfter: morning().Add(-time.Millisecond)})))
	var many []int64
	for id := range int64(3000) {
		many = append(many, id)
	}
	same(t, "many ids", 3, len(list(contracts.PactFilter{ConsumerVersionIDs: append(many, one.ID, two.ID, three.ID)})))
}

func verifications(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web, api := k.service("web"), k.service("api")
	p := k.pact(k.version(web, "1"), api, "x")
	one, two := k.version(api, "a1"), k.version(api, "a2")
	k.verify(p, one, false)
	second, third := k.verify(p, one, true), k.verify(p, two, false)
	list := must(k.Store.Verifications(k.ctx, contracts.VerificationFilter{ContentIDs: []int64{p.ContentID}}))(t)
	same(t, "newest first, all of them", 3, len(list))
	same(t, "everything a list has", contracts.Verification{
		ID: third.ID, ContentID: p.ContentID, ProviderVersionID: two.ID, PactSHA: "x", Consumer: "web", Provider: "api", ProviderVersion: "a2",
		VerifiedAt: morning(),
	}, list[0])
	same(t, "latest", []contracts.Verification{list[0]}, must(k.Store.Verifications(k.ctx, contracts.VerificationFilter{ContentIDs: []int64{p.ContentID}, Latest: true}))(t))
	same(t, "limit", 1, len(must(k.Store.Verifications(k.ctx, contracts.VerificationFilter{ConsumerID: web.ID, ProviderID: api.ID, Limit: 1}))(t)))
	same(t, "by a version", 2, len(must(k.Store.Verifications(k.ctx, contracts.VerificationFilter{ProviderVersionIDs: []int64{one.ID}}))(t)))
	one1 := must(k.Store.Verifications(k.ctx, contracts.VerificationFilter{ID: second.ID}))(t)
	if err := k.Store.VerificationDetails(k.ctx, one1); err != nil {
		t.Fatal(err)
	}
	same(t, "details", []contracts.InteractionResult{{ID: "1", Description: "one", Status: contracts.Passed}}, one1[0].Interactions)
	same(t, "log and client", "a log"+`{"implementation":"test"}`, one1[0].Log+string(one1[0].VerifiedBy))
	if one1[0].TestResults != nil {
		t.Errorf("test results nobody sent: %s", one1[0].TestResults)
	}
	rows := must(k.Store.MatrixRows(k.ctx, contracts.RowQuery{Versions: map[int64]contracts.VersionSet{web.ID: {All: true}, api.ID: {All: true}}}))(t)
	same(t, "one row per provider version", map[string]bool{"a1": true, "a2": false}, successes(rows))
	rows = must(k.Store.MatrixRows(k.ctx, contracts.RowQuery{
		Versions: map[int64]contracts.VersionSet{web.ID: {All: true}, api.ID: {All: true}}, EveryResult: true,
	}))(t)
	same(t, "every result", 3, len(rows))
	if err := k.Store.DeleteVerification(k.ctx, third.ID); err != nil {
		t.Fatal(err)
	}
	same(t, "deleted", 0, len(must(k.Store.Verifications(k.ctx, contracts.VerificationFilter{ID: third.ID}))(t)))
}

func successes(rows []contracts.Row) map[string]bool {
	out := map[string]bool{}
	for _, r := range rows {
		out[r.ProviderVersion] = r.Success
	}
	return out
}

func environments(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	list := must(k.Store.Environments(k.ctx))(t)
	var got []string
	for _, e := range list {
		got = append(got, fmt.Sprint(e.Name, e.Production))
	}
	same(t, "from the start", []string{"productiontrue", "testfalse"}, got)
	e := contracts.Environment{ID: "0190d3a0-0000-7000-8000-00000000000a", Name: "staging", DisplayName: "Staging", Contacts: []byte(`[{"name":"ops"}]`), CreatedAt: morning()}
	if err := k.Store.InsertEnvironment(k.ctx, e); err != nil {
		t.Fatal(err)
	}
	twin := e
	twin.ID = "0190d3a0-0000-7000-8000-00000000000b"
	if err := k.Store.InsertEnvironment(k.ctx, twin); !fault.Is(err, fault.Conflict) {
		t.Errorf("the same name again: %v, want a conflict", err)
	}
	e.Production, e.UpdatedAt = true, morning().Add(time.Hour)
	if err := k.Store.UpdateEnvironment(k.ctx, e); err != nil {
		t.Fatal(err)
	}
	list = must(k.Store.Environments(k.ctx))(t)
	same(t, "as changed", e, list[slices.IndexFunc(list, func(x contracts.Environment) bool { return x.ID == e.ID })])
	if err := k.Store.DeleteEnvironment(k.ctx, e.ID); err != nil {
		t.Fatal(err)
	}
	same(t, "deleted", 2, len(must(k.Store.Environments(k.ctx))(t)))
}
