// Package initcmd has "platform init": a repository that is not in the catalog
// gets its catalog file.
package initcmd

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/catalog/proposal"
	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

// fileName is what catalog files are called.
const fileName = "catalog-info.yaml"

type options struct {
	proposal.Proposal

	dir, repository string
	dryRun, noEntry bool
}

// Command returns "platform init".
func Command(env *cli.Env) *cobra.Command {
	var opts options
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write the catalog file of a repository that has none, and register it",
		Long: "Write the catalog file of a repository that has none, and register it. What is in the repository says most:\n" +
			"its language, its OpenAPI, AsyncAPI, GraphQL and gRPC files, CODEOWNERS, README, workflows and manifests.\n" +
			"Of a repository with several packages (workspaces of npm, pnpm, Go, Cargo or uv, modules of Maven or Gradle,\n" +
			"services side by side) each becomes a component with its own owner.\n" +
			"Flags say otherwise. What nobody can know is asked for where a person is at the terminal. A file that is\n" +
			"there already is never overwritten.\n\n" +
			"The file is registered under the address of the remote origin, as a draft: whatever brings it in from there\n" +
			"later, reading the repository or a push from its pipeline, takes over the entities with their history.",
		Example: "  platform init\n  platform init ../orders --owner checkout --dry-run\n  platform init --repository https://github.com/acme/orders",
		Args:    cli.Args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.dir = env.Dir
			if len(args) == 1 {
				opts.dir = args[0]
				if !filepath.IsAbs(opts.dir) {
					opts.dir = filepath.Join(env.Dir, opts.dir)
				}
			}
			return run(cmd.Context(), env, opts)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.Name, "name", "", "what it is called in the catalog")
	flags.StringVar(&opts.Owner, "owner", "", "group that answers for it")
	flags.StringVar(&opts.System, "system", "", "system it is part of")
	flags.StringVar(&opts.Type, "type", "", "service, website, library, or another type")
	flags.StringVar(&opts.Lifecycle, "lifecycle", "", "experimental, production or deprecated")
	flags.StringVar(&opts.Description, "description", "", "what it does, in a sentence")
	flags.StringVar(&opts.repository, "repository", "", "address of the repository; that of the remote origin when absent")
	flags.BoolVar(&opts.dryRun, "dry-run", false, "print the file and write nothing")
	flags.BoolVar(&opts.noEntry, "no-register", false, "write the file and do not register it")
	return cmd
}

func run(ctx context.Context, env *cli.Env, opts options) error {
	if err := opts.check(); err != nil {
		return err
	}
	root, err := os.OpenRoot(opts.dir)
	if err != nil {
		return fault.New(fault.NotFound, "There is no folder %s.", opts.dir).WithHint("platform init DIR").WithCause(err)
	}
	defer root.Close()
	at := placeOf(opts.dir, opts.repository)
	for _, name := range []string{fileName, "catalog-info.yml"} {
		if _, err := root.Lstat(name); err == nil {
			return thereAlready(filepath.Join(opts.dir, name), at)
		}
	}
	p := propose(root.FS(), opts, at)
	if err := oneOnly(opts, p); err != nil {
		return err
	}
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	catalogued, err := newRegistrar(ctx, env, api, opts, at)
	if err != nil {
		return err
	}
	if err := settleOwner(ctx, env, api, &p); err != nil {
		return err
	}
	file := p.YAML()
	if _, err := catalog.Parse(fileName, file); err != nil {
		return err
	}
	if opts.dryRun {
		return env.WriteText(file)
	}
	for line := range strings.Lines(string(file)) {
		env.Talk("%s", strings.TrimRight(cli.Plain(line), " "))
	}
	if err := write(root, file); err != nil {
		return err
	}
	path := filepath.Join(opts.dir, fileName)
	env.Talk("%s %s written.", env.Green("✓"), path)
	if opts.noEntry {
		return nil
	}
	return catalogued.register(ctx, root.FS())
}

// thereAlready says what to do with a catalog file that somebody wrote.
func thereAlready(file string, at place) error {
	target := at.origin
	if target == "" {
		target = file
	}
	return fault.New(fault.Conflict, "%s is there already.", file).
		WithHint("Check it: platform catalog validate %s. Then register it: platform catalog register %s", file, target)
}

// propose looks at the repository; what flags say counts more.
func propose(fsys fs.FS, opts options, at place) proposal.Proposal {
	p := proposal.Look(fsys, proposal.Repository{Folder: filepath.Base(opts.dir), Origin: at.origin, Below: at.below})
	if p.Owner == "" && at.below != "." {
		p.Owner, p.Because["owner"] = proposal.OwnerOf(os.DirFS(at.top), at.below)
	}
	said := map[string]string{"owner": opts.Owner, "system": opts.System, "lifecycle": opts.Lifecycle}
	if len(p.Parts) == 0 {
		said["name"], said["type"], said["description"] = opts.Name, opts.Type, opts.Description
	}
	for _, one := range append(p.Components(), &p) {
		for field, value := range said {
			if value == "" || field == "owner" && one.Folder != "" && one.Owner != "" && one.Owner != p.Owner {
				continue // a part has an owner of its own
			}
			*fieldOf(one, field) = value
			delete(one.Because, field)
		}
	}
	return p
}

