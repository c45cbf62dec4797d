package scaffolds

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/module"

	"github.com/goldenpath/platform/internal/fault"
)

// Check validates answers and returns them completed: with defaults, and with
// what is derived from other answers. The fault names every wrong answer.
func (p *Path) Check(a Answers) (Answers, error) {
	if p.packed == nil {
		return a, fault.New(fault.Internal, "The golden path %s has no files.", p.Name)
	}
	v, err := p.packed.validate()
	if err != nil {
		return a, err
	}
	a = tidy(a)
	problems := &problems{}
	given := a.values()
	for name, value := range a.Extra {
		if _, standard := standardAnswers[name]; standard {
			problems.add(name, "is given twice")
		}
		given[name] = value
	}
	v.check(given, problems)
	p.checkWords(a, problems)
	packs, offered := p.choosePacks(a.Packs, problems)
	if err := problems.fault(p, offered); err != nil {
		return a, err
	}
	completed, err := v.complete(given)
	if err != nil {
		return a, err
	}
	a = fromValues(completed, a)
	a.Packs = packs
	if err := p.checkModule(a, problems); err != nil {
		return a, err
	}
	if err := problems.fault(p, offered); err != nil {
		return a, err
	}
	return a, nil
}

// tidy takes away what a form or a shell adds and nobody means.
func tidy(a Answers) Answers {
	for _, s := range []*string{&a.Name, &a.Owner, &a.System, &a.Description, &a.Module} {
		*s = strings.TrimSpace(*s)
	}
	return a
}

// standardAnswers are those every path may ask for; all others are the path's
// own, in Extra.
var standardAnswers = map[string]bool{ //nolint:gochecknoglobals // a constant table
	"name": true, "owner": true, "system": true, "description": true, "module": true, "consumes": true, "packs": true,
}

// values returns the standard answers that were given, as JSON values.
func (a Answers) values() map[string]any {
	given := map[string]any{}
	for name, s := range map[string]string{
		"name": a.Name, "owner": a.Owner, "system": a.System, "description": a.Description, "module": a.Module,
	} {
		if s != "" {
			given[name] = s
		}
	}
	if len(a.Consumes) > 0 {
		list := make([]any, len(a.Consumes))
		for i, s := range a.Consumes {
			list[i] = s
		}
		given["consumes"] = list
	}
	return given
}

// fromValues returns completed answers.
func fromValues(values map[string]any, a Answers) Answers {
	a.Extra = nil
	for name, value := range values {
		text, _ := value.(string)
		switch name {
		case "name":
			a.Name = text
		case "owner":
			a.Owner = text
		case "system":
			a.System = text
		case "description":
			a.Description = text
		case "module":
			a.Module = text
		case "consumes": // a default fills it in only when it is empty
			if list, ok := value.([]any); ok && len(a.Consumes) == 0 {
				for _, v := range list {
					a.Consumes = append(a.Consumes, fmt.Sprint(v))
				}
			}
		default:
			if a.Extra == nil {
				a.Extra = map[string]any{}
			}
			a.Extra[name] = value
		}
	}
	return a
}

// checkWords finds what a pattern cannot say.
func (p *Path) checkWords(a Answers, problems *problems) {
	for name, s := range map[string]string{
		"name": a.Name, "owner": a.Owner, "system": a.System, "description": a.Description, "module": a.Module,
	} {
		if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r != ' ' && !unicode.IsPrint(r) }) {
			problems.add(name, "has characters that cannot be printed: write one line of text")
		}
	}
	if slices.Contains(folderNames, a.Name) {
		problems.add("name", "%q cannot be the name of a folder of code: choose another, for example my-%s", a.Name, a.Name)
	}
	seen := map[string]string{}
	for _, written := range a.Consumes {
		name := strings.ToLower(nameOf(written))
		if other, ok := seen[name]; ok && other != written {
			problems.add("consumes", "has two services called %s, %s and %s: their contracts would have the same name", name, other, written)
		}
		if seen[name] = written; name == a.Name && name != "" {
			problems.add("consumes", "has %s itself: a service cannot consume itself", name)
		}
	}
}

// folderNames are treated in their own way by the go command.
var folderNames = []string{"vendor", "testdata"} //nolint:gochecknoglobals // a constant list

// checkModule finds module paths that look right and cannot be built.
func (p *Path) checkModule(a Answers, problems *problems) error {
	if a.Module == "" || p.Language != "go" {
		return nil
	}
	if !isModulePath(a.Module) {
		problems.add("module", "%q is not a module path Go accepts, for example github.com/acme/%s", a.Module, a.Name)
		return nil
	}
	known, err := p.packed.modules()
	if err != nil {
		return err
	}
	for _, u := range known.Units {
		for _, r := range u.Require {
			if r.Path == a.Module || strings.HasPrefix(r.Path, a.Module+"/") {
				problems.add("module", "%q is where %s lives, which the service needs: choose another", a.Module, r.Path)
				return nil
			}
		}
	}
	return nil
}

func isModulePath(s string) bool { return module.CheckPath(s) == nil }

// choosePacks returns the packs to use, with those they require. Offered is
// false when the only trouble is a pack this path does not have.
func (p *Path) choosePacks(asked []string, problems *problems) (packs []string, offered bool) {
	if asked == nil {
		for _, pack := range p.Packs {
			if pack.Default {
				asked = append(asked, pack.Name)
			}
		}
	}
	offered = true
	var choose func(name string)
	choose = func(name string) {
		rule := p.packed.manifest.pack(name)
		if rule == nil {
			offered = offered && len(problems.fields) > 0
			problems.add("packs", "%q is not offered by %s: %s", name, p.Name, p.offeredPacks())
			return
		}
		if slices.Contains(packs, name) {
			return
		}
		packs = append(packs, name)
		for _, other := range rule.Requires {
			choose(other)
		}
	}
	for _, name := range asked {
		choose(name)
	}
	slices.Sort(packs)
	return packs, offered
}

func (p *Path) offeredPacks() string {
	if len(p.Packs) == 0 {
		return "it has no packs"
	}
	names := make([]string, len(p.Packs))
	for i, pack := range p.Packs {
		names[i] = pack.Name
	}
	return "there are " + strings.Join(names, ", ")
}

// problems collects what is wrong, one for each answer: the first says enough.
type problems struct{ fields []fault.Field }

func (p *problems) add(name, format string, args ...any) {
	if !slices.ContainsFunc(p.fields, func(f fault.Field) bool { return f.Name == name }) {
		p.fields = append(p.fields, fault.Field{Name: name, Message: fmt.Sprintf(format, args...)})
	}
}

// fault returns what is wrong, or nil.
func (p *problems) fault(path *Path, offered bool) error {
	if len(p.fields) == 0 {
		return nil
	}
	slices.SortStableFunc(p.fields, func(a, b fault.Field) int { return path.packed.order(a.Name) - path.packed.order(b.Name) })
	f := fault.New(fault.Invalid, "An answer cannot be used.")
	switch {
	case !offered:
		f = fault.New(fault.Unsupported, "The golden path %s does not offer that.", path.Name)
	case len(p.fields) > 1:
		f = fault.New(fault.Invalid, "%d answers cannot be used.", len(p.fields))
	}
	f.Fields = p.fields
	return f
}

// order is where a parameter stands in the schema, and so in the form.
func (p *packed) order(name string) int {
	if v, err := p.validate(); err == nil {
		if i := slices.Index(v.names, name); i >= 0 {
			return i
		}
	}
	return len(standardAnswers) + 1000
}
