package validators_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goldenpath/platform/scaffolds/validators"
)

// BuildKit's own linter takes the Dockerfile, and notices mistakes.
func TestBuildKitTakesTheDockerfile(t *testing.T) {
	t.Parallel()
	text := string(read(t, "Dockerfile"))
	found, err := validators.LintDockerfile(t.Context(), []byte(text))
	if err != nil || len(found) > 0 {
		t.Errorf("%q, %v", found, err)
	}
	for _, c := range []struct{ from, to, want string }{
		{" AS build", " as build", "FromAsCasing"},
		{`ENTRYPOINT ["/service"]`, "ENTRYPOINT /service", "JSONArgsRecommended"},
		{"WORKDIR /src", "WORKDIR src", "WorkdirRelativePath"},
		{"EXPOSE 8080 8081", "ENV API_TOKEN=x", "SecretsUsedInArgOrEnv"},
		{"--from=build", "--from=build --chown=$OWNER", "UndefinedVar"},
		{"USER nonroot", "USE nonroot", "unknown instruction: USE"},
		{"FROM gcr.io/distroless/static-debian12:nonroot", "FROM $BASE", "base name ($BASE) should not be blank"},
	} {
		mutant := strings.Replace(text, c.from, c.to, 1)
		found, err := validators.LintDockerfile(t.Context(), []byte(mutant))
		if err != nil || mutant == text || !strings.Contains(strings.Join(found, "\n"), c.want) {
			t.Errorf("%q instead of %q: found %q (%v), want %s", c.to, c.from, found, err, c.want)
		}
	}
}

// The commands of the build stage make what goes into the image, of the files
// that reach it. No container engine is needed: the image is not built here.
func TestTheBuildStagesCommandsRun(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if err := validators.RunBuildStages(t.Context(), golden, root); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(root, "out", "service")); err != nil || info.Mode()&0o111 == 0 {
		t.Errorf("the stage makes no program: %v", err)
	}
	if _, err := os.Stat(filepath.Join(root, "src", "docs")); err == nil {
		t.Error("docs reach the image, although .dockerignore keeps them out")
	}
}

func TestABuildStageThatFailsIsTold(t *testing.T) {
	t.Parallel()
	const works = "FROM golang AS build\nWORKDIR /src\nCOPY go.mod ./\nARG NAME=a\nRUN mkdir /out && echo $NAME >/out/service\nFROM scratch\nCOPY --from=build /out/service /service\n"
	run := func(dockerfile string) error {
		dir := t.TempDir()
		for name, text := range map[string]string{"Dockerfile": dockerfile, "go.mod": "module x\n", ".dockerignore": "*.md\n", "a.md": "# A\n"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return validators.RunBuildStages(t.Context(), dir, t.TempDir())
	}
	if err := run(works); err != nil {
		t.Errorf("without a mistake: %v", err)
	}
	for _, c := range []struct{ from, to, want string }{
		{"echo $NAME", "false", "exit status 1"},
		{"echo $NAME", "true", "makes no /out/service"},
		{"COPY go.mod ./", "COPY a.md ./", "see .dockerignore"},
		{"COPY go.mod ./", "COPY b.md ./", "no such file"},
		{"COPY go.mod ./", "ADD go.mod ./", "cannot be run without a container"},
		{"RUN mkdir", `RUN ["mkdir"]` + "\nRUN mkdir", "another form"},
	} {
		if err := run(strings.Replace(works, c.from, c.to, 1)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q instead of %q: got %v, want %s", c.to, c.from, err, c.want)
		}
	}
}
