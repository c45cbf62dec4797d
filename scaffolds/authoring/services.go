package authoring

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/format"
	"io"
	"path"
	"slices"
	"strings"
	"testing/fstest"

	"go.yaml.in/yaml/v3"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/scaffolds"
	"github.com/goldenpath/platform/scaffolds/internal/provider"
)

// services renders every row, and looks at what comes out.
func (t *tester) services() {
	t.trees = make([]*scaffolds.Tree, len(t.rows))
	t.check("services", fmt.Sprintf("%d services render, twice to the same bytes", len(t.rows)), func() (wrong []string) {
		for i, row := range t.rows {
			tree, err := t.path.Render(row.Answers, row.Providers)
			if err != nil {
				wrong = append(wrong, row.Name+": "+strings.Join(messages(err), "; "))
				continue
			}
			t.trees[i] = tree
			again, err := t.path.Render(row.Answers, row.Providers)
			if err != nil {
				wrong = append(wrong, row.Name+", the second time: "+err.Error())
				continue
			}
			for _, name := range differing(tree, again) {
				wrong = append(wrong, row.Name+": "+name+" differs the second time")
			}
		}
		return wrong
	})
	t.each("no word of the golden code is left", t.leftOver)
	t.each("files can be read by those who read them: Go, YAML, JSON", func(_ Row, tree *scaffolds.Tree) []string { return Unreadable(tree) })
	t.each("kin-openapi takes the API's document", func(_ Row, tree *scaffolds.Tree) []string { return uncallable(tree) })
	t.each("the catalog takes what a service says of itself", func(_ Row, tree *scaffolds.Tree) []string { return unknowable(tree) })
	t.each("files of packs and choices that were left out are gone", t.uninvited)
}

// each runs a check on all services that were rendered.
func (t *tester) each(name string, look func(Row, *scaffolds.Tree) []string) {
	var rendered []int
	for i, tree := range t.trees {
		if tree != nil {
			rendered = append(rendered, i)
		}
	}
	t.eachOf("services", name, rendered, func(i int) []string { return look(t.rows[i], t.trees[i]) })
}

// eachOf runs a check on some rows. A mistake that many have is told once.
func (t *tester) eachOf(group, name string, rows []int, look func(row int) []string) {
	t.check(group, name, func() (wrong []string) {
		having := map[string][]string{}
		var order []string
		for _, i := range rows {
			for _, message := range look(i) {
				if having[message] == nil {
					order = append(order, message)
				}
				having[message] = append(having[message], t.rows[i].Name)
			}
		}
		for _, message := range order {
			of := having[message]
			if len(of) == 1 {
				wrong = append(wrong, message+" ("+of[0]+")")
			} else {
				wrong = append(wrong, fmt.Sprintf("%s (%s and %d more of %d services)", message, of[0], len(of)-1, len(rows)))
			}
		}
		return wrong
	})
}

