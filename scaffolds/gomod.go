package scaffolds

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

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

// Unit is a part of a path and what "go mod tidy" said it needs; units other
// than the base have only what the base has not. A service's go.mod and go.sum
// are the union of its units.
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

// goModFiles returns go.mod and go.sum of the units. Head and tail are what
// go.mod has around its requirements.
func goModFiles(head, tail string, units []Unit) (mod, sum []byte) {
	required := map[string]Requirement{}
	lines := []string{}
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
		lines = append(lines, u.Sum...)
	}
	direct, indirect := blocks(required)
	return []byte(head + requireText(direct, "") + requireText(indirect, " // indirect") + tail), sumText(lines)
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

// requireText writes requirements as the go command does.
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
func sumText(lines []string) []byte {
	type sumLine struct{ module, version, file, text string }
	all := make([]sumLine, 0, len(lines))
	for _, text := range lines {
		module, rest, _ := strings.Cut(text, " ")
		version, _, _ := strings.Cut(rest, " ")
		version, file, _ := strings.Cut(version, "/")
		all = append(all, sumLine{module, version, file, text})
	}
	slices.SortFunc(all, func(a, b sumLine) int {
		if c := cmp.Compare(a.module, b.module); c != 0 {
			return c
		}
		return cmp.Or(semver.Compare(a.version, b.version), cmp.Compare(a.file, b.file), cmp.Compare(a.text, b.text))
	})
	var out strings.Builder
	for i, l := range all {
		if i == 0 || l.text != all[i-1].text {
			out.WriteString(l.text)
			out.WriteByte('\n')
		}
	}
	return []byte(out.String())
}
