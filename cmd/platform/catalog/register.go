package catalog

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

type registerOptions struct {
	target, branch, path, kind, every string
	repositories, expression          string
	topics, withoutTopics, visibility []string
	archived, forks                   bool
}

// organization reports whether a flag says something of an organisation's
// repositories.
func (o registerOptions) organization() bool {
	return o.repositories+o.expression != "" || len(o.topics)+len(o.withoutTopics)+len(o.visibility) > 0 || o.archived || o.forks
}

func register(env *cli.Env) *cobra.Command {
	var opts registerOptions
	cmd := &cobra.Command{
		Use:   "register PATH_OR_URL",
		Short: "Register a file, a folder, a git repository or an organisation on GitHub",
		Long: "Register a file, a folder, a git repository or an organisation on GitHub. Its entities are read at once; run it\n" +
			"again to read them anew. Flags say which repositories of an organisation are read, and which files in them; given\n" +
			"again, they replace those it was registered with. It is read again by itself; see how often: platform catalog schedule -h",
		Example: "  platform catalog register ./catalog-info.yaml\n  platform catalog register https://github.com/acme/orders.git --branch main --every 5m\n" +
			"  platform catalog register github-org:https://github.com/acme --repositories 'team-*' --topic platform",
		Args: cli.Args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.target = args[0]
			return runRegister(cmd.Context(), env, opts)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.branch, "branch", "", "branch or tag of a git repository, the branch where both have the name (refs/tags/NAME is the tag), or of each repository of an organisation; its default branch when absent")
	flags.StringVar(&opts.path, "path", "", "file or folder inside a git repository; for an organisation, catalog file or pattern of such, as in services/*/catalog-info.yaml")
	flags.StringVar(&opts.kind, "type", "", "{file | git | url | github-org}; found out from PATH_OR_URL when absent")
	flags.StringVar(&opts.every, "every", "", "how often it is read again, "+everyFlag)
	flags.StringVar(&opts.repositories, "repositories", "", "only an organisation's repositories with such names, as in 'team-*'")
	flags.StringSliceVar(&opts.topics, "topic", nil, "only an organisation's repositories that have one of these topics")
	flags.StringVar(&opts.expression, "expression", "", "only an organisation's repositories whose whole name this regular expression fits, as in '(team|shop)-.*'")
	flags.StringSliceVar(&opts.withoutTopics, "without-topic", nil, "only an organisation's repositories that have none of these topics")
	flags.StringSliceVar(&opts.visibility, "visibility", nil, "only an organisation's repositories that are public, private or internal")
	flags.BoolVar(&opts.archived, "archived", false, "also an organisation's archived repositories")
	flags.BoolVar(&opts.forks, "forks", false, "also an organisation's forks")
	return cmd
}

func runRegister(ctx context.Context, env *cli.Env, opts registerOptions) error {
	if opts.every != "" {
		if _, err := catalog.ParseEvery(opts.every); err != nil {
			return err
		}
	}
	request, err := location(env.Dir, opts)
	if err != nil {
		return err
	}
	api, err := env.API(ctx)
	if err != nil {
		return err
	}
	registration, err := client.OK(api.RegisterLocationWithResponse(ctx, request))
	if err != nil {
		return err
	}
	return report(env, registration)
}

// location says what kind of place the target is. A path is made absolute,
// because the server has another working folder.
func location(dir string, opts registerOptions) (types.LocationRequest, error) {
	request := types.LocationRequest{Target: opts.target, Branch: opts.branch, Path: opts.path, Type: types.LocationRequestType(opts.kind), Every: opts.every}
	if opts.kind != "" && !request.Type.Valid() {
		return request, fault.New(fault.Invalid, "There is no location type %q.", opts.kind).WithHint("Use --type file, git, url or github-org.")
	}
	if strings.TrimSpace(opts.target) == "" {
		return request, fault.New(fault.Invalid, "No location is given.").
			WithHint("Name a file, a folder or an address; the folder you are in is a dot: platform catalog register .")
	}
	organization := request.Type == types.LocationRequestTypeGithubOrg || strings.HasPrefix(opts.target, "github-org:")
	switch {
	case !organization && opts.organization():
		return request, fault.New(fault.Invalid, "%s is no organisation, so what is said of its repositories means nothing.", opts.target).
			WithHint("Write an organisation like this: platform catalog register github-org:https://github.com/acme --repositories 'team-*'")
	case organization && (opts.organization() || opts.path != "" || opts.branch != ""):
		request.Path, request.Branch = "", ""
		request.Organization = &types.OrganizationSettings{
			Path: opts.path, Branch: opts.branch, Repositories: opts.repositories, Expression: opts.expression, Topics: opts.topics,
			WithoutTopics: opts.withoutTopics, Visibility: opts.visibility, Archived: opts.archived, Forks: opts.forks,
		}
	}
	if organization || isRemote(opts.target) {
		return request, nil // the server tells a repository from a file and an organisation
	}
	path := opts.target
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	info, err := os.Stat(path)
	if err != nil {
		return request, fault.New(fault.NotFound, "There is no file or folder %s.", opts.target).
			WithHint("Name a catalog-info.yaml, a folder with one, or the address of a git repository.").WithCause(err)
	}
	request.Target = path
	if request.Type == "" {
		request.Type = types.LocationRequestTypeFile
		if info.IsDir() && strings.HasSuffix(path, ".git") {
			request.Type = types.LocationRequestTypeGit
		}
	}
	return request, nil
}

