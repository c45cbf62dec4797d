package contractstest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
)

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
		change := contracts.PacticipantChange{DisplayName: &web.DisplayName}
		return errors.Join(err, k.Store.UpdatePacticipant(ctx, web.ID, change, morning()),
			k.Store.NameMainBranch(ctx, web.ID, "main", web.UpdatedAt), k.Store.NameMainBranch(ctx, web.ID, "develop", morning()))
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
	if err := k.Store.NameMainBranch(k.ctx, web.ID, "main", morning()); err != nil {
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
