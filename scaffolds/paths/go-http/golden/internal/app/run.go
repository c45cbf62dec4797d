package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Listeners are the addresses the service answers on.
type Listeners struct{ API, Admin net.Listener }

// Listen opens the addresses the service is to answer on.
func (a *App) Listen(ctx context.Context) (Listeners, error) {
	open := func(setting, address string) (net.Listener, error) {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
		if err != nil {
			return nil, fmt.Errorf("%s is %s: %w", setting, address, err)
		}
		return listener, nil
	}
	var (
		l    Listeners
		errs [2]error
	)
	l.API, errs[0] = open("HTTP_ADDR", a.cfg.HTTPAddr)
	l.Admin, errs[1] = open("ADMIN_ADDR", a.cfg.AdminAddr)
	err := errors.Join(errs[:]...)
	if err != nil {
		for _, listener := range []net.Listener{l.API, l.Admin} {
			if listener != nil {
				_ = listener.Close() // The other one is not to be had.
			}
		}
	}
	return l, err
}

// Run answers requests until ctx ends, and then stops without losing one:
// readiness fails first, so that load balancers send traffic elsewhere;
// requests that still come are answered; then the listener closes and what is
// running may end. The admin port answers to the last, because that is where
// readiness is asked for.
func (a *App) Run(ctx context.Context, l Listeners) error {
	errorLog := slog.NewLogLogger(a.log.Handler(), slog.LevelWarn)
	api := &http.Server{
		Handler:           a.leaving(a.handler),
		ReadHeaderTimeout: a.cfg.ReadTimeout,
		ReadTimeout:       a.cfg.ReadTimeout,
		WriteTimeout:      a.cfg.WriteTimeout,
		IdleTimeout:       a.cfg.IdleTimeout,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          errorLog,
	}
	// No WriteTimeout: a profile takes as long as it is asked to.
	admin := &http.Server{Handler: a.admin, ReadHeaderTimeout: a.cfg.ReadTimeout, ReadTimeout: a.cfg.ReadTimeout, ErrorLog: errorLog}
	served := make(chan error, 2)
	go func() { served <- api.Serve(l.API) }()
	go func() { served <- admin.Serve(l.Admin) }()
	defer admin.Close()
	// What goes on in the background does so to the last request.
	stopWork := a.parts.Start(context.WithoutCancel(ctx))
	defer stopWork()
	a.log.InfoContext(ctx, "listening", "addr", l.API.Addr().String(), "admin_addr", l.Admin.Addr().String())

	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}

	a.stopping.Store(true)
	a.log.InfoContext(ctx, "stopping", "drain_delay", a.cfg.DrainDelay.String())
	// ctx has ended; what follows has a deadline of its own.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.cfg.DrainDelay+a.cfg.ShutdownTimeout)
	defer cancel()
	select {
	case err := <-served:
		return fmt.Errorf("serve while draining: %w", err)
	case <-time.After(a.cfg.DrainDelay):
	}
	err := api.Shutdown(ctx)
	if err != nil {
		err = fmt.Errorf("requests were still running after %s: %w", a.cfg.ShutdownTimeout, err)
	}
	a.log.InfoContext(ctx, "stopped", "clean", err == nil)
	stopWork()
	return errors.Join(err, a.parts.Close(ctx), a.tracer.Shutdown(ctx))
}

// leaving tells callers of a service that stops to use another connection for
// their next request: one that is sent on a connection while it is closed is lost.
func (a *App) leaving(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.stopping.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}
