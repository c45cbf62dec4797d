package packing

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	"github.com/goldenpath/platform/scaffolds"
)

// answers returns answers of a service and the documents of what it consumes:
// as many services as names, each with the golden code's sample document.
func (s *Source) answers(name, module string, consumes ...string) (scaffolds.Answers, []scaffolds.Provider) {
	a := scaffolds.Answers{Name: name, Owner: "team", Consumes: consumes, Packs: []string{}}
	var asked struct {
		Properties map[string]struct {
			Default  any
			Enum     []any
			Examples []any
			Type     any
			Pattern  string
		}
		Required []string
	}
	// A schema that cannot be read is told by who opens the path.
	_ = json.Unmarshal(s.file("parameters.schema.json"), &asked)
	if _, ok := asked.Properties["system"]; ok {
		a.System = "system"
	}
	if _, ok := asked.Properties["module"]; ok {
		a.Module = module
	}
	// A path may want names of a kind of its own, and then shows one.
	if n := asked.Properties["name"]; n.Pattern != "" && len(n.Examples) > 0 {
		if pattern, err := regexp.Compile(n.Pattern); err == nil && !pattern.MatchString(name) {
			a.Name = fmt.Sprint(n.Examples[0])
		}
	}
	for _, name := range asked.Required {
		p := asked.Properties[name]
		values := slices.Concat(p.Enum, p.Examples)
		if p.Type == "boolean" {
			values = append(values, false)
		}
		if !scaffolds.IsStandardAnswer(name) && p.Default == nil && len(values) > 0 {
			if a.Extra == nil {
				a.Extra = map[string]any{}
			}
			a.Extra[name] = values[0]
		}
	}
	var providers []scaffolds.Provider
	if document := s.Sample(); document != nil {
		for _, name := range consumes {
			providers = append(providers, scaffolds.Provider{Name: name, OpenAPI: document})
		}
	}
	return a, providers
}
