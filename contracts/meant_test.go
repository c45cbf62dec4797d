package contracts_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// TestWhatWasMeant asks for contracts with words that nobody knows: which they are,
// what they are like, and a command that works as it stands.
func TestWhatWasMeant(t *testing.T) {
	t.Parallel()
	b := newBroker()
	put := func(version, branch, path string) {
		content := strings.Replace(string(pactJSON("orders", "inventory", "one")), `"path":"/"`, `"path":"`+path+`"`, 1)
		_, err := b.Publish(t.Context(), contracts.Publication{Version: version, Branch: branch, Contracts: []contracts.Contract{{Content: []byte(content)}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	put("1f0c6b9d", "main", "/1")
	put("8ad2e310", "feat/stock", "/2")
	for _, alone := range []string{"billing", "my shop"} {
		if _, _, err := b.SavePacticipant(t.Context(), alone, contracts.PacticipantChange{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.AddToBranch(t.Context(), "orders", "feat/none", "77777777"); err != nil {
		t.Fatal(err)
	}
	pair := func(consumer, provider string) func(*testing.T) error {
		return func(t *testing.T) error {
			t.Helper()
			_, err := b.Pair(t.Context(), consumer, provider)
			return err
		}
	}
	known := func(service string) func(*testing.T) error {
		return func(t *testing.T) error { t.Helper(); return b.Known(t.Context(), service) }
	}
	compare := func(from, to contracts.Side) func(*testing.T) error {
		return func(t *testing.T) error {
			t.Helper()
			_, err := b.Compare(t.Context(), "orders", "inventory", from, to)
			return err
		}
	}
	const show = "platform contracts show orders inventory"
	tests := []struct {
		name                string
		ask                 func(*testing.T) error
		says, fields, hints string
	}{
		{name: "a service that is known", ask: known("billing")},
		{name: "a service like one", ask: known("oders"), says: "No service called oders has published or verified a contract.", hints: "Did you mean orders? Its contracts: platform contracts list --service orders"},
		{name: "a service like one with a space", ask: known("my shops"), says: "No service called my shops", hints: "Did you mean my shop? Its contracts: platform contracts list --service 'my shop'"},
		{name: "a service like none", ask: known("warehouse-7"), says: "No service called warehouse-7", hints: "See all contracts: platform contracts list"},
		{name: "the consumer", ask: pair("oders", "inventory"), says: "No service called oders has", fields: `consumer: "oders" is not known; similar: orders`, hints: "Did you mean this? " + show},
		{name: "the provider", ask: pair("orders", "inventry"), says: "No service called inventry has", fields: `provider: "inventry" is not known; similar: inventory`, hints: "Did you mean this? " + show},
		{
			name: "both", ask: pair("oders", "inventry"), says: "No service called oders has published or verified a contract, and none called inventry.",
			fields: `consumer: "oders" is not known; similar: orders` + "\n" + `provider: "inventry" is not known; similar: inventory`, hints: "Did you mean this? " + show,
		},
		{name: "the provider, which is like none", ask: pair("orders", "warehouse-7"), says: "No service called warehouse-7", fields: `provider: "warehouse-7" is not known`, hints: "See the contracts of orders: platform contracts list --service orders"},
		{name: "the consumer, which is like one that has no contract", ask: pair("biling", "inventory"), says: "No service called biling", fields: `consumer: "biling" is not known; similar: billing`, hints: "See the contracts of inventory: platform contracts list --service inventory"},
		{name: "both, which are like none", ask: pair("u-1", "u-2"), says: "No service called u-1 has published or verified a contract, and none called u-2.", fields: `consumer: "u-1" is not known` + "\n" + `provider: "u-2" is not known`, hints: "See all contracts: platform contracts list"},
		{name: "the other way around", ask: pair("inventory", "orders"), says: "inventory has no pact with orders.", hints: "Did you mean this? " + show},
		{name: "the other way around, and wrong", ask: pair("inventry", "orders"), says: "No service called inventry", fields: `consumer: "inventry" is not known; similar: inventory`, hints: "Did you mean this? " + show},
		{name: "two without a contract", ask: pair("orders", "billing"), says: "orders has no pact with billing.", hints: "See the contracts of orders: platform contracts list --service orders"},
		{
			name: "a version, by its beginning", ask: compare(contracts.Side{Version: "1f0c"}, contracts.Side{}), says: "orders has no version 1f0c.",
			fields: `from: "1f0c" is not known; similar: 1f0c6b9d`, hints: "Did you mean this? platform contracts diff orders inventory --from 1f0c6b9d",
		},
		{name: "a version like none", ask: compare(contracts.Side{Version: "2026.1.12-x"}, contracts.Side{}), says: "orders has no version 2026.1.12-x.", fields: `from: "2026.1.12-x" is not known`, hints: "See which versions have a pact: " + show},
		{name: "a version of one letter", ask: compare(contracts.Side{Version: "9"}, contracts.Side{}), says: "orders has no version 9.", fields: `from: "9" is not known`, hints: "See which versions have a pact: " + show},
		{
			name: "a branch", ask: compare(contracts.Side{Branch: "mian"}, contracts.Side{}), says: "orders has no branch mian.",
			fields: `from_branch: "mian" is not known; similar: main`, hints: "Did you mean this? platform contracts diff orders inventory --from-branch main",
		},
		{
			name: "a version and a branch", ask: compare(contracts.Side{Branch: "mian"}, contracts.Side{Version: "8ad2"}), says: "orders has no branch mian. orders has no version 8ad2.",
			fields: `from_branch: "mian" is not known; similar: main` + "\n" + `to: "8ad2" is not known; similar: 8ad2e310`,
			hints:  "Did you mean this? platform contracts diff orders inventory --from-branch main --to 8ad2e310",
		},
		{
			name: "one is wrong, and the other keeps its place", ask: compare(contracts.Side{Version: "1f0c6b9d"}, contracts.Side{Branch: "stock"}), says: "orders has no branch stock.",
			fields: `to_branch: "stock" is not known; similar: feat/stock`, hints: "Did you mean this? platform contracts diff orders inventory --from 1f0c6b9d --to-branch feat/stock",
		},
		{
			name: "a branch like one whose newest version has no pact", ask: compare(contracts.Side{Branch: "feat/non"}, contracts.Side{}), says: "orders has no branch feat/non.",
			fields: `from_branch: "feat/non" is not known; similar: feat/none`, hints: "See which versions have a pact: " + show,
		},
		{name: "a version without a pact", ask: compare(contracts.Side{Version: "77777777"}, contracts.Side{}), says: "Version 77777777 of orders has no pact with inventory.", hints: "See which versions have a pact: " + show},
		{name: "a branch without a pact", ask: compare(contracts.Side{}, contracts.Side{Branch: "feat/none"}), says: "Version 77777777 of orders, the newest on branch feat/none, has no pact with inventory.", hints: "See which versions have a pact: " + show},
		{name: "nothing before the first", ask: compare(contracts.Side{}, contracts.Side{Version: "1f0c6b9d"}), says: "Before version 1f0c6b9d, orders had no other pact with inventory to compare with.", hints: "See which versions have a pact: " + show},
		{
			name: "a version like the first, with nothing before it", ask: compare(contracts.Side{}, contracts.Side{Version: "1f0c"}), says: "orders has no version 1f0c.",
			fields: `to: "1f0c" is not known; similar: 1f0c6b9d`, hints: "See which versions have a pact: " + show,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := tt.ask(t)
			if tt.says == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if !fault.Is(err, fault.NotFound) {
				t.Fatalf("got %v, want a fault of what is not there", err)
			}
			f := fault.From(err)
			var fields []string
			for _, field := range f.Fields {
				fields = append(fields, field.Name+": "+field.Message)
			}
			if !strings.Contains(f.Message, tt.says) {
				t.Errorf("message %q, want %q in it", f.Message, tt.says)
			}
			if diff := cmp.Diff([]string{tt.fields, tt.hints}, []string{strings.Join(fields, "\n"), f.Hint}); diff != "" {
				t.Errorf("fields and hint (-want +got):\n%s", diff)
			}
		})
	}
}
