package contractstest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
)

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
	same(t, "of a pair, tagged, before a version", []string{"web1"}, list(contracts.PactFilter{
		ConsumerIDs: []int64{web.ID}, ProviderIDs: []int64{x.ProviderID}, Tag: "dev", BeforeVersionID: two.ID, Latest: true,
	}))
	heads := func(after time.Time) (out []string) {
		for _, h := range must(k.Store.HeadPacts(k.ctx, x.ProviderID, after))(t) {
			out = append(out, h.Consumer+h.ConsumerVersion+" "+h.Branch+h.Tag)
		}
		return out
	}
	same(t, "heads of branches and tags", []string{"web1 dev"}, heads(morning().Add(-time.Millisecond)))
	same(t, "heads after a time", nil, heads(morning()))
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
	one, two, three := k.version(api, "a1"), k.version(api, "a2"), k.version(api, "a3")
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
	incomplete := k.unfinished(p, three)
	ofThree := contracts.VerificationFilter{ProviderVersionIDs: []int64{three.ID}}
	same(t, "one that did not finish is listed", []int64{incomplete.ID}, verificationIDs(must(k.Store.Verifications(k.ctx, ofThree))(t)))
	ofThree.Complete = true
	same(t, "and is not complete", []int64(nil), verificationIDs(must(k.Store.Verifications(k.ctx, ofThree))(t)))
	same(t, "the latest that is complete", []int64{third.ID}, verificationIDs(must(k.Store.Verifications(k.ctx,
		contracts.VerificationFilter{ContentIDs: []int64{p.ContentID}, Complete: true, Latest: true}))(t)))
	if err := k.Store.DeleteVerification(k.ctx, incomplete.ID); err != nil {
		t.Fatal(err)
	}
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

func verificationIDs(list []contracts.Verification) (ids []int64) {
	for _, v := range list {
		ids = append(ids, v.ID)
	}
	return ids
}

func successes(rows []contracts.Row) map[string]bool {
	out := map[string]bool{}
	for _, r := range rows {
		out[r.ProviderVersion] = r.Success
	}
	return out
}
