// Command platform is an internal developer platform in one program: the
// commands that people and pipelines type, and the server with its portal.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/cmd/platform/catalog"
	configcmd "github.com/goldenpath/platform/cmd/platform/config"
	"github.com/goldenpath/platform/cmd/platform/contracts"
	"github.com/goldenpath/platform/cmd/platform/doctor"
	"github.com/goldenpath/platform/cmd/platform/help"
	"github.com/goldenpath/platform/cmd/platform/initcmd"
	"github.com/goldenpath/platform/cmd/platform/login"
	newcmd "github.com/goldenpath/platform/cmd/platform/new"
	"github.com/goldenpath/platform/cmd/platform/render"
	"github.com/goldenpath/platform/cmd/platform/runs"
	templatecmd "github.com/goldenpath/platform/cmd/platform/template"
	"github.com/goldenpath/platform/cmd/platform/token"
	versioncmd "github.com/goldenpath/platform/cmd/platform/version"
	"github.com/goldenpath/platform/internal/config"
	_ "github.com/goldenpath/platform/internal/heap" // before all others: a command that ends at once collects nothing
	"github.com/goldenpath/platform/scaffolds"
)

func main() { os.Exit(run()) }

// run is main without the exit, so that what it defers happens.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	p := &program{env: newEnv()}
	root := p.commands()
	return cli.Run(ctx, p.env, root, os.Args[1:])
}

// program is what the commands have in common before a command line is read.
type program struct {
	env      *cli.Env
	settings config.Config
	// problem is what is wrong with the settings. Commands that need none of
	// them work all the same.
	problem error
}

func newEnv() *cli.Env {
	dir, err := os.Getwd()
	if err != nil {
		dir = "."
	}
	build := thisBuild()
	return &cli.Env{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		InTerminal: term.IsTerminal(int(os.Stdin.Fd())), OutTerminal: term.IsTerminal(int(os.Stdout.Fd())), ErrTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		Colour: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
		Dir:    dir, Agent: "platform/" + build.Version, Ask: cli.AskTerminal,
	}
}

// commands is the whole command line.
func (p *program) commands() *cobra.Command {
	env := p.env
	p.load(nil)
	env.Local = p.local
	root := cli.Root(env, "platform", "An internal developer platform: catalog, golden paths and contracts",
		newcmd.Command(env), initcmd.Command(env), catalog.Command(env), contracts.Command(env, p.verifyPacts), runs.Command(env),
		p.serve(), p.worker(), p.backup(), p.restore(), p.demo(),
		doctor.Command(env, p.look), configcmd.Command(env, p.effective), token.Command(env),
		login.Command(env), login.Logout(env), render.Command(env, scaffolds.Embedded), templatecmd.Command(env, scaffolds.Embedded),
		versioncmd.Command(env, thisBuild()), help.ExitCodes(),
	)
	root.Long = "An internal developer platform: a catalog of services, golden paths that make new ones, and contracts between them.\n\n" +
		"Without a server these commands work on this machine's own data. Start with: platform demo"
	versioncmd.Flag(root, env, thisBuild())
	for _, f := range config.Flags() {
		if f.Name == "data" || f.Name == "database" || f.Name == "config" {
			root.PersistentFlags().String(f.Name, "", f.Usage)
		}
	}
	root.PersistentPreRun = func(cmd *cobra.Command, _ []string) { p.load(cmd) }
	return root
}

// load reads the settings, with the flags of cmd.
func (p *program) load(cmd *cobra.Command) {
	typed := map[string]string{}
	if cmd != nil {
		for _, f := range append(config.Flags(), config.Flag{Name: "url"}) {
			if flag := cmd.Flags().Lookup(f.Name); flag != nil && flag.Changed {
				typed[f.Name] = flag.Value.String()
			}
		}
	}
	p.settings, p.problem = config.Load(config.Sources{Environ: config.Environment(), Flags: typed, Dir: p.env.Dir})
	p.env.DataDir, p.env.ConfigDir = p.settings.DataDir, p.settings.ConfigDir
	p.env.URL, p.env.Token = p.settings.URL, p.settings.Token
}

// effective is what "platform config" shows.
func (p *program) effective(*cobra.Command) ([]configcmd.Setting, error) {
	if p.problem != nil {
		return nil, p.problem
	}
	for _, warning := range p.settings.Warnings {
		p.env.Talk("%s", warning)
	}
	var out []configcmd.Setting
	for _, s := range p.settings.Effective() {
		out = append(out, configcmd.Setting(s))
	}
	return out, nil
}