func fieldOf(p *proposal.Proposal, field string) *string {
	return map[string]*string{
		"name": &p.Name, "owner": &p.Owner, "system": &p.System, "type": &p.Type, "lifecycle": &p.Lifecycle, "description": &p.Description,
	}[field]
}

// oneOnly refuses flags that can be meant for one component only.
func oneOnly(opts options, p proposal.Proposal) error {
	if len(p.Parts) == 0 || opts.Name == "" && opts.Type == "" && opts.Description == "" {
		return nil
	}
	var names []string
	for _, one := range p.Components() {
		names = append(names, one.Name)
	}
	return fault.New(fault.Invalid, "--name, --type and --description are those of one component, and there are %d here: %s.", len(names), strings.Join(names, ", ")).
		WithHint("See what is proposed with --dry-run and correct the file afterwards, or describe one of their folders: platform init %s", p.Parts[0].Folder)
}

// settleOwner asks who owns it when nothing says so, and says when the owner is
// not in the catalog.
func settleOwner(ctx context.Context, env *cli.Env, api *client.ClientWithResponses, p *proposal.Proposal) error {
	limit := 500
	page, err := client.OK(api.ListEntitiesWithResponse(ctx, &types.ListEntitiesParams{Kind: []string{"group"}, Limit: &limit}))
	if err != nil {
		return err
	}
	groups := make([]string, len(page.Items))
	for i, g := range page.Items {
		groups[i] = g.Metadata.Name
	}
	questions := []cli.Question{{
		Flag: "owner", Title: "Which group answers for it?", Help: strings.Join(groups[:min(len(groups), 8)], ", "), Options: groups, Value: &p.Owner, Check: checkOwner,
	}}
	if env.Interactive() && len(p.Parts) == 0 && strings.HasPrefix(p.Because["type"], "nothing") {
		p.Type = ""
		questions = append(questions, cli.Question{Flag: "type", Title: "What is it?", Options: []string{"service", "website", "library"}, Value: &p.Type})
		delete(p.Because, "type")
	}
	if !slices.ContainsFunc(p.Components(), func(one *proposal.Proposal) bool { return one.Owner == "" }) {
		questions = questions[1:]
	}
	if err := env.Require(ctx, "platform init --owner checkout", questions...); err != nil {
		return err
	}
	told := map[string]bool{}
	for _, one := range p.Components() {
		if one.Owner == "" {
			one.Owner = p.Owner
		}
		if name, isUser := strings.CutPrefix(one.Owner, "user:"); isUser && slices.ContainsFunc(groups, func(g string) bool { return strings.EqualFold(g, name) }) {
			one.Owner = name // CODEOWNERS of GitLab write groups as they write people
		}
		if !told[one.Owner] && len(groups) > 0 && page.Total <= len(groups) {
			tellOwner(env, one.Owner, groups)
		}
		told[one.Owner] = true
	}
	return nil
}

// tellOwner says when an owner is no group of the catalog.
func tellOwner(env *cli.Env, owner string, groups []string) {
	bare := strings.TrimPrefix(strings.TrimPrefix(owner, "group:"), "default/")
	if strings.Contains(bare, ":") || slices.ContainsFunc(groups, func(g string) bool { return strings.EqualFold(g, bare) }) {
		return
	}
	hint := ""
	if near := fault.Nearest(bare, groups, 1); len(near) > 0 {
		hint = " Did you mean " + near[0] + "?"
	}
	env.Talk("%s The group %s is not in the catalog.%s", env.Yellow("Note:"), bare, hint)
}

// write writes the file whole or not at all, and never over another.
func write(root *os.Root, content []byte) error {
	const unfinished = "." + fileName + ".new"
	if err := root.WriteFile(unfinished, content, 0o644); err != nil {
		return fault.New(fault.Invalid, "The file cannot be written to %s.", root.Name()).WithCause(err)
	}
	err := root.Link(unfinished, fileName)
	_ = root.Remove(unfinished)
	if errors.Is(err, fs.ErrExist) {
		return fault.New(fault.Conflict, "%s has come into being meanwhile.", filepath.Join(root.Name(), fileName)).
			WithHint("Look at it, then: platform catalog register %s", filepath.Join(root.Name(), fileName))
	}
	if err != nil {
		return fault.New(fault.Invalid, "The file cannot be written to %s.", root.Name()).WithCause(err)
	}
	return nil
}
