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

func TestAHeaderOfAProviderHasOneVariable(t *testing.T) {
	t.Parallel()
	server := clitest.NewServer()
	s := clitest.New(t, server)
	got := s.Run(t.Context(), Command(s.Env, nil), "contracts", "provider", "set", "inventory", "--provider-url", "http://inventory.test",
		"--header", "Authorization=PLATFORM_PROVIDER_A", "--header", "X-Team=PLATFORM_PROVIDER_A", "--header", "authorization=PLATFORM_PROVIDER_B")
	if got != 2 || !strings.Contains(s.Err.String(), "The 3rd --header is for authorization, which is given before it.") || len(server.Asked()) > 0 {
		t.Errorf("exit %d, asked %q, said %q", got, server.Asked(), s.Err.String())
	}
}

// TestAnAddressWithALoginIsNotSent gives a password where it would be stored.
func TestAnAddressWithALoginIsNotSent(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"--provider-url", "--provider-states-url", "--messages-url"} {
		for address, want := range map[string][]string{
			"http://ada:hush@inventory.test?key=hush": {flag + ": holds a name or a password", "platform contracts provider set inventory --provider-url URL --header Authorization=PLATFORM_PROVIDER_INVENTORY"},
			"https://hush@inventory.test":             {flag + ": holds a name or a password", "--header Authorization=PLATFORM_PROVIDER_INVENTORY"},
			"ftp://ada:hush@inventory.test":           {`"ftp://ada:xxxxx@inventory.test" is not`, flag + ": is not an http address"},
			"ada:hush@inventory.test":                 {flag + ": is not an http address"},
		} {
			t.Run(flag+" "+address, func(t *testing.T) {
				t.Parallel()
				server := clitest.NewServer()
				s := clitest.New(t, server)
				line := []string{"contracts", "provider", "set", "inventory", flag, address}
				if flag != "--provider-url" {
					line = append(line, "--provider-url", "http://inventory.test")
				}
				got := s.Run(t.Context(), Command(s.Env, nil), line...)
				said := s.Err.String()
				for _, w := range want {
					if !strings.Contains(said, w) {
						t.Errorf("it does not say %q: %s", w, said)
					}
				}
				if got != 2 || strings.Contains(said+s.Out.String(), "hush") {
					t.Errorf("exit %d, said %q", got, said)
				}
				if asked := server.Asked(); len(asked) > 0 {
					t.Errorf("asked %q", asked)
				}
			})
		}
	}
}
