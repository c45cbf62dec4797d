// Command goldensvc is the service. It takes no arguments: settings come from
// the environment, see .env.example.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"go.opentelemetry.io/otel"

	"example.com/golden/service/internal/admin"
	"example.com/golden/service/internal/app"
	"example.com/golden/service/internal/config"
	"example.com/golden/service/internal/telemetry"
)

const service = "goldensvc"

// Set at build time: go build -ldflags "-X main.version=1.2.3".
var version string

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) //nolint:gocritic // There is nothing left to stop.
	}
}

func run(ctx context.Context) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	build := readBuild()
	level := telemetry.NewLevel(cfg.LogLevel)
	log := telemetry.NewLogger(os.Stdout, service, level).With("version", build.Version)
	// The one thing OpenTelemetry keeps globally: who hears that traces could
	// not be sent.
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		log.WarnContext(ctx, "telemetry", "error", err)
	}))
	service, err := app.New(ctx, cfg, build, log, level)
	if err != nil {
		return err
	}
	listeners, err := service.Listen(ctx)
	if err != nil {
		return err
	}
	return service.Run(ctx, listeners)
}

// What was built is told by the Go toolchain, unless the build gave a version.
func readBuild() admin.Build {
	build := admin.Build{Service: service, Version: version, Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return build
	}
	if build.Version == "" {
		build.Version = info.Main.Version
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			build.Commit = setting.Value
		}
	}
	return build
}
