package authoring

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func hasTool(name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}

// toolchain says why nothing can be built, "" when it can.
func (t *tester) toolchain() string {
	switch {
	case t.options.Quick:
		return "--quick leaves out what needs the toolchain"
	case !t.isGo():
		return fmt.Sprintf("the path's language is %q, and only go is built here", t.manifest.Language.Value)
	case !hasTool("go"):
		return "go is not installed"
	}
	return ""
}

// golden checks the golden code by itself.
func (t *tester) golden(ctx context.Context) {
	dir := filepath.Join(t.Dir, "golden")
	why := t.toolchain()
	for _, c := range []struct{ name, tool, command string }{
		{"builds", "go", "go build ./..."},
		{"vets", "go", "go vet ./..."},
		{"has nothing for golangci-lint", "golangci-lint", "golangci-lint run --allow-parallel-runners ./..."},
		{"passes its tests", "go", "go test ./..."},
		{"has no race that its tests find", "gcc", "go test -race ./..."},
	} {
		name := "it " + c.name
		switch {
		case why != "":
			t.skip("golden code", name, why)
		case !hasTool(c.tool):
			t.skip("golden code", name, c.tool+" is not installed")
		default:
			t.check("golden code", name, func() []string { return command(ctx, dir, c.command) })
		}
	}
}

// build builds, vets and tests every row.
func (t *tester) build(ctx context.Context) {
	why := t.toolchain()
	if why != "" {
		t.skip("build", fmt.Sprintf("%d services build, vet and pass their tests", len(t.rows)), why)
		return
	}
	vet := "go vet ./..."
	if tags := t.testTags(); len(tags) > 0 {
		vet = "go vet -tags " + strings.Join(tags, ",") + " ./..."
	}
	for i, row := range t.rows {
		if t.trees[i] == nil || ctx.Err() != nil {
			continue // said already
		}
		t.check("build", fmt.Sprintf("service %d of %d builds, vets and passes its tests: %s", i+1, len(t.rows), row.Name), func() []string {
			dir, err := t.written(i)
			if err != nil {
				return messages(err)
			}
			var wrong []string
			// Vetted already, and nobody looks into these programs with a debugger.
			for _, line := range []string{"go mod tidy -diff", "go build ./...", vet, "go test -vet=off -ldflags=-w ./..."} {
				said := command(ctx, dir, line)
				if wrong = append(wrong, said...); len(said) > 0 && line == "go build ./..." {
					break // what does not build says the same again
				}
			}
			return wrong
		})
	}
}

// written returns the folder with the files of a row.
func (t *tester) written(row int) (dir string, err error) {
	dir = filepath.Join(t.options.Work, fmt.Sprintf("%02d-%s", row+1, t.rows[row].Answers.Name))
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	return dir, t.trees[row].Write(dir)
}

// testTags are the build tags that tests ask for, such as those that want a
// library which not every machine has.
func (t *tester) testTags() []string {
	var tags []string
	for _, f := range t.goldenFiles() {
		if !strings.HasSuffix(f.Name, "_test.go") {
			continue
		}
		for line := range strings.Lines(string(f.Body)) {
			tag, ok := strings.CutPrefix(strings.TrimSpace(line), "//go:build ")
			if ok && isName(tag) && !slices.Contains(tags, tag) {
				tags = append(tags, tag)
			}
			if strings.HasPrefix(line, "package ") {
				break
			}
		}
	}
	return tags
}

// command runs the toolchain. Trimmed of paths, what services have in common is
// compiled once, and tests that passed in one are known in another.
func command(ctx context.Context, dir, line string) []string {
	words := strings.Fields(line)
	return run(ctx, dir, nil, words[0], words[1:]...)
}

// run runs a program and returns the end of what it said when it failed.
func run(ctx context.Context, dir string, input []byte, program string, args ...string) []string {
	cmd := prepared(ctx, dir, program, args)
	cmd.Stdin = bytes.NewReader(input)
	out, err := cmd.CombinedOutput()
	return failure(program, args, out, err)
}

// output runs a program and returns what it wrote, or what is wrong.
func output(ctx context.Context, dir, program string, args ...string) (written []byte, wrong []string) {
	cmd := prepared(ctx, dir, program, args)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	return out, failure(program, args, said.Bytes(), err)
}

func prepared(ctx context.Context, dir, program string, args []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...) //nolint:gosec // from lists in this package
	cmd.Dir = dir
	// No program tells its maker what it is used for.
	cmd.Env = append(cmd.Environ(), "GOFLAGS=-mod=mod -trimpath", "GOWORK=off", "PACT_DO_NOT_TRACK=true",
		"REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true", "CHECKPOINT_DISABLE=1", "NO_COLOR=1")
	return cmd
}

func failure(program string, args []string, out []byte, err error) []string {
	if err == nil {
		return nil
	}
	const most = 20
	said := strings.Split(string(bytes.TrimSpace(out)), "\n")
	if len(said) > most {
		said = append([]string{"…"}, said[len(said)-most:]...)
	}
	return append([]string{fmt.Sprintf("%s: %v", strings.Join(append([]string{program}, args...), " "), err)}, said...)
}
