package contractstest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
)

// shortLists looks whether lists that leave things out leave out nothing else.
func shortLists(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web, app := k.service("web"), k.service("app")
	one, two, three, four := k.version(web, "1"), k.version(web, "2"), k.version(app, "3"), k.version(web, "4")
	k.tx(func(ctx context.Context) error {
		var errs []error
		for _, name := range []string{"main", "feat"} {
			_, err := k.Store.EnsureBranchVersion(ctx, two, name, morning())
			errs = append(errs, err)
		}
		_, err := k.Store.EnsureBranchVersion(ctx, one, "main", morning())
		_, errLater := k.Store.EnsureBranchVersion(ctx, four, "feat", morning()) // two was put there last, and is its head no more
		errs = append(errs, errLater)
		_, _, errTag := k.Store.EnsureTag(ctx, one, "prod", morning())
		return errors.Join(append(errs, err, errTag, k.Store.NameMainBranch(ctx, web.ID, "main", morning()))...)
	})
	env := k.production()
	k.deploy(one, env, "blue", 1)
	k.deploy(one, env, "green", 2)
	k.deploy(three, env, "", 3)
	ids := []int64{one.ID, two.ID, three.ID}
	full := must(k.Store.VersionDetails(k.ctx, ids))(t)
	want := map[int64]contracts.VersionDetail{}
	for id, d := range full {
		want[id] = withoutDates(d)
	}
	if len(want[one.ID].Deployments) != 2 || len(want[two.ID].Branches) != 2 || len(want[one.ID].Tags) != 1 {
		t.Fatalf("the details say too little to compare: %+v", want)
	}
	same(t, "places", want, must(k.Store.VersionPlaces(k.ctx, ids))(t))
	for _, f := range []contracts.VersionFilter{
		{EnvironmentID: env.ID},
		{EnvironmentID: env.ID, PacticipantIDs: []int64{web.ID}},
		{EnvironmentID: env.ID, PacticipantIDs: []int64{}},
		{MainBranch: true, Latest: true},
		{Branch: "feat", PacticipantIDs: []int64{web.ID, app.ID}, Latest: true},
		{Branch: "feat", Latest: true, Numbers: []string{"2"}},
		{Branch: "none", Latest: true},
	} {
		short := f
		short.Short = true
		same(t, "versions", keys(must(k.Store.Versions(k.ctx, f))(t)), keys(must(k.Store.Versions(k.ctx, short))(t)))
	}
}

func headsOfBranches(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web, app := k.service("web"), k.service("app")
	one, two, three := k.version(web, "1"), k.version(web, "2"), k.version(app, "3")
	k.tx(func(ctx context.Context) error {
		errs := []error{k.Store.NameMainBranch(ctx, web.ID, "main", morning())}
		for _, on := range []struct {
			version contracts.Version
			branch  string
		}{{one, "main"}, {two, "main"}, {one, "feat"}, {three, "main"}, {three, "feat"}, {three, "old"}} {
			_, err := k.Store.EnsureBranchVersion(ctx, on.version, on.branch, morning())
			errs = append(errs, err)
		}
		_, err := k.Store.DeleteBranchVersion(ctx, three.ID, "old") // leaves a branch without versions
		return errors.Join(append(errs, err)...)
	})
	both := []int64{web.ID, app.ID}
	heads := func(ids []int64, main bool, names ...string) map[contracts.Head]bool {
		out := map[contracts.Head]bool{}
		for _, h := range must(k.Store.Heads(k.ctx, ids, names, main))(t) {
			out[h] = true
		}
		return out
	}
	type set = map[contracts.Head]bool
	main, feat := contracts.Head{PacticipantID: web.ID, VersionID: two.ID, Branch: "main", Main: true}, contracts.Head{PacticipantID: web.ID, VersionID: one.ID, Branch: "feat"}
	same(t, "main branches", set{main: true}, heads(both, true))
	same(t, "by name", set{main: true, {PacticipantID: app.ID, VersionID: three.ID, Branch: "main"}: true}, heads(both, false, "main"))
	same(t, "by names and main", set{main: true, feat: true, {PacticipantID: app.ID, VersionID: three.ID, Branch: "feat"}: true}, heads(both, true, "feat", "none", "old"))
	same(t, "of one service", set{feat: true}, heads([]int64{web.ID}, false, "feat"))
	same(t, "of none", set{}, heads([]int64{}, true, "feat"))
	same(t, "no branch", set{}, heads(both, false))
}

// keys are what a short list has of versions.
func keys(list []contracts.Version) (out []contracts.Version) {
	for _, v := range list {
		out = append(out, contracts.Version{ID: v.ID, PacticipantID: v.PacticipantID, Pacticipant: v.Pacticipant, Number: v.Number})
	}
	return out
}

