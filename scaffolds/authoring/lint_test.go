package authoring_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/scaffolds/authoring"
)

// newPath writes a fresh path, and changes its files by (name, old, new). An
// empty old text appends to a file, or makes one.
func newPath(tb testing.TB, edits ...[3]string) string {
	tb.Helper()
	dir := filepath.Join(tb.TempDir(), "go-worker")
	if _, err := authoring.Create("go-worker", dir); err != nil {
		tb.Fatal(err)
	}
	for _, e := range edits {
		edit(tb, filepath.Join(dir, e[0]), e[1], e[2])
	}
	return dir
}

func edit(tb testing.TB, name, old, with string) {
	tb.Helper()
	body, err := os.ReadFile(name)
	switch {
	case old == "":
		if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
			tb.Fatal(err)
		}
		body = append(body, with...)
	case err != nil:
		tb.Fatal(err)
	case !strings.Contains(string(body), old):
		tb.Fatalf("%s does not have %q to be changed", name, old)
	default:
		body = []byte(strings.Replace(string(body), old, with, 1))
	}
	if err := os.WriteFile(name, body, 0o600); err != nil {
		tb.Fatal(err)
	}
}

func TestPathsWithoutMistakesHaveNone(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{newPath(t), filepath.Join("..", "paths", "go-http")} {
		problems, err := authoring.Lint(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			t.Errorf("%s: %s", dir, p)
		}
	}
}

const (
	mainFile  = "golden/cmd/goldensvc/main.go"
	clockFile = "golden/internal/clock/clock.go"
	otherPack = "  - {name: bell, title: Bell, description: It rings., files: [\"internal/bell/**\"]}\n"
	bellFile  = "golden/internal/bell/bell.go"
	bell      = "package bell\n\nfunc Line() string { return \"\" }\n"
)

