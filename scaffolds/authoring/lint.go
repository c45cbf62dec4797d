package authoring

import (
	"bytes"
	"context"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/semver"

	"github.com/goldenpath/platform/scaffolds"
	"github.com/goldenpath/platform/scaffolds/internal/packing"
)

// Lint judges a path by its files alone, quickly and without a toolchain, and
// returns all that is wrong.
func Lint(ctx context.Context, dir string) ([]Problem, error) {
	t, problems, err := Open(ctx, dir)
	if err != nil || t == nil {
		return problems, err
	}
	return t.Lint(), nil
}

// Lint returns all that is wrong with the path's files.
func (t *Template) Lint() []Problem {
	l := &linter{Template: t}
	l.head()
	l.schema()
	l.rules()
	l.repeats()
	l.templates()
	l.tokens()
	l.packs()
	if len(l.problems) == 0 { // the engine's own word, when nothing better was said
		if _, err := scaffolds.ManifestJSON(t.file(manifestFile)); err != nil {
			l.add(manifestFile, 0, "%s", strings.TrimPrefix(err.Error(), manifestFile+": "))
		}
	}
	if err := t.source.Check(); err != nil && t.source.IsRecorded() {
		l.wrong(t.manifest.Version, "%s", err)
	}
	return l.sorted()
}

func (l *linter) head() {
	m := l.manifest
	if !semver.IsValid("v"+m.Version.Value) || strings.Count(m.Version.Value, ".") < 2 {
		l.wrong(m.Version, "version %q is not like 1.2.3", m.Version.Value)
	}
	if !isName(m.Name.Value) {
		l.wrong(m.Name, "name %q is not of lower-case letters, digits and single dashes", m.Name.Value)
	}
	if m.Title.Value == "" || m.Description.Value == "" {
		l.wrong(m.Name, "title or description is missing: people choose by them")
	}
	if len(l.goldenFiles()) == 0 {
		l.add(manifestFile, 0, "there is no file under %s: the path makes nothing", golden)
	}
}

// schema checks parameters.schema.json.
func (l *linter) schema() {
	body := l.file(schemaFile)
	if body == nil {
		l.add(schemaFile, 0, "is missing")
		return
	}
	var document struct {
		Properties map[string]struct {
			Type, Title string
			Derive      string `json:"x-derive"`
		}
		Required             []string
		AdditionalProperties *bool `json:"additionalProperties"`
	}
	if err := json.Unmarshal(body, &document); err != nil {
		l.add(schemaFile, lineOfJSONError(body, err), "%s", err)
		return
	}
	if err := scaffolds.CheckSchema(l.Name(), body); err != nil {
		l.add(schemaFile, 0, "%s", strings.ReplaceAll(err.Error(), "\n", " "))
		return
	}
	for _, name := range []string{"name", "owner"} {
		if !slices.Contains(document.Required, name) {
			l.add(schemaFile, lineOf(body, `"required"`), "%q is not required: every service has one", name)
		}
	}
	for _, name := range document.Required {
		if _, ok := document.Properties[name]; !ok {
			l.add(schemaFile, lineOf(body, `"required"`), "%q is required and is not among the properties", name)
		}
	}
	if document.AdditionalProperties == nil || *document.AdditionalProperties {
		l.add(schemaFile, 1, `"additionalProperties" is not false: a mistyped answer would pass`)
	}
	for name, p := range document.Properties {
		at := lineOf(body, `"`+name+`": {`)
		if p.Title == "" {
			l.add(schemaFile, at, "%q has no title: forms show it", name)
		}
		for other := range placeholders(p.Derive) {
			if _, ok := document.Properties[other]; !ok {
				l.add(schemaFile, at, "x-derive of %q uses {%s}, which is not asked", name, other)
			}
		}
	}
	for _, c := range l.manifest.Choices {
		if _, ok := document.Properties[c.Answer.Value]; !ok || scaffolds.IsStandardAnswer(c.Answer.Value) {
			l.wrong(c.Answer, "choice of %q: it is not a parameter of the path's own in %s", c.Answer.Value, schemaFile)
		}
	}
}

