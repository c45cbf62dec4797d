package scaffolds

import (
	"cmp"
	"fmt"
	"go/format"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/scaffolds/internal/provider"
)

// Render makes the files of a service, its lock file among them. The same
// answers and documents give the same bytes.
func (p *Path) Render(a Answers, providers []Provider) (*Tree, error) {
	if p.packed != nil {
		go p.packed.prepare() // while the answers are checked
	}
	a, err := p.Check(a)
	if err != nil {
		return nil, err
	}
	c, err := p.packed.content()
	if err != nil {
		return nil, fmt.Errorf("open golden path %s: %w", p.Name, err)
	}
	r := &rendering{path: p, manifest: p.packed.manifest, content: c, answers: a, values: valuesOf(a), units: []string{UnitBase}}
	if err := r.consume(providers); err != nil {
		return nil, err
	}
	if err := r.render(); err != nil {
		return nil, err
	}
	return &Tree{Files: r.files}, nil
}

// rendering is one service in the making.
type rendering struct {
	path     *Path
	manifest *manifest
	content  *content
	answers  Answers
	values   map[string]string
	consumes []consumed // by package
	units    []string   // whose requirements the service has
	files    []File
}

func (r *rendering) render() error {
	tokens, err := newReplacer(r.values, r.manifest.Tokens)
	if err != nil {
		return r.broken("path.yaml", err)
	}
	var golden []File
	for _, f := range r.content.golden {
		if r.manifest.included(f.Path, r.answers) && !r.isTemplate(f.Path) {
			golden = append(golden, f)
		}
	}
	if err := r.add(golden, tokens); err != nil {
		return err
	}
	if err := r.fill(tokens); err != nil {
		return err
	}
	for _, rule := range r.manifest.Repeat {
		if err := r.repeat(rule); err != nil {
			return err
		}
	}
	if err := r.modules(tokens); err != nil {
		return err
	}
	return r.finish()
}

// broken is a fault of the golden path, not of the person's answers.
func (r *rendering) broken(file string, err error) error {
	return fmt.Errorf("golden path %s %s, %s: %w", r.path.Name, r.path.Version, file, err)
}

func (r *rendering) isTemplate(golden string) bool {
	return slices.ContainsFunc(r.manifest.Templates, func(t templateRule) bool { return t.To == golden })
}

func (r *rendering) data() pageData {
	a := r.answers
	return pageData{
		Name: a.Name, Owner: a.Owner, System: a.System, Description: a.Description, Module: a.Module,
		Path: r.path.Name, Version: r.path.Version, Consumes: r.consumes, Packs: a.Packs, Extra: a.Extra,
		Team: r.values["team"], SystemName: r.values["system_name"], Feature: r.values["feature"],
		Reviewer: reviewerOf(a), Source: sourceOf(a),
	}
}

// add adds golden files with their tokens replaced.
func (r *rendering) add(golden []File, tokens *replacer) error {
	first := len(r.files)
	r.files = append(r.files, golden...)
	return sideBySide(r.files[first:], func(_ int, f *File) (err error) {
		f.Path, f.Body = tokens.text(f.Path), tokens.bytes(f.Body)
		if slices.Contains(r.path.packed.packing.Format, f.Source) {
			if f.Body, err = format.Source(f.Body); err != nil {
				return r.broken(f.Source, err)
			}
		}
		return nil
	})
}

// fill adds the files that templates make.
func (r *rendering) fill(tokens *replacer) error {
	var rules []templateRule
	for _, t := range r.manifest.Templates {
		if r.manifest.included(t.To, r.answers) {
			rules = append(rules, t)
		}
	}
	first := len(r.files)
	r.files = append(r.files, make([]File, len(rules))...)
	data := r.data()
	return sideBySide(r.files[first:], func(i int, f *File) error {
		body, err := r.content.fill(rules[i].From, data)
		if err != nil {
			return r.broken(rules[i].From, err)
		}
		*f, err = r.made(File{Path: tokens.text(rules[i].To), Body: body, Source: rules[i].To})
		return err
	})
}

