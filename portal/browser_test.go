package portal

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// browserTime bounds what one test does in the browser.
const browserTime = 90 * time.Second

// chromium is the browser, started once for the tests that share it.
type chromium struct{ ctx context.Context } //nolint:containedctx // the browser is the context

// newBrowser starts Chromium, away from the network and without a past. Without
// it nobody has seen the pages: on CI that is a failure.
func newBrowser(t *testing.T) chromium {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: no browser is started")
	}
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		const missing = "PAGES ARE NOT TESTED IN A BROWSER: there is no chromium on PATH"
		if os.Getenv("CI") != "" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.DisableGPU,
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"), chromedp.Flag("hide-scrollbars", true),
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, stopAllocator := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), options...)
	t.Cleanup(stopAllocator)
	ctx, stop := chromedp.NewContext(allocator)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	return chromium{ctx}
}

// window is a page in the browser.
type window struct {
	t    *testing.T
	ctx  context.Context //nolint:containedctx // the tab is the context
	base string
}

// watchScript notes what the content policy stops and what breaks.
const watchScript = `window.seen = [];
addEventListener('securitypolicyviolation', (e) => seen.push('policy: ' + e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sourceFile + ':' + e.lineNumber));
addEventListener('error', (e) => seen.push('error: ' + (e.message || e.target?.src || e.target?.href)), true);
addEventListener('unhandledrejection', (e) => seen.push('rejection: ' + e.reason));`

// open opens a tab. A test that fails keeps a picture of what it saw.
func (b chromium) open(t *testing.T, base string) *window {
	t.Helper()
	ctx, closeTab := chromedp.NewContext(b.ctx)
	ctx, cancel := context.WithTimeout(ctx, browserTime)
	tab := &window{t: t, ctx: ctx, base: base}
	t.Cleanup(func() {
		if t.Failed() {
			tab.picture(picturesOf(t), t.Name())
		}
		cancel()
		closeTab()
	})
	tab.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watchScript})
		return err
	}))
	return tab
}

// picturesOf is where pictures of failing tests are kept.
func picturesOf(t *testing.T) string {
	t.Helper()
	if folder := os.Getenv("PORTAL_PICTURES"); folder != "" {
		return folder
	}
	return filepath.Join(os.TempDir(), "portal-pictures")
}

func (b *window) picture(folder, name string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(b.ctx), 20*time.Second)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Logf("no picture: %v", err)
		return
	}
	file := filepath.Join(folder, regexp.MustCompile(`[^A-Za-z0-9]+`).ReplaceAllString(name, "-")+".png")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		b.t.Logf("no picture: %v", err)
		return
	}
	if err := os.WriteFile(file, png, 0o644); err != nil {
		b.t.Logf("no picture: %v", err)
		return
	}
	if b.t.Failed() {
		b.t.Logf("picture: %s", file)
	}
}

func (b *window) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

func (b *window) goTo(address string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.base + address))
	b.ready()
}

const isReady = "document.readyState === 'complete' && document.documentElement.classList.contains('js') && document.querySelector('main')"

// ready waits until the page and its script are there.
func (b *window) ready() {
	b.t.Helper()
	b.is(isReady)
}

// size makes the window as big as a desktop's or a phone's.
func (b *window) size(width, height int64) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(width, height))
}

// theme says which colours the person's system prefers.
func (b *window) theme(name string) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return err
	}))
	// Styles follow a moment later, on a busy machine not all of them by themselves; colours half of one theme and
	// half of the other are nobody's. What inherits a colour changes a frame after what it inherits from, so no change
	// may be left for some frames.
	eval[chromedp.Void](b, `new Promise((done) => {
		let calm = 0;
		const look = () => {
			calm = document.getAnimations().some((a) => a instanceof CSSTransition) ? 0 : calm + 1;
			if (calm > 5) done(); else requestAnimationFrame(look);
		};
		setTimeout(() => {
			const root = document.documentElement;
			root.style.display = "none";
			void root.offsetHeight;
			root.style.display = "";
			look();
		}, 50);
	})`)
}

