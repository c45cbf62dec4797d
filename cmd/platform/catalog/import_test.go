package catalog

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goldenpath/platform/cmd/internal/cli/clitest"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/types"
)

// TestImportOfAConfigurationGoesOn has a repository that cannot be reached, rules
// and wildcards: what comes after is taken, and each that is not is said.
func TestImportOfAConfigurationGoesOn(t *testing.T) {
	t.Parallel()
	server := clitest.NewServer()
	server.Handle("POST /locations", func(w http.ResponseWriter, r *http.Request) {
		var request types.LocationRequest
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil || strings.Contains(request.Target, "gone.example") {
			clitest.Problem(w, fault.New(fault.Unavailable, "gone.example cannot be reached."))
			return
		}
		clitest.JSON(w, http.StatusOK, types.Registration{})
	})
	s := clitest.New(t, server)
	config := "catalog:\n  rules: [{allow: [Component]}]\n  locations:\n" +
		"    - {type: url, target: 'https://gone.example/a/b'}\n" +
		"    - {type: file, target: './l3/*/catalog-info.yaml', rules: [{allow: [User]}]}\n" +
		"    - {type: file, target: './none/*.yaml'}\n"
	for name, content := range map[string]string{"app-config.yaml": config, "l3/a/catalog-info.yaml": "", "l3/b/catalog-info.yaml": ""} {
		file := filepath.Join(s.Env.Dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.Run(t.Context(), Command(s.Env), "catalog", "import", "--app-config", "app-config.yaml"); got != 1 {
		t.Errorf("exit %d, want 1: %s", got, s.Err.String())
	}
	for _, want := range []string{
		"gone.example cannot be reached.", "catalog.rules", "catalog.locations[1].rules", "l3/a/catalog-info.yaml", "l3/b/catalog-info.yaml", "./none/*.yaml",
	} {
		if !strings.Contains(s.Out.String(), want) {
			t.Errorf("%q is not said in\n%s", want, s.Out.String())
		}
	}
}
