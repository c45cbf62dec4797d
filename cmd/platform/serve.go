package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/config"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal"
)

// drainTime is how long requests under way may take once the server stops.
const drainTime = 10 * time.Second

// serve returns "platform serve".
func (p *program) serve() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the server: portal, API, Pact Broker, git and workers",
		Long: "Run the server: portal, API, Pact Broker, git and workers. It keeps its data in an SQLite file, or in PostgreSQL.\n" +
			"On 127.0.0.1 nobody logs in. To serve other machines, make a token first and ask for tokens.",
		Example: "  platform serve\n  platform token create ada --scope admin\n  platform serve --listen :8080 --auth token --public-url https://platform.example.com --database postgres://...",
		Args:    cli.Args(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.runServer(cmd.Context()) },
	}
	serverFlags(cmd, "listen", "public-url", "auth", "git-host")
	return cmd
}

// worker returns "platform worker".
func (p *program) worker() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "worker",
		Short: "Run workers alone, beside servers on the same PostgreSQL",
		Long:  "Run workers alone, beside servers on the same PostgreSQL. An SQLite file belongs to one process, so there platform serve works alone.",
		Args:  cli.Args(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return p.runWorker(cmd.Context()) },
	}
	serverFlags(cmd, "git-host", "public-url")
	return cmd
}

// serverFlags adds the flags of settings.
func serverFlags(cmd *cobra.Command, names ...string) {
	for _, name := range names {
		for _, f := range config.Flags() {
			if f.Name == name {
				cmd.Flags().String(f.Name, "", f.Usage)
			}
		}
	}
}

