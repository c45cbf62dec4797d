package main

import (
	"context"
	"errors"
	"net/http"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/config"
)

// local opens the server's handler inside this process, with its workers, for
// commands when no server is configured or running.
func (p *program) local(ctx context.Context) (http.RoundTripper, func(context.Context) error, error) {
	if p.problem != nil {
		return nil, nil, p.problem
	}
	return p.openSettings(ctx, p.settings)
}

// openAt is local on another data directory, and on nothing else that is set.
func (p *program) openAt(ctx context.Context, dataDir string) (http.RoundTripper, func(context.Context) error, error) {
	s, err := config.Load(config.Sources{
		Environ: []string{"PLATFORM_PACT_VERIFIER=" + p.settings.PactVerifier}, Flags: map[string]string{"data": dataDir}, Dir: p.env.Dir,
	})
	if err != nil {
		return nil, nil, err
	}
	return p.openSettings(ctx, s)
}

func (p *program) openSettings(ctx context.Context, s config.Config) (http.RoundTripper, func(context.Context) error, error) {
	unlock, err := lockData(ctx, s.DataDir, lockPatience, func() {
		p.env.Talk("Another platform command uses %s; waiting for it.", s.DataDir)
	})
	if err != nil {
		return nil, nil, err
	}
	// Interrupting a command must not end the database under a step: stop does.
	w, err := open(context.WithoutCancel(ctx), s, opening{publicURL: s.PublicURL(s.Listen)})
	if err != nil {
		return nil, nil, errors.Join(err, unlock())
	}
	if err := w.jobs.Start(context.WithoutCancel(ctx)); err != nil {
		w.close(ctx)
		return nil, nil, errors.Join(err, unlock())
	}
	transport := cli.NewInProcess(w.portal)
	stop := func(ctx context.Context) error {
		w.portal.Drain()
		err := transport.Wait(ctx)
		w.close(ctx)
		return errors.Join(err, unlock())
	}
	return transport, stop, nil
}