// made finishes a file that a template or a maker wrote.
func (r *rendering) made(f File) (File, error) {
	if path.Ext(f.Path) == ".go" {
		formatted, err := format.Source(f.Body)
		if err != nil {
			return f, r.broken(f.Source, err)
		}
		f.Body = formatted
	}
	for _, golden := range r.content.golden {
		if golden.Path == f.Source {
			f.Executable = golden.Executable
		}
	}
	return f, nil
}

// consume matches the services to call with their documents.
func (r *rendering) consume(providers []Provider) error {
	if len(r.answers.Consumes) == 0 {
		return nil
	}
	if len(r.manifest.Repeat) == 0 {
		return fault.New(fault.Unsupported, "Services of %s cannot consume others.", r.path.Name).
			WithField("consumes", "is not offered by %s", r.path.Name)
	}
	var reserved []string
	for _, rule := range r.manifest.Repeat {
		reserved = append(reserved, rule.Reserved...)
	}
	all := nameConsumed(r.answers.Consumes, reserved)
	for i, written := range r.answers.Consumes {
		at := slices.IndexFunc(providers, func(p Provider) bool { return p.Name == written })
		if at < 0 {
			return fault.New(fault.Invalid, "The OpenAPI document of %s is missing.", written).
				WithField("consumes", "%s has no OpenAPI document", written)
		}
		all[i].API, all[i].document = cmp.Or(providers[at].API, written), providers[at].OpenAPI
	}
	slices.SortFunc(all, func(a, b consumed) int { return cmp.Compare(a.Package, b.Package) })
	r.consumes, r.units = all, append(r.units, UnitConsumes)
	for i := range r.consumes {
		c := &r.consumes[i]
		document, err := provider.Read(c.Name, c.document)
		if err != nil {
			return err
		}
		c.api, c.BasePath = document, document.BasePath()
	}
	return nil
}

// modules puts together go.mod and go.sum of the units that were used.
func (r *rendering) modules(tokens *replacer) error {
	known, err := r.path.packed.modules()
	if err != nil {
		return r.broken(modulesFile, err)
	}
	if len(known.Units) == 0 {
		return nil // it is being packed, or is not in Go
	}
	for _, pack := range r.answers.Packs {
		r.units = append(r.units, UnitOfPack(pack))
	}
	var units []Unit
	for _, u := range known.Units {
		if slices.Contains(r.units, u.Name) {
			units = append(units, u)
		}
	}
	mod, sum := goModFiles(tokens.text(known.Head), tokens.text(known.Tail), units)
	for name, body := range map[string][]byte{"go.mod": mod, "go.sum": sum} {
		at := slices.IndexFunc(r.files, func(f File) bool { return f.Path == name })
		if at < 0 && len(body) == 0 {
			continue // no go.sum, where nothing is required
		}
		if at < 0 {
			return r.broken(name, fs.ErrNotExist)
		}
		r.files[at].Body = body
	}
	return nil
}

// finish sorts and classifies the files and adds the lock file.
func (r *rendering) finish() error {
	sums := make([]string, len(r.files))
	if err := sideBySide(r.files, func(i int, f *File) error {
		f.Class, sums[i] = r.manifest.classOf(f.Path), digest(f.Body)
		return nil
	}); err != nil {
		return err
	}
	lock := newLock(r.path, r.answers, r.consumes, r.files, sums)
	r.files = append(r.files, File{Path: LockFile, Body: lock.YAML(), Class: Generated})
	slices.SortFunc(r.files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	for i, f := range r.files {
		if !fs.ValidPath(f.Path) {
			return r.broken(f.Path, fs.ErrInvalid)
		}
		if i > 0 && (f.Path == r.files[i-1].Path || strings.HasPrefix(f.Path, r.files[i-1].Path+"/")) {
			return r.broken(f.Path, fs.ErrExist)
		}
	}
	return nil
}