// isRemote tells an address from a path: it has a scheme, is user@host:path, or
// an organisation's.
func isRemote(target string) bool {
	return regexp.MustCompile(`^([a-z][a-z0-9+.-]*://|github-org:|[^/@\s]+@[^/:\s]+:)`).MatchString(target)
}

// organization says what was found in an organisation of which nothing is read yet.
func organization(env *cli.Env, l types.Location, count types.RepositoryCount) {
	looked := cli.Count(count.Looked, "repository", "repositories")
	if count.Found > 0 {
		env.Talk("%s The organisation is registered. Of %s, %d have a catalog file and are being read. See what they define: platform catalog list",
			env.Green("✓"), looked, count.Found)
		return
	}
	file := "catalog-info.yaml"
	if l.Organization != nil && l.Organization.Path != "" {
		file = l.Organization.Path
	}
	env.Talk("%s The organisation is registered. The server looked at %s, and none has the catalog file %s yet.", env.Green("✓"), looked, cli.Plain(file))
	if l.Every == "" || l.Every == "never" {
		env.Talk("Once one has, look again: platform catalog refresh github-org:%s", cli.Plain(l.Target))
	} else {
		env.Talk("It is looked at again every %s; one that has a file by then is read.", l.Every)
	}
	env.Talk("To see which files could be proposed as pull requests: platform catalog import-org %s --dry-run", cli.Plain(l.Target))
}

// problemsShown is how many problems of a location fit on a screen.
const problemsShown = 20

// report prints what a location holds. Problems make the answer no, since part
// of what is written there is not in the catalog.
func report(env *cli.Env, r types.Registration) error {
	err := env.Print(r, func(w io.Writer) error {
		if len(r.Entities) == 0 {
			return nil // what is wrong is said below
		}
		rows := make([][]string, len(r.Entities))
		for i, ref := range r.Entities {
			rows[i] = []string{ref}
		}
		return cli.Rows(w, []string{"entity"}, rows)
	})
	if err != nil {
		return err
	}
	for _, ref := range r.Orphaned {
		env.Talk("%s No file defines %s any more. It stays as an orphan for a while: platform catalog get %s", env.Yellow("Note:"), ref, ref)
	}
	for before, now := range r.Renamed {
		env.Talk("%s is %s now.", before, now)
	}
	if count := r.Repositories; count != nil && len(r.Problems) == 0 && (len(r.Entities) == 0 || count.Found == 0) {
		organization(env, r.Location, *count)
		return nil
	}
	if len(r.Problems) == 0 {
		env.Talk("%s %s", env.Green("✓"), cli.Count(len(r.Entities), "entity", "entities")+" registered.")
		return nil
	}
	f := fault.New(fault.Failed, "%s in %s.", cli.Count(len(r.Problems), "problem", "problems"), r.Location.Target)
	if len(r.Entities) == 0 {
		again := "is registered and will be read again"
		if r.Location.Type == types.LocationTypePush {
			again = "is kept"
		}
		f = fault.New(fault.Invalid, "%s %s, but it defines nothing yet.", r.Location.Target, again)
	}
	shown := r.Problems[:min(len(r.Problems), problemsShown)]
	for _, p := range shown {
		f = f.WithField(p.Where, "%s", strings.TrimSpace(p.Field+" "+advice(p)))
	}
	hint := "Correct the file and run the same command again."
	if more := len(r.Problems) - len(shown); more > 0 {
		hint = fmt.Sprintf("And %d more: platform catalog errors\n%s", more, hint)
	}
	return f.WithHint("%s", hint)
}
