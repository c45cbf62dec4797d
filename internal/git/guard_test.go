package git_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/git"
)

func TestPrivateNetworksAreRefused(t *testing.T) {
	t.Parallel()
	reader := git.NewCatalogReader(git.CatalogReaderOptions{})
	for name, target := range map[string]string{
		"this machine":               "http://127.0.0.1:1/catalog-info.yaml",
		"this machine by name":       "http://localhost:1/catalog-info.yaml",
		"all addresses":              "http://0.0.0.0:1/catalog-info.yaml",
		"this machine, IPv6":         "http://[::1]:1/catalog-info.yaml",
		"IPv4 in IPv6":               "http://[::ffff:127.0.0.1]:1/catalog-info.yaml",
		"NAT64":                      "http://[64:ff9b::7f00:1]:1/catalog-info.yaml",
		"a private network":          "http://10.1.2.3/catalog-info.yaml",
		"another one":                "https://192.168.0.1/catalog-info.yaml",
		"unique local":               "http://[fd00:ec2::254]/catalog-info.yaml",
		"metadata of a cloud":        "http://169.254.169.254/latest/user-data.yaml",
		"shared address space":       "http://100.100.100.200/catalog-info.yaml",
		"a number that is 127.0.0.1": "http://2130706433:1/catalog-info.yaml",
		"a repository":               "http://127.0.0.1:1/acme/orders.git",
		"a repository by git":        "git://10.1.2.3/acme/orders.git",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := catalog.ParseLocation(target, "", "")
			if err != nil {
				t.Fatal(err)
			}
			_, err = reader.Open(t.Context(), l)
			if name == "a number that is 127.0.0.1" && fault.Is(err, fault.Unavailable) {
				return // a resolver that knows no such name
			}
			if !fault.Is(err, fault.Forbidden) || !strings.Contains(err.Error(), "private network") ||
				!strings.Contains(fault.From(err).Hint, "PLATFORM_ALLOW_PRIVATE_ADDRESSES=") {
				t.Errorf("Open = %v (%s)", err, fault.CodeOf(err))
			}
		})
	}
}

// TestARedirectIntoAPrivateNetworkIsRefused has a host that may be reached lead
// on to one that may not.
func TestARedirectIntoAPrivateNetworkIsRefused(t *testing.T) {
	t.Parallel()
	secret := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the private server was reached") }))
	t.Cleanup(secret.Close)
	// Only its name tells the host that may be reached from the one that may not.
	guard := allow(t, "localhost")
	onward := httptest.NewServer(http.RedirectHandler(secret.URL, http.StatusFound))
	t.Cleanup(onward.Close)
	for name, address := range map[string]string{
		"a file":       strings.Replace(onward.URL, "127.0.0.1", "localhost", 1) + "/catalog-info.yaml",
		"a repository": strings.Replace(onward.URL, "127.0.0.1", "localhost", 1) + "/acme/orders.git",
	} {
		l, err := catalog.ParseLocation(address, "", "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = git.NewCatalogReader(git.CatalogReaderOptions{Guard: guard}).Open(t.Context(), l)
		if !fault.Is(err, fault.Forbidden) || !strings.Contains(err.Error(), "127.0.0.1") {
			t.Errorf("%s: Open = %v", name, err)
		}
	}
}

func TestGuardOnlyTakesHostsAndNetworks(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{"", "https://git.lan", "10.0.0.0/99", "a b"} {
		if _, err := git.NewGuard(wrong); !fault.Is(err, fault.Invalid) {
			t.Errorf("NewGuard(%q) = %v", wrong, err)
		}
	}
}

func TestSSHWithoutAKeySaysSo(t *testing.T) {
	t.Setenv("SSH_AUTH_SOCK", "")
	t.Setenv("HOME", t.TempDir())
	_, err := git.NewCatalogReader(git.CatalogReaderOptions{}).Open(t.Context(), catalog.Location{Type: catalog.LocationGit, Target: "git@github.com:acme/orders.git"})
	if !fault.Is(err, fault.Forbidden) || !strings.Contains(err.Error(), "no SSH key") || !strings.Contains(fault.From(err).Hint, "https://github.com/OWNER/REPOSITORY.git") {
		t.Errorf("Open = %v, hint %q", err, fault.From(err).Hint)
	}
}
