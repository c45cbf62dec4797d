// Package beside runs a command beside a server of its own, whose data is gone
// afterwards: "make run" tries the service out with it. Packs that need a server
// say which one, in a folder local. It also ends tests without their server.
package beside

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// Server is what a command needs, and the setting that leads there.
type Server struct {
	Name    string
	Setting string
	// Start starts it; stop ends it when the command has ended.
	Start func(ctx context.Context) (address string, stop func(), err error)
}

// Main runs the command that the program was started with, and ends the program
// as the command ended.
func Main(s Server) {
	err := s.Run(context.Background(), os.Args[1:])
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		os.Exit(max(1, ended.ExitCode()))
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "local %s: %v\n", s.Name, err)
		os.Exit(1)
	}
}

// Run runs a command. Where the setting is there already, the command gets that
// one.
func (s Server) Run(ctx context.Context, words []string) error {
	if len(words) == 0 {
		return errors.New("name the command to run, such as go run ./cmd/goldensvc")
	}
	// An interrupt reaches the command by itself; other than that it is told.
	told := make(chan os.Signal, 1)
	signal.Notify(told, os.Interrupt, syscall.SIGTERM)
	cmd := exec.CommandContext(ctx, words[0], words[1:]...) //nolint:gosec // who calls this chooses the command
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = os.Environ()
	if os.Getenv(s.Setting) == "" {
		address, stop, err := s.Start(ctx)
		if err != nil {
			return err
		}
		defer stop()
		cmd.Env = append(cmd.Env, s.Setting+"="+address)
		fmt.Fprintf(os.Stderr, "A %s server was started; what is stored is gone when it stops. To use another set %s.\n", s.Name, s.Setting)
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
