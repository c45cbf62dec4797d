package packing

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/goldenpath/platform/scaffolds"
)

// part is a combination of answers whose requirements are asked for.
type part struct {
	unit      string
	answers   scaffolds.Answers
	providers []scaffolds.Provider
	// pkg is imported in addition, from a version of its module.
	pkg, module, version string
}

// parts lists the base and everything that may come on top of it.
func (s *Source) parts() []part {
	a, _ := s.answers("sample", "example.com/sample")
	parts := []part{{unit: scaffolds.UnitBase, answers: a}}
	if len(s.manifest.Repeat) > 0 {
		consuming, providers := s.answers("sample", "example.com/sample", "other")
		parts = append(parts, part{unit: scaffolds.UnitConsumes, answers: consuming, providers: providers})
		for _, repeat := range s.manifest.Repeat {
			for _, i := range repeat.Imports {
				parts = append(parts, part{
					unit: scaffolds.UnitOfImport(i.Package), answers: consuming, providers: providers,
					pkg: i.Package, module: i.Module, version: i.Version,
				})
			}
		}
	}
	for _, pack := range s.manifest.Packs {
		with := a
		with.Packs = []string{pack.Name}
		parts = append(parts, part{unit: scaffolds.UnitOfPack(pack.Name), answers: with})
	}
	return parts
}

// modules asks the go command what each part of the path requires.
func (s *Source) modules(ctx context.Context, p *scaffolds.Path) (scaffolds.Modules, error) {
	head, tail, err := around(s.file("golden/go.mod"))
	if err != nil {
		return scaffolds.Modules{}, fmt.Errorf("%s: golden/go.mod: %w", s.dir, err)
	}
	m := scaffolds.Modules{Head: head, Tail: tail}
	for _, part := range s.parts() {
		unit, err := tidy(ctx, p, part)
		if err != nil {
			return m, fmt.Errorf("find out what %s of %s requires: %w", part.unit, p.Name, err)
		}
		if len(m.Units) > 0 {
			if unit, err = beyond(m.Units[0], unit); err != nil {
				return m, fmt.Errorf("%s of %s: %w", part.unit, p.Name, err)
			}
		}
		m.Units = append(m.Units, unit)
	}
	return m, nil
}

// beyond returns what a unit has and the base has not. A unit that makes the
// base lose something cannot be put on top of it.
func beyond(base, unit scaffolds.Unit) (scaffolds.Unit, error) {
	for _, line := range base.Sum {
		if !slices.Contains(unit.Sum, line) {
			return unit, fmt.Errorf("with it, go.sum would lose %q: use the versions that the base already has", line)
		}
	}
	unit.Require = slices.DeleteFunc(unit.Require, func(r scaffolds.Requirement) bool { return slices.Contains(base.Require, r) })
	unit.Sum = slices.DeleteFunc(unit.Sum, func(line string) bool { return slices.Contains(base.Sum, line) })
	return unit, nil
}

// around returns a go.mod before and after its requirements.
func around(mod []byte) (head, tail string, err error) {
	f, err := modfile.Parse("go.mod", mod, nil)
	if err != nil {
		return "", "", err
	}
	var parts [2]string
	part := 0
	for i, stmt := range f.Syntax.Stmt {
		if isRequire(stmt) {
			part = 1
			continue
		}
		text := string(modfile.Format(&modfile.FileSyntax{Stmt: []modfile.Expr{stmt}}))
		if i > 0 {
			text = "\n" + text
		}
		parts[part] += text
	}
	return parts[0], parts[1], nil
}

func isRequire(stmt modfile.Expr) bool {
	switch s := stmt.(type) {
	case *modfile.Line:
		return len(s.Token) > 0 && s.Token[0] == "require"
	case *modfile.LineBlock:
		return len(s.Token) > 0 && s.Token[0] == "require"
	}
	return false
}

// tidy renders a part and returns what "go mod tidy" says that it needs.
func tidy(ctx context.Context, p *scaffolds.Path, part part) (unit scaffolds.Unit, err error) {
	tree, err := p.Render(part.answers, part.providers)
	if err != nil {
		return unit, err
	}
	folder, err := os.MkdirTemp("", "packing-")
	if err != nil {
		return unit, err
	}
	defer os.RemoveAll(folder)
	dir := filepath.Join(folder, "service")
	if err := tree.Write(dir); err != nil {
		return unit, err
	}
	if part.pkg != "" {
		if err := addImport(dir, part); err != nil {
			return unit, err
		}
	}
	cmd := exec.CommandContext(ctx, "go", "mod", "tidy")
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return unit, fmt.Errorf("go mod tidy: %w: %s", err, bytes.TrimSpace(out))
	}
	return readUnit(part.unit, dir)
}

// readUnit reads a tidy go.mod and go.sum.
func readUnit(name, dir string) (unit scaffolds.Unit, err error) {
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod")) //nolint:gosec // a temporary folder of ours
	if err != nil {
		return unit, err
	}
	sum, err := os.ReadFile(filepath.Join(dir, "go.sum")) //nolint:gosec // a temporary folder of ours
	if err != nil && !errors.Is(err, fs.ErrNotExist) {    // there is none where nothing is required
		return unit, err
	}
	f, err := modfile.Parse("go.mod", mod, nil)
	if err != nil {
		return unit, err
	}
	unit.Name = name
	for line := range strings.Lines(string(sum)) {
		unit.Sum = append(unit.Sum, strings.TrimSuffix(line, "\n"))
	}
	for _, r := range f.Require {
		unit.Require = append(unit.Require, scaffolds.Requirement{Path: r.Mod.Path, Version: r.Mod.Version, Indirect: r.Indirect})
	}
	return unit, nil
}

// addImport makes the service import one more package, at a fixed version of
// its module.
func addImport(dir string, part part) error {
	name := filepath.Join(dir, "go.mod")
	mod, err := os.ReadFile(name) //nolint:gosec // a temporary folder of ours
	if err != nil {
		return err
	}
	f, err := modfile.Parse("go.mod", mod, nil)
	if err != nil {
		return err
	}
	if err := f.AddRequire(part.module, part.version); err != nil {
		return err
	}
	if mod, err = f.Format(); err != nil {
		return err
	}
	if err := os.WriteFile(name, mod, 0o600); err != nil { //nolint:gosec // a temporary folder of ours
		return err
	}
	code := "package imported\n\nimport _ \"" + part.pkg + "\"\n"
	if err := os.Mkdir(filepath.Join(dir, "imported"), 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "imported", "imported.go"), []byte(code), 0o600)
}
