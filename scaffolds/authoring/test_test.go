package authoring_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/scaffolds/authoring"
)

func testPath(tb testing.TB, dir string, quick bool) authoring.Result {
	tb.Helper()
	result, err := authoring.Test(tb.Context(), dir, authoring.Options{Quick: quick, Work: tb.TempDir()})
	if err != nil {
		tb.Fatal(err)
	}
	return result
}

// failures are the details of what failed, each after the check's name.
func failures(r authoring.Result) string {
	var out strings.Builder
	for _, c := range r.Checks {
		for _, d := range c.Details {
			out.WriteString(c.Name + ": " + d + "\n")
		}
	}
	return out.String()
}

// What the quick test leaves out is not known, and is said.
func TestPathsPassTheQuickTest(t *testing.T) {
	t.Parallel()
	for name, dir := range map[string]string{
		"a new one": newPath(t),
		"one that wants names of its own kind, and an answer nobody else asks": newPath(t,
			[3]string{"parameters.schema.json", `"pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"`, `"pattern": "^svc-[a-z]+$", "examples": ["svc-orders"]`},
			[3]string{"parameters.schema.json", `"required": ["name"`, `"required": ["port", "name"`},
			[3]string{"parameters.schema.json", `"licence": {`, `"port": {"type": "integer", "title": "Port", "minimum": 1, "maximum": 65535, "examples": [8080]}, "licence": {`},
		),
		"go-http": filepath.Join("..", "paths", "go-http"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := testPath(t, dir, true)
			if r.Count(authoring.Fail) > 0 || r.Rows < 9 {
				t.Errorf("%d services tried\n%s", r.Rows, failures(r))
			}
			if got := r.Count(authoring.NotChecked); got != 7 {
				t.Errorf("%d checks are said to be left out, want 7", got)
			}
		})
	}
}

func TestTheTestTellsEachMistake(t *testing.T) {
	t.Parallel()
	const readme = "tmpl/README.md.tmpl"
	for _, c := range []struct {
		name  string
		edits [][3]string
		want  string
	}{
		{"a mistake of the files", [][3]string{{"path.yaml", "0.1.0", "one"}}, `version "one" is not like 1.2.3`},
		{"a manifest that cannot be read", [][3]string{{"path.yaml", "title:", "titel:"}}, "is not a key of path.yaml"},
		{"a word of the golden code in a template", [][3]string{{readme, "Try it", "goldensvc"}}, `README.md:5: has the golden code's word "goldensvc"`},
		{"a template with another result each time", [][3]string{{readme, "Try it", `[[ printf "%p" .Extra ]][[ printf "%p" .Packs ]]`}}, "README.md differs the second time"},
		{"a template that some answers break", [][3]string{{readme, "Everybody", "[[ slice .Description 0 40 ]]"}}, "index out of range"},
		{"YAML that some answers break", [][3]string{
			{"path.yaml", "templates:", "templates:\n  - {from: tmpl/x.yaml.tmpl, to: x.yaml}"}, {"tmpl/x.yaml.tmpl", "", "text: [[ .Description ]]\n"}, {"golden/x.yaml", "", "text: x\n"},
		}, "x.yaml: yaml"},
		{"Go that some answers break", [][3]string{{"tmpl/internal/parts/parts_gen.go.tmpl", "[[- range .Packs ]]\n\t\t[[ . ]].Line,", "[[ .Name ]],[[- range .Packs ]]\n\t\t[[ . ]].Line,"}}, "parts_gen.go"},
		{"a pattern that refuses the longest name", [][3]string{{"parameters.schema.json", "(-[a-z0-9]+)*$", "(-[a-z0-9]{1,9})*$"}, {"parameters.schema.json", "[a-z][a-z0-9]*", "[a-z][a-z0-9]{0,9}"}, {"parameters.schema.json", `"maxLength": 63`, `"maxLength": 63, "examples": ["a"]`}}, "maxLength is 63, and the pattern refuses names of that length, such as"},
		{"an API that nobody can call", [][3]string{{"golden/api/openapi.yaml", "", "openapi: 3.1.0\ninfo: {title: X, version: \"1\"}\npaths: {}\n"}}, "api/openapi.yaml: it has no paths"},
		{"a pack's folder that comes with what is consumed", consuming("packs:", "packs:\n  - {name: calls, title: Calls, description: Calls others., files: [\"internal/clients/**\"]}"), "internal/clients/inventory/openapi.yaml is the pack calls's, which was left out"},
		{"a choice's folder that comes with what is consumed", consuming("packs:", "choices:\n  - {answer: licence, value: open, files: [\"internal/clients/**\"]}\npacks:"), "internal/clients/inventory/openapi.yaml is there for licence open only"},
		{"an entity that the catalog does not take", [][3]string{
			{"path.yaml", "templates:", "templates:\n  - {from: tmpl/catalog-info.yaml.tmpl, to: catalog-info.yaml}"},
			{"golden/catalog-info.yaml", "", "kind: Component\n"},
			{"tmpl/catalog-info.yaml.tmpl", "", "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: [[ .Name ]]-main}\nspec: {type: service, lifecycle: production, owner: [[ yaml .Owner ]]}\n"},
		}, "metadata.name"},
		{"a pack that changes what is written once", [][3]string{{readme, "Try it", "[[ .Packs ]]"}}, "README.md: the pack clock changes it, and its class is seeded"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := testPath(t, newPath(t, c.edits...), true)
			if got := failures(r); r.Count(authoring.Fail) == 0 || !strings.Contains(got, c.want) {
				t.Errorf("got\n%s\nwant %s", got, c.want)
			}
		})
	}
}

