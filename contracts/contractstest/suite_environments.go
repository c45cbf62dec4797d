package contractstest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

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
