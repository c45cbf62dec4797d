package portal

import (
	"context"
	"time"

	"github.com/goldenpath/platform/portal/api/server"
	"github.com/goldenpath/platform/portal/api/types"
)

// Build says which build of the program is running.
type Build struct {
	Version, Commit, BuiltAt, Go string
}

// About says what this server is and where it keeps things.
type About struct {
	Build     Build
	Database  string // sqlite or postgres
	DataDir   string
	PublicURL string
	GitHost   string // the default one
	StartedAt time.Time
}

// Check is how one part of the server is.
type Check struct {
	Name    string
	OK      bool
	Message string
}

// apiServer tells about the server itself.
type apiServer interface {
	About() About
	Health(ctx context.Context) []Check
}

// GetHealth answers GET /health.
func (a *API) GetHealth(ctx context.Context, _ server.GetHealthRequestObject) (server.GetHealthResponseObject, error) {
	health := server.GetHealth200JSONResponse{Status: types.HealthOK, Checks: []types.HealthCheck{}}
	for _, c := range a.deps.Server.Health(ctx) {
		if !c.OK {
			health.Status = types.HealthDegraded
		}
		health.Checks = append(health.Checks, types.HealthCheck{Name: c.Name, Ok: c.OK, Message: c.Message})
	}
	return health, nil
}

// GetVersion answers GET /version.
func (a *API) GetVersion(context.Context, server.GetVersionRequestObject) (server.GetVersionResponseObject, error) {
	return server.GetVersion200JSONResponse(fromBuild(a.deps.Server.About().Build)), nil
}

// GetInfo answers GET /info. Where the data is concerns administrators only.
func (a *API) GetInfo(ctx context.Context, _ server.GetInfoRequestObject) (server.GetInfoResponseObject, error) {
	about := a.deps.Server.About()
	info := server.GetInfo200JSONResponse{
		Version: fromBuild(about.Build), Database: about.Database,
		PublicURL: about.PublicURL, GitHost: about.GitHost, StartedAt: about.StartedAt,
	}
	if IdentityOf(ctx).May(ScopeAdmin) {
		info.DataDir = about.DataDir
	}
	return info, nil
}

func fromBuild(b Build) types.Version {
	return types.Version{Version: b.Version, Commit: b.Commit, BuiltAt: b.BuiltAt, Go: b.Go}
}
