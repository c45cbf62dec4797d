package newcmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

const example = "platform new service orders --owner checkout --system shop"

type serviceOptions struct {
	types.NewService

	set     []string
	into    string
	noClone bool
	verbose bool
}

func service(env *cli.Env) *cobra.Command {
	var opts serviceOptions
	cmd := &cobra.Command{
		Use:   "service [NAME]",
		Short: "Make a new service: its repository, its entry in the catalog, and a clone of it here",
		Long: "Make a new service from a golden path: its repository, its entry in the catalog, and a clone of it in ./NAME.\n" +
			"Everything is checked before anything is made. Interrupted, it can be taken up again: platform runs watch RUN.",
		Example: "  " + example + "\n  " + example + " --consumes inventory",
		Args:    cli.Args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				opts.Name = args[0]
			}
			return runService(cmd.Context(), env, opts)
		},
	}
	serviceFlags(cmd, &opts)
	return cmd
}

func serviceFlags(cmd *cobra.Command, opts *serviceOptions) {
	flags := cmd.Flags()
	flags.StringVar(&opts.Owner, "owner", "", "group that answers for it")
	flags.StringVar(&opts.System, "system", "", "system it is part of")
	flags.StringVar(&opts.Description, "description", "", "what it does, in a sentence")
	flags.StringSliceVar(&opts.Consumes, "consumes", nil, "services whose API it calls")
	flags.StringVar(&opts.Path, "path", "go-http", "golden path it is made from")
	flags.StringVar(&opts.Module, "module", "", "module path, for example github.com/acme/orders")
	flags.StringSliceVar(&opts.Packs, "pack", nil, "packs to add")
	flags.StringArrayVar(&opts.set, "set", nil, "`key=value` for a parameter of the golden path")
	flags.StringVar(&opts.Host, "host", "", "git host; the server's default when absent")
	flags.BoolVar(&opts.CreateOwner, "create-owner", false, "create the owner group when there is none of that name")
	flags.BoolVar(&opts.CreateSystem, "create-system", false, "create the system when there is none of that name")
	flags.StringVar(&opts.into, "into", "", "folder to clone into; ./NAME when absent")
	flags.BoolVar(&opts.noClone, "no-clone", false, "do not clone it here")
	flags.BoolVarP(&opts.verbose, "verbose", "v", false, "show the whole log")
}

// made is what the run of a new service leaves behind.
type made struct {
	Run        string   `json:"run"`
	Name       string   `json:"name"`
	Repository string   `json:"repository"`
	CloneURL   string   `json:"clone_url"`
	LocalPath  string   `json:"local_path"`
	WebURL     string   `json:"web_url"`
	Commit     string   `json:"commit"`
	Entities   []string `json:"entities"`
	Folder     string   `json:"folder,omitempty"` // the clone
}

func runService(ctx context.Context, env *cli.Env, opts serviceOptions) error {
	if err := askMissing(ctx, env, &opts); err != nil {
		return err
	}
	extra, err := cli.ParseSet(opts.set)
	if err != nil {
		return err
	}
	opts.Extra = extra
	folder, err := target(env, opts)
	if err != nil {
		return err
	}
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	plan, err := client.OK(api.PlanServiceWithResponse(ctx, opts.NewService))
	if err != nil {
		return asFlags(err)
	}
	for _, notice := range plan.Notices {
		env.Talk("%s", cli.Plain(notice))
	}
	run, err := client.Accepted(api.CreateServiceWithResponse(ctx, opts.NewService))
	if err != nil {
		return asFlags(err)
	}
	env.Talk("Making %s from %s %s, %s. Run %s", opts.Name, cli.Plain(plan.Path), cli.Plain(plan.Version), cli.Count(len(plan.Files), "file", "files"), run.ID)
	return finish(ctx, env, api, opts, run, folder)
}

