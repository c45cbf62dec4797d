package scaffolds

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"
)

// The units every path may have beside one for each pack ("pack cache") and
// for each package that some clients import ("import go.yaml.in/yaml/v3").
const (
	UnitBase     = "base"
	UnitConsumes = "consumes"
)

// UnitOfPack and UnitOfImport name the other units.
func UnitOfPack(name string) string { return "pack " + name }

// UnitOfImport names the unit of a package that some generated clients import.
func UnitOfImport(pkg string) string { return "import " + pkg }

// Unit is a part of a path and what "go mod tidy" said it needs. A service's
// go.mod and go.sum are the union of its units.
type Unit struct {
	Name    string        `json:"name"`
	Require []Requirement `json:"require"`
	Sum     []string      `json:"sum"` // lines of go.sum
}

// Requirement is a line of go.mod.
type Requirement struct {
	Path     string `json:"path"`
	Version  string `json:"version"`
	Indirect bool   `json:"indirect,omitempty"`
}

// NewUnit reads a tidy go.mod and go.sum.
func NewUnit(name string, mod, sum []byte) (Unit, error) {
	f, err := modfile.Parse("go.mod", mod, nil)
	if err != nil {
		return Unit{}, err
	}
	u := Unit{Name: name, Sum: strings.Split(strings.TrimSuffix(string(sum), "\n"), "\n")}
	for _, r := range f.Require {
		u.Require = append(u.Require, Requirement{Path: r.Mod.Path, Version: r.Mod.Version, Indirect: r.Indirect})
	}
	return u, nil
}

// goModFiles returns go.mod and go.sum of the units. Golden is the golden
// go.mod with its tokens replaced; all but its requirements is kept.
func goModFiles(golden []byte, units []Unit) (mod, sum []byte, err error) {
	f, err := modfile.ParseLax("go.mod", golden, nil)
	if err != nil {
		return nil, nil, err
	}
	required := map[string]Requirement{}
	lines := map[string]bool{}
	for _, u := range units {
		for _, r := range u.Require {
			if old, ok := required[r.Path]; ok {
				r.Indirect = r.Indirect && old.Indirect
				if semver.Compare(old.Version, r.Version) > 0 {
					r.Version = old.Version
				}
			}
			required[r.Path] = r
		}
		for _, line := range u.Sum {
			lines[line] = true
		}
	}
	direct, indirect := blocks(required)
	return modText(f, direct, indirect), sumText(lines), nil
}

// blocks sorts requirements into the two blocks that the go command keeps.
func blocks(required map[string]Requirement) (direct, indirect []Requirement) {
	for _, r := range required {
		if r.Indirect {
			indirect = append(indirect, r)
		} else {
			direct = append(direct, r)
		}
	}
	byPath := func(a, b Requirement) int { return cmp.Compare(a.Path, b.Path) }
	slices.SortFunc(direct, byPath)
	slices.SortFunc(indirect, byPath)
	return direct, indirect
}

// modText writes go.mod as the go command would.
func modText(f *modfile.File, direct, indirect []Requirement) []byte {
	var out strings.Builder
	placed := false
	for _, stmt := range f.Syntax.Stmt {
		text := modfile.Format(&modfile.FileSyntax{Stmt: []modfile.Expr{stmt}})
		if isRequire(stmt) {
			if placed {
				continue
			}
			placed = true
			text = []byte(requireText(direct, "") + requireText(indirect, " // indirect"))
			text = []byte(strings.TrimPrefix(string(text), "\n"))
		}
		if out.Len() > 0 {
			out.WriteByte('\n')
		}
		out.Write(text)
	}
	return []byte(out.String())
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

func requireText(list []Requirement, comment string) string {
	switch len(list) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("\nrequire %s %s%s\n", list[0].Path, list[0].Version, comment)
	}
	var out strings.Builder
	out.WriteString("\nrequire (\n")
	for _, r := range list {
		fmt.Fprintf(&out, "\t%s %s%s\n", r.Path, r.Version, comment)
	}
	out.WriteString(")\n")
	return out.String()
}

// sumText writes go.sum in the order of the go command: by module, then
// version, a version's go.mod after the version.
func sumText(lines map[string]bool) []byte {
	type sumLine struct{ module, version, text string }
	all := make([]sumLine, 0, len(lines))
	for text := range lines {
		if fields := strings.Fields(text); len(fields) == 3 {
			all = append(all, sumLine{fields[0], fields[1], text})
		}
	}
	slices.SortFunc(all, func(a, b sumLine) int {
		av, aFile, _ := strings.Cut(a.version, "/")
		bv, bFile, _ := strings.Cut(b.version, "/")
		return cmp.Or(cmp.Compare(a.module, b.module), semver.Compare(av, bv), cmp.Compare(aFile, bFile), cmp.Compare(a.text, b.text))
	})
	var out strings.Builder
	for _, l := range all {
		out.WriteString(l.text)
		out.WriteByte('\n')
	}
	return []byte(out.String())
}
