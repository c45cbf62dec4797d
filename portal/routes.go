package portal

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/portal/api"
	"github.com/goldenpath/platform/portal/backstage"
)

// routes lists every address of the server. Those of pages are in pageRoutes,
// those of the API in portal/api/openapi.yaml, those of the Pact Broker in
// portal/broker, those of Backstage in portal/backstage.
func (s *Server) routes() {
	e, o := s.echo, s.options

	e.GET("/healthz", s.showAlive)
	e.GET("/readyz", s.showReady)
	if o.Metrics != nil {
		e.GET("/metrics", echo.WrapHandler(o.Metrics))
	}

	p := newPages(pageDeps{
		Renderer: s.renderer, Catalog: o.Catalog, Paths: o.Paths, Creation: o.Creation, Runs: o.Runs, Contracts: o.Contracts,
		Tokens: s.access, Audit: s.access, Sessions: s.sessions, Server: o.About, Log: s.log,
	})
	publicRoutes(e.Group(""), p)
	pageRoutes(e.Group(""), p)

	NewAPI(APIDeps{
		Catalog: o.Catalog, Paths: o.Paths, Creation: o.Creation, Runs: o.Runs, Contracts: o.Contracts,
		Tokens: s.access, Audit: s.access, Server: o.About,
	}).Register(e)

	if o.Broker != nil {
		o.Broker.Register(e.Group("/broker"))
		e.GET(lostPath, showTheWay)
	}
	e.POST(webhookRoute, o.Webhooks.receive)
	if o.Backstage != nil {
		o.Backstage.Register(e.Group(backstagePath))
	}
	if o.Git != nil {
		e.Any("/git/*", echo.WrapHandler(http.StripPrefix("/git", o.Git)))
	}
	if o.Downloads != nil {
		e.GET("/download", o.Downloads.list)
		e.GET("/download/:target", o.Downloads.serveArchive)
		e.GET("/download/:target/:file", o.Downloads.serveFile)
	}
}

// isPublic reports whether a route answers before anybody has said who they
// are. The API's own guard knows which of its operations do. Downloads hold no
// secrets, and a pipeline has no token before it has the program. Events of a
// git host are signed.
func isPublic(route string) bool {
	switch route {
	case "/healthz", "/readyz", "/static/*", "/favicon.ico", "/login", "/logout",
		webhookRoute, "/download", "/download/:target", "/download/:target/:file":
		return true
	}
	return strings.HasPrefix(route, api.BasePath+"/")
}

// isUnder reports whether an address is prefix or below it.
func isUnder(path, prefix string) bool {
	rest, ok := strings.CutPrefix(path, prefix)
	return ok && (rest == "" || rest[0] == '/')
}

// isStream reports whether a route answers for as long as something goes on.
func isStream(route string) bool {
	return route == "/runs/:id/events" || route == api.BasePath+"/runs/:id/events"
}

func isSafe(method string) bool {
	return slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace}, method)
}

// scopeOf is what a request needs that is not the API's: reading is for every
// token, anything else only for those that may write, unless it is known to
// change nothing. Pages that want more say so themselves.
func scopeOf(c echo.Context) string {
	switch {
	case isSafe(c.Request().Method), isUnder(c.Path(), "/git"): // who may push, git's handler asks by MayPush
		return ScopeRead
	case isUnder(c.Path(), "/broker"):
		if asksForPacts(c.Request()) {
			return ScopeRead
		}
	case isUnder(c.Path(), backstagePath):
		if backstage.OnlyReads(strings.TrimPrefix(c.Path(), backstagePath)) {
			return ScopeRead
		}
	case slices.Contains([]string{"/create/:path/check", "/preferences"}, c.Path()):
		return ScopeRead
	}
	return ScopeWrite
}

// asksForPacts reports whether a request to the broker only asks which pacts
// are to be verified. Escaped slashes stay escaped, as in the broker's router:
// what ends in these words may also be the name of a tag.
func asksForPacts(r *http.Request) bool {
	parts := strings.Split(strings.Trim(r.URL.EscapedPath(), "/"), "/")
	return r.Method == http.MethodPost && len(parts) == 5 &&
		parts[1] == "pacts" && parts[2] == "provider" && parts[4] == "for-verification"
}

// backstagePath is where the API of Backstage's catalog is.
const backstagePath = "/api/catalog"

// changesCatalog reports whether a request to that API that is no GET changes
// anything. Some only tell what they ask for, some only look at a repository.
func changesCatalog(c echo.Context) bool {
	switch path := strings.TrimPrefix(c.Path(), backstagePath); {
	case backstage.OnlyReads(path), path == "/analyze-location":
		return false
	case path == "/locations":
		return !backstage.IsDryRun(c.QueryParam("dryRun"))
	}
	return true
}
