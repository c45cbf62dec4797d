package contracts_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

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
