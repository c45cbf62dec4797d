package catalog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/pattern"
	"github.com/goldenpath/platform/portal/api/client"
	"github.com/goldenpath/platform/portal/api/types"
)

// imported is what an import brought, and what it could not bring.
type imported struct {
	Registered []string  `json:"registered"` // locations
	Entities   int       `json:"entities"`   // taken as they are, because nobody could read where they come from
	TakenOver  []string  `json:"taken_over"` // copies of an earlier import that a location defines now
	Left       []leftOut `json:"left"`
}

type leftOut struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

func importer(env *cli.Env) *cobra.Command {
	var address, config string
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Take over a Backstage catalog: from a running one, or from its configuration",
		Long: "Take over a Backstage catalog. From a running one, the locations that were registered there are registered\n" +
			"here; what comes from places that cannot be read is copied as it is, and gives way to any location that defines\n" +
			"it, when that can be read. A token is read from BACKSTAGE_TOKEN.\n" +
			"From an app-config.yaml, its locations and GitHub organisations are registered; variables are read from the\n" +
			"environment. Exits with 1 when something could not be taken over, and says what and why. Doing it again is safe.",
		Example: "  platform catalog import --backstage https://backstage.acme.example\n  platform catalog import --app-config app-config.production.yaml",
		Args:    cli.Args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			if (address == "") == (config == "") {
				return fault.New(fault.Invalid, "Say where to import from.").
					WithHint("Either --backstage https://backstage.acme.example or --app-config app-config.yaml")
			}
			api, err := env.API(ctx)
			if err != nil {
				return err
			}
			in := intake{env: env, api: api, out: imported{Registered: []string{}, TakenOver: []string{}, Left: []leftOut{}}}
			if config != "" {
				err = in.fromConfig(ctx, config)
			} else {
				err = in.fromBackstage(ctx, address)
			}
			if err != nil {
				return err
			}
			return in.report()
		},
	}
	cmd.Flags().StringVar(&address, "backstage", "", "address of a running Backstage")
	cmd.Flags().StringVar(&config, "app-config", "", "configuration file of a Backstage")
	return cmd
}

// intake registers locations and remembers what could not be.
type intake struct {
	env *cli.Env
	api *client.ClientWithResponses
	out imported
}

// register takes one location; that it cannot be read is noted and does not
// keep others out.
func (in *intake) register(ctx context.Context, request types.LocationRequest) error {
	target := request.Target
	registration, err := client.OK(in.api.RegisterLocationWithResponse(ctx, request))
	var f *fault.Error
	if errors.As(err, &f) && f.Code != fault.Internal && f.Code != fault.Unauthenticated &&
		errors.Unwrap(f) == nil { // with a cause, it was our server that did not answer
		in.leave(target, catalog.Problem{Message: f.Message, Hint: f.Hint}.Advice())
		return nil
	}
	if err != nil {
		return err
	}
	in.out.Registered = append(in.out.Registered, target)
	for _, p := range registration.Problems {
		in.leave(target+" "+p.Where, advice(p))
	}
	return nil
}

func (in *intake) leave(what, why string) {
	in.out.Left = append(in.out.Left, leftOut{What: what, Why: why})
}

func (in *intake) report() error {
	err := in.env.Print(in.out, func(w io.Writer) error {
		rows := make([][]string, 0, len(in.out.Registered)+len(in.out.TakenOver)+len(in.out.Left))
		for _, target := range in.out.Registered {
			rows = append(rows, []string{"registered", target, ""})
		}
		for _, ref := range in.out.TakenOver {
			rows = append(rows, []string{"taken over", ref, "It was a copy, and is read from where it is written now."})
		}
		for _, l := range in.out.Left {
			rows = append(rows, []string{"left out", l.What, l.Why})
		}
		if len(rows) == 0 {
			return nil
		}
		return cli.Rows(w, []string{"", "what", "why"}, rows)
	})
	if err != nil {
		return err
	}
	in.env.Talk("%s registered, %s taken as they are.", cli.Count(len(in.out.Registered), "location", "locations"),
		cli.Count(in.out.Entities, "entity", "entities"))
	if len(in.out.Left) > 0 {
		return cli.VerdictError{Code: fault.Failed}
	}
	return nil
}