// rules checks that each rule about golden files is one about some.
func (l *linter) rules() {
	files := l.goldenFiles()
	glob := func(at text, what string) {
		if strings.HasPrefix(at.Value, golden) || strings.HasPrefix(at.Value, "/") {
			l.wrong(at, "%s %q: globs are relative to %s", what, at.Value, golden)
			return
		}
		if _, err := path.Match(at.Value, ""); err != nil {
			l.wrong(at, "%s %q is not a glob", what, at.Value)
			return
		}
		if !slices.ContainsFunc(files, func(f packing.File) bool { return scaffolds.MatchGlob(at.Value, f.Name) }) {
			l.wrong(at, "%s %q matches no file under %s", what, at.Value, golden)
		}
	}
	for _, c := range l.manifest.Classes {
		if !slices.Contains(scaffolds.Classes(), scaffolds.Class(c.Class.Value)) {
			l.wrong(c.Class, "class %q is unknown: there are %v", c.Class.Value, scaffolds.Classes())
		}
		glob(c.Glob, "the class of")
	}
	for _, c := range l.manifest.Choices {
		for _, g := range c.Files {
			glob(g, "the file of a choice")
		}
	}
	for _, g := range l.manifest.Omit {
		glob(g, "the file to omit")
	}
	for _, p := range l.manifest.Packs {
		if !isName(p.Name.Value) {
			l.wrong(p.Name, "pack %q is not of lower-case letters, digits and single dashes", p.Name.Value)
		}
		if len(p.Files) == 0 {
			l.wrong(p.Name, "pack %q has no files", p.Name.Value)
		}
		for _, g := range p.Files {
			glob(g, "the file of a pack")
		}
		for _, other := range p.Requires {
			if l.pack(other.Value) == nil {
				l.wrong(other, "pack %s requires %q, which is no pack", p.Name.Value, other.Value)
			}
			if l.requires(other.Value, p.Name.Value, nil) {
				l.wrong(other, "pack %s requires itself, by way of %s", p.Name.Value, other.Value)
			}
		}
	}
}

// repeats checks the folders that are repeated.
func (l *linter) repeats() {
	files := l.goldenFiles()
	for _, r := range l.manifest.Repeat {
		if r.Over.Value != "consumes" {
			l.wrong(r.Over, "repeat over %q is unknown, want consumes", r.Over.Value)
		}
		listed := false
		for _, sample := range r.Samples {
			listed = listed || sample.Value == path.Base(r.Dir.Value)
			folder := path.Join(path.Dir(r.Dir.Value), sample.Value) + "/"
			if !slices.ContainsFunc(files, func(f packing.File) bool { return strings.HasPrefix(f.Name, folder) }) {
				l.wrong(sample, "the sample %q has no files in %s%s", sample.Value, golden, folder)
			}
		}
		if !listed {
			l.wrong(r.Dir, "repeat of %q does not list it as a sample", r.Dir.Value)
		}
		for _, f := range r.Files {
			if f.Make.Value != "" && !slices.Contains(scaffolds.Makers(), f.Make.Value) {
				l.wrong(f.Make, "nothing makes %q: there are %v", f.Make.Value, scaffolds.Makers())
			}
			if l.file(golden+r.Dir.Value+"/"+f.To.Value) == nil {
				l.wrong(f.To, "there is no %s%s/%s: the golden code has what is made, too", golden, r.Dir.Value, f.To.Value)
			}
		}
	}
}

// templates checks that each template is there, is used, and can be filled.
func (l *linter) templates() {
	used := map[string]bool{}
	check := func(from text, repeated bool) {
		body := l.file(from.Value)
		if body == nil {
			l.wrong(from, "there is no template %s", from.Value)
			return
		}
		if path.Ext(from.Value) != ".tmpl" {
			l.wrong(from, "%s: a template's name ends with .tmpl", from.Value)
		}
		used[from.Value] = true
		for _, p := range scaffolds.CheckTemplate(from.Value, body, repeated) {
			l.add(from.Value, p.Line, "%s", p.Message)
		}
	}
	for _, t := range l.manifest.Templates {
		check(t.From, false)
		if l.file(golden+t.To.Value) == nil {
			l.wrong(t.To, "there is no %s%s: the golden code has what a template makes, too", golden, t.To.Value)
		}
	}
	for _, r := range l.manifest.Repeat {
		for _, f := range r.Files {
			if f.From.Value != "" {
				check(f.From, true)
			}
		}
	}
	for _, f := range l.files {
		if path.Ext(f.Name) == ".tmpl" && !strings.HasPrefix(f.Name, golden) && !used[f.Name] {
			l.add(f.Name, 0, "no rule of %s uses this template", manifestFile)
		}
	}
}

// lineOf is the line on which a text is found first, 0 when it is not.
func lineOf(body []byte, find string) int {
	if before, _, found := bytes.Cut(body, []byte(find)); found {
		return 1 + bytes.Count(before, []byte("\n"))
	}
	return 0
}
