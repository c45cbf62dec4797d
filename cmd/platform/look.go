package main

import (
	"context"
	"log/slog"
	"os/exec"

	"github.com/goldenpath/platform/cmd/platform/doctor"
	"github.com/goldenpath/platform/internal/pact"
)

// look is what "platform doctor" looks at.
func (p *program) look(ctx context.Context) ([]doctor.Check, error) {
	verifier := pact.New(p.settings.PactVerifier, slog.New(slog.DiscardHandler))
	return doctor.Look(ctx, doctor.Place{
		DataDir: p.env.DataDir, Find: exec.LookPath,
		Verifier: func(ctx context.Context) (doctor.Helper, error) {
			path, err := verifier.Find()
			if err != nil {
				return doctor.Helper{}, err
			}
			versions, err := verifier.Versions(ctx)
			return doctor.Helper{Path: path, Versions: versions}, err
		},
		Libraries: []string{"/opt/pact/lib", "/tmp", "/usr/local/lib"},
	}), nil
}
