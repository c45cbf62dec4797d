// Package demo has "platform demo": the journey from two new services to a
// deploy gate that says yes, no and unknown, for real, in a few dozen seconds.
// It types the program's own commands and runs the services' own tests.
package demo

import (
	"context"
	"errors"
	"io"
	"net/http"
	"regexp"
	"time"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
)

// cleanTime is how long tidying up may take, also after an interruption.
const cleanTime = 20 * time.Second

// Needs is what the demo cannot do by itself.
type Needs struct {
	// Open opens a server inside this process that keeps its data in dataDir.
	Open func(ctx context.Context, dataDir string) (http.RoundTripper, func(context.Context) error, error)
	// Commands returns the program's command line, working on env.
	Commands func(env *cli.Env) *cobra.Command
}

type options struct {
	keep, portal, verbose bool
}

// Command returns "platform demo".
func Command(env *cli.Env, needs Needs) *cobra.Command {
	var opts options
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Watch the whole journey: two new services, their contract, and the deploy gate",
		Long: "Watch the whole journey, done for real in a temporary folder: two services are made, built and tested, their\n" +
			"contract is published and verified, and the deploy gate says yes. Then one of them breaks it, and the gate says no.\n" +
			"Nothing stays behind, unless you ask for it. It takes about a minute; the first time, when Go has to download\n" +
			"and compile what the services need, a few.",
		Example: "  platform demo\n  platform demo --keep     # look around afterwards\n  platform demo --portal   # leave its services in the portal",
		Args:    cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return run(cmd.Context(), env, needs, opts)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&opts.keep, "keep", false, "leave the folder with services and data, and say what to try in it")
	flags.BoolVar(&opts.portal, "portal", false, "use the platform your other commands use, and leave the services there")
	flags.BoolVarP(&opts.verbose, "verbose", "v", false, "show everything that the steps print")
	return cmd
}

// result is what the demo prints.
type result struct {
	Services []service `json:"services"`
	Answers  []answer  `json:"answers"`
	Seconds  float64   `json:"seconds"`
	Folder   string    `json:"folder,omitempty"` // when it stays
}

// service is one that was made.
type service struct {
	Name   string `json:"name"`
	Owner  string `json:"owner"`
	Commit string `json:"commit"` // that is checked out at the end
	Folder string `json:"-"`
}

// answer is one of the gate.
type answer struct {
	Service      string   `json:"service"`
	Version      string   `json:"version"`
	Environment  string   `json:"environment"`
	Verdict      string   `json:"verdict"`
	Summary      string   `json:"summary"`
	Interactions []string `json:"interactions,omitempty"` // that failed
}

func run(ctx context.Context, env *cli.Env, needs Needs, opts options) (err error) {
	started := time.Now()
	j, err := begin(ctx, env, needs, opts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.end(ctx, err)) }()
	if err := j.walk(ctx); err != nil {
		return err
	}
	j.result.Services = []service{j.provider, j.consumer}
	j.result.Seconds = float64(time.Since(started).Milliseconds()) / 1000
	if opts.keep {
		j.result.Folder = j.folder
	}
	env.Talk("")
	return env.Print(j.result, func(w io.Writer) error { return describe(w, j.result) })
}

func describe(w io.Writer, r result) error {
	rows := make([][]string, len(r.Answers))
	for i, a := range r.Answers {
		rows[i] = []string{a.Service, short(a.Version), a.Environment, a.Verdict, shorten(a.Summary)}
	}
	return cli.Rows(w, []string{"service", "version", "may go to", "answer", "because"}, rows)
}

// short is how people name a commit.
func short(commit string) string { return commit[:min(10, len(commit))] }

// shorten names the commits in a sentence as people do.
func shorten(text string) string {
	return regexp.MustCompile(`\b[0-9a-f]{40}\b`).ReplaceAllStringFunc(text, short)
}