func (p *program) runServer(ctx context.Context) error {
	if p.problem != nil {
		return p.problem
	}
	s := p.settings
	if err := s.CheckServe(); err != nil {
		return err
	}
	unlock, err := lockData(ctx, s.DataDir, 0, nil)
	if err != nil {
		return err
	}
	defer func() { _ = unlock() }()
	listener, err := listen(ctx, s.Listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	address := listener.Addr().String()
	w, err := open(ctx, s, opening{publicURL: s.PublicURL(address), login: s.Auth == config.AuthToken, server: true})
	if err != nil {
		return err
	}
	defer w.close(ctx)
	if err := registerSelf(ctx, w.catalog); err != nil {
		return err
	}
	if err := w.jobs.Start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	remove, err := cli.WriteServerFile(s.DataDir, cli.ServerFile{URL: localAddress(listener.Addr()), PID: os.Getpid(), StartedAt: w.startedAt})
	if err != nil {
		return err
	}
	defer func() { _ = remove() }()
	if err := w.warnOfNoTokens(ctx); err != nil {
		return err
	}
	for _, warning := range s.Warnings {
		w.log.WarnContext(ctx, "setting without effect", "setting", warning)
	}
	w.log.InfoContext(ctx, "portal listening", "url", s.PublicURL(address), "data", s.DataDir, "database", string(w.db.Dialect()))
	return w.serveUntil(ctx, listener)
}

// warnOfNoTokens says that a server that asks for tokens lets nobody in yet.
func (w *wired) warnOfNoTokens(ctx context.Context) error {
	if w.settings.Auth != config.AuthToken {
		return nil
	}
	tokens, err := w.access.ListTokens(ctx)
	if err != nil {
		return err
	}
	if len(tokens) == 0 {
		w.log.WarnContext(ctx, "nobody can log in: there is no token yet", "hint", "stop the server, then: platform token create NAME --scope admin")
	}
	return nil
}

// serveUntil answers requests until ctx ends, then lets those under way end.
func (w *wired) serveUntil(ctx context.Context, listener net.Listener) error {
	defer keepHeapFloor()()
	following, stop := context.WithCancel(ctx)
	var background sync.WaitGroup
	defer background.Wait() // the database is closed next
	defer stop()
	background.Go(func() { w.follow(following) })
	background.Go(func() { w.schedule(following) })
	server := portal.HTTPServer(w.portal)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	w.log.InfoContext(ctx, "stopping")
	w.portal.Drain() // streams end, and /readyz says that this server goes
	draining, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	err := server.Shutdown(draining)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	return err
}

// warm begins to build the catalog's index while the other parts are joined.
// What goes wrong is told by whoever needs the index next.
func (w *wired) warm(ctx context.Context) {
	ctx, stop := context.WithCancel(ctx)
	var warming sync.WaitGroup
	warming.Go(func() { _, _ = w.catalog.List(ctx, catalog.Query{Limit: 1}) })
	w.warmed = func() {
		stop()
		warming.Wait()
	}
}

// follow keeps the catalog up with other processes. Building its index leaves
// about as much garbage as the index is large, and a server that nobody asks
// much would keep it for long: it is given back at once.
func (w *wired) follow(ctx context.Context) {
	if _, err := w.catalog.List(ctx, catalog.Query{Limit: 1}); err == nil {
		debug.FreeOSMemory()
	}
	if err := w.catalog.Follow(ctx); err != nil && ctx.Err() == nil {
		w.log.ErrorContext(ctx, "the catalog is no longer kept up", "error", err)
	}
}

// schedule reads the catalog's locations when they are due.
func (w *wired) schedule(ctx context.Context) {
	if err := w.catalog.RunSchedule(ctx); err != nil && ctx.Err() == nil {
		w.log.ErrorContext(ctx, "locations are no longer read", "error", err)
	}
}

func listen(ctx context.Context, address string) (net.Listener, error) {
	var c net.ListenConfig
	listener, err := c.Listen(ctx, "tcp", address)
	switch {
	case err == nil:
		return listener, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fault.New(fault.Conflict, "Another program listens at %s already.", address).
			WithHint("Stop it, or choose another port: platform serve --listen 127.0.0.1:8081").WithCause(err)
	case errors.Is(err, os.ErrPermission):
		return nil, fault.New(fault.Forbidden, "You may not listen at %s.", address).
			WithHint("Ports below 1024 belong to root. Choose another: platform serve --listen 127.0.0.1:8080").WithCause(err)
	default:
		return nil, fault.New(fault.Invalid, "Nobody can listen at %s: %s.", address, reason(err)).
			WithHint("Name an address of this machine: platform serve --listen 127.0.0.1:8080").WithCause(err)
	}
}

// localAddress is where commands on this machine reach the server.
func localAddress(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return "http://" + addr.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

func (p *program) runWorker(ctx context.Context) error {
	if p.problem != nil {
		return p.problem
	}
	if !p.settings.Postgres() {
		return fault.New(fault.Invalid, "Workers of their own need PostgreSQL; an SQLite file belongs to one process.").
			WithHint("Name the database that the servers use: platform worker --database postgres://... Without one, platform serve works alone.")
	}
	publicURL, err := p.servedAt(ctx)
	if err != nil {
		return err
	}
	w, err := open(ctx, p.settings, opening{publicURL: publicURL, server: true})
	if err != nil {
		return err
	}
	defer w.close(ctx)
	if err := w.jobs.Start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	w.log.InfoContext(ctx, "working", "url", publicURL)
	w.schedule(ctx)
	<-ctx.Done()
	w.log.InfoContext(ctx, "stopping")
	return nil
}

// servedAt returns where people reach the repositories that this worker makes.
// The local git host keeps them in the data folder: a worker with one of its own
// would make them where no server finds them.
func (p *program) servedAt(ctx context.Context) (string, error) {
	if p.settings.GitHost != config.HostLocal {
		return p.settings.PublicURL(p.settings.Listen), nil
	}
	server, found := cli.FindServer(ctx, p.settings.DataDir)
	if !found {
		return "", fault.New(fault.Unavailable, "No server uses the data folder %s, in which this worker would make repositories.", p.settings.DataDir).
			WithHint("Start the server first and name its folder: platform worker --data FOLDER. On other machines use a git host that all reach: --git-host github")
	}
	if set := p.settings.ConfiguredPublicURL(); set != "" {
		return set, nil
	}
	return server.URL, nil
}
