package portal

import (
	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/portal/api"
	"github.com/goldenpath/platform/portal/api/server"
)

// API answers the platform's own REST API: for each operation of
// portal/api/openapi.yaml it binds, calls a domain, and answers.
type API struct {
	deps     APIDeps
	document document
}

// APIDeps is what the API needs of the rest of the platform.
type APIDeps struct {
	Catalog   apiCatalog
	Paths     apiPaths
	Creation  apiCreation
	Runs      apiRuns
	Contracts apiContracts
	Tokens    apiTokens
	Audit     apiAudit
	Server    apiServer
}

// NewAPI returns the API over deps.
func NewAPI(deps APIDeps) *API {
	return &API{deps: deps}
}

var _ server.StrictServerInterface = (*API)(nil)

// Register adds the API's routes and those of its description.
func (a *API) Register(e *echo.Echo) {
	e.GET("/api/openapi.json", a.document.serveJSON)
	e.GET("/api/openapi.yaml", a.document.serveYAML)
	server.RegisterHandlersWithBaseURL(guarded{e, a.document.guard}, server.NewStrictHandler(a, []server.StrictMiddlewareFunc{noteSubject}), api.BasePath)
}

// guarded puts a guard before every route. A group with a middleware would do
// so too, but also answer "not found" to a method that a route does not have.
type guarded struct {
	*echo.Echo
	guard echo.MiddlewareFunc
}

// DELETE adds a route.
func (g guarded) DELETE(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return g.Echo.DELETE(path, g.guard(h), m...)
}

// GET adds a route.
func (g guarded) GET(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return g.Echo.GET(path, g.guard(h), m...)
}

// PATCH adds a route.
func (g guarded) PATCH(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return g.Echo.PATCH(path, g.guard(h), m...)
}

// POST adds a route.
func (g guarded) POST(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return g.Echo.POST(path, g.guard(h), m...)
}

// PUT adds a route.
func (g guarded) PUT(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return g.Echo.PUT(path, g.guard(h), m...)
}

// mapped returns f of each item, never nil: a list without items is [] on the
// wire, not null.
func mapped[T, U any](items []T, f func(T) U) []U {
	out := make([]U, len(items))
	for i, item := range items {
		out[i] = f(item)
	}
	return out
}

// orEmpty returns items, never nil, for the same reason.
func orEmpty[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

// value returns what p points to, or the zero value for a parameter left out.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// defaultLimit is the page size the document promises.
const defaultLimit = 50

func limitOf(p *int) int {
	if p == nil {
		return defaultLimit
	}
	return *p
}