const noRules = "There are no lists of allowed kinds here: every registered location may define every kind. " +
	"Look at what came: platform catalog list"

// appConfig is the part of Backstage's configuration that says where its
// catalog comes from.
type appConfig struct {
	Catalog struct {
		Locations []struct {
			Type   string `yaml:"type"`
			Target string `yaml:"target"`
			Rules  []any  `yaml:"rules"`
		} `yaml:"locations"`
		Rules     []any                `yaml:"rules"`
		Providers map[string]yaml.Node `yaml:"providers"`
	} `yaml:"catalog"`
}

func (in *intake) fromConfig(ctx context.Context, file string) error {
	path := file
	if !filepath.IsAbs(path) {
		path = filepath.Join(in.env.Dir, file)
	}
	content, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return fault.New(fault.NotFound, "The file %s cannot be read.", file).WithHint("platform catalog import --app-config app-config.yaml").WithCause(err)
	}
	var document yaml.Node
	var config appConfig
	err = yaml.Unmarshal(content, &document)
	if err == nil {
		fillVariables(&document)
		err = document.Decode(&config)
	}
	if err != nil {
		return fault.New(fault.Invalid, "%s is not valid YAML: %v.", file, err).WithHint("Check it with Backstage: backstage-cli config:check")
	}
	if len(config.Catalog.Rules) > 0 {
		in.leave("catalog.rules", noRules)
	}
	for i, l := range config.Catalog.Locations {
		if len(l.Rules) > 0 {
			in.leave(fmt.Sprintf("catalog.locations[%d].rules", i), noRules)
		}
		if strings.Contains(l.Target, "${") {
			in.leave(l.Target, "It holds a variable that is not set here. Set it, or register what it stands for: platform catalog register ADDRESS")
			continue
		}
		targets := []string{l.Target}
		if l.Type == "file" {
			targets = besideConfig(path, l.Target)
		}
		if len(targets) == 0 {
			in.leave(l.Target, "No file has such a name. Correct it, or register the files: platform catalog register FILE")
		}
		for _, target := range targets {
			if err := in.register(ctx, types.LocationRequest{Target: target}); err != nil {
				return err
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(config.Catalog.Providers)) {
		node := config.Catalog.Providers[name]
		if name != "github" {
			in.leave("catalog.providers."+name, withoutProvider(name))
			continue
		}
		if err := in.fromGitHub(ctx, node); err != nil {
			return err
		}
	}
	return nil
}

// variable is how a configuration of Backstage names one of the environment.
var variable = pattern.New(`\$\{[A-Za-z_][A-Za-z0-9_]*\}`)

// fillVariables replaces those that are set here, too. What holds others is left
// out and said.
func fillVariables(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode {
		n.Value = variable().ReplaceAllStringFunc(n.Value, func(name string) string {
			if value := os.Getenv(name[2 : len(name)-1]); value != "" {
				return value
			}
			return name
		})
	}
	for _, child := range n.Content {
		fillVariables(child)
	}
}

// besideConfig finds the files that Backstage names from the folder of its
// backend, or from that of its configuration. A name with wildcards may stand
// for many, or for none.
func besideConfig(config, target string) []string {
	folders := []string{filepath.Dir(config), filepath.Join(filepath.Dir(config), "packages", "backend")}
	if filepath.IsAbs(target) {
		folders = []string{""}
	}
	for _, folder := range folders {
		named := filepath.Join(folder, target)
		if _, err := os.Stat(named); err == nil {
			return []string{named}
		}
		if found, err := filepath.Glob(named); err == nil && len(found) > 0 {
			return found
		}
	}
	if strings.ContainsAny(target, "*?[") {
		return nil
	}
	return []string{filepath.Join(folders[0], target)}
}
