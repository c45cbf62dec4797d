package catalog

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/types"
)

// validation is what "validate" found.
type validation struct {
	Entities []string              `json:"entities"`
	Problems []types.SourceProblem `json:"problems"`
	// Elsewhere are addresses that files name and nobody looked at.
	Elsewhere []string `json:"elsewhere,omitempty"`

	found []catalog.Problem // the same, with files from the folder the command runs in
}

func validate(env *cli.Env) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "validate PATH...",
		Short: "Check catalog files before anybody pushes them",
		Long: "Check catalog files as registering them would, without a server and without storing anything. It asks nobody: not\n" +
			"whether another location defines the same, and not for files that are named by address. PATH is a file or a\n" +
			"folder; what a file includes may lie anywhere in its repository. Exits with 1 when anything is wrong.",
		Example: "  platform catalog validate catalog-info.yaml\n  platform catalog validate . --format github",
		Args:    cli.Args(cobra.MinimumNArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			if format != "text" && format != "github" {
				return fault.New(fault.Invalid, "There is no format %q.", format).
					WithHint("Use --format text or --format github; JSON is --output json.")
			}
			v := validation{Entities: []string{}, Problems: []types.SourceProblem{}}
			for _, path := range args {
				if err := v.check(env.Dir, path); err != nil {
					return err
				}
			}
			return v.report(env, format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "{text | github}: github writes annotations that its pages show beside the line")
	return cmd
}

// check reads one file or folder.
func (v *validation) check(dir, path string) error {
	whole := path
	if !filepath.IsAbs(whole) {
		whole = filepath.Join(dir, path)
	}
	resolved, err := filepath.EvalSymlinks(whole)
	if err == nil {
		whole = resolved
	}
	info, err := os.Stat(whole)
	if err != nil || path == "" {
		return fault.New(fault.NotFound, "There is no file or folder %s.", path).
			WithHint("Name a catalog-info.yaml or a folder with some.").WithCause(err)
	}
	top := catalog.Boundary(whole, info.IsDir())
	root, err := os.OpenRoot(top)
	if err != nil {
		return fault.New(fault.Invalid, "The folder %s cannot be read.", top).WithCause(err)
	}
	defer root.Close()
	entry, err := filepath.Rel(top, whole)
	if err != nil {
		return fmt.Errorf("find %s in %s: %w", whole, top, err)
	}
	checked := catalog.CheckAll(root.FS(), filepath.ToSlash(entry))
	entities, problems := checked.Entities, checked.Problems
	v.Elsewhere = append(v.Elsewhere, checked.Elsewhere...)
	if len(entities)+len(problems) == 0 {
		problems = []catalog.Problem{{
			File: filepath.ToSlash(entry), Message: "There is no catalog entity.", Hint: "Write one into catalog-info.yaml: platform init",
		}}
	}
	for _, e := range entities {
		v.Entities = append(v.Entities, e.Ref().String())
	}
	for _, p := range problems {
		if p.File != "" {
			p.File = shownFrom(dir, filepath.Join(top, filepath.FromSlash(p.File)))
		}
		v.found = append(v.found, p)
		v.Problems = append(v.Problems, types.SourceProblem{
			Where: p.Where(), Field: p.Field, Entity: p.Ref, Owner: p.Owner, Message: p.Message, Hint: p.Hint,
		})
	}
	return nil
}

// shownFrom writes a path as somebody in a folder would.
func shownFrom(dir, path string) string {
	if short, err := filepath.Rel(dir, path); err == nil && !strings.HasPrefix(short, "..") {
		return filepath.ToSlash(short)
	}
	return path
}

func (v *validation) report(env *cli.Env, format string) error {
	err := env.Print(v, func(w io.Writer) error {
		for _, p := range v.found {
			line := annotation(p)
			if format == "text" {
				words := slices.DeleteFunc([]string{p.Where() + ":", fieldOf(p), p.Advice()}, func(s string) bool { return s == "" || s == ":" })
				line = cli.Plain(strings.Join(words, " "))
			}
			if _, err := fmt.Fprintln(w, line); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if n := len(v.Elsewhere); n > 0 {
		env.Talk("%s %s by address, which registering reads and this does not: %s", env.Yellow("Note:"),
			cli.Count(n, "file is named", "files are named"), v.Elsewhere[0])
	}
	if len(v.found) > 0 {
		return cli.VerdictError{Code: fault.Failed}
	}
	env.Talk("%s %s, no problems.", env.Green("✓"), cli.Count(len(v.Entities), "entity", "entities"))
	return nil
}

// fieldOf returns the field, where the message does not name it anyway.
func fieldOf(p catalog.Problem) string {
	if p.Field == "" || strings.Contains(p.Message, p.Field) || strings.Contains(p.Message, strings.ReplaceAll(p.Field, ".", "/")) {
		return ""
	}
	return p.Field
}

// annotation writes a problem as a workflow command of GitHub Actions.
func annotation(p catalog.Problem) string {
	text := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	var where []string
	if p.File != "" {
		where = append(where, "file="+property.Replace(p.File))
	}
	if p.Line > 0 {
		where = append(where, fmt.Sprintf("line=%d", p.Line))
	}
	if p.Column > 0 {
		where = append(where, fmt.Sprintf("col=%d", p.Column))
	}
	title := "Catalog"
	if p.Ref != "" {
		title = p.Ref
	}
	where = append(where, "title="+property.Replace(title))
	return "::error " + strings.Join(where, ",") + "::" + text.Replace(p.Advice())
}
