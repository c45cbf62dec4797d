// Command local runs a command with a PostgreSQL server of its own, whose data
// is gone afterwards: "make run" tries the service out with it. Where
// DATABASE_URL is set already, the command gets that one.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"example.com/golden/service/internal/packs/postgres/postgrestest"
)

func main() {
	err := run(context.Background(), os.Args[1:])
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		os.Exit(max(1, ended.ExitCode()))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "local PostgreSQL:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, words []string) error {
	if len(words) == 0 {
		return errors.New("name the command to run: go run ./internal/packs/postgres/local go run ./cmd/goldensvc")
	}
	// An interrupt reaches the command by itself; other than that it is told.
	told := make(chan os.Signal, 1)
	signal.Notify(told, os.Interrupt, syscall.SIGTERM)
	cmd := exec.CommandContext(ctx, words[0], words[1:]...) //nolint:gosec // who calls this chooses the command
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = os.Environ()
	if os.Getenv("DATABASE_URL") == "" {
		server, err := postgrestest.Serve(ctx)
		if err != nil {
			return err
		}
		defer server.Close()
		cmd.Env = append(cmd.Env, "DATABASE_URL="+server.URL("postgres"))
		fmt.Fprintln(os.Stderr, "A PostgreSQL server was started; what is stored is gone when it stops. To keep it set DATABASE_URL.")
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() {
		for s := range told {
			if s == syscall.SIGTERM {
				_ = cmd.Process.Signal(s) // It may have ended.
			}
		}
	}()
	return cmd.Wait()
}
