// Package token has the commands under "platform token": the API tokens that
// people and pipelines authenticate with.
package token

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

// Command returns "platform token".
func Command(env *cli.Env) *cobra.Command {
	return cli.Group("token", "Make, list and revoke API tokens", create(env), list(env), revoke(env))
}

type createOptions struct {
	name, user, expires string
	scopes              []string
}

func create(env *cli.Env) *cobra.Command {
	var opts createOptions
	cmd := &cobra.Command{
		Use:     "create NAME",
		Short:   "Make an API token",
		Long:    "Make an API token. Its secret is printed once; only a hash of it is stored. NAME says what it is for.",
		Example: "  platform token create \"orders ci\" --scope write --expires 90d",
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.name = args[0]
			return runCreate(cmd.Context(), env, opts)
		},
	}
	cmd.Flags().StringSliceVar(&opts.scopes, "scope", []string{"read"}, "what it allows: read, write or admin; each includes the ones before")
	cmd.Flags().StringVar(&opts.user, "user", "", "user entity it acts for, for example user:default/ada")
	cmd.Flags().StringVar(&opts.expires, "expires", "", "how long it is good for, for example 12h or 90d; for ever when absent")
	return cmd
}

func runCreate(ctx context.Context, env *cli.Env, opts createOptions) error {
	request := types.NewToken{Name: opts.name, User: opts.user}
	for _, s := range opts.scopes {
		if !types.Scope(s).Valid() {
			return fault.New(fault.Invalid, "There is no scope %q.", s).WithHint("Scopes are read, write and admin.")
		}
		request.Scopes = append(request.Scopes, types.Scope(s))
	}
	if opts.expires != "" {
		d, err := cli.ParseDuration(opts.expires)
		if err != nil {
			return err
		}
		request.ExpiresAt = time.Now().Add(d).UTC()
	}
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	created, err := client.Created(api.CreateTokenWithResponse(ctx, request))
	if err != nil {
		return err
	}
	env.Talk("This is the only time the secret is shown. Use it as PLATFORM_TOKEN, or: platform login URL")
	return env.Print(created, func(w io.Writer) error {
		_, err := io.WriteString(w, created.Secret+"\n")
		return err
	})
}

func list(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List API tokens, without their secrets",
		Args:  cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			api, err := env.API(cmd.Context())
			if err != nil {
				return err
			}
			tokens, err := client.OK(api.ListTokensWithResponse(cmd.Context()))
			if err != nil {
				return err
			}
			return env.Print(tokens, func(w io.Writer) error {
				if len(tokens.Items) == 0 {
					env.Talk("No tokens. Make one: platform token create NAME --scope write")
					return nil
				}
				return cli.Rows(w, []string{"id", "name", "scopes", "for", "state", "last used"}, rows(tokens.Items, time.Now()))
			})
		},
	}
}

func rows(tokens []types.Token, now time.Time) [][]string {
	out := make([][]string, len(tokens))
	for i, t := range tokens {
		scopes := make([]string, len(t.Scopes))
		for j, s := range t.Scopes {
			scopes[j] = string(s)
		}
		out[i] = []string{t.ID, t.Name, strings.Join(scopes, ","), t.User, state(t, now), cli.Age(t.LastUsedAt, now)}
	}
	return out
}

func state(t types.Token, now time.Time) string {
	switch {
	case !t.RevokedAt.IsZero():
		return "revoked"
	case !t.ExpiresAt.IsZero() && now.After(t.ExpiresAt):
		return "expired"
	case !t.ExpiresAt.IsZero():
		return "good until " + t.ExpiresAt.Local().Format("2006-01-02")
	}
	return "good"
}

func revoke(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "revoke ID",
		Short: "Revoke an API token at once",
		Args:  cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := env.API(cmd.Context())
			if err != nil {
				return err
			}
			if _, err := api.RevokeTokenWithResponse(cmd.Context(), args[0]); err != nil {
				return err
			}
			env.Talk("%s Token %s is revoked.", env.Green("✓"), cli.Plain(args[0]))
			return nil
		},
	}
}
