package contractstest

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
)

// shortLists looks whether lists that leave things out leave out nothing else.
func shortLists(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web, app := k.service("web"), k.service("app")
	one, two, three := k.version(web, "1"), k.version(web, "2"), k.version(app, "3")
	k.tx(func(ctx context.Context) error {
		var errs []error
		for _, name := range []string{"main", "feat"} {
			_, err := k.Store.EnsureBranchVersion(ctx, two, name, morning())
			errs = append(errs, err)
		}
		_, err := k.Store.EnsureBranchVersion(ctx, one, "main", morning())
		_, _, errTag := k.Store.EnsureTag(ctx, one, "prod", morning())
		web.MainBranch = "main"
		return errors.Join(append(errs, err, errTag, k.Store.UpdatePacticipant(ctx, web))...)
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

// keys are what a short list has of versions.
func keys(list []contracts.Version) (out []contracts.Version) {
	for _, v := range list {
		out = append(out, contracts.Version{ID: v.ID, PacticipantID: v.PacticipantID, Pacticipant: v.Pacticipant, Number: v.Number})
	}
	return out
}

func successesByPlace(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web, api, other := k.service("web"), k.service("api"), k.service("other")
	p := k.pact(k.version(web, "1"), api, "x")
	good, bad := k.version(api, "a1"), k.version(api, "a2")
	same(t, "verified before anybody has", false, must(k.Store.EverVerified(k.ctx, web.ID, api.ID))(t))
	k.verify(p, bad, false)
	k.verify(p, good, true)
	k.tx(func(ctx context.Context) error {
		_, errMain := k.Store.EnsureBranchVersion(ctx, good, "main", morning())
		_, errFeat := k.Store.EnsureBranchVersion(ctx, good, "feat", morning())
		_, _, errTag := k.Store.EnsureTag(ctx, good, "prod", morning())
		_, errBad := k.Store.EnsureBranchVersion(ctx, bad, "broken", morning())
		return errors.Join(errMain, errFeat, errTag, errBad)
	})
	list := func(by contracts.SuccessesBy) []contracts.Success {
		out := must(k.Store.Successes(k.ctx, []int64{p.ContentID}, by))(t)
		slices.SortFunc(out, func(a, b contracts.Success) int { return cmp.Compare(a.On, b.On) })
		return out
	}
	success := func(on string) contracts.Success {
		return contracts.Success{ContentID: p.ContentID, On: on, At: morning()}
	}
	same(t, "by anyone", []contracts.Success{success("")}, list(contracts.ByAnyone))
	same(t, "by branches", []contracts.Success{success("feat"), success("main")}, list(contracts.ByBranch))
	same(t, "by tags", []contracts.Success{success("prod")}, list(contracts.ByTag))
	same(t, "of no content", 0, len(must(k.Store.Successes(k.ctx, []int64{}, contracts.ByAnyone))(t)))
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
