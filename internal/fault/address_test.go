package fault_test

import (
	"testing"

	"github.com/goldenpath/platform/internal/fault"
)

func TestAddressHoldsNoSecret(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"http://127.0.0.1:8080":                    "http://127.0.0.1:8080",
		"https://ada:secret@orders.test/states":    "https://ada:xxxxx@orders.test/states",
		"http://orders.test/_states?key=secret#it": "http://orders.test/_states",
		"http://orders test:secret@%zz":            "(an address that cannot be read)",
	} {
		if got := fault.Address(address); got != want {
			t.Errorf("%s is shown as %s", address, got)
		}
	}
}
