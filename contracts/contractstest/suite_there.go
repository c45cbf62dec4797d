package contractstest

import (
	"context"
	"errors"
	"testing"

	"github.com/goldenpath/platform/contracts"
)

// counterpartsThere looks whether what is asked about an environment before it is
// known who is there is what is answered when it is. In production are web 1, api
// a1 (twice) and a2, auth x1 and what talks to nobody; not app.
func counterpartsThere(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web, app, api, auth := k.service("web"), k.service("app"), k.service("api"), k.service("auth")
	w1, w2, a1, a2 := k.version(web, "1"), k.version(web, "2"), k.version(api, "a1"), k.version(api, "a2")
	x1, alone := k.version(auth, "x1"), k.version(k.service("alone"), "1")
	k.pact(w1, api, "x")
	k.pact(w2, api, "y")
	k.pact(k.version(app, "1"), api, "z")
	k.pact(a1, auth, "u")
	k.pact(a2, auth, "v")
	k.pact(a2, api, "w") // to itself
	k.deploy(k.version(k.service("stale"), "1"), k.production(), "", 9)
	env := k.production()
	for n, v := range []contracts.Version{w1, a1, x1, alone} {
		k.deploy(v, env, "", n)
	}
	k.deploy(a2, env, "blue", 6)
	k.deploy(a1, env, "second", 7)
	versions := func(v contracts.Version) []string {
		of := &contracts.Promises{ConsumerVersionIDs: []int64{v.ID}, ProviderIDs: []int64{v.PacticipantID}}
		full := must(k.Store.Versions(k.ctx, contracts.VersionFilter{EnvironmentID: env.ID, CounterpartsOf: of}))(t)
		short := must(k.Store.Versions(k.ctx, contracts.VersionFilter{EnvironmentID: env.ID, CounterpartsOf: of, Short: true}))(t)
		same(t, "in short", numbers(full), numbers(short))
		return numbers(short)
	}
	for range 2 { // what is learned from the first answers must not change them
		same(t, "with a consumer there", []string{"api"}, nameList(k, w2))
		same(t, "versions with a consumer", []string{"a2", "a1"}, versions(w2))
		same(t, "versions with a provider and consumer", []string{"x1", "a2", "a1", "1"}, versions(a2))
		same(t, "versions with what talks to nobody", nil, versions(alone))
	}
}

// nameList returns with whom a version has pacts.
func nameList(k kit, v contracts.Version) (out []string) {
	promised, _, err := k.Store.Counterparts(k.ctx, contracts.Promises{ConsumerVersionIDs: []int64{v.ID}, ProviderIDs: []int64{v.PacticipantID}})
	if err != nil {
		k.t.Fatal(err)
	}
	for _, i := range promised {
		out = append(out, i.Provider)
	}
	return out
}

// together looks whether functions that a store calls together are answered as
// each alone, and one after the other as they were given.
func together(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web := k.service("web")
	var found, made []string
	broken := errors.New("broken")
	k.tx(func(ctx context.Context) error {
		return k.Store.Together(ctx,
			func(ctx context.Context) error {
				list, err := k.Store.Pacticipants(ctx, contracts.PacticipantFilter{Names: []string{"web"}})
				found = names(list)
				return err
			},
			func(ctx context.Context) error {
				v, _, err := k.Store.EnsureVersion(ctx, web.ID, "1", morning())
				if err != nil {
					return err
				}
				_, err = k.Store.EnsureBranchVersion(ctx, v, "main", morning())
				list, errRead := k.Store.Versions(ctx, contracts.VersionFilter{PacticipantIDs: []int64{web.ID}, Branch: "main"})
				made = numbers(list)
				return errors.Join(err, errRead)
			})
	})
	same(t, "found", []string{"web"}, found)
	same(t, "made", []string{"1"}, made)
	err := k.Store.Together(k.ctx, func(ctx context.Context) error {
		_, err := k.Store.Pacticipants(ctx, contracts.PacticipantFilter{})
		return errors.Join(err, broken)
	}, func(ctx context.Context) error {
		_, err := k.Store.Environments(ctx)
		return err
	})
	if !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
}
