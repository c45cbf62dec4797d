package authoring

import (
	"bytes"
	"context"
	"fmt"
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

// build builds every row, and tests the one with all packs.
func (t *tester) build(ctx context.Context) {
	why := t.toolchain()
	if why != "" {
		t.skip("build", fmt.Sprintf("%d services build and vet", len(t.rows)), why)
		t.skip("build", "a service with all packs passes its tests", why)
		return
	}
	for i, row := range t.rows {
		tree, last := t.trees[i], i == len(t.rows)-1
		if tree == nil || ctx.Err() != nil {
			continue // said already
		}
		vet := "go vet"
		if tags := t.testTags(); len(tags) > 0 {
			vet += " -tags " + strings.Join(tags, ",")
		}
		dir := filepath.Join(t.options.Work, fmt.Sprintf("%02d-%s", i+1, row.Answers.Name))
		t.check("build", fmt.Sprintf("service %d of %d builds and vets: %s", i+1, len(t.rows), row.Name), func() []string {
			if err := tree.Write(dir); err != nil {
				return messages(err)
			}
			wrong := command(ctx, dir, "go mod tidy -diff")
			return append(wrong, command(ctx, dir, vet+" ./...")...) // compiles all there is, tests included
		})
		if last {
			t.check("build", "a service with all packs passes its tests", func() []string { return command(ctx, dir, "go test ./...") })
		}
	}
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

// command runs a tool and returns the end of what it said when it failed.
func command(ctx context.Context, dir, line string) []string {
	words := strings.Fields(line)
	cmd := exec.CommandContext(ctx, words[0], words[1:]...) //nolint:gosec // from the lists above
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "PACT_DO_NOT_TRACK=true")
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	const most = 20
	said := strings.Split(string(bytes.TrimSpace(out)), "\n")
	if len(said) > most {
		said = append([]string{"…"}, said[len(said)-most:]...)
	}
	return append([]string{fmt.Sprintf("%s: %v", line, err)}, said...)
}
