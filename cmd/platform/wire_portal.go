package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/user"
	"time"

	"github.com/goldenpath/platform/internal/access"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/githost"
	"github.com/goldenpath/platform/internal/store"
	"github.com/goldenpath/platform/internal/telemetry"
	"github.com/goldenpath/platform/pipelines"
	"github.com/goldenpath/platform/portal"
	"github.com/goldenpath/platform/portal/backstage"
	"github.com/goldenpath/platform/portal/broker"
	"github.com/goldenpath/platform/scaffolds"
	"github.com/goldenpath/platform/web"
)

// openPortal joins the web server.
func (w *wired) openPortal(o opening, kept *store.Store, library *scaffolds.Library, creation *pipelines.Creation, local *githost.Local) error {
	templates, err := web.Templates()
	if err != nil {
		return fmt.Errorf("read the templates: %w", err)
	}
	assets, err := web.Assets()
	if err != nil {
		return fmt.Errorf("read the assets: %w", err)
	}
	w.access = access.New(kept.Access(), access.Options{Log: w.log, ResolveUser: portal.ResolveUser(w.catalog)})
	options := portal.Options{
		Catalog: w.catalog, Paths: library, Creation: creation, Runs: w.runner, Contracts: w.contracts, About: w,
		Access:    w.access,
		Broker:    broker.New(w.contracts, broker.Options{PublicURL: w.settings.ConfiguredPublicURL(), PairPage: portal.PairPage, Log: w.log}),
		Backstage: backstage.New(w.catalog, backstage.Options{MayReadDisk: portal.MayReadDisk}),
		Git:       w.serveGit(local),
		Webhooks:  portal.NewWebhooks(w.settings.GitHub.WebhookSecret, w.catalog, w.log),
		Metrics:   w.metrics.Handler(),
		Templates: templates, Assets: assets,
		PublicURL: o.publicURL, Loopback: !o.login, RequireLogin: o.login, LocalActor: localActor(),
		Instrument: w.instrument, Route: noteRoute, Log: w.log,
	}
	if program, err := os.Executable(); err == nil {
		options.Downloads = portal.NewDownloads(program, portal.Verifier(program))
	}
	if w.portal, err = portal.New(options); err != nil {
		return err
	}
	return w.measure()
}

// noteRoute tells traces, metrics and log lines which request they are about.
func noteRoute(ctx context.Context, route, requestID string) context.Context {
	telemetry.SetRoute(ctx, route)
	return telemetry.WithRequestID(ctx, requestID)
}

// instrument is what every request goes through before the portal.
func (w *wired) instrument(next http.Handler) http.Handler {
	if len(w.settings.Replicas) > 0 {
		next = readingReplicas(next)
	}
	return w.http.Instrument(next)
}

// serveGit answers git clients. A push to a repository whose catalog file the
// catalog has makes it read the file again.
func (w *wired) serveGit(local *githost.Local) http.Handler {
	return local.Serve(githost.ServeOptions{
		Log: w.log, MayPush: portal.MayPush,
		Pushed: func(r *http.Request, repository string) { w.pushed(r.Context(), local, repository) },
	})
}

// pushedTime is how long reading a repository after a push may take.
const pushedTime = time.Minute

func (w *wired) pushed(ctx context.Context, local *githost.Local, repository string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pushedTime)
	defer cancel()
	pushed, there, err := local.Find(ctx, repository)
	if err == nil && !there {
		return
	}
	locations, listErr := w.catalog.Locations(ctx)
	if err = errors.Join(err, listErr); err != nil {
		w.log.WarnContext(ctx, "a push was not taken into the catalog", "repository", repository, "error", err)
		return
	}
	for _, l := range locations {
		if folder, ours := local.Folder(l.Target); !ours || folder != pushed.LocalPath {
			continue
		}
		if _, err := w.catalog.Refresh(ctx, l.ID); err != nil && !fault.Is(err, fault.NotFound) {
			w.log.WarnContext(ctx, "a push was not taken into the catalog", "repository", repository, "location", l.ID, "error", err)
		}
	}
}

// localActor is what writes of the person at this machine are recorded under.
func localActor() string {
	if who, err := user.Current(); err == nil && who.Username != "" {
		return who.Username
	}
	return "local"
}

// About says what this server is.
func (w *wired) About() portal.About {
	build := thisBuild()
	return portal.About{
		Build:    portal.Build{Version: build.Version, Commit: build.Commit, BuiltAt: build.BuiltAt, Go: build.Go},
		Database: string(w.db.Dialect()), DataDir: w.settings.DataDir, PublicURL: w.publicURL,
		GitHost: w.settings.GitHost, StartedAt: w.startedAt,
	}
}

// Health looks whether the parts work.
func (w *wired) Health(ctx context.Context) []portal.Check {
	checks := []portal.Check{{Name: "database", OK: true, Message: w.db.Name()}, {Name: "catalog", OK: true}}
	if err := w.db.Ping(ctx); err != nil {
		checks[0].OK, checks[0].Message = false, fault.From(err).Message
	}
	if _, err := w.catalog.HasGroups(ctx); err != nil {
		checks[1].OK, checks[1].Message = false, fault.From(err).Message
	}
	return checks
}
