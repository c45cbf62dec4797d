package portal

import (
	"context"
	"log/slog"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/pipelines"
)

// pages answers what people look at: for each address it binds, asks a domain,
// and renders.
type pages struct {
	*renderer
	catalog   pageCatalog
	paths     apiPaths
	creation  apiCreation
	runs      pageRuns
	contracts pageContracts
	tokens    apiTokens
	audit     apiAudit
	sessions  pageSessions
	server    apiServer
	log       *slog.Logger
	// gateFor names the environment whose gate lists show.
	gateFor string
}

// pageDeps is what the pages need of the rest of the platform.
type pageDeps struct {
	Renderer  *renderer
	Catalog   pageCatalog
	Paths     apiPaths
	Creation  apiCreation
	Runs      pageRuns
	Contracts pageContracts
	Tokens    apiTokens
	Audit     apiAudit
	Sessions  pageSessions
	Server    apiServer
	Log       *slog.Logger
}

func newPages(d pageDeps) *pages {
	return &pages{
		renderer: d.Renderer, catalog: d.Catalog, paths: d.Paths, creation: d.Creation, runs: d.Runs,
		contracts: d.Contracts, tokens: d.Tokens, audit: d.Audit, sessions: d.Sessions, server: d.Server,
		log: d.Log, gateFor: "production",
	}
}

// pageCatalog is what pages need of the catalog.
type pageCatalog interface {
	apiCatalog
	Relations(ctx context.Context, ref catalog.Ref) ([]catalog.RelationGroup, error)
	ReferenceLines(ctx context.Context, e catalog.Entity) (map[catalog.Relation]int, error)
	OwnerOf(ctx context.Context, e catalog.Entity) (catalog.Neighbour, bool, error)
	SystemOf(ctx context.Context, e catalog.Entity) (catalog.Neighbour, bool, error)
	GroupsOf(ctx context.Context, user catalog.Ref) ([]catalog.Neighbour, error)
	ProblemsOf(ctx context.Context, e catalog.Entity) ([]catalog.Problem, error)
	APIOf(ctx context.Context, component catalog.Ref) (catalog.Entity, bool, error)
	Find(ctx context.Context, ref catalog.Ref) (catalog.Entity, bool, error)
	FormerOf(ctx context.Context, ref catalog.Ref) (catalog.Former, bool, error)
	LocationByID(ctx context.Context, id string) (catalog.Location, bool, error)
	Nearest(ctx context.Context, kind, name string) ([]catalog.Ref, error)
}

// pageRuns is what pages need of runs.
type pageRuns interface {
	apiRuns
	// Events returns what a run has said so far, without waiting for more.
	Events(ctx context.Context, id string, after int64, limit int) ([]pipelines.Event, error)
}

// pageContracts is what pages need of contracts.
type pageContracts interface {
	Pairs(ctx context.Context) ([]contracts.Pair, error)
	Pair(ctx context.Context, consumer, provider string) (contracts.PairDetail, error)
	ContractsOf(ctx context.Context, service string) ([]contracts.Pair, error)
	CanIDeploy(ctx context.Context, q contracts.Question) (contracts.Answer, error)
	IgnoreRules(ctx context.Context) ([]contracts.IgnoreRule, error)
	GateStatuses(ctx context.Context, environment string, services []string) (map[string]contracts.GateStatus, error)
	Environments(ctx context.Context) ([]contracts.Environment, error)
	Deployments(ctx context.Context, f contracts.DeploymentFilter) ([]contracts.Deployment, error)
}

// pageSessions turns a token into a session of a browser, and ends it.
type pageSessions interface {
	// Required reports whether pages need a login at all.
	Required() bool
	// Login sets the session's cookie, or is fault.Unauthenticated.
	Login(c echo.Context, token string) error
	Logout(c echo.Context) error
}

// sideTime is how long a page waits for a fact beside the one it is about; then
// it says that the fact could not be loaded.
const sideTime = 2 * time.Second

// side runs look with a deadline of its own. A fact that cannot be loaded must
// not take the page down: it is logged, and the page shows it as unknown.
func (p *pages) side(c echo.Context, what string, look func(ctx context.Context) error) bool {
	ctx, cancel := context.WithTimeout(c.Request().Context(), sideTime)
	defer cancel()
	if err := look(ctx); err != nil {
		p.log.WarnContext(ctx, "page shows a fact as unknown", "fact", what, "error", err)
		return false
	}
	return true
}
