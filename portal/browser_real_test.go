package portal

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// realPages are the pages of a server on which inventory was made.
func realPages(run string) []string {
	entity := "/catalog/component/default/inventory"
	return []string{
		run, entity, entity + "/api", entity + "/contracts", entity + "/dependencies", entity + "/runs", entity + "/history", entity + "/source", "/", "/catalog", "/create/go-http", "/admin", "/admin/catalog", "/admin/audit",
	}
}

// TestBrowserOnTheProgram creates a service in the browser on the program itself:
// the form, every file before it exists, the run, and the page of what it made.
func TestBrowserOnTheProgram(t *testing.T) { //nolint:paralleltest // beside another browser both are slow
	b := newBrowser(t)
	axe := axeSource(t)
	base := startProgram(t)
	tab := b.open(t, base)
	tab.size(1280, 900)
	tab.theme("light")
	tab.goTo("/create/go-http")
	tab.do(chromedp.SendKeys(chromedp.CSS("#f-name"), "x_"), chromedp.Focus(chromedp.CSS("#f-owner")))
	tab.is("document.querySelector('#f-name').getAttribute('aria-invalid') === 'true'")
	eval[chromedp.Void](tab, "document.querySelector('#f-name').value = ''")
	tab.do(chromedp.SendKeys(chromedp.CSS("#f-name"), "inventory"), chromedp.SendKeys(chromedp.CSS("#f-owner"), "warehouse"))
	tab.is("document.querySelector('#f-name').getAttribute('aria-invalid') === null")
	tab.do(chromedp.Click(chromedp.CSS("[name=create_owner]")))
	tab.is("document.querySelector('[data-verdict]').textContent.startsWith('Everything fits')")
	tab.do(chromedp.Click(chromedp.CSS("form[data-create] .primary")))
	tab.at("/create/go-http/preview")
	if n := eval[int](tab, "document.querySelectorAll('.file').length"); n < 20 {
		t.Errorf("the preview shows %d files", n)
	}
	tab.do(chromedp.Click(chromedp.CSS(".actions .primary")))
	tab.at("/runs/")
	run := eval[string](tab, "location.pathname")
	tab.is("document.querySelector('#run-line').textContent === 'Finished' || document.querySelector('.next')")
	tab.is("document.querySelector('.next h2').textContent.startsWith('inventory exists')")
	tab.do(chromedp.Click(chromedp.CSS(".next .primary")))
	tab.at("/catalog/component/default/inventory")
	if title := eval[string](tab, "document.querySelector('h1').textContent"); title != "inventory" {
		t.Errorf("the page is about %s", title)
	}
	for _, address := range realPages(run) {
		tab.theme("light")
		tab.goTo(address)
		eval[chromedp.Void](tab, axe)
		tab.axe()
		tab.theme("dark")
		tab.axe("color-contrast")
		tab.clean()
	}
}

// startProgram builds the program and starts its server on a free port.
func startProgram(t *testing.T) string {
	t.Helper()
	newWorld(t, emptyWorld) // or skip: the program has no pages then
	if _, err := fs.Stat(os.DirFS("../scaffolds/dist"), "go-http.zip"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("golden paths are not packed: make generate")
		}
		t.Skip("SKIPPED, NOBODY CREATES A SERVICE IN THE BROWSER: golden paths are not packed. Run: make generate")
	}
	folder := t.TempDir()
	program := filepath.Join(folder, "platform")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../cmd/platform")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	data := filepath.Join(folder, "data")
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	serve := exec.CommandContext(ctx, program, "serve", "--listen", "127.0.0.1:0", "--data", data)
	serve.Cancel = func() error { return serve.Process.Signal(os.Interrupt) }
	serve.WaitDelay = 20 * time.Second
	var said strings.Builder
	serve.Stderr = &said
	serve.Env = append(os.Environ(), "HOME="+folder, "PLATFORM_URL=", "PLATFORM_CONFIG=")
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = serve.Wait()
		if t.Failed() {
			t.Logf("the server said:\n%s", said.String())
		}
	})
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) { // a file is looked for
		var server struct {
			URL string `json:"url"`
		}
		if body, err := os.ReadFile(filepath.Join(data, "server.json")); err == nil && json.Unmarshal(body, &server) == nil && server.URL != "" {
			return server.URL
		}
	}
	t.Fatalf("the server does not say where it is:\n%s", said.String())
	return ""
}
