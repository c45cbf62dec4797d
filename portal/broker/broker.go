// Package broker speaks the Pact Broker's protocol over the contracts domain, so
// that Pact clients in every language work unchanged. It knows HTTP, HAL and the
// broker's words; what pacts mean is the domain's.
//
// Clients put names with slashes into paths as %2F. The package therefore routes
// on the escaped path with a router of its own, and unescapes each parameter
// once.
package broker

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
)

// version is the release of the Pact Broker whose behaviour this is.
const version = "2.120.0"

// Options are what the handler needs beside the domain.
type Options struct {
	// PublicURL starts every link, such as https://platform.example.com; without
	// it links are made from the request's host and X-Forwarded headers.
	PublicURL string
	// PairPage is the path of the page about the pact of two services; nil where there
	// are no pages.
	PairPage func(consumer, provider string) string
	Log      *slog.Logger
}

// Handler answers the Pact Broker's routes.
type Handler struct {
	contracts *contracts.Broker
	options   Options
	router    *echo.Echo
	buffers   sync.Pool // of written: large answers are written into the memory of those before
}

// New returns the handler for b.
func New(b *contracts.Broker, o Options) *Handler {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.PublicURL = strings.TrimSuffix(o.PublicURL, "/")
	h := &Handler{contracts: b, options: o, router: echo.New()}
	h.router.HideBanner = true
	h.router.HTTPErrorHandler = h.fail
	h.router.Pre(answerHeaders, refuseUnknownMethods)
	for _, r := range h.routes() {
		h.router.Any(r.path, r.serve)
	}
	return h
}

// Register mounts the routes on g, whatever its prefix.
func (h *Handler) Register(g *echo.Group) {
	for _, path := range []string{"", "/*"} {
		g.Any(path, h.forward)
		g.RouteNotFound(path, h.forward) // also what comes with a method that no router knows
	}
}

// forward hands a request to the router of this package with the mount's prefix
// cut off. RawPath is set even where it equals Path, because the router would
// otherwise match, and hand out, parameters unescaped or escaped by chance.
func (h *Handler) forward(c echo.Context) error {
	prefix := strings.TrimSuffix(strings.TrimSuffix(c.Path(), "*"), "/")
	r := c.Request().Clone(c.Request().Context())
	if from := c.Response().Header().Get(echo.HeaderXRequestID); from != "" {
		r.Header.Set(echo.HeaderXRequestID, from)
	}
	raw := strings.TrimPrefix(r.URL.EscapedPath(), prefix)
	raw = strings.TrimSuffix(raw, "/")
	path, err := url.PathUnescape(raw)
	if err != nil {
		return c.NoContent(http.StatusBadRequest)
	}
	if !contracts.IsText(path) {
		return write(c, http.StatusBadRequest, hal, map[string]any{"error": fmt.Sprintf("The address %s holds the character U+0000, or bytes that are not UTF-8.", raw)})
	}
	r = rememberEnding(r, raw)
	h.address(r, raw, path)
	r.Header.Set(mountHeader, prefix)
	h.router.ServeHTTP(c.Response(), r)
	return nil
}

// mountHeader tells the inner router where it is mounted. forward overwrites
// whatever a client sends under the name.
const mountHeader = "X-Platform-Mount"

func orRoot(path string) string {
	if path == "" {
		return "/"
	}
	return path
}

// answerHeaders sets what every answer of a Pact Broker carries.
func answerHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		header := c.Response().Header()
		header.Set("X-Pact-Broker-Version", version)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set(echo.HeaderVary, echo.HeaderAccept)
		header.Set(echo.HeaderCacheControl, "no-cache")
		return next(c)
	}
}

// refuseUnknownMethods answers 501 to a method that no address has, as the peer does:
// 405, with the methods that an address has, is for those that others have.
func refuseUnknownMethods(next echo.HandlerFunc) echo.HandlerFunc {
	known := []string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodOptions, http.MethodTrace, http.MethodConnect,
	}
	return func(c echo.Context) error {
		if method := c.Request().Method; !slices.Contains(known, method) {
			return failure{status: http.StatusNotImplemented, body: map[string]any{"error": method + " is no method that is known here."}}
		}
		return next(c)
	}
}

// route is one address and what it does with each method.
type route struct {
	path                       string
	get, post, put, patch, del echo.HandlerFunc
	text                       bool // get answers in plain text, too
	pact                       bool // get answers with a pact, which has an extended form
	page                       bool // get leads to a page, where there is one
	anything                   bool // get answers whatever the last parameter is, so an ending is never part of it
}

// serve dispatches on the method. HEAD is GET, OPTIONS lists, and anything else
// is refused with the list.
func (r route) serve(c echo.Context) error {
	handlers := map[string]echo.HandlerFunc{
		http.MethodGet: r.get, http.MethodHead: r.get, http.MethodPost: r.post,
		http.MethodPut: r.put, http.MethodPatch: r.patch, http.MethodDelete: r.del,
	}
	method := c.Request().Method
	if _, shorter := shorterAddress(c.Request()); shorter && r.anything {
		return notFound()
	}
	if handle := handlers[method]; handle != nil {
		if isRead(method) && !acceptable(c.Request(), r.forms()...) {
			return c.NoContent(http.StatusNotAcceptable)
		}
		return handle(c)
	}
	if method == http.MethodOptions {
		c.Response().Header().Set("Access-Control-Allow-Methods", r.allowed())
		return c.NoContent(http.StatusOK)
	}
	c.Response().Header().Set(echo.HeaderAllow, r.allowed())
	return c.NoContent(http.StatusMethodNotAllowed)
}

func (r route) allowed() string {
	var names []string
	for _, m := range []struct {
		name   string
		handle echo.HandlerFunc
	}{
		{http.MethodGet, r.get},
		{http.MethodPost, r.post},
		{http.MethodPut, r.put},
		{http.MethodDelete, r.del},
		{http.MethodPatch, r.patch},
	} {
		if m.handle != nil {
			names = append(names, m.name)
		}
	}
	return strings.Join(append(names, http.MethodOptions), ", ")
}
