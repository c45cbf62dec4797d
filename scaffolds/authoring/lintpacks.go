package authoring

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"
)

// packs checks that a pack is files of its own that nobody else needs: leaving
// it out leaves nothing that does not compile.
func (l *linter) packs() {
	names := map[string]bool{}
	for _, p := range l.manifest.Packs {
		if names[p.Name.Value] {
			l.wrong(p.Name, "the pack %s is there twice", p.Name.Value)
		}
		names[p.Name.Value] = true
	}
	for _, f := range l.goldenFiles() {
		var owners []string
		for _, p := range l.manifest.Packs {
			if p.has(f.Name) {
				owners = append(owners, p.Name.Value)
			}
		}
		if len(owners) > 1 {
			l.add(golden+f.Name, 0, "belongs to the packs %s: a file belongs to one", strings.Join(owners, " and "))
		}
	}
	if l.manifest.Language.Value == "go" {
		l.goPacks(l.readGo())
	}
}

// goFile is a Go file of the golden code.
type goFile struct {
	name, pack string
	made       bool
	positions  *gotoken.FileSet
	tree       *ast.File
}

func (l *linter) readGo() []goFile {
	var files []goFile
	for _, f := range l.goldenFiles() {
		if path.Ext(f.Name) != ".go" || matchesAny(l.manifest.Omit, f.Name) {
			continue
		}
		positions := gotoken.NewFileSet()
		tree, err := parser.ParseFile(positions, f.Name, f.Body, parser.SkipObjectResolution)
		if err != nil {
			l.add(golden+f.Name, 0, "%s", strings.TrimPrefix(err.Error(), f.Name+":"))
			continue
		}
		files = append(files, goFile{f.Name, l.packOf(f.Name), l.isMade(f.Name), positions, tree})
	}
	return files
}

// goPacks tells code that needs a pack which may not be there. What a template
// writes is spared: the list of packs is there to import them.
func (l *linter) goPacks(files []goFile) {
	module := modfile.ModulePath(l.file(golden + "go.mod"))
	packages := l.packPackages(files)
	declared := l.packNames(files)
	for _, f := range files {
		if f.made {
			continue
		}
		for _, i := range f.tree.Imports {
			imported, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				continue
			}
			folder, ours := strings.CutPrefix(imported, module+"/")
			if owner := packages[folder]; ours && owner != "" && !l.mayUse(f.pack, owner) {
				l.add(golden+f.name, f.positions.Position(i.Pos()).Line, "%s imports %s, which is the pack %s's and may not be there%s",
					whose(f.pack), imported, owner, adviceFor(f.pack, owner))
			}
		}
		names := declared[path.Dir(f.name)+" "+f.tree.Name.Name]
		ast.Inspect(f.tree, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			if owner := names[id.Name]; owner != "" && !l.mayUse(f.pack, owner) {
				l.add(golden+f.name, f.positions.Position(id.Pos()).Line, "%s uses %s, which the pack %s declares and may not be there%s",
					whose(f.pack), id.Name, owner, adviceFor(f.pack, owner))
			}
			return true
		})
	}
}

// packPackages are the folders all of whose Go files belong to one pack.
func (l *linter) packPackages(files []goFile) map[string]string {
	owners := map[string]map[string]bool{}
	for _, f := range files {
		folder := path.Dir(f.name)
		if owners[folder] == nil {
			owners[folder] = map[string]bool{}
		}
		owners[folder][f.pack] = true
	}
	out := map[string]string{}
	for folder, of := range owners {
		if len(of) == 1 {
			out[folder] = slices.Collect(maps.Keys(of))[0]
		}
	}
	return out
}

// packNames are the names that packs declare, by package.
func (l *linter) packNames(files []goFile) map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, f := range files {
		key := path.Dir(f.name) + " " + f.tree.Name.Name
		for _, d := range f.tree.Decls {
			for _, name := range declares(d) {
				if f.pack == "" || name == "_" || name == "init" {
					continue
				}
				if out[key] == nil {
					out[key] = map[string]string{}
				}
				out[key][name] = f.pack
			}
		}
	}
	return out
}

func declares(d ast.Decl) []string {
	var out []string
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			out = append(out, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				out = append(out, s.Name.Name)
			case *ast.ValueSpec:
				for _, name := range s.Names {
					out = append(out, name.Name)
				}
			}
		}
	}
	return out
}

// mayUse reports whether files of a pack may count on another.
func (t *Template) mayUse(pack, other string) bool { return t.requires(pack, other, nil) }

// requires reports whether a pack comes with another: it is the same, or
// requires it, by way of others perhaps.
func (t *Template) requires(pack, other string, seen []string) bool {
	if pack == other {
		return true
	}
	p := t.pack(pack)
	return p != nil && !slices.Contains(seen, pack) &&
		slices.ContainsFunc(p.Requires, func(r text) bool { return t.requires(r.Value, other, append(slices.Clone(seen), pack)) })
}

func whose(pack string) string {
	if pack == "" {
		return "shared code"
	}
	return "the pack " + pack
}

func adviceFor(pack, other string) string {
	if pack == "" {
		return ": let a file that a template writes list the packs"
	}
	return ": add requires: [" + other + "] to the pack " + pack
}
