package scaffolds

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// engine is the version of the manifest's language that this program speaks.
const engine = 1

// manifest is path.yaml: what a golden path is called and how its files become
// those of a service.
type manifest struct {
	Name        string
	Version     string
	Engine      int
	Title       string
	Description string
	Language    string

	Tokens    []token
	Classes   []classRule
	Templates []templateRule
	Repeat    []repeatRule
	Packs     []packRule
	Choices   []choiceRule
	Omit      []string // globs of golden files that are no part of a service
}

// token is a literal text of the golden code and the value that takes its place,
// shortened where only so many characters are taken.
type token struct {
	Find, Value string
	Max         int `json:",omitempty"`
}

type classRule struct {
	Glob  string
	Class Class
}

// templateRule makes a file from a template instead of the golden one.
type templateRule struct{ From, To string }

// repeatRule repeats a folder once for each answer of a list.
type repeatRule struct {
	Over     string
	Dir      string
	Samples  []string
	Tokens   []token
	Reserved []string
	Files    []repeatFile
	Imports  []importRule
}

// repeatFile is made anew in each repeated folder: from a template, or by one
// of the engine's own makers.
type repeatFile struct{ To, From, Make string }

// The engine's makers. The list is closed: a path runs no code of its own.
const (
	makeDocument = "provider-document"
	makeClient   = "go-client"
)

// importRule is a package that only some generated clients import, and the
// version of its module.
type importRule struct{ Package, Module, Version string }

// packRule is an optional part: files of its own, and never a region of a
// shared one, because regions conflict on later merges and files don't.
type packRule struct {
	Name        string
	Title       string
	Description string
	Default     bool
	Files       []string // globs
	Requires    []string // other packs
}

// choiceRule names files that are there only when a parameter of the path's own
// has that value.
type choiceRule struct {
	Answer string
	Value  string
	Files  []string // globs
}

// ManifestJSON returns path.yaml in JSON, or what is wrong with it.
func ManifestJSON(text []byte) (json.RawMessage, error) {
	var m manifest
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&m); err != nil {
		return nil, fmt.Errorf("path.yaml: %w", err)
	}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("path.yaml: %w", err)
	}
	return json.Marshal(m)
}

func readManifest(data []byte) (*manifest, error) {
	var m manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	return &m, nil
}

// check finds what would otherwise show only in somebody's service.
func (m *manifest) check() error {
	if m.Engine != engine {
		return fmt.Errorf("engine is %d, this program speaks %d", m.Engine, engine)
	}
	if m.Name == "" || m.Version == "" {
		return errors.New("name or version is missing")
	}
	for _, c := range m.Classes {
		if !slices.Contains([]Class{Managed, Merged, Seeded, User, Generated}, c.Class) {
			return fmt.Errorf("class %q of %s is unknown", c.Class, c.Glob)
		}
	}
	tokens := m.Tokens
	for _, r := range m.Repeat {
		tokens = slices.Concat(tokens, r.Tokens)
	}
	for _, t := range tokens {
		if t.Max != 0 && t.Max < ShortestMax {
			return fmt.Errorf("the token %q has max %d: nothing is shortened to less than %d characters", t.Find, t.Max, ShortestMax)
		}
	}
	for _, r := range m.Repeat {
		if r.Over != "consumes" {
			return fmt.Errorf("repeat over %q is unknown, want consumes", r.Over)
		}
		if !slices.Contains(r.Samples, path.Base(r.Dir)) {
			return fmt.Errorf("repeat of %s does not list it as a sample", r.Dir)
		}
		for _, f := range r.Files {
			if known := f.Make == makeDocument || f.Make == makeClient; known == (f.From != "") {
				return fmt.Errorf("%s/%s wants either a template or one of %s, %s", r.Dir, f.To, makeDocument, makeClient)
			}
		}
	}
	for _, c := range m.Choices {
		if c.Answer == "" || c.Value == "" || len(c.Files) == 0 || standardAnswers[c.Answer] {
			return fmt.Errorf("choice %q of %q wants a parameter of the path's own, a value and files", c.Value, c.Answer)
		}
	}
	for _, p := range m.Packs {
		for _, name := range p.Requires {
			if m.pack(name) == nil {
				return fmt.Errorf("pack %s requires %s, which is no pack", p.Name, name)
			}
		}
	}
	return nil
}

func (m *manifest) pack(name string) *packRule {
	for i := range m.Packs {
		if m.Packs[i].Name == name {
			return &m.Packs[i]
		}
	}
	return nil
}

// classOf returns the class of a file; the first rule that fits decides.
func (m *manifest) classOf(name string) Class {
	for _, c := range m.Classes {
		if matches(c.Glob, name) {
			return c.Class
		}
	}
	return Merged
}

// included reports whether a golden file is part of a service with the answers:
// not one of the golden code alone, of a pack left out, of another choice or of
// a sample.
func (m *manifest) included(name string, a Answers) bool {
	if matchesAny(m.Omit, name) {
		return false
	}
	for _, p := range m.Packs {
		if !slices.Contains(a.Packs, p.Name) && matchesAny(p.Files, name) {
			return false
		}
	}
	for _, c := range m.Choices {
		if a.Extra[c.Answer] != c.Value && matchesAny(c.Files, name) {
			return false
		}
	}
	for _, r := range m.Repeat {
		for _, sample := range r.Samples {
			if strings.HasPrefix(name, path.Join(path.Dir(r.Dir), sample)+"/") {
				return false
			}
		}
	}
	return true
}

func matchesAny(globs []string, name string) bool {
	return slices.ContainsFunc(globs, func(glob string) bool { return matches(glob, name) })
}

// matches reports whether a path fits a glob, where ** stands for any number of
// folders.
func matches(glob, name string) bool {
	// Most globs say no by how they begin, and to each of hundreds of files.
	if wild := strings.IndexAny(glob, `*?[\`); wild < 0 {
		return glob == name
	} else if !strings.HasPrefix(name, strings.TrimSuffix(glob[:wild], "/")) {
		return false
	}
	return matchParts(glob, true, name, true)
}

// matchParts matches what is left of a glob and of a path, if there is more.
func matchParts(glob string, moreGlob bool, name string, moreName bool) bool {
	for moreGlob {
		var part, folder string
		if part, glob, moreGlob = strings.Cut(glob, "/"); part == "**" {
			for !matchParts(glob, moreGlob, name, moreName) {
				if !moreName {
					return false
				}
				_, name, moreName = strings.Cut(name, "/")
			}
			return true
		}
		if !moreName {
			return false
		}
		folder, name, moreName = strings.Cut(name, "/")
		if ok, err := path.Match(part, folder); err != nil || !ok {
			return false
		}
	}
	return !moreName
}
