package contracts

import (
	"strings"
	"testing"

	"github.com/goldenpath/platform/cmd/internal/cli/clitest"
)

// TestAHeaderInPlaceOfItsVariable writes the header itself where the name of a
// variable belongs, which is easily done and must not end in the log of a build.
func TestAHeaderInPlaceOfItsVariable(t *testing.T) {
	t.Parallel()
	for _, header := range []string{"Authorization: Bearer hush", "Authorization: Bearer hush==", "=hush", "hush="} {
		t.Run(header, func(t *testing.T) {
			t.Parallel()
			server := clitest.NewServer()
			s := clitest.New(t, server)
			got := s.Run(t.Context(), Command(s.Env, nil), "contracts", "provider", "set", "inventory", "--provider-url", "http://inventory.test", "--header", header)
			if got != 2 || strings.Contains(s.Err.String(), "hush") || !strings.Contains(s.Err.String(), "--header Authorization=PLATFORM_PROVIDER_INVENTORY") {
				t.Errorf("exit %d, said %q", got, s.Err.String())
			}
			if asked := server.Asked(); len(asked) > 0 {
				t.Errorf("asked %q", asked)
			}
		})
	}
}
