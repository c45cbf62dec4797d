package contractstest

import (
	"context"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
)

func ignoreRules(t *testing.T, b Backend) {
	t.Helper()
	k := newKit(t, b)
	first := contracts.IgnoreRule{
		ID: "018f0000-0000-7000-8000-000000000001", Service: "legacy", Version: "1.2", Owner: "group:default/checkout", Reason: "it leaves on Friday",
		ExpiresAt: morning().Add(time.Hour), CreatedAt: morning(), CreatedBy: "ada",
	}
	second := contracts.IgnoreRule{
		ID: "018f0000-0000-7000-8000-000000000002", Service: "web", Owner: "checkout", Reason: "moved", ExpiresAt: morning().Add(-time.Hour), CreatedAt: morning(),
	}
	k.tx(func(ctx context.Context) error { return b.Store.InsertIgnoreRule(ctx, first) })
	k.tx(func(ctx context.Context) error { return b.Store.InsertIgnoreRule(ctx, second) })
	same(t, "rules", []contracts.IgnoreRule{first, second}, must(b.Store.IgnoreRules(t.Context()))(t))
	k.tx(func(ctx context.Context) error { return b.Store.DeleteIgnoreRule(ctx, first.ID) })
	same(t, "rules after one is deleted", []contracts.IgnoreRule{second}, must(b.Store.IgnoreRules(t.Context()))(t))
}