func TestLintTellsEachMistake(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		edits [][3]string
		want  string
	}{
		{"a key that nobody knows", [][3]string{{"path.yaml", "title: Small", "titel: Small"}}, `path.yaml:6: "titel" is not a key of path.yaml`},
		{"YAML that is none", [][3]string{{"path.yaml", "tokens:", "tokens: ["}}, "path.yaml:1"},
		{"a glob that matches nothing", [][3]string{{"path.yaml", `"README.md"`, `"READ.md"`}}, `path.yaml:21: the class of "READ.md" matches no file`},
		{"a class that is none", [][3]string{{"path.yaml", "class: seeded", "class: seed"}}, `path.yaml:21: class "seed" is unknown`},
		{"a version that is none", [][3]string{{"path.yaml", "0.1.0", "one"}}, `path.yaml:4: version "one" is not like 1.2.3`},
		{"a template that is not there", [][3]string{{"path.yaml", "tmpl/README.md.tmpl", "tmpl/READ.md.tmpl"}}, "path.yaml:26: there is no template tmpl/READ.md.tmpl"},
		{"a template that nobody uses", [][3]string{{"tmpl/x.tmpl", "", "x"}}, "tmpl/x.tmpl: no rule of path.yaml uses this template"},
		{"a template for no golden file", [][3]string{{"path.yaml", "to: README.md", "to: READ.md"}}, "path.yaml:26: there is no golden/READ.md"},
		{"a template that does not parse", [][3]string{{"tmpl/README.md.tmpl", "[[ end -]]", ""}}, "tmpl/README.md.tmpl:9: unexpected EOF"},
		{"data that nobody gives, in a branch nobody reaches", [][3]string{{"tmpl/README.md.tmpl", "Everybody", "[[ if .Packs ]][[ .Label ]][[ end ]]"}}, "tmpl/README.md.tmpl:7: .Label: there is no .Label here"},
		{"data that nobody gives, where others are given it", [][3]string{{"tmpl/README.md.tmpl", "Everybody", "[[ if .Packs ]]x[[ else ]][[ .Label ]][[ end ]]"}}, "tmpl/README.md.tmpl:7: .Label: there is no .Label here"},
		{"data of what is consumed", [][3]string{{"tmpl/README.md.tmpl", "Everybody", "[[ range .Consumes ]][[ .Pakage ]][[ end ]]"}}, "there is no .Pakage here, only .Name, .Package"},
		{"data of a variable", [][3]string{{"tmpl/README.md.tmpl", "Everybody", "[[ range $c := .Consumes ]][[ $c.Nam ]][[ $.Nam ]][[ end ]]"}}, "$.Nam: there is no .Nam here"},
		{"a token that never occurs", [][3]string{{"path.yaml", "classes:", "  - {find: golden-team, value: team}\nclasses:"}}, `path.yaml:19: the token "golden-team" occurs in no file`},
		{"a token that stands for nothing", [][3]string{{"path.yaml", "value: name}", "value: nme}"}}, `stands for "nme", which nothing answers`},
		{"a token inside a word", [][3]string{{"golden/internal/greeting/greeting.go", "the words", "goldensvcs"}}, `golden/internal/greeting/greeting.go:1: the token "goldensvc" is inside the word "goldensvcs"`},
		{"a token twice", [][3]string{{"path.yaml", "classes:", "  - {find: goldensvc, value: name}\nclasses:"}}, `path.yaml:19: the token "goldensvc" is there twice`},
		{"a token that is no name, shortened", [][3]string{{"path.yaml", "value: module}", "value: module, max: 40}"}}, `the token "example.com/golden/service" has max 40: names alone are shortened`},
		{"a token that is shortened to nothing", [][3]string{{"path.yaml", "value: name}", "value: name, max: 8}"}}, `the token "goldensvc" has max 8: names alone are shortened, to 16 characters or more`},
		{"a pack without files", [][3]string{{"path.yaml", `    files: ["internal/clock/**"]`, ""}}, `pack "clock" has no files`},
		{"a pack that requires none", [][3]string{{"path.yaml", "    files:", "    requires: [bell]\n    files:"}}, `pack clock requires "bell", which is no pack`},
		{"packs that require each other", [][3]string{
			{"path.yaml", "", "    requires: [bell]\n  - {name: bell, title: Bell, description: It rings., files: [\"internal/bell/**\"], requires: [clock]}\n"}, {bellFile, "", bell},
		}, "requires itself"},
		{"a file of two packs", [][3]string{{"path.yaml", "", "  - {name: all, title: All, description: All., files: [\"internal/clock/clock.go\"]}\n"}}, clockFile + ": belongs to the packs clock and all"},
		{"shared code that imports a pack", [][3]string{
			{mainFile, `"example.com/golden/service/internal/parts"`, "\"example.com/golden/service/internal/clock\"\n\t\"example.com/golden/service/internal/parts\""},
		}, mainFile + ":9: shared code imports example.com/golden/service/internal/clock, which is the pack clock's"},
		{"a pack that imports one it does not require", [][3]string{
			{"path.yaml", "", otherPack}, {bellFile, "", bell}, {clockFile, `import "time"`, "import (\n\t\"time\"\n\n\t_ \"example.com/golden/service/internal/bell\"\n)"},
		}, clockFile + ":7: the pack clock imports example.com/golden/service/internal/bell, which is the pack bell's and may not be there: add requires: [bell]"},
		{"shared code that uses what a pack's file of its package declares", [][3]string{
			{"path.yaml", "internal/clock/**", "internal/greeting/late.go\", \"internal/clock/**"},
			{"golden/internal/greeting/late.go", "", "package greeting\n\nconst late = \"late\"\n"},
			{"golden/internal/greeting/greeting.go", `"world"`, "late"},
		}, "greeting.go:9: shared code uses late, which the pack clock declares"},
		{"Go that does not parse", [][3]string{{clockFile, "import", "imprt"}}, clockFile},
		{"parameters that are no JSON", [][3]string{{"parameters.schema.json", `"type": "object",`, `"type": "object"`}}, "parameters.schema.json:5:"},
		{"a schema that is none", [][3]string{{"parameters.schema.json", `"type": "object"`, `"type": "objekt"`}}, "parameters.schema.json: "},
		{"a mistyped answer would pass", [][3]string{{"parameters.schema.json", `"additionalProperties": false,`, ""}}, `"additionalProperties" is not false`},
		{"a derived answer of one that is not asked", [][3]string{{"parameters.schema.json", "{name}", "{nme}"}}, `x-derive of "module" uses {nme}`},
		{"a choice of what is not asked", [][3]string{{"path.yaml", "", "choices:\n  - {answer: ci, value: x, files: [README.md]}\n"}}, `choice of "ci": it is not a parameter`},
		{"contents that changed under a version", [][3]string{{"digests.txt", "", "0.1.0 sha256:00\n"}}, "path.yaml:4: go-worker: its contents changed, its version is still 0.1.0: raise the version"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			problems, err := authoring.Lint(t.Context(), newPath(t, c.edits...))
			if err != nil {
				t.Fatal(err)
			}
			var all []string
			for _, p := range problems {
				all = append(all, p.String())
			}
			if text := strings.Join(all, "\n"); !strings.Contains(text, c.want) {
				t.Errorf("got\n%s\nwant %s", text, c.want)
			}
		})
	}
}

// All mistakes are told at once, in the order of files and lines.
func TestLintTellsAllMistakesAtOnce(t *testing.T) {
	t.Parallel()
	dir := newPath(t, [3]string{"path.yaml", "0.1.0", "one"}, [3]string{"path.yaml", `"README.md"`, `"READ.md"`}, [3]string{"tmpl/x.tmpl", "", "x"})
	problems, err := authoring.Lint(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(problems) != 3 || problems[0].Line != 4 || problems[1].Line != 21 || problems[2].File != "tmpl/x.tmpl" {
		t.Errorf("got %v, want those of lines 4 and 21 and the template", problems)
	}
}

func TestAFolderWithoutPathIsNotFound(t *testing.T) {
	t.Parallel()
	_, err := authoring.Lint(t.Context(), t.TempDir())
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v, want it not found", err)
	}
}
