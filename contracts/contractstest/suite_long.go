package contractstest

import (
	"slices"
	"testing"

	"github.com/goldenpath/platform/contracts"
)

// longLists looks whether filters with hundreds of ids keep what those with the
// ids that there are do.
func longLists(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web, app, api := k.service("web"), k.service("app"), k.service("api")
	w1, w2, a1 := k.version(web, "1"), k.version(web, "2"), k.version(api, "a1")
	p := k.pact(w1, api, "x")
	k.pact(w2, api, "y")
	k.pact(k.version(app, "1"), api, "z")
	k.verify(p, a1, true)
	k.deploy(w1, k.production(), "", 1)
	long := func(ids ...int64) []int64 {
		for n := range int64(300) {
			ids = append(ids, 1_000_000+n)
		}
		return ids
	}
	versions := func(f contracts.VersionFilter) []string { return numbers(must(k.Store.Versions(k.ctx, f))(t)) }
	same(t, "versions", []string{"2", "1"}, versions(contracts.VersionFilter{IDs: long(w1.ID, w2.ID), PacticipantIDs: long(web.ID)}))
	same(t, "versions there", []string{"1"}, versions(contracts.VersionFilter{PacticipantIDs: long(web.ID), EnvironmentID: k.production().ID, Short: true}))
	same(t, "services", []string{"app", "web"}, names(must(k.Store.Pacticipants(k.ctx, contracts.PacticipantFilter{IDs: long(web.ID, app.ID)}))(t)))
	pacts := must(k.Store.Pacts(k.ctx, contracts.PactFilter{ConsumerVersionIDs: long(w1.ID, w2.ID), ProviderIDs: long(api.ID)}))(t)
	same(t, "pacts", 2, len(pacts))
	latest := must(k.Store.Pacts(k.ctx, contracts.PactFilter{ConsumerIDs: long(web.ID, app.ID), ProviderIDs: long(api.ID), Latest: true}))(t)
	same(t, "latest pacts", 2, len(latest))
	same(t, "integrations", 2, len(must(k.Store.Integrations(k.ctx, contracts.IntegrationFilter{ConsumerIDs: long(web.ID), ProviderIDs: long(api.ID)}))(t)))
	same(t, "verifications", 1, len(must(k.Store.Verifications(k.ctx, contracts.VerificationFilter{ContentIDs: long(p.ContentID)}))(t)))
	for _, everyResult := range []bool{false, true} {
		rows := must(k.Store.MatrixRows(k.ctx, contracts.RowQuery{EveryResult: everyResult, Versions: map[int64]contracts.VersionSet{
			web.ID: {IDs: long(w1.ID, w2.ID)}, app.ID: {All: true}, api.ID: {IDs: long(a1.ID)},
		}}))(t)
		var said []string
		for _, r := range rows {
			said = append(said, r.Consumer+r.ConsumerVersion+">"+r.Provider+r.ProviderVersion)
		}
		slices.Sort(said)
		same(t, "rows", []string{"app1>api", "web1>apia1", "web2>api"}, said)
	}
}
