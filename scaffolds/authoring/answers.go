package authoring

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/goldenpath/platform/scaffolds"
)

// Row is a service that the path is tried with.
type Row struct {
	Name      string
	Answers   scaffolds.Answers
	Providers []scaffolds.Provider
}

// factor is an answer, or a pack, and the values to try; nil leaves an answer
// to its default.
type factor struct {
	name, pack string
	values     []any
}

// hard are values that break templates in real life: names at the edges of what
// is allowed, words of the language, names that packages have, and text with
// the marks of every notation. A path tries those that it accepts.
var hard = map[string][]any{ //nolint:gochecknoglobals // a constant table
	"name": {
		"orders", "a1b2c3", "a-0-b", "type", "func", "internal", "errors", "main", "http",
	},
	"owner":  {"checkout", "group:default/checkout", "user:other/Ada.Lovelace"},
	"system": {nil, "shop", "system:other/shop-2"},
	"description": {
		nil, "Zahlungen für Ärzte, für 日本 – naïve", `Says "hello": {{ it }} is # odd ${{ x }} [[ y ]] \ ` + "`z`" + ` & 'q' <b>`, strings.Repeat("w", 200),
	},
	"module": {nil, "github.com/acme/orders", "zz.example.com/Z_z/z-z"},
}

// Rows returns the services to try: any two answers meet in some of them. The
// last has every pack.
func (t *Template) Rows(p *scaffolds.Path) ([]Row, error) {
	base, err := t.first(p)
	if err != nil {
		return nil, err
	}
	factors := t.factors(p, base)
	sizes := make([]int, len(factors))
	for i, f := range factors {
		sizes[i] = len(f.values)
	}
	var rows []Row
	for _, choice := range pairwise(sizes) {
		given, packs := maps.Clone(base), []string{}
		for i, f := range factors {
			v := f.values[choice[i]]
			if f.pack == "" {
				set(given, f.name, v)
			} else if v == true {
				packs = append(packs, f.pack)
			}
		}
		a := scaffolds.AnswersOf(given, packs)
		if _, err := p.Check(a); err != nil {
			continue // two answers that do not go together, such as one's own name among those consumed
		}
		rows = append(rows, t.row(a))
	}
	packs := []string{}
	for _, pack := range t.manifest.Packs {
		packs = append(packs, pack.Name.Value)
	}
	return append(rows, t.row(scaffolds.AnswersOf(base, packs))), nil
}

// first returns plain answers that the path accepts, as they are typed.
func (t *Template) first(p *scaffolds.Path) (map[string]any, error) {
	given := map[string]any{}
	names := hard["name"]
	for _, param := range parametersOf(p) {
		if param.name == "name" { // a path may want names of its own kind
			names = t.candidates(param)
		}
		if !param.required || param.Default != nil {
			continue
		}
		for _, v := range t.candidates(param) {
			if v != nil {
				given[param.name] = v
				break
			}
		}
	}
	var err error
	for _, name := range names {
		given["name"] = name
		if _, err = p.Check(scaffolds.AnswersOf(given, []string{})); err == nil {
			return given, nil
		}
	}
	return nil, err
}

// factors lists the answers with the values that the path accepts of each.
func (t *Template) factors(p *scaffolds.Path, base map[string]any) []factor {
	var out []factor
	for _, param := range parametersOf(p) {
		f, candidates := factor{name: param.name}, t.candidates(param)
		if param.name == "name" {
			candidates = append(candidates, t.longestName(p, base, param))
		}
		for _, v := range candidates {
			given := maps.Clone(base)
			set(given, param.name, v)
			if _, err := p.Check(scaffolds.AnswersOf(given, []string{})); err == nil && !has(f.values, v) {
				f.values = append(f.values, v)
			}
		}
		if len(f.values) > 0 {
			out = append(out, f)
		}
	}
	for _, pack := range t.manifest.Packs {
		out = append(out, factor{pack: pack.Name.Value, values: []any{false, true}})
	}
	return out
}

// longestName is a name of all the characters that the schema allows: the first
// that the path accepts with its last letter repeated. When the path refuses
// them all, it is the first of them.
func (t *Template) longestName(p *scaffolds.Path, base map[string]any, param parameter) any {
	var first any
	for _, v := range append([]any{base["name"]}, t.candidates(param)...) {
		name := fmt.Sprint(v)
		long := name + strings.Repeat(name[len(name)-1:], max(0, cmp.Or(param.MaxLength, 63)-len(name)))
		given := maps.Clone(base)
		given["name"] = long
		if _, err := p.Check(scaffolds.AnswersOf(given, []string{})); err == nil {
			return long
		}
		if first == nil {
			first = long
		}
	}
	return first
}

