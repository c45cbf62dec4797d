package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
)

// platform is the command line, typed by the demo instead of a person.
type platform struct {
	env      *cli.Env
	commands func(env *cli.Env) *cobra.Command
	out      bytes.Buffer
}

// connect returns the command line: on the platform that env's commands use, or
// on one inside this process whose data is in dataDir.
func connect(env *cli.Env, needs Needs, talk *screen, isolated bool, dataDir, configDir string) *platform {
	p := &platform{commands: needs.Commands}
	p.env = &cli.Env{
		In: strings.NewReader(""), Out: &p.out, Err: talk, Dir: env.Dir, Agent: env.Agent, Output: cli.JSON,
		DataDir: env.DataDir, ConfigDir: env.ConfigDir, URL: env.URL, Token: env.Token, Local: env.Local,
	}
	if isolated {
		p.env.DataDir, p.env.ConfigDir, p.env.URL, p.env.Token = dataDir, configDir, "", ""
		p.env.Local = func(ctx context.Context) (http.RoundTripper, func(context.Context) error, error) {
			return needs.Open(ctx, dataDir)
		}
	}
	return p
}

// run runs a command in folder and reads what it prints into result. An answer
// that is not yes is a result too.
func (p *platform) run(ctx context.Context, folder string, result any, words ...string) error {
	p.out.Reset()
	if folder != "" {
		p.env.Dir = folder
	}
	root := p.commands(p.env)
	root.SetArgs(words)
	err := root.ExecuteContext(ctx)
	if _, answered := errors.AsType[cli.VerdictError](err); err != nil && !answered {
		return err
	}
	if err := json.Unmarshal(p.out.Bytes(), result); err != nil {
		return fmt.Errorf("read what platform %s printed: %w", words[0], err)
	}
	return nil
}
