package portal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/internal/fault"
)

// renderer turns page structs into HTML. Every page is a set of its own: the
// layout, the parts, and one file under pages that defines "content".
type renderer struct {
	templates fs.FS
	layout    func() (*template.Template, error)
	mu        sync.Mutex
	pages     map[string]*template.Template // those somebody has asked for
	files     fs.FS                         // built scripts, styles and icons
	names     map[string]string             // logical name -> fingerprinted name; empty when web was never built
	now       func() time.Time
	public    string // prefix of asset addresses
}

// errNotBuilt is shown instead of pages when web/dist is empty.
var errNotBuilt = errors.New("web is not built")

// newRenderer reads the manifest of the built assets. Templates are parsed when
// a page is first asked for: a command that renders none must not wait for
// them. Without a build it still works: pages then say what is missing.
func newRenderer(templates, assets fs.FS) (*renderer, error) {
	r := &renderer{templates: templates, pages: map[string]*template.Template{}, files: assets, now: time.Now, public: "/static/"}
	if err := r.readManifest(); err != nil {
		return nil, err
	}
	r.layout = sync.OnceValues(func() (*template.Template, error) {
		layout, err := template.New("layout.html").Funcs(r.funcs()).ParseFS(templates, "layout.html", "parts/*.html")
		if err != nil {
			return nil, fmt.Errorf("parse layout: %w", err)
		}
		return layout, nil
	})
	return r, nil
}

// page returns the template of one page, parsed once.
func (r *renderer) page(name string) (*template.Template, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if page, ok := r.pages[name]; ok {
		return page, nil
	}
	layout, err := r.layout()
	if err != nil {
		return nil, err
	}
	page, err := layout.Clone()
	if err != nil {
		return nil, fmt.Errorf("clone layout for %s: %w", name, err)
	}
	if _, err := page.ParseFS(r.templates, "pages/"+name+".html"); err != nil {
		return nil, fmt.Errorf("parse page %s: %w", name, err)
	}
	r.pages[name] = page
	return page, nil
}

func (r *renderer) readManifest() error {
	data, err := fs.ReadFile(r.files, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the manifest of web: %w", err)
	}
	if err := json.Unmarshal(data, &r.names); err != nil {
		return fmt.Errorf("read the manifest of web: %w", err)
	}
	return nil
}

// render answers with a page. It is written into a buffer first: a template
// that fails half-way must not leave half a page with status 200.
func (r *renderer) render(c echo.Context, status int, name string, page any) error {
	body, err := r.execute(name, page)
	if errors.Is(err, errNotBuilt) {
		return c.String(http.StatusServiceUnavailable, "The portal's pages are not built. Run: make build\n")
	}
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.HTMLBlob(status, body)
}

func (r *renderer) execute(name string, page any) ([]byte, error) {
	if len(r.names) == 0 {
		return nil, errNotBuilt
	}
	set, err := r.page(name)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := set.ExecuteTemplate(&b, "layout.html", page); err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// errorPage answers a request for a page that failed with f.
func (r *renderer) errorPage(c echo.Context, status int, f *fault.Error) error {
	if c.Response().Committed {
		return nil
	}
	if c.Request().Method == http.MethodHead {
		return c.NoContent(status)
	}
	page := errorPage{
		frame: newFrame(c, statusText(status), ""), Status: status, Fault: f,
		RequestID: c.Response().Header().Get(echo.HeaderXRequestID),
	}
	if f.Code == fault.Unauthenticated {
		page.LoginURL = loginURL(c)
	}
	return r.render(c, status, "error", page)
}

type errorPage struct {
	frame
	Status    int
	Fault     *fault.Error
	RequestID string
	LoginURL  string
}

// serveAsset answers GET /static/<file>. Names carry a fingerprint of the
// content, so browsers may keep a file for ever.
func (r *renderer) serveAsset(c echo.Context) error {
	name := path.Clean(c.Param("*"))
	body, err := fs.ReadFile(r.files, name)
	if err != nil || name == "manifest.json" || strings.HasPrefix(name, ".") {
		return fault.New(fault.NotFound, "There is no file %s.", name).WithHint("Reload the page: the portal was updated.")
	}
	header := c.Response().Header()
	header.Set(echo.HeaderCacheControl, "public, max-age=31536000, immutable")
	etag := `"` + name + `"`
	header.Set("ETag", etag)
	if c.Request().Header.Get("If-None-Match") == etag {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, contentTypeOf(name), body)
}

// serveFavicon answers the address that browsers ask by themselves.
func (r *renderer) serveFavicon(c echo.Context) error {
	return c.Redirect(http.StatusFound, r.asset("favicon.svg"))
}

// contentTypeOf does not ask the machine's MIME tables: they differ.
func contentTypeOf(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return echo.MIMEOctetStream
}

// asset returns the address of a built file.
func (r *renderer) asset(name string) string {
	if file, ok := r.names[name]; ok {
		return r.public + file
	}
	return r.public + name
}
