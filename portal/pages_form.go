package portal

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/pipelines"
	"github.com/goldenpath/platform/scaffolds"
)

// formField is one input, made from one property of a golden path's schema.
type formField struct {
	Name, Title, Description string
	Kind                     string // text, number, check, select or list
	Value, Placeholder       string
	Required                 bool
	MaxLength                int
	Options                  []option // of a select, or boxes of a list
	Suggestions              []option
	Error                    string

	// Create offers to make what the value names when the catalog lacks it.
	Create       string
	CreateLabel  string
	CreateChosen bool
	Derive       string // how a value left out is made of others
	More         string // what was typed beside the boxes of a list
}

// option is one choice.
type option struct {
	Value, Label, Detail string
	Chosen               bool
}

// property is what a form uses of a property's JSON Schema.
type property struct {
	Name        string   `json:"-"`
	Type        string   `json:"type"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	MaxLength   int      `json:"maxLength"`
	Default     any      `json:"default"`
	Enum        []any    `json:"enum"`
	Examples    []string `json:"examples"`
	Derive      string   `json:"x-derive"`
	UI          struct {
		Entity    string `json:"entity"`
		Providing string `json:"providing"`
	} `json:"x-ui"`
}

// moreSuffix names the text input beside the boxes of a list.
const moreSuffix = "_more"

// suggested bounds suggestions and boxes.
const suggested = 200

// readSchema returns the properties in the order they are written, which is the
// order of the form, and the names of those that are required.
func readSchema(schema json.RawMessage) (properties []property, required []string, err error) {
	var doc struct {
		Properties json.RawMessage `json:"properties"`
		Required   []string        `json:"required"`
	}
	if err := json.Unmarshal(schema, &doc); err != nil {
		return nil, nil, fmt.Errorf("read parameters of a golden path: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(doc.Properties))
	if _, err := dec.Token(); err != nil { // the opening brace
		return nil, nil, fmt.Errorf("read properties of a golden path: %w", err)
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, nil, fmt.Errorf("read properties of a golden path: %w", err)
		}
		p := property{Name: fmt.Sprint(name)}
		if err := dec.Decode(&p); err != nil {
			return nil, nil, fmt.Errorf("read property %v of a golden path: %w", name, err)
		}
		properties = append(properties, p)
	}
	return properties, doc.Required, nil
}

func (p *pages) formFields(c echo.Context, path *scaffolds.Path, values url.Values) ([]formField, error) {
	properties, required, err := readSchema(path.Schema)
	if err != nil {
		return nil, err
	}
	fields := make([]formField, 0, len(properties))
	for _, prop := range properties {
		if prop.Name == "packs" {
			continue // shown as a choice of its own
		}
		f := formField{
			Name: prop.Name, Title: cmp.Or(prop.Title, words(prop.Name)), Description: prop.Description, MaxLength: prop.MaxLength,
			Required: slices.Contains(required, prop.Name), Value: values.Get(prop.Name), Derive: prop.Derive,
		}
		f.choose(prop, values)
		if err := p.suggest(c.Request().Context(), &f, prop, values); err != nil {
			return nil, err
		}
		fields = append(fields, f)
	}
	return fields, nil
}

// choose decides which kind of input a property needs.
func (f *formField) choose(prop property, values url.Values) {
	switch {
	case len(prop.Enum) > 0:
		f.Kind = "select"
		value := cmp.Or(f.Value, textOf(prop.Default))
		for _, v := range prop.Enum {
			f.Options = append(f.Options, option{Value: textOf(v), Label: textOf(v), Chosen: textOf(v) == value})
		}
	case prop.Type == "boolean":
		f.Kind = "check"
		if f.Value == "" && len(values) == 0 {
			f.Value = textOf(prop.Default)
		}
	case prop.Type == "integer" || prop.Type == "number":
		f.Kind, f.Placeholder = "number", textOf(prop.Default)
	case prop.Type == "array":
		f.Kind, f.More = "list", values.Get(prop.Name+moreSuffix)
	default:
		f.Kind, f.Placeholder = "text", textOf(prop.Default)
		if len(prop.Examples) > 0 {
			f.Placeholder = "for example " + prop.Examples[0]
		}
	}
	switch prop.Name {
	case "owner":
		f.Create, f.CreateLabel = "create_owner", "Create this group if the catalog does not have it"
	case "system":
		f.Create, f.CreateLabel = "create_system", "Create this system if the catalog does not have it"
	}
	f.CreateChosen = f.Create != "" && values.Get(f.Create) != ""
}

func textOf(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// suggest adds entities of the catalog that would be an answer.
func (p *pages) suggest(ctx context.Context, f *formField, prop property, values url.Values) error {
	if prop.UI.Entity == "" {
		return nil
	}
	list, err := p.catalog.List(ctx, catalog.Query{Kinds: []string{strings.ToLower(prop.UI.Entity)}, Limit: suggested})
	if err != nil {
		return err
	}
	defaults := catalog.RefDefaults{Kind: prop.UI.Entity}
	for _, e := range list.Items {
		if prop.UI.Providing != "" && len(e.Related(catalog.RelationProvidesAPI)) == 0 {
			continue
		}
		name := e.Ref().Short(defaults)
		o := option{Value: name, Label: e.Title(), Detail: e.Metadata.Description, Chosen: slices.Contains(values[f.Name], name)}
		if f.Kind == "list" {
			f.Options = append(f.Options, o)
		} else {
			f.Suggestions = append(f.Suggestions, o)
		}
	}
	if f.Kind != "list" {
		return nil
	}
	var more []string
	for _, v := range values[f.Name] { // typed in the address, not among the boxes
		if !slices.ContainsFunc(f.Options, func(o option) bool { return o.Value == v }) {
			more = append(more, v)
		}
	}
	if len(more) > 0 {
		f.More = strings.Join(append(more, splitList(f.More)...), ", ")
	}
	return nil
}

func splitList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' })
}

// creationOf turns the values of a form into what is asked of a golden path.
func creationOf(path *scaffolds.Path, values url.Values) (pipelines.CreateServiceInput, error) {
	text := func(name string) string { return strings.TrimSpace(values.Get(name)) }
	list := func(name string) []string {
		var out []string
		for _, v := range append(slices.Clone(values[name]), splitList(values.Get(name+moreSuffix))...) {
			if v = strings.TrimSpace(v); v != "" && !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
		return out
	}
	in := pipelines.CreateServiceInput{
		Path: path.Name, CreateOwner: text("create_owner") != "", CreateSystem: text("create_system") != "",
		Answers: scaffolds.Answers{
			Name: text("name"), Owner: text("owner"), System: text("system"), Description: text("description"),
			Module: text("module"), Consumes: list("consumes"), Packs: list("packs"),
		},
	}
	properties, _, err := readSchema(path.Schema)
	if err != nil {
		return in, err
	}
	for _, prop := range properties {
		switch prop.Name {
		case "name", "owner", "system", "description", "module", "consumes", "packs":
			continue
		}
		value, ok, err := extraValue(prop, text(prop.Name), list(prop.Name))
		if err != nil {
			return in, err
		}
		if ok {
			if in.Answers.Extra == nil {
				in.Answers.Extra = map[string]any{}
			}
			in.Answers.Extra[prop.Name] = value
		}
	}
	return in, nil
}

// extraValue gives a value the type its schema wants; ok is false when it was
// left out.
func extraValue(prop property, text string, list []string) (value any, ok bool, err error) {
	switch prop.Type {
	case "boolean":
		return text != "" && text != "false", true, nil
	case "array":
		return list, len(list) > 0, nil
	case "integer", "number":
		if text == "" {
			return nil, false, nil
		}
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, false, fault.New(fault.Invalid, "%s must be a number.", cmp.Or(prop.Title, prop.Name)).
				WithField(prop.Name, "must be a number")
		}
		return n, true, nil
	}
	return text, text != "", nil
}
