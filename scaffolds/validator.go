package scaffolds

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/goldenpath/platform/internal/fault"
)

// validator checks answers against a path's JSON Schema, and says what is
// wrong in words of the people who answer.
type validator struct {
	path       string
	schema     *jsonschema.Schema
	names      []string // of the parameters, as they are written
	parameters map[string]parameter
	required   []string
}

// parameter is what the engine itself uses of a parameter's schema.
type parameter struct {
	Title   string `json:"title"`
	Default any    `json:"default"`
	Derive  string `json:"x-derive"` // a text with {other} parameters
	Help    string `json:"x-help"`   // what a good answer looks like
}

func newValidator(path string, raw json.RawMessage) (*validator, error) {
	v := &validator{path: path}
	var document struct {
		Properties orderedParameters `json:"properties"`
		Required   []string          `json:"required"`
	}
	if err := json.Unmarshal(raw, &document); err != nil {
		return nil, fmt.Errorf("read the parameters of golden path %s: %w", path, err)
	}
	v.names, v.parameters, v.required = document.Properties.names, document.Properties.byName, document.Required
	whole, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("read the parameters of golden path %s: %w", path, err)
	}
	const url = "mem:///parameters.schema.json"
	c := jsonschema.NewCompiler()
	c.UseLoader(noLoader{})
	if err := c.AddResource(url, whole); err != nil {
		return nil, fmt.Errorf("read the parameters of golden path %s: %w", path, err)
	}
	if v.schema, err = c.Compile(url); err != nil {
		return nil, fmt.Errorf("compile the parameters of golden path %s: %w", path, err)
	}
	return v, nil
}

// noLoader keeps a schema from reaching for files and hosts.
type noLoader struct{}

// Load implements jsonschema.URLLoader.
func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s is outside of this schema", url)
}

// orderedParameters keeps the order in which parameters are written.
type orderedParameters struct {
	names  []string
	byName map[string]parameter
}

// UnmarshalJSON implements json.Unmarshaler.
func (o *orderedParameters) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &o.byName); err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if _, err := dec.Token(); err != nil { // the opening brace
		return err
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		o.names = append(o.names, fmt.Sprint(name))
		var skipped json.RawMessage
		if err := dec.Decode(&skipped); err != nil {
			return err
		}
	}
	return nil
}

// check adds a problem for every answer that does not fit.
func (v *validator) check(given map[string]any, problems *problems) {
	for _, name := range v.required {
		if _, ok := given[name]; !ok {
			problems.add(name, "is missing%s", v.help(name))
		}
	}
	for name := range given {
		if _, known := v.parameters[name]; !known {
			problems.add(name, "%s", v.unknown(name))
		}
	}
	err := v.schema.Validate(plain(given))
	if err == nil {
		return
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		problems.add("answers", "cannot be read as JSON")
		return
	}
	v.explain(invalid, given, problems)
}

// explain walks to the errors that have no others behind them.
func (v *validator) explain(e *jsonschema.ValidationError, given map[string]any, problems *problems) {
	for _, cause := range e.Causes {
		v.explain(cause, given, problems)
	}
	if len(e.Causes) > 0 || len(e.InstanceLocation) == 0 {
		return // what is missing or unknown was said already
	}
	name := e.InstanceLocation[0]
	value := at(given, e.InstanceLocation)
	switch k := e.ErrorKind.(type) {
	case *kind.Type:
		problems.add(name, "%s must be %s", show(value), strings.Join(k.Want, " or "))
	case *kind.Enum:
		choices := make([]string, len(k.Want))
		for i, w := range k.Want {
			choices[i] = show(w)
		}
		problems.add(name, "%s is not one of %s", show(value), strings.Join(choices, ", "))
	case *kind.UniqueItems:
		problems.add(name, "names the same twice")
	case *kind.MaxLength:
		problems.add(name, "%s is too long: at most %d characters", shorten(show(value)), k.Want)
	case *kind.MinLength, *kind.Pattern, *kind.Format:
		problems.add(name, "%s is not a valid %s%s", shorten(show(value)), v.title(name), v.help(name))
	case *kind.Minimum, *kind.Maximum, *kind.ExclusiveMinimum, *kind.ExclusiveMaximum, *kind.MultipleOf:
		problems.add(name, "%s is out of range%s", show(value), v.help(name))
	default:
		problems.add(name, "%s does not fit%s", shorten(show(value)), v.help(name))
	}
}

func (v *validator) title(name string) string {
	if t := v.parameters[name].Title; t != "" && name != "consumes" {
		return strings.ToLower(t[:1]) + t[1:]
	}
	return "name"
}

func (v *validator) help(name string) string {
	if h := v.parameters[name].Help; h != "" {
		return ": " + h
	}
	return ""
}

func (v *validator) unknown(name string) string {
	if near := fault.Nearest(name, v.names, max(2, len(name)/3)); len(near) > 0 {
		return fmt.Sprintf("is not asked by %s; did you mean %s?", v.path, near[0])
	}
	return fmt.Sprintf("is not asked by %s, which asks for %s", v.path, strings.Join(v.names, ", "))
}

// complete returns the answers with defaults and derived ones.
func (v *validator) complete(given map[string]any) (map[string]any, error) {
	completed := make(map[string]any, len(v.names))
	for _, name := range v.names {
		switch value, ok := given[name]; {
		case ok:
			completed[name] = value
		case v.parameters[name].Default != nil:
			completed[name] = v.parameters[name].Default
		}
	}
	for _, name := range v.names {
		derive := v.parameters[name].Derive
		if _, ok := completed[name]; ok || derive == "" {
			continue
		}
		for _, other := range v.names {
			derive = strings.ReplaceAll(derive, "{"+other+"}", fmt.Sprint(completed[other]))
		}
		completed[name] = derive
	}
	if err := v.schema.Validate(plain(completed)); err != nil {
		return nil, fmt.Errorf("golden path %s: its own defaults do not fit its schema: %w", v.path, err)
	}
	return completed, nil
}

// plain returns values as JSON would, whatever Go types they came in.
func plain(values map[string]any) any {
	body, err := json.Marshal(values)
	if err != nil {
		return math.NaN() // nothing allows it
	}
	out, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return math.NaN()
	}
	return out
}

// at returns the value at a place.
func at(given map[string]any, place []string) any {
	value := given[place[0]]
	for _, step := range place[1:] {
		list, ok := value.([]any)
		var i int
		if _, err := fmt.Sscan(step, &i); err != nil || !ok || i < 0 || i >= len(list) {
			return value
		}
		value = list[i]
	}
	return value
}

func show(v any) string {
	if s, ok := v.(string); ok {
		return fmt.Sprintf("%q", s)
	}
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(body)
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:57]) + "…"
	}
	return s
}
