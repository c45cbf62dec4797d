// Package login has "platform login" and "platform logout": which server the
// commands use, and the token they use there.
package login

import (
	"bufio"
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
)

type options struct {
	url        string
	tokenStdin bool
}

// Command returns "platform login".
func Command(env *cli.Env) *cobra.Command {
	var opts options
	cmd := &cobra.Command{
		Use:   "login URL",
		Short: "Use a platform server from now on",
		Long: "Use a platform server from now on. The token is asked for, or read from standard input or PLATFORM_TOKEN;\n" +
			"it is tried and then kept in a file that only you can read. PLATFORM_URL and --url go before the login.",
		Example: "  platform login https://platform.example.com\n  echo \"$TOKEN\" | platform login https://platform.example.com --token-stdin",
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.url = strings.TrimRight(args[0], "/")
			return run(cmd.Context(), env, opts)
		},
	}
	cmd.Flags().BoolVar(&opts.tokenStdin, "token-stdin", false, "read the token from standard input")
	return cmd
}

func run(ctx context.Context, env *cli.Env, opts options) error {
	if err := cli.CheckURL(opts.url); err != nil {
		return err
	}
	token, err := tokenFor(ctx, env, opts)
	if err != nil {
		return err
	}
	api, err := cli.Client(opts.url, token, env.Agent)
	if err != nil {
		return err
	}
	me, err := client.OK(api.GetMeWithResponse(ctx))
	if err != nil {
		return err
	}
	logins, err := cli.LoadLogins(env.ConfigDir)
	if err != nil {
		return err
	}
	if logins.Tokens == nil {
		logins.Tokens = map[string]string{}
	}
	logins.Current = opts.url
	delete(logins.Tokens, opts.url)
	if token != "" {
		logins.Tokens[opts.url] = token
	}
	if err := logins.Save(env.ConfigDir); err != nil {
		return err
	}
	env.Talk("%s Commands use %s now, as %s.", env.Green("✓"), opts.url, cli.Plain(me.Actor))
	return nil
}

// tokenFor gets the token from where the person put it. A server that lets
// everyone in needs none.
func tokenFor(ctx context.Context, env *cli.Env, opts options) (string, error) {
	if opts.tokenStdin {
		line, err := bufio.NewReader(io.LimitReader(env.In, 4096)).ReadString('\n')
		token := strings.TrimSpace(line)
		if token == "" {
			return "", fault.New(fault.Invalid, "There is no token on standard input.").
				WithHint("For example: echo \"$TOKEN\" | platform login %s --token-stdin", opts.url).WithCause(err)
		}
		return token, nil
	}
	if env.Token != "" {
		return env.Token, nil
	}
	open, err := letsEveryoneIn(ctx, env, opts.url)
	if err != nil || open {
		return "", err
	}
	var token string
	err = env.Require(ctx, "echo \"$TOKEN\" | platform login "+opts.url+" --token-stdin", cli.Question{
		Flag: "token-stdin", Title: "Token for " + opts.url,
		Help: "An administrator makes one: platform token create NAME", Secret: true, Value: &token,
	})
	return strings.TrimSpace(token), err
}

// letsEveryoneIn asks the server who we are without a token.
func letsEveryoneIn(ctx context.Context, env *cli.Env, url string) (bool, error) {
	api, err := cli.Client(url, "", env.Agent)
	if err != nil {
		return false, err
	}
	_, err = client.OK(api.GetMeWithResponse(ctx))
	if fault.Is(err, fault.Unauthenticated) {
		return false, nil
	}
	return err == nil, err
}

// Logout returns "platform logout".
func Logout(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "logout",
		Short: "Forget the server of the last login and its token",
		Args:  cli.Args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			logins, err := cli.LoadLogins(env.ConfigDir)
			if err != nil {
				return err
			}
			if logins.Current == "" {
				env.Talk("No login is kept.")
				return nil
			}
			gone := logins.Current
			delete(logins.Tokens, gone)
			logins.Current = ""
			if err := logins.Save(env.ConfigDir); err != nil {
				return err
			}
			env.Talk("%s %s is forgotten. Revoke its token too if nobody needs it: platform token revoke ID", env.Green("✓"), cli.Plain(gone))
			return nil
		},
	}
}
