package contractstest

import (
	"context"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
)

func withdrawals(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	web, app, api, pay := k.service("web"), k.service("app"), k.service("api"), k.service("pay")
	w1, w2, a1 := k.version(web, "1"), k.version(web, "2"), k.version(app, "1")
	said := k.pact(w1, api, "x")
	paid := k.pact(w1, pay, "y")
	k.pact(w2, api, "x")
	k.pact(a1, api, "z")
	withdraw := func(consumer, provider contracts.Pacticipant, version int64, at time.Time) {
		k.tx(func(ctx context.Context) error {
			return k.Store.WithdrawPacts(ctx, contracts.Withdrawal{ConsumerID: consumer.ID, ProviderID: provider.ID, ConsumerVersionID: version}, at)
		})
	}
	left := func(want ...string) {
		var got []string
		for _, p := range must(k.Store.Pacts(k.ctx, contracts.PactFilter{}))(t) {
			got = append(got, p.Consumer+p.ConsumerVersion+" "+p.Provider)
		}
		same(t, "pacts that are left", want, got)
	}
	withdrawn := func(version int64, provider string, want ...string) {
		t.Helper()
		var got []string
		for _, w := range must(k.Store.WithdrawnPacts(k.ctx, version, provider))(t) {
			got = append(got, w.Consumer+w.ConsumerVersion+" "+w.Provider)
		}
		same(t, "deleted", want, got)
	}
	withdrawn(w1.ID, "api")
	withdraw(web, api, w1.ID, morning())
	left("app1 api", "web2 api", "web1 pay")
	withdrawn(w1.ID, "", "web1 api")
	same(t, "everything that is known", []contracts.WithdrawnPact{{
		ConsumerID: web.ID, ConsumerVersionID: w1.ID, Consumer: "web", ConsumerVersion: "1", Provider: "api", SHA: said.SHA, DeletedAt: morning(),
	}}, must(k.Store.WithdrawnPacts(k.ctx, w1.ID, ""))(t))
	withdraw(web, api, 0, morning()) // of all versions: of the first there is nothing to delete
	left("app1 api", "web1 pay")
	withdraw(web, pay, 0, morning())
	withdrawn(w1.ID, "api", "web1 api", "web1 pay", "web2 api")
	withdrawn(a1.ID, "pay", "web1 pay")
	again := k.pact(w1, api, "x") // published once more, and deleted once more
	k.tx(func(ctx context.Context) error { return k.Store.SupersedePact(ctx, again.ID) })
	k.pact(w1, api, "other")
	withdraw(web, api, 0, morning().Add(time.Hour))
	same(t, "the last time", morning().Add(time.Hour), must(k.Store.WithdrawnPacts(k.ctx, w1.ID, ""))(t)[0].DeletedAt)
	k.tx(func(ctx context.Context) error { return k.Store.RestorePacts(ctx, w1.ID, []string{"api", "other"}) })
	withdrawn(w1.ID, "api", "web1 pay", "web2 api")
	k.tx(func(ctx context.Context) error { return k.Store.DeletePacticipant(ctx, api.ID) })
	withdrawn(0, "api", "web2 api") // the provider is gone, and still needed
	k.tx(func(ctx context.Context) error { return k.Store.DeleteVersion(ctx, w2.ID) })
	withdrawn(0, "api")
	w2 = k.version(web, "2") // made again, it is the one that needed it
	withdrawn(w2.ID, "", "web2 api")
	k.tx(func(ctx context.Context) error { return k.Store.RestorePacts(ctx, w2.ID, []string{"api"}) })
	k.tx(func(ctx context.Context) error { return k.Store.DeleteVersion(ctx, w2.ID) })
	withdrawn(k.version(web, "2").ID, "api") // published in between
	k.tx(func(ctx context.Context) error { return k.Store.DeletePacticipant(ctx, web.ID) })
	withdrawn(w1.ID, "pay")
	other, web := k.version(k.service("other"), "1"), k.service("web")
	withdrawn(other.ID, "pay")
	w1 = k.version(web, "1")
	same(t, "of a service that was made again", []contracts.WithdrawnPact{{
		ConsumerID: web.ID, ConsumerVersionID: w1.ID, Consumer: "web", ConsumerVersion: "1", Provider: "pay", SHA: paid.SHA, DeletedAt: morning(),
	}}, must(k.Store.WithdrawnPacts(k.ctx, w1.ID, ""))(t))
	for range 2 { // as often as it is deleted
		k.tx(func(ctx context.Context) error { return k.Store.DeleteVersion(ctx, w1.ID) })
		w1 = k.version(web, "1")
		withdrawn(w1.ID, "", "web1 pay")
	}
}