// finish follows the run, clones what it made, and says what comes next.
func finish(ctx context.Context, env *cli.Env, api *client.ClientWithResponses, opts serviceOptions, run types.Run, folder string) error {
	progress := cli.NewProgress(env, run, opts.verbose)
	ended, err := cli.Follow(ctx, api, run.ID, 0, progress.See)
	progress.Close()
	if err != nil {
		return resumable(err, run.ID)
	}
	if err := cli.RunFault(ended); err != nil {
		return err
	}
	result := made{Name: opts.Name}
	if err := json.Unmarshal(ended.Output, &result); err != nil {
		return fmt.Errorf("read output of run %s: %w", run.ID, err)
	}
	result.Run = run.ID
	if folder != "" {
		if err := clone(ctx, env, result, folder); err != nil {
			return err
		}
		result.Folder = folder
	}
	if err := env.Print(result, func(w io.Writer) error { return describe(w, result) }); err != nil {
		return err
	}
	next(env, result)
	return nil
}

// askMissing gets the answers that no service can do without.
func askMissing(ctx context.Context, env *cli.Env, opts *serviceOptions) error {
	questions := []cli.Question{
		{Name: "name", Title: "What is the service called", Help: "lower case, digits and dashes, for example orders", Value: &opts.Name},
		{Flag: "owner", Title: "Which group answers for it", Value: &opts.Owner},
	}
	if env.Interactive() && opts.Owner == "" {
		api, err := env.API(ctx)
		if err != nil {
			return err
		}
		questions[1].Options = names(ctx, api, "group")
	}
	return env.Require(ctx, example, questions...)
}

// names lists the entities of a kind, to choose from. None is no reason to stop.
func names(ctx context.Context, api *client.ClientWithResponses, kind string) []string {
	page, err := client.OK(api.ListEntitiesWithResponse(ctx, &types.ListEntitiesParams{Kind: types.Filter{kind}}))
	if err != nil {
		return nil
	}
	out := make([]string, len(page.Items))
	for i, e := range page.Items {
		out[i] = e.Metadata.Name
	}
	slices.Sort(out)
	return out
}

// asFlags names wrong inputs as they are typed on this command line.
func asFlags(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return err
	}
	named := *f
	named.Fields = nil
	for _, field := range f.Fields {
		name := "--" + strings.ReplaceAll(field.Name, "_", "-")
		switch field.Name {
		case "name":
			name = "NAME"
		case "packs":
			name = "--pack"
		case "owner", "system", "description", "module", "consumes", "path", "host", "create_owner", "create_system":
		default:
			name = field.Name
		}
		named.Fields = append(named.Fields, fault.Field{Name: name, Message: field.Message})
	}
	return &named
}

// resumable says how to go on after an interruption.
func resumable(err error, id string) error {
	var f *fault.Error
	if errors.As(err, &f) && f.Code == fault.Interrupted {
		return f.WithHint("Nothing is lost. Take it up again: platform runs watch %s\nOr take it back: platform runs undo %s", id, id)
	}
	return err
}

func describe(w io.Writer, m made) error {
	return cli.Facts(w, "Service", m.Name, "Repository", first(m.CloneURL, m.LocalPath), "Page", m.WebURL,
		"Commit", m.Commit, "Catalog", strings.Join(m.Entities, ", "), "Folder", m.Folder)
}

// next says what a person does with a new service.
func next(env *cli.Env, m made) {
	env.Talk("")
	env.Talk("%s %s is made. Next:", env.Green("✓"), env.Bold(m.Name))
	if m.Folder != "" {
		shown := m.Folder
		if rel, err := filepath.Rel(env.Dir, m.Folder); err == nil && filepath.IsLocal(rel) {
			shown = rel
		}
		env.Talk("  cd %s && make test", shown)
	} else {
		env.Talk("  git clone %s", first(m.CloneURL, m.LocalPath))
	}
	env.Talk("  platform catalog get %s", m.Name)
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