func settledByPlace(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web, api, other := k.service("web"), k.service("api"), k.service("other")
	p := k.pact(k.version(web, "1"), api, "x")
	good, bad := k.version(api, "a1"), k.version(api, "a2")
	same(t, "verified before anybody has", false, must(k.Store.EverVerified(k.ctx, web.ID, api.ID))(t))
	k.unfinished(p, bad)
	same(t, "verified when nobody has finished", false, must(k.Store.EverVerified(k.ctx, web.ID, api.ID))(t))
	k.verify(p, bad, false)
	k.verify(p, good, true)
	k.tx(func(ctx context.Context) error {
		_, errMain := k.Store.EnsureBranchVersion(ctx, good, "main", morning())
		_, errFeat := k.Store.EnsureBranchVersion(ctx, good, "feat", morning())
		_, _, errTag := k.Store.EnsureTag(ctx, good, "prod", morning())
		_, errBad := k.Store.EnsureBranchVersion(ctx, bad, "broken", morning())
		return errors.Join(errMain, errFeat, errTag, errBad)
	})
	settled := func(q contracts.SettledQuery) bool {
		if q.WIPContentIDs == nil {
			q.ContentIDs = []int64{p.ContentID}
		}
		return must(k.Store.Settled(k.ctx, q))(t)[p.ContentID]
	}
	branch := func(name string) *contracts.Branch {
		return &must(k.Store.Branches(k.ctx, []int64{api.ID}, name))(t)[0]
	}
	later := morning().Add(time.Millisecond)
	wip := []int64{p.ContentID}
	same(t, "by anyone", true, settled(contracts.SettledQuery{}))
	same(t, "by a branch", true, settled(contracts.SettledQuery{Branch: branch("main")}))
	same(t, "by another branch of the version", true, settled(contracts.SettledQuery{Branch: branch("feat")}))
	same(t, "by the branch of a failure", false, settled(contracts.SettledQuery{Branch: branch("broken"), Before: morning()}))
	same(t, "elsewhere, before", true, settled(contracts.SettledQuery{Branch: branch("broken"), Before: later}))
	same(t, "by a branch there is not", true, settled(contracts.SettledQuery{Branch: &contracts.Branch{Name: "none"}, Anywhere: true}))
	same(t, "by a tag", true, settled(contracts.SettledQuery{Tag: "prod"}))
	same(t, "by another tag", false, settled(contracts.SettledQuery{Tag: "dev", Before: morning()}))
	same(t, "with another tag, before", true, settled(contracts.SettledQuery{Tag: "dev", Before: later}))
	same(t, "with any tag", true, settled(contracts.SettledQuery{Tag: "dev", Anywhere: true}))
	same(t, "as work in progress", true, settled(contracts.SettledQuery{Tag: "prod", WIPContentIDs: wip}))
	same(t, "of no content", 0, len(must(k.Store.Settled(k.ctx, contracts.SettledQuery{}))(t)))

	q := k.pact(k.version(k.service("third"), "1"), api, "y")
	untracked := k.version(api, "a3") // on no branch
	k.tx(func(ctx context.Context) error {
		_, err := k.Store.InsertVerification(ctx, contracts.Verification{
			ContentID: q.ContentID, ProviderVersionID: untracked.ID, Success: true, WIP: true, VerifiedAt: morning(),
		})
		return err
	})
	same(t, "both contents, by anyone", map[int64]bool{p.ContentID: true, q.ContentID: true},
		must(k.Store.Settled(k.ctx, contracts.SettledQuery{ContentIDs: []int64{p.ContentID, q.ContentID}}))(t))
	same(t, "only as work in progress", map[int64]bool{p.ContentID: true},
		must(k.Store.Settled(k.ctx, contracts.SettledQuery{ContentIDs: wip, WIPContentIDs: []int64{q.ContentID}}))(t))
	same(t, "by a version on no branch", map[int64]bool{},
		must(k.Store.Settled(k.ctx, contracts.SettledQuery{ContentIDs: []int64{q.ContentID}, Branch: branch("main"), Anywhere: true}))(t))
	same(t, "verified", true, must(k.Store.EverVerified(k.ctx, web.ID, api.ID))(t))
	same(t, "verified for others", false, must(k.Store.EverVerified(k.ctx, other.ID, api.ID))(t))
}

// namesAfterRollback draws an id twice, where a database does that when the first
// was never committed: what was read meanwhile must not pass for the second.
func namesAfterRollback(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web, api := k.service("web"), k.service("api")
	broken := errors.New("broken")
	publish := func(ctx context.Context, number string) error {
		v, _, err := k.Store.EnsureVersion(ctx, web.ID, number, morning())
		if err != nil {
			return err
		}
		id, _, err := k.Store.EnsureContent(ctx, contracts.Content{
			ConsumerID: web.ID, ProviderID: api.ID, SHA: "of " + number, Body: []byte(`{}`), CreatedAt: time.Now(),
		})
		if err != nil {
			return err
		}
		if _, _, err := k.Store.InsertPact(ctx, contracts.Pact{
			ConsumerID: web.ID, ProviderID: api.ID, ConsumerVersionID: v.ID, ContentID: id, Revision: 1, CreatedAt: morning(),
		}); err != nil {
			return err
		}
		list, err := k.Store.Pacts(ctx, contracts.PactFilter{ConsumerIDs: []int64{web.ID}})
		if err == nil && (len(list) != 1 || list[0].ConsumerVersion != number || list[0].SHA != "of "+number) {
			t.Errorf("after %s was published there is %+v", number, list)
		}
		return err
	}
	if err := k.Unit.InTx(k.ctx, func(ctx context.Context) error { return errors.Join(publish(ctx, "lost"), broken) }); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	k.tx(func(ctx context.Context) error { return publish(ctx, "kept") })
}
