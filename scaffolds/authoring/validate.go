package authoring

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goldenpath/platform/scaffolds"
)

// standards are the settings that programs judge every service by, whatever
// golden path it is of.
//
//go:embed standards standards/.markdownlint-cli2.yaml
var standards embed.FS

// validator judges files of a service by a program that its own CI, a cluster or
// a person would use.
type validator struct {
	name  string   // what is so when it finds nothing
	tools []string // programs that it needs
	files []string // globs: it is asked when a service has one of these
	look  func(context.Context, *service) []string
	ready func() string // says why it cannot be asked although its programs are there
}

// service is one that was written into a folder.
type service struct {
	dir       string
	tree      *scaffolds.Tree
	golden    string // the folder of the golden code
	standards string // the folder of the settings
	scratch   string // a folder for what programs write
}

// with returns the service's files that fit a glob.
func (s *service) with(globs ...string) []string { return fitting(s.tree, globs) }

func fitting(tree *scaffolds.Tree, globs []string) []string {
	var out []string
	for _, f := range tree.Files {
		if slices.ContainsFunc(globs, func(glob string) bool { return scaffolds.MatchGlob(glob, f.Path) }) {
			out = append(out, f.Path)
		}
	}
	return out
}

// run runs a program in the service's folder and returns the end of what it said
// when it failed.
func (s *service) run(ctx context.Context, program string, args ...string) []string {
	return run(ctx, s.dir, nil, program, args...)
}

// validators lists them in the order in which they are asked.
func validators() []validator {
	const api = "api/openapi.yaml"
	all := []validator{
		{name: "actionlint and shellcheck take the workflows", tools: []string{"actionlint", "shellcheck"}, files: []string{".github/workflows/*"}, look: func(ctx context.Context, s *service) []string {
			return s.run(ctx, "actionlint", s.with(".github/workflows/*")...)
		}},
		{name: "shellcheck takes the scripts", tools: []string{"shellcheck"}, files: []string{"**/*.sh"}, look: func(ctx context.Context, s *service) []string {
			return s.run(ctx, "shellcheck", s.with("**/*.sh")...)
		}},
		{name: "redocly takes the API's document", tools: []string{"redocly"}, files: []string{api}, look: func(ctx context.Context, s *service) []string {
			return s.run(ctx, "redocly", "lint", api)
		}},
		{name: "oasdiff finds nothing that breaks callers of the golden API", tools: []string{"oasdiff"}, files: []string{api}, look: func(ctx context.Context, s *service) []string {
			return s.run(ctx, "oasdiff", "breaking", "--fail-on", "ERR", filepath.Join(s.golden, api), api)
		}},
		{name: "gitleaks finds no secret", tools: []string{"gitleaks"}, files: []string{"**"}, look: func(ctx context.Context, s *service) []string {
			return s.run(ctx, "gitleaks", "dir", "--no-banner", "--no-color", "--redact", "--verbose", ".")
		}},
		{name: "yamllint takes the YAML", tools: []string{"yamllint"}, files: []string{"**/*.yaml", "**/*.yml"}, look: func(ctx context.Context, s *service) []string {
			return s.run(ctx, "yamllint", "--strict", "--config-file", filepath.Join(s.standards, "yamllint.yaml"), ".")
		}},
		{name: "markdownlint takes the pages", tools: []string{"markdownlint-cli2"}, files: []string{"**/*.md"}, look: func(ctx context.Context, s *service) []string {
			return s.run(ctx, "markdownlint-cli2", "--config", filepath.Join(s.standards, ".markdownlint-cli2.yaml"), "**/*.md")
		}},
		{name: "terraform takes the modules, formatted", tools: []string{"terraform"}, files: []string{"**/*.tf"}, look: terraform},
		{name: "BuildKit takes the Dockerfile, and the commands of its build stage run", tools: []string{"dockerfile-check"}, files: []string{"Dockerfile"}, look: func(ctx context.Context, s *service) []string {
			return s.run(ctx, "dockerfile-check", ".")
		}},
	}
	all = append(all, objectValidators()...)
	return append(all, queryValidators()...)
}