// differing lists the files that two trees do not have alike.
func differing(a, b *scaffolds.Tree) []string {
	var out []string
	bodies := map[string]scaffolds.File{}
	for _, f := range b.Files {
		bodies[f.Path] = f
	}
	for _, f := range a.Files {
		other, ok := bodies[f.Path]
		if !ok || !bytes.Equal(f.Body, other.Body) || f.Executable != other.Executable || f.Class != other.Class {
			out = append(out, f.Path)
		}
		delete(bodies, f.Path)
	}
	for name := range bodies {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// leftOver looks for tokens and samples in contents and paths.
func (t *tester) leftOver(row Row, tree *scaffolds.Tree) []string {
	given := fmt.Sprint(row.Answers)
	var words []string
	add := func(word string) {
		// A person may call a service what the golden code is called.
		if word != "" && !strings.Contains(given, word) && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	for _, token := range t.manifest.Tokens {
		add(token.Find.Value)
	}
	for _, r := range t.manifest.Repeat {
		for _, token := range r.Tokens {
			add(token.Find.Value)
		}
		for _, sample := range r.Samples {
			add(sample.Value)
		}
	}
	var wrong []string
	for _, f := range tree.Files {
		for _, word := range words {
			if strings.Contains(f.Path, word) {
				wrong = append(wrong, fmt.Sprintf("%s: its path has the golden code's word %q", f.Path, word))
			}
			if at := bytes.Index(f.Body, []byte(word)); at >= 0 {
				wrong = append(wrong, fmt.Sprintf("%s:%d: has the golden code's word %q", f.Path, 1+bytes.Count(f.Body[:at], []byte("\n")), word))
			}
		}
	}
	return wrong
}

// Unreadable returns what those who read a service's files cannot read: Go, which
// must be formatted, YAML and JSON. Charts are templates, not yet YAML.
func Unreadable(tree *scaffolds.Tree) []string {
	var wrong []string
	for _, f := range tree.Files {
		var err error
		switch path.Ext(f.Path) {
		case ".go":
			var formatted []byte
			if formatted, err = format.Source(f.Body); err == nil && !bytes.Equal(formatted, f.Body) {
				err = errors.New("is not formatted as gofmt does")
			}
		case ".yaml", ".yml":
			if !strings.Contains("/"+f.Path, "/templates/") {
				err = readYAML(f.Body)
			}
		case ".json":
			var v any
			err = json.Unmarshal(f.Body, &v)
		}
		if err != nil {
			wrong = append(wrong, f.Path+": "+err.Error())
		}
	}
	return wrong
}

func readYAML(body []byte) error {
	dec := yaml.NewDecoder(bytes.NewReader(body))
	for {
		var v any
		if err := dec.Decode(&v); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// unknowable is what the catalog says against the service's own file, as
// registering it would.
func unknowable(tree *scaffolds.Tree) []string {
	const file = "catalog-info.yaml"
	if fileOf(tree, file) == nil {
		return nil
	}
	files := fstest.MapFS{} // folders of it can be listed: documents are looked for
	for _, f := range tree.Files {
		files[f.Path] = &fstest.MapFile{Data: f.Body}
	}
	_, problems := catalog.Check(files, file)
	wrong := make([]string, len(problems))
	for i, p := range problems {
		wrong[i] = p.String()
	}
	return wrong
}

// uncallable is what keeps others from calling the service by its document.
func uncallable(tree *scaffolds.Tree) []string {
	const file = "api/openapi.yaml"
	document := fileOf(tree, file)
	if document == nil {
		return nil
	}
	_, err := provider.Read(file, document.Body)
	return messages(err)
}

// uninvited finds files of packs and choices that were not chosen.
func (t *tester) uninvited(row Row, tree *scaffolds.Tree) []string {
	completed, err := t.path.Check(row.Answers)
	if err != nil {
		return []string{err.Error()}
	}
	var wrong []string
	for _, f := range tree.Files {
		if owner := t.packOf(f.Source); f.Source != "" && owner != "" && !slices.Contains(completed.Packs, owner) {
			wrong = append(wrong, fmt.Sprintf("%s is the pack %s's, which was left out", f.Path, owner))
		}
		for _, c := range t.manifest.Choices {
			if completed.Extra[c.Answer.Value] != c.Value.Value && matchesAny(c.Files, f.Source) {
				wrong = append(wrong, fmt.Sprintf("%s is there for %s %s only", f.Path, c.Answer.Value, c.Value.Value))
			}
		}
	}
	return wrong
}

// packsComeAndGo adds and removes each pack. What it changes in files that
// others share must be what the path makes anew: then adding one later is
// adding files, and removing it is removing them.
func (t *tester) packsComeAndGo() {
	if len(t.manifest.Packs) == 0 {
		return
	}
	t.check("packs", "a pack added later equals one at birth, and removing it leaves no trace", func() (wrong []string) {
		base := t.rows[len(t.rows)-1].Answers
		var others []string
		for _, p := range t.manifest.Packs {
			wrong = append(wrong, t.comesAndGoes(base, nil, p)...)
			wrong = append(wrong, t.comesAndGoes(base, others, p)...)
			others = append(others, p.Name.Value)
		}
		return wrong
	})
}

func (t *tester) comesAndGoes(base scaffolds.Answers, others []string, p pack) []string {
	render := func(packs []string) (*scaffolds.Tree, error) {
		a := base
		a.Packs = append([]string{}, packs...)
		return t.path.Render(a, nil)
	}
	without, err := render(others)
	if err != nil {
		return []string{err.Error()}
	}
	later, err := render(append(slices.Clone(others), p.Name.Value))
	if err != nil {
		return []string{err.Error()}
	}
	birth, err := render(append([]string{p.Name.Value}, others...))
	if err != nil {
		return []string{err.Error()}
	}
	var wrong []string
	for _, name := range differing(later, birth) {
		wrong = append(wrong, fmt.Sprintf("%s: differs when the pack %s is named before %s", name, p.Name.Value, strings.Join(others, ", ")))
	}
	for _, name := range differing(without, later) {
		if why := t.mayNotChange(name, without, later, p); why != "" {
			wrong = append(wrong, fmt.Sprintf("%s: the pack %s changes it, %s", name, p.Name.Value, why))
		}
	}
	return wrong
}

// mayNotChange says why a pack may not bring or change a file, "" when it may.
func (t *tester) mayNotChange(name string, without, with *scaffolds.Tree, p pack) string {
	if slices.Contains([]string{"go.mod", "go.sum", scaffolds.LockFile}, name) {
		return ""
	}
	after := fileOf(with, name)
	if after == nil {
		return "it takes it away"
	}
	if before := fileOf(without, name); before != nil && (before.Class == scaffolds.Seeded || before.Class == scaffolds.User) {
		return fmt.Sprintf("and its class is %s: a service that adds the pack later keeps the file it has", before.Class)
	}
	owner := t.packOf(after.Source)
	if t.isMade(after.Source) || owner != "" && t.mayUse(p.Name.Value, owner) {
		return ""
	}
	return "and it is neither the pack's nor made by a template"
}

func fileOf(tree *scaffolds.Tree, name string) *scaffolds.File {
	i := slices.IndexFunc(tree.Files, func(f scaffolds.File) bool { return f.Path == name })
	if i < 0 {
		return nil
	}
	return &tree.Files[i]
}
