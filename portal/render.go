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
	"time"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/internal/fault"
)

// renderer turns page structs into HTML. Every page is a set of its own: the
// layout, the parts, and one file under pages that defines "content".
type renderer struct {
	pages  map[string]*template.Template
	files  fs.FS             // built scripts, styles and icons
	names  map[string]string // logical name -> fingerprinted name; empty when web was never built
	now    func() time.Time
	public string // prefix of asset addresses
}

// errNotBuilt is shown instead of pages when web/dist is empty.
var errNotBuilt = errors.New("web is not built")

// newRenderer parses the templates and reads the manifest of the built assets.
// Without a build it still works: pages then say what is missing.
func newRenderer(templates, assets fs.FS) (*renderer, error) {
	r := &renderer{pages: map[string]*template.Template{}, files: assets, now: time.Now, public: "/static/"}
	if err := r.readManifest(); err != nil {
		return nil, err
	}
	layout, err := template.New("layout.html").Funcs(r.funcs()).ParseFS(templates, "layout.html", "parts/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse layout: %w", err)
	}
	err = fs.WalkDir(templates, "pages", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		page, err := layout.Clone()
		if err != nil {
			return fmt.Errorf("clone layout for %s: %w", name, err)
		}
		if _, err := page.ParseFS(templates, name); err != nil {
			return fmt.Errorf("parse %s: %w", name, err)
		}
		r.pages[strings.TrimSuffix(strings.TrimPrefix(name, "pages/"), ".html")] = page
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("parse pages: %w", err)
	}
	return r, nil
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
	set, ok := r.pages[name]
	if !ok {
		return nil, fmt.Errorf("there is no page template %q", name)
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
