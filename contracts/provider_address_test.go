package contracts_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

func TestAnAddressWithALoginIsNotKept(t *testing.T) {
	t.Parallel()
	const good = "http://inventory.test:8080/api?v=1"
	for _, tt := range []struct {
		bad, problem, hint string
	}{
		{"http://ada:hush@inventory.test", "holds a name or a password", "platform contracts provider set inventory --provider-url URL --header Authorization=PLATFORM_PROVIDER_HEADER"},
		{"https://hush@inventory.test/v1?v=1", "holds a name or a password", "--header Authorization=PLATFORM_PROVIDER_HEADER"},
		{"ftp://ada:hush@inventory.test", " is not an http address", "http://inventory.test:8080"},
		{"ada:hush@inventory.test", " is not an http address", "http://inventory.test:8080"},
		{"http://ada:hu/sh:hush@inventory.test", " is not an http address", "http://inventory.test:8080"},
		{"inventory.test", " is not an http address", "http://inventory.test:8080"},
	} {
		for field, a := range map[string]contracts.ProviderAddress{
			"url": {URL: tt.bad}, "provider_states_url": {URL: good, StatesURL: tt.bad}, "messages_url": {URL: good, MessagesURL: tt.bad},
		} {
			b := newBroker()
			a.Provider = "inventory"
			_, err := b.RegisterProvider(t.Context(), a)
			f := fault.From(err)
			if !fault.Is(err, fault.Invalid) || len(f.Fields) != 1 || f.Fields[0].Name != field || !strings.Contains(f.Fields[0].Message, tt.problem) || !strings.Contains(f.Hint, tt.hint) {
				t.Errorf("%s as %s: %v, %+v", tt.bad, field, err, f)
			}
			if said := fmt.Sprint(f.Message, f.Hint, f.Fields, errors.Unwrap(f)); strings.Contains(said, "hush") {
				t.Errorf("a secret is in %s", said)
			}
			if list, err := b.ProviderAddresses(t.Context()); err != nil || len(list) > 0 {
				t.Errorf("%s is kept: %+v, %v", tt.bad, list, err)
			}
		}
	}
	b := newBroker()
	_, err := b.RegisterProvider(t.Context(), contracts.ProviderAddress{Provider: "inventory"})
	if f := fault.From(err); !fault.Is(err, fault.Invalid) || len(f.Fields) != 1 || f.Fields[0].Name != "url" {
		t.Errorf("without an address: %v", err)
	}
	_, err = b.RegisterProvider(t.Context(), contracts.ProviderAddress{Provider: "inventory", URL: good, StatesURL: good, MessagesURL: good})
	if got, found := b.ProviderAddress(t.Context(), "inventory"); err != nil || found != nil || got.URL != good {
		t.Errorf("a good one: %+v, %v, %v", got, err, found)
	}
}

func TestAHeaderNamesAVariableAndIsNeverShown(t *testing.T) {
	t.Parallel()
	b := newBroker()
	for _, given := range []string{"Bearer hush", "PLATFORM_DATABASE_URL", "PLATFORM_PROVIDER_", "PLATFORM_PROVIDER_A\nhush", ""} {
		_, err := b.RegisterProvider(t.Context(), contracts.ProviderAddress{
			Provider: "inventory", URL: "http://inventory", Headers: map[string]string{"Authorization": given},
		})
		f := fault.From(err)
		if !fault.Is(err, fault.Invalid) || len(f.Fields) != 1 || !strings.Contains(f.Hint, "PLATFORM_PROVIDER_HEADER") {
			t.Errorf("%q: %v, %+v", given, err, f)
		}
		if said := fmt.Sprint(f.Message, f.Hint, f.Fields); strings.Contains(said, "hush") {
			t.Errorf("a secret is in %s", said)
		}
	}
}

// TestAProviderMustBeKnown asks for services that somebody knows in different ways,
// and for one that is a typing error.
func TestAProviderMustBeKnown(t *testing.T) {
	t.Parallel()
	b := journey(t)
	if _, err := b.RegisterProvider(t.Context(), contracts.ProviderAddress{Provider: "stock", URL: "http://stock.test"}); err != nil {
		t.Fatal(err)
	}
	for name, hint := range map[string]string{
		"inventory": "", "orders": "", "stock": "",
		"invetory": "Did you mean this? platform contracts provider set inventory --provider-url URL",
		"moon":     "Register it once it is in the catalog, or once a consumer has published a pact with it. See all contracts: platform contracts list",
	} {
		err := b.KnownProvider(t.Context(), name)
		if hint == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if f := fault.From(err); !fault.Is(err, fault.NotFound) || f.Message != "No service called "+name+" has published or verified a contract." || f.Hint != hint {
			t.Errorf("%s: %v with hint %q, want %q", name, err, f.Hint, hint)
		}
	}
}
