package backstage_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/git"
	"github.com/goldenpath/platform/internal/store"
)

const clientFolder = "testdata/client"

// installing lets one test at a time look whether the client is there.
var installing sync.Mutex

// installClient installs Backstage's client from npm, unless it is there.
func installClient(t *testing.T) {
	t.Helper()
	installing.Lock()
	defer installing.Unlock()
	lock, err := os.Stat(clientFolder + "/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	if done, err := os.Stat(clientFolder + "/node_modules/.package-lock.json"); err == nil && !done.ModTime().Before(lock.ModTime()) {
		return
	}
	for _, tool := range []string{"npm", "node"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("BACKSTAGE'S OWN CLIENT CANNOT RUN, so nothing runs it against /api/catalog here: %s is not installed", tool)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	install := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-progress")
	install.Dir = clientFolder
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm ci in %s: %v\n%s", clientFolder, err, out)
	}
	now := time.Now()
	if err := os.Chtimes(clientFolder+"/node_modules/.package-lock.json", now, now); err != nil {
		t.Fatal(err)
	}
}

// onSQLite returns a catalog as a server has it, with the company in it, that
// may read from this machine.
func onSQLite(t *testing.T) *catalog.Catalog {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{"catalog-info.yaml": shopFile, "services/orders.yaml": ordersFile} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	guard, err := git.NewGuard("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	db := databasetest.SQLite(t)
	c := catalog.New(store.New(db).Catalog(), db, git.NewCatalogReader(git.CatalogReaderOptions{Guard: guard}), slog.New(slog.DiscardHandler))
	if _, err := c.Register(t.Context(), catalog.Location{Target: filepath.Join(folder, "catalog-info.yaml")}); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestBackstagesOwnClient runs the client that plugins of Backstage have, as it
// is published, against a server.
func TestBackstagesOwnClient(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("runs a foreign program")
	}
	installClient(t)
	base := serve(t, onSQLite(t), anyDisk())
	files := http.NewServeMux()
	for name, entity := range map[string]string{"/one/catalog-info.yaml": "remote", "/two/catalog-info.yaml": "elsewhere"} {
		files.HandleFunc(name, func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: %s}\n"+
				"spec: {type: service, lifecycle: production, owner: checkout}\n", entity)
		})
	}
	web := httptest.NewServer(files)
	defer web.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	node := exec.CommandContext(ctx, "node", "client.mjs", base, web.URL+"/one/catalog-info.yaml", web.URL+"/two/catalog-info.yaml")
	node.Dir = clientFolder
	out, err := node.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Errorf("node client.mjs: %v", err)
	}
}