// is waits until an expression of JavaScript is true.
func (b *window) is(expression string) {
	b.t.Helper()
	b.until(expression, func() (bool, error) {
		return chromedp.Run(b.ctx, chromedp.Evaluate[bool]("Boolean("+expression+")"))
	})
}

// until asks again and again: a page that is being left or built has no answer.
func (b *window) until(what string, ask func() (bool, error)) {
	b.t.Helper()
	deadline := time.Now().Add(15 * time.Second)
	for {
		ok, err := ask()
		if ok && err == nil {
			return
		}
		if time.Now().After(deadline) || b.ctx.Err() != nil {
			b.t.Fatalf("waited in vain for %s (%v)", what, err)
		}
		time.Sleep(50 * time.Millisecond) // the browser says nothing when it is so
	}
}

// at waits until the tab is at an address.
func (b *window) at(address string) {
	b.t.Helper()
	b.is("(location.pathname + location.search).startsWith(" + strconv.Quote(address) + ") && " + isReady)
}

func (b *window) keys(keys string, options ...chromedp.KeyOption) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(keys, options...))
}

func eval[T any](b *window, expression string) T {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", cut(expression, 80), err)
	}
	return value
}

// clean checks that the policy stopped nothing and no script broke.
func (b *window) clean() {
	b.t.Helper()
	for _, seen := range eval[[]string](b, "window.seen") {
		b.t.Errorf("the browser reports %s", seen)
	}
}

// violation is what axe finds.
type violation struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// axe looks for faults that keep people out; rules narrows it down.
func (b *window) axe(rules ...string) {
	b.t.Helper()
	options := `{resultTypes: ['violations']}`
	if len(rules) > 0 {
		options = fmt.Sprintf(`{resultTypes: ['violations'], runOnly: %q}`, rules)
		options = strings.ReplaceAll(options, `" "`, `", "`)
	}
	found := eval[[]violation](b, `axe.run(document, `+options+`).then((result) => result.violations.map((v) => ({
		id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.slice(0, 3).map((n) => ({ html: n.html, failureSummary: n.failureSummary })),
	})))`)
	for _, v := range found {
		for _, n := range v.Nodes {
			b.t.Errorf("axe: %s (%s): %s\n%s\n%s", v.ID, v.Impact, v.Help, cut(n.HTML, 300), n.Summary)
		}
	}
}

func axeSource(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile("../web/node_modules/axe-core/axe.min.js")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("SKIPPED, NOBODY LOOKS FOR BARRIERS: axe-core is not installed. Run: cd web && npm ci (%v)", err)
	}
	return string(source)
}

// serveWorld serves a world where a browser reaches it.
func serveWorld(t *testing.T, w *world) string {
	t.Helper()
	server := httptest.NewUnstartedServer(w)
	server.Config.WriteTimeout = 0
	server.Start()
	t.Cleanup(func() {
		w.Drain()
		server.Close()
	})
	return server.URL
}

// TestBrowser looks at pages as people do. PORTAL_URL makes it look at a server
// that runs already instead of a world of its own.
func TestBrowser(t *testing.T) { //nolint:paralleltest // one browser, one page after the other
	if address := os.Getenv("PORTAL_URL"); address != "" {
		b := newBrowser(t)
		lookAt(t, b, strings.TrimSuffix(address, "/"), crawl(t, address))
		return
	}
	w, first := newWorld(t, fullWorld), newWorld(t, emptyWorld)
	b := newBrowser(t)
	pages := make([]string, 0, len(worldPages()))
	for _, p := range worldPages() {
		if !slices.Contains(likePages(), p) {
			pages = append(pages, w.address(t, p))
		}
	}
	pages = append(pages, "/nothing-here", "/create/go-http/preview?name=")
	t.Run("full", func(t *testing.T) { lookAt(t, b, serveWorld(t, w), pages) })                 //nolint:paralleltest // one browser
	t.Run("first day", func(t *testing.T) { lookAt(t, b, serveWorld(t, first), firstPages()) }) //nolint:paralleltest // one browser
	t.Run("journeys", func(t *testing.T) { journeys(t, b) })                                    //nolint:paralleltest // one browser
}