// refusesLongest tells a pattern that contradicts maxLength: whoever chose the
// limit meant names of that length, and they are never tried.
func (t *Template) refusesLongest(p *scaffolds.Path) []string {
	base, err := t.first(p)
	if err != nil {
		return nil // said already
	}
	for _, param := range parametersOf(p) {
		if param.name != "name" || param.MaxLength == 0 {
			continue
		}
		given := maps.Clone(base)
		given["name"] = t.longestName(p, base, param)
		if _, err := p.Check(scaffolds.AnswersOf(given, []string{})); err != nil {
			return []string{fmt.Sprintf("%s: name: maxLength is %d, and the pattern refuses names of that length, such as %s", schemaFile, param.MaxLength, given["name"])}
		}
	}
	return nil
}

func has(values []any, v any) bool {
	return slices.ContainsFunc(values, func(other any) bool { return reflect.DeepEqual(other, v) })
}

// set gives an answer; nil leaves it to its default.
func set(given map[string]any, name string, v any) {
	if given[name] = v; v == nil {
		delete(given, name)
	}
}

func (t *Template) candidates(param parameter) []any {
	switch {
	case param.name == "consumes" && t.source.Sample() == nil:
		return []any{nil}
	case param.name == "consumes":
		return []any{nil, "inventory", "component:default/type,3scale.Gateway_v2"}
	case param.name == "name":
		return append(slices.Concat(param.Examples, hard["name"]), strings.Repeat("b", max(1, param.MinLength)))
	case scaffolds.IsStandardAnswer(param.name):
		return hard[param.name]
	}
	values := param.values()
	if !param.required || param.Default != nil {
		values = append([]any{nil}, values...)
	}
	return values
}

// parameter is what the schema says of an answer that helps to try it.
type parameter struct {
	Type      any
	Enum      []any
	Const     any
	Default   any
	Examples  []any
	Minimum   *float64
	Maximum   *float64
	MinLength int `json:"minLength"`
	MaxLength int `json:"maxLength"`

	name     string
	required bool
}

// values are those at the edges of what is allowed.
func (p parameter) values() []any {
	if len(p.Enum) > 0 {
		return p.Enum
	}
	if p.Type == "boolean" {
		return []any{false, true}
	}
	out := slices.Clone(p.Examples)
	for _, edge := range []*float64{p.Minimum, p.Maximum} {
		if edge != nil {
			out = append(out, *edge)
		}
	}
	if p.Type == "string" {
		for _, n := range []int{max(1, p.MinLength), p.MaxLength} {
			if n > 0 {
				out = append(out, strings.Repeat("x", min(n, 500)))
			}
		}
		out = append(out, "Ärzte: \"q\" # {{ x }}")
	}
	return out
}

// parametersOf lists a path's parameters as they are written.
func parametersOf(p *scaffolds.Path) []parameter {
	var document struct {
		Properties map[string]parameter
		Required   []string
	}
	if err := json.Unmarshal(p.Schema, &document); err != nil {
		return nil // a schema that opened says more than this asks
	}
	var out []parameter
	for name, param := range document.Properties {
		param.name, param.required = name, slices.Contains(document.Required, name)
		out = append(out, param)
	}
	slices.SortFunc(out, func(a, b parameter) int {
		return bytes.Index(p.Schema, []byte(`"`+a.name+`"`)) - bytes.Index(p.Schema, []byte(`"`+b.name+`"`))
	})
	return out
}

// row completes answers with documents of what is consumed.
func (t *Template) row(a scaffolds.Answers) Row {
	r := Row{Answers: a, Name: "name=" + short(a.Name)}
	for _, service := range a.Consumes {
		r.Providers = append(r.Providers, scaffolds.Provider{Name: service, OpenAPI: t.sample()})
	}
	if len(a.Consumes) > 0 {
		r.Name += " consumes=" + strings.Join(a.Consumes, ",")
	}
	if len(a.Packs) > 0 {
		r.Name += " packs=" + strings.Join(a.Packs, ",")
	}
	for _, name := range slices.Sorted(maps.Keys(a.Extra)) {
		r.Name += fmt.Sprintf(" %s=%s", name, short(fmt.Sprint(a.Extra[name])))
	}
	return r
}

// sample is the golden code's document without its tokens, so that those which
// are left in a service are the path's fault.
func (t *Template) sample() []byte {
	body := t.source.Sample()
	for _, r := range t.manifest.Repeat {
		for _, token := range slices.Concat(r.Tokens, t.manifest.Tokens) {
			if token.Find.Value != "" {
				body = bytes.ReplaceAll(body, []byte(token.Find.Value), []byte("sample"))
			}
		}
	}
	return body
}

func short(s string) string {
	if r := []rune(s); len(r) > 24 {
		return fmt.Sprintf("%s… (%d characters)", string(r[:8]), len(r))
	}
	return s
}
