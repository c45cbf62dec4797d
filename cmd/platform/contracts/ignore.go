package contracts

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

const ignoreExample = `platform contracts ignore add legacy:1.2 --owner group:default/checkout --expires 14d --reason "it leaves with the move"`

func ignore(env *cli.Env) *cobra.Command {
	return cli.Group("ignore", "Keep the gate from counting a service, for a while", addIgnore(env), listIgnores(env), removeIgnore(env))
}

type ignoreOptions struct {
	subject, owner, reason, expires string
}

func addIgnore(env *cli.Env) *cobra.Command {
	var opts ignoreOptions
	cmd := &cobra.Command{
		Use:   "add SERVICE[:VERSION]",
		Short: "Add an ignore rule",
		Long: "Add an ignore rule: until it expires, the gate shows what it finds about SERVICE and does not count it when others\n" +
			"ask. It counts as before when the question is about SERVICE itself. Where services have colons in their names, the\n" +
			"longest known one is meant.",
		Example: "  " + ignoreExample,
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.subject = args[0]
			return runAddIgnore(cmd.Context(), env, opts)
		},
	}
	cmd.Flags().StringVar(&opts.owner, "owner", "", "who answers for the rule: a team or a person")
	cmd.Flags().StringVar(&opts.reason, "reason", "", "why it does not count")
	cmd.Flags().StringVar(&opts.expires, "expires", "", "when it ends: a time from now such as 12h or 14d, or a date such as 2027-01-31, at the end of that day on this machine")
	return cmd
}

func runAddIgnore(ctx context.Context, env *cli.Env, opts ignoreOptions) error {
	if strings.TrimSpace(opts.subject) == "" {
		return fault.New(fault.Invalid, "SERVICE[:VERSION] is empty.").WithHint("Name the service that shall not count, or one version of it: %s", ignoreExample)
	}
	err := env.Require(ctx, ignoreExample,
		cli.Question{Flag: "owner", Title: "Who answers for the rule", Value: &opts.owner},
		cli.Question{Flag: "reason", Title: "Why it does not count", Value: &opts.reason},
		cli.Question{Flag: "expires", Title: "When it ends, for example 14d", Value: &opts.expires})
	if err != nil {
		return err
	}
	expires, err := parseEnd(opts.expires, time.Now())
	if err != nil {
		return err
	}
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	rule, err := client.Created(api.AddIgnoreRuleWithResponse(ctx, types.NewIgnoreRule{
		Service: opts.subject, Owner: opts.owner, Reason: opts.reason, ExpiresAt: expires,
	}))
	if err != nil {
		return err
	}
	return env.Print(rule, func(w io.Writer) error {
		return cli.Facts(w, "Rule", rule.ID, "Ignores", subject(rule), "Owner", rule.Owner, "Reason", rule.Reason,
			"Until", until(rule.ExpiresAt))
	})
}

// until is the end of a rule as the clock of this machine shows it, with its zone:
// the server, and others who read it, may have another.
func until(t time.Time) string { return t.Local().Format("2006-01-02 15:04 MST") }

// parseEnd takes a length of time, or a day, whose end is meant.
func parseEnd(s string, now time.Time) (time.Time, error) {
	if day, err := time.ParseInLocation(dateOnly, s, time.Local); err == nil {
		end := day.AddDate(0, 0, 1)
		if !end.After(now) {
			return time.Time{}, fault.New(fault.Invalid, "--expires cannot be %s: that day is over.", s).
				WithHint("Write it like 12h, 14d or %s.", now.AddDate(0, 0, 14).Format(dateOnly))
		}
		return end, nil
	}
	d, err := cli.ParseDuration(s)
	if err != nil {
		return time.Time{}, fault.New(fault.Invalid, "%q is neither a length of time nor a date.", s).
			WithHint("Write it like 12h, 14d or 2027-01-31.")
	}
	return now.Add(d).UTC(), nil
}

func listIgnores(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List ignore rules, expired ones included",
		Args:  cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			api, err := env.API(cmd.Context())
			if err != nil {
				return err
			}
			rules, err := client.OK(api.ListIgnoreRulesWithResponse(cmd.Context()))
			if err != nil {
				return err
			}
			return env.Print(rules, func(w io.Writer) error {
				if len(rules.Items) == 0 {
					env.Talk("No ignore rules: the gate counts everything.")
					return nil
				}
				rows := make([][]string, len(rules.Items))
				for i, r := range rules.Items {
					state := "until "
					if r.Expired {
						state = "expired "
					}
					rows[i] = []string{r.ID, subject(r), state + until(r.ExpiresAt), r.Owner, r.CreatedBy, r.Reason}
				}
				return cli.Rows(w, []string{"id", "ignores", "state", "owner", "made by", "reason"}, rows)
			})
		},
	}
}

func removeIgnore(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:     "remove ID",
		Short:   "Remove an ignore rule: the gate counts the service again",
		Example: "  platform contracts ignore remove 0190d3a0-0000-7000-8000-000000000001",
		Args:    cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := env.API(cmd.Context())
			if err != nil {
				return err
			}
			rule, err := client.OK(api.RemoveIgnoreRuleWithResponse(cmd.Context(), args[0]))
			if err != nil {
				return err
			}
			return env.Print(rule, func(io.Writer) error {
				env.Talk("%s The gate counts %s again.", env.Green("✓"), cli.Plain(subject(rule)))
				return nil
			})
		},
	}
}