// terraform checks each folder of modules without a provider: those of a new
// service name none.
func terraform(ctx context.Context, s *service) (wrong []string) {
	var folders []string
	for _, file := range s.with("**/*.tf") {
		if dir := filepath.Dir(file); !slices.Contains(folders, dir) {
			folders = append(folders, dir)
		}
	}
	for _, dir := range folders {
		for _, words := range [][]string{{"fmt", "-check", "-diff"}, {"init", "-backend=false", "-input=false", "-no-color"}, {"validate", "-no-color"}} {
			wrong = append(wrong, s.run(ctx, "terraform", append([]string{"-chdir=" + dir}, words...)...)...)
		}
	}
	return wrong
}

// validate asks the validators about as many services as it takes to have every
// answer and every pack in one of them.
func (t *tester) validate(ctx context.Context) {
	rows := t.representatives()
	all := slices.DeleteFunc(validators(), func(v validator) bool {
		return !slices.ContainsFunc(rows, func(i int) bool { return len(fitting(t.trees[i], v.files)) > 0 })
	})
	if len(all) == 0 {
		return
	}
	if t.options.Quick {
		t.skip("validators", fmt.Sprintf("%d validators take the services", len(all)), "--quick leaves out other programs")
		return
	}
	settings, err := t.writeStandards()
	for _, v := range all {
		if why := v.missing(); why != "" {
			t.skip("validators", v.name, why)
			continue
		}
		t.eachOf("validators", v.name, rows, func(i int) []string {
			if ctx.Err() != nil || len(fitting(t.trees[i], v.files)) == 0 {
				return nil
			}
			dir, failed := t.written(i)
			if err != nil || failed != nil {
				return append(messages(err), messages(failed)...)
			}
			golden, failed := filepath.Abs(filepath.Join(t.Dir, "golden"))
			if failed != nil {
				return messages(failed)
			}
			return v.look(ctx, &service{dir: dir, tree: t.trees[i], golden: golden, standards: settings, scratch: t.options.Work})
		})
	}
	t.image(ctx)
}

// missing says why a validator cannot be asked, "" when it can.
func (v validator) missing() string {
	for _, tool := range v.tools {
		if !hasTool(tool) {
			return tool + " is not installed"
		}
	}
	if v.ready != nil {
		return v.ready()
	}
	return ""
}

// image builds the image of the service with all packs, where a container
// engine runs.
func (t *tester) image(ctx context.Context) {
	const name = "the image of a service with all packs is built"
	last := len(t.rows) - 1
	if t.trees[last] == nil || len(fitting(t.trees[last], []string{"Dockerfile"})) == 0 {
		return
	}
	if !hasTool("docker") || len(run(ctx, t.options.Work, nil, "docker", "info")) > 0 {
		t.skip("validators", name, "image not built here: no container engine runs")
		return
	}
	t.check("validators", name, func() []string {
		dir, err := t.written(last)
		if err != nil {
			return messages(err)
		}
		return run(ctx, dir, nil, "docker", "build", "--quiet", ".")
	})
}

// writeStandards writes the settings of validators to a folder.
func (t *tester) writeStandards() (dir string, err error) {
	inner, err := fs.Sub(standards, "standards")
	if err != nil {
		return "", fmt.Errorf("read the settings of validators: %w", err)
	}
	dir = filepath.Join(t.options.Work, "standards")
	if err := os.CopyFS(dir, inner); err != nil {
		return "", fmt.Errorf("write the settings of validators: %w", err)
	}
	return dir, nil
}

// representatives are services, the one with all packs first, of which each has
// an answer or a pack that those before it do not have.
func (t *tester) representatives() []int {
	seen := map[string]bool{}
	var out []int
	for n := range t.rows {
		i := (n + len(t.rows) - 1) % len(t.rows) // the last one first
		if t.trees[i] == nil {
			continue
		}
		fresh := false
		for _, value := range t.rows[i].values() {
			fresh = fresh || !seen[value]
			seen[value] = true
		}
		if fresh {
			out = append(out, i)
		}
	}
	return out
}

// values are a row's answers, each with what it answers.
func (r Row) values() []string {
	a := r.Answers
	out := []string{"name " + a.Name, "owner " + a.Owner, "system " + a.System, "description " + a.Description, "module " + a.Module, "consumes " + strings.Join(a.Consumes, " ")}
	for _, pack := range a.Packs {
		out = append(out, "pack "+pack)
	}
	for name, value := range a.Extra {
		out = append(out, fmt.Sprintf("%s %v", name, value))
	}
	return out
}
