package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"time"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/access"
	"github.com/goldenpath/platform/internal/config"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/git"
	"github.com/goldenpath/platform/internal/githost"
	"github.com/goldenpath/platform/internal/jobs"
	"github.com/goldenpath/platform/internal/pact"
	"github.com/goldenpath/platform/internal/store"
	"github.com/goldenpath/platform/pipelines"
	"github.com/goldenpath/platform/portal"
	"github.com/goldenpath/platform/scaffolds"
)

// wired is the platform, joined.
type wired struct {
	settings  config.Config
	publicURL string
	startedAt time.Time
	observed

	db        *database.DB
	catalog   *catalog.Catalog
	contracts *contracts.Broker
	access    *access.Access
	runner    *pipelines.Runner
	jobs      *jobs.Jobs
	portal    *portal.Server

	warmed func() // waits until nobody warms the catalog any more
}

// opening says for what the parts are joined.
type opening struct {
	publicURL string
	login     bool // everybody has to say who they are
	server    bool // a process that stays, and logs
}

// open joins the parts, from the database up to the portal. Nothing runs yet:
// jobs start with Start, and whoever serves the handler serves it.
func open(ctx context.Context, s config.Config, o opening) (_ *wired, err error) {
	w := &wired{settings: s, publicURL: o.publicURL, startedAt: time.Now()}
	defer func() {
		if err != nil {
			w.close(ctx)
		}
	}()
	if w.observed, err = observe(s, o); err != nil {
		return nil, err
	}
	if w.db, err = openDatabase(ctx, s, w.log); err != nil {
		return nil, err
	}
	kept := store.New(w.db)
	local := githost.NewLocal(filepath.Join(s.DataDir, "repositories"), o.publicURL)
	hosts, github, err := gitHosts(s, local, o.publicURL)
	if err != nil {
		return nil, err
	}
	guard, err := networkGuard(s)
	if err != nil {
		return nil, err
	}
	reading := git.CatalogReaderOptions{Local: local.Folder, Guard: guard, ReadHosts: s.ReadHosts}
	if github != nil {
		reading.Login, reading.Token, reading.API = github.Login, github.Token, github.ContentAddress
	}
	w.catalog = catalog.New(kept.Catalog(), w.db, git.NewCatalogReader(reading), w.log).
		WithOrphans(catalog.OrphanPolicy{Keep: s.KeepOrphans, After: time.Duration(s.OrphanDays) * 24 * time.Hour})
	if github != nil {
		w.catalog = w.catalog.WithOrganizations(githost.NewOrganizations(github)).WithContributor(githost.NewContributor(github))
	}
	if o.server {
		w.warm(ctx)
	}
	w.contracts = contracts.New(kept.Contracts(), w.db, time.Now).
		WithPolicy(contracts.Policy{MaxAge: s.GateMaxAge, AtBroker: s.GateAtBroker})
	library, err := scaffolds.Embedded()
	if err != nil {
		return nil, err
	}
	creation := pipelines.NewCreation(pipelines.CreationOptions{
		Catalog: w.catalog, Paths: goldenPaths(library), Hosts: hosts, Repositories: git.New(), Past: kept.Runs(),
	})
	queue, err := jobs.NewQueue(w.db, w.log)
	if err != nil {
		return nil, err
	}
	verification := pipelines.NewProviderVerification(w.contracts, newRegisteredVerifier(pact.New(s.PactVerifier, w.log)), w.db)
	w.runner = pipelines.NewRunner(pipelines.Options{
		Store: kept.Runs(), Queue: queue, Unit: w.db, Log: w.log, Pipelines: []pipelines.Pipeline{creation.Pipeline(), verification.Pipeline()},
		Redactor: pipelines.NewRedactor(s.GitHub.Token),
	})
	if w.jobs, err = jobs.New(w.db, w.log, queue, w.runner); err != nil {
		return nil, err
	}
	return w, w.openPortal(o, kept, library, creation, local) //nolint:contextcheck // each request brings its own
}

// goldenPaths gives pipelines what a library has, by the interface they need.
func goldenPaths(library *scaffolds.Library) func(name string) (pipelines.GoldenPath, error) {
	return func(name string) (pipelines.GoldenPath, error) {
		path, err := library.Get(name)
		if err != nil {
			return nil, err
		}
		return path, nil
	}
}

// gitHosts returns the hosts, the default one first, and GitHub when there is a
// token for it.
func gitHosts(s config.Config, local *githost.Local, publicURL string) ([]pipelines.Host, *githost.GitHub, error) {
	if s.GitHub.Token == "" {
		return []pipelines.Host{local}, nil, nil
	}
	github, err := githost.NewGitHub(githost.GitHubOptions{
		Token: pipelines.Secret(s.GitHub.Token), Owner: s.GitHub.Owner, APIURL: s.GitHub.URL, Private: s.GitHub.Private, PublicURL: publicURL,
	})
	if err != nil {
		return nil, nil, err
	}
	if s.GitHost == config.HostGitHub {
		return []pipelines.Host{github, local}, github, nil
	}
	return []pipelines.Host{local, github}, github, nil
}

// networkGuard returns what keeps locations out of private networks. The git
// host that the settings name is meant, wherever it is, and so is the platform's
// own address: servers beside this one keep repositories, too. Loopback is not:
// there is more on this machine than the platform.
func networkGuard(s config.Config) (*git.Guard, error) {
	allowed := slices.Clone(s.AllowPrivate)
	if u, err := url.Parse(s.GitHub.URL); err == nil && u.Hostname() != "" {
		allowed = append(allowed, u.Hostname())
	}
	own, err := url.Parse(s.ConfiguredPublicURL())
	if err == nil && own.Hostname() != "" && own.Hostname() != "localhost" && !net.ParseIP(own.Hostname()).IsLoopback() {
		allowed = append(allowed, own.Hostname())
	}
	return git.NewGuard(allowed...)
}

// openDatabase opens the database and brings it up to date.
func openDatabase(ctx context.Context, s config.Config, log *slog.Logger) (*database.DB, error) {
	db, err := database.Open(ctx, databaseURL(s), log, s.Replicas...)
	if err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// databaseURL is the address of the database as package database takes it.
func databaseURL(s config.Config) string {
	if s.Postgres() {
		return s.Database
	}
	return "sqlite:" + s.Database
}