// consuming makes a path repeat a folder for each service consumed, with a
// change of path.yaml.
func consuming(old, with string) [][3]string {
	return [][3]string{
		{"path.yaml", old, with},
		{"path.yaml", "packs:", `repeat:
  - over: consumes
    dir: internal/clients/goldenother
    samples: [goldenother]
    tokens: [{find: goldenother, value: provider.package}]
    files: [{to: openapi.yaml, make: provider-document}]
packs:`},
		{"parameters.schema.json", `"licence": {`, `"consumes": {"type": "array", "title": "Consumes", "items": {"type": "string"}, "uniqueItems": true, "default": []}, "licence": {`},
		{"golden/internal/clients/goldenother/openapi.yaml", "", "openapi: 3.1.0\ninfo: {title: Other, version: \"1\"}\npaths: {/things: {get: {responses: {\"200\": {description: OK}}}}}\n"},
	}
}

// few makes a path accept few names besides those that packing tries, so that
// few services are built.
var few = [3]string{"parameters.schema.json", `"pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"`, `"pattern": "^(func|sample|aaa|mid-dle|zzz-z+)$", "examples": ["zzz-z"]`}

func TestANewPathPassesTheWholeTest(t *testing.T) {
	t.Parallel()
	edits := [][3]string{few}
	if os.Getenv("PLATFORM_PROOF") != "" {
		edits = nil
	}
	r := testPath(t, newPath(t, edits...), false)
	if r.Count(authoring.Fail) > 0 {
		t.Error(failures(r))
	}
	built := 0
	for _, c := range r.Checks {
		if c.Group == "build" && c.Status == authoring.Pass {
			built++
		}
		if c.Status == authoring.NotChecked && !strings.Contains(c.Reason, "is not installed") {
			t.Errorf("%s is not checked: %s", c.Name, c.Reason)
		}
	}
	if built != r.Rows {
		t.Errorf("%d of %d services were built and tested", built, r.Rows)
	}
}

// A broken test fails in the golden code and in the service; code that is
// right in the golden code alone fails in services.
func TestWhatDoesNotBuildOrPassIsTold(t *testing.T) {
	t.Parallel()
	r := testPath(t, newPath(t, few,
		[3]string{"golden/internal/clock/clock_test.go", "03:04", "04:03"},
		[3]string{"golden/internal/greeting/slow_test.go", "", "//go:build slow\n\npackage greeting\n\nvar _ = absent\n"},
		[3]string{"tmpl/internal/parts/parts_gen.go.tmpl", "[]func() string {", "[]func() string {\n[[ if not .Packs ]]missing()[[ end ]]"},
	), false)
	failed := map[string]bool{}
	for _, c := range r.Checks {
		if c.Status == authoring.Fail {
			failed[c.Name] = true
			t.Log(c.Name, c.Details)
		}
	}
	for _, want := range []string{"it passes its tests", "it has no race that its tests find"} {
		if !failed[want] {
			t.Errorf("%q did not fail", want)
		}
	}
	for _, want := range []string{"undefined: missing", "undefined: absent", "go test -vet=off -ldflags=-w ./...: exit status 1"} {
		if !strings.Contains(failures(r), want) {
			t.Errorf("%s is not told:\n%s", want, failures(r))
		}
	}
}

// Who stops the test learns that it was stopped, not that the path is wrong.
func TestAStoppedTestTellsNoFailure(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	var seen []authoring.Check
	_, err := authoring.Test(ctx, newPath(t), authoring.Options{Work: t.TempDir(), See: func(c authoring.Check) {
		seen = append(seen, c)
		stop()
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want it stopped", err)
	}
	for _, c := range seen {
		if c.Status == authoring.Fail {
			t.Errorf("%s failed: %v", c.Name, c.Details)
		}
	}
}

func TestNewPathsAreRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "Go", "go_worker", "-go", "go--x", strings.Repeat("a", 64), "../go"} {
		dir := filepath.Join(t.TempDir(), "x")
		if _, err := authoring.Create(name, dir); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: got %v, want it refused", name, err)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%q: %s was made", name, dir)
		}
	}
	if _, err := authoring.Create("go-worker", newPath(t)); !fault.Is(err, fault.Conflict) {
		t.Errorf("got %v, want a conflict", err)
	}
}
