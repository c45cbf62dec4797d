package scaffolds

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/scaffolds/internal/provider"
)

// repeat makes a folder for each service consumed, after the pattern of the
// first sample.
func (r *rendering) repeat(rule repeatRule) error {
	for _, c := range r.consumes {
		values := c.values()
		maps.Copy(values, r.values)
		tokens, err := newReplacer(values, rule.Tokens, r.manifest.Tokens)
		if err != nil {
			return r.broken(rule.Dir, err)
		}
		var golden []File
		for _, f := range r.content.golden {
			inner, ok := strings.CutPrefix(f.Path, rule.Dir+"/")
			if ok && !slices.ContainsFunc(rule.Files, func(made repeatFile) bool { return made.To == inner }) {
				golden = append(golden, f)
			}
		}
		if err := r.add(golden, tokens); err != nil {
			return err
		}
		if err := r.makeFiles(rule, c, tokens); err != nil {
			return err
		}
	}
	return nil
}

// contractData is what the contract test's template may use.
type contractData struct {
	pageData
	Provider   consumed
	Operations []provider.Operation
	Imports    []string // of other modules
	StdImports []string
	UsesTypes  bool // of the generated package
}

// makeFiles makes what comes from the service's OpenAPI document.
func (r *rendering) makeFiles(rule repeatRule, c consumed, tokens *replacer) error {
	client, err := c.api.Client()
	if err != nil {
		return err
	}
	if err := r.allowImports(rule, c, client); err != nil {
		return err
	}
	contract := client.Contract(c.Package, c.BasePath)
	data := contractData{
		pageData: r.data(), Provider: c, Operations: contract.Operations,
		Imports: contract.Imports, StdImports: contract.StdImports, UsesTypes: contract.UsesTypes,
	}
	for _, made := range rule.Files {
		golden := path.Join(rule.Dir, made.To)
		f := File{Path: tokens.text(golden), Source: golden}
		switch made.Make {
		case makeDocument:
			f.Body = c.document
		case makeClient:
			f.Body = client.Code
		default:
			if f.Body, err = r.content.fill(made.From, data); err != nil {
				return r.broken(made.From, err)
			}
		}
		if made.Make != "" {
			r.files = append(r.files, f) // formatted as its maker does
			continue
		}
		if f, err = r.made(f); err != nil {
			return err
		}
		r.files = append(r.files, f)
	}
	return nil
}

// allowImports refuses a client that needs modules which nobody reviewed: a
// document can name any package as the home of a type.
func (r *rendering) allowImports(rule repeatRule, c consumed, client *provider.Client) error {
	known, err := r.path.packed.modules()
	if err != nil {
		return r.broken(modulesFile, err)
	}
	for _, imported := range client.Imports {
		if !strings.Contains(strings.Split(imported, "/")[0], ".") || inUnits(known, imported) {
			continue
		}
		if slices.ContainsFunc(rule.Imports, func(i importRule) bool { return i.Package == imported }) {
			if unit := UnitOfImport(imported); !slices.Contains(r.units, unit) {
				r.units = append(r.units, unit)
			}
			continue
		}
		return fault.New(fault.Invalid, "The OpenAPI document of %s makes its client import the Go package %s, which services of %s do not have.",
			c.Name, imported, r.path.Name).
			WithField("consumes", "%s cannot be consumed yet", c.Name).
			WithHint("Take x-go-type and x-go-type-import out of the document of %s.", c.Name)
	}
	return nil
}

// inUnits reports whether a package belongs to a module that services which
// consume others require directly.
func inUnits(known Modules, pkg string) bool {
	for _, u := range known.Units {
		if slices.Contains([]string{UnitBase, UnitConsumes}, u.Name) && slices.ContainsFunc(u.Require, func(req Requirement) bool {
			return !req.Indirect && (pkg == req.Path || strings.HasPrefix(pkg, req.Path+"/"))
		}) {
			return true
		}
	}
	return len(known.Units) == 0 // it is being packed
}
