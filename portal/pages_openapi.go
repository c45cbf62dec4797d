package portal

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// apiDocument is an OpenAPI document as people read it.
type apiDocument struct {
	Title, Version, Description string
	Servers                     []string
	Groups                      []operationGroup
	Count                       int

	basePath string
}

type operationGroup struct {
	Title, Description string
	Operations         []operation
}

type operation struct {
	Anchor, Method, Path, Summary, Description string
	Deprecated                                 bool
	Parameters                                 []schemaRow
	Body                                       *bodyView
	Responses                                  []responseView
	Consumers                                  []field // name and address of the pair
}

// Tone names the colour of the method's badge.
func (o operation) Tone() string { return strings.ToLower(o.Method) }

type bodyView struct {
	Type     string // application/json
	Schema   string // name of the schema, or its type
	Required bool
	Rows     []schemaRow
	Example  string
}

type responseView struct {
	Status, Description string
	Tone                string
	Body                *bodyView
}

// schemaRow is one property, indented by its depth.
type schemaRow struct {
	Name, In, Type, Description string
	Constraints                 string
	Depth                       int
	Required                    bool
	Deprecated                  bool
}

// Bounds of what one operation shows; deeper and longer schemas are cut, and
// the document itself has the rest.
const (
	schemaDepth = 5
	schemaRows  = 80
)

// readDocument reads an OpenAPI 3 document. References to other files are not
// followed: a document must not make the server read files or call others.
func readDocument(text string) (*apiDocument, error) {
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = false
	doc, err := loader.LoadFromData([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("the document cannot be read: %w", err)
	}
	if doc.Paths == nil || doc.Info == nil || doc.OpenAPI == "" {
		return nil, errors.New("the document is not OpenAPI 3: openapi, info and paths are needed")
	}
	out := &apiDocument{Title: doc.Info.Title, Version: doc.Info.Version, Description: doc.Info.Description}
	for i, server := range doc.Servers {
		out.Servers = append(out.Servers, server.URL)
		if u, err := url.Parse(server.URL); err == nil && i == 0 {
			out.basePath = strings.TrimSuffix(u.Path, "/")
		}
	}
	for _, path := range doc.Paths.InMatchingOrder() {
		item := doc.Paths.Value(path)
		for _, method := range methodOrder() {
			if op := item.GetOperation(method); op != nil {
				out.add(doc, newOperation(method, path, item, op), op.Tags)
			}
		}
	}
	for i := range out.Groups {
		slices.SortStableFunc(out.Groups[i].Operations, func(a, b operation) int { return cmp.Compare(a.Path, b.Path) })
	}
	return out, nil
}

func methodOrder() []string {
	return []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"}
}

// add puts an operation into the group of its first tag.
func (d *apiDocument) add(doc *openapi3.T, op operation, tags []string) {
	d.Count++
	title := "Operations"
	if len(tags) > 0 {
		title = tags[0]
	}
	i := slices.IndexFunc(d.Groups, func(g operationGroup) bool { return g.Title == title })
	if i < 0 {
		g := operationGroup{Title: title}
		if tag := doc.Tags.Get(title); tag != nil {
			g.Description = tag.Description
		}
		d.Groups, i = append(d.Groups, g), len(d.Groups)
	}
	d.Groups[i].Operations = append(d.Groups[i].Operations, op)
}

func newOperation(method, path string, item *openapi3.PathItem, op *openapi3.Operation) operation {
	out := operation{
		Method: method, Path: path, Summary: op.Summary, Description: op.Description, Deprecated: op.Deprecated,
		Anchor: cmp.Or(op.OperationID, strings.ToLower(method)+strings.NewReplacer("/", "-", "{", "", "}", "").Replace(path)),
	}
	for _, list := range []openapi3.Parameters{item.Parameters, op.Parameters} {
		for _, ref := range list {
			if ref == nil || ref.Value == nil {
				continue
			}
			row := schemaRow{
				Name: ref.Value.Name, In: ref.Value.In, Description: ref.Value.Description,
				Required: ref.Value.Required, Deprecated: ref.Value.Deprecated,
			}
			row.Type, row.Constraints = typeOf(ref.Value.Schema)
			out.Parameters = append(out.Parameters, row)
		}
	}
	if op.RequestBody != nil && op.RequestBody.Value != nil {
		if out.Body = bodyOf(op.RequestBody.Value.Content); out.Body != nil {
			out.Body.Required = op.RequestBody.Value.Required
		}
	}
	if op.Responses != nil {
		out.Responses = responsesOf(op.Responses)
	}
	return out
}

func responsesOf(responses *openapi3.Responses) []responseView {
	var out []responseView
	for _, status := range slices.Sorted(maps.Keys(responses.Map())) {
		ref := responses.Value(status)
		if ref == nil || ref.Value == nil {
			continue
		}
		view := responseView{Status: status, Tone: toneOfStatus(status), Body: bodyOf(ref.Value.Content)}
		if ref.Value.Description != nil {
			view.Description = *ref.Value.Description
		}
		out = append(out, view)
	}
	return out
}

func toneOfStatus(status string) string {
	switch status[:1] {
	case "2":
		return "yes"
	case "4", "5":
		return "no"
	}
	return "unknown"
}

// bodyOf shows the JSON form of a body, else its first one.
func bodyOf(content openapi3.Content) *bodyView {
	types := slices.Sorted(maps.Keys(content))
	if len(types) == 0 {
		return nil
	}
	name := types[0]
	if i := slices.IndexFunc(types, func(t string) bool { return strings.Contains(t, "json") }); i >= 0 {
		name = types[i]
	}
	media := content[name]
	body := &bodyView{Type: name}
	if media == nil || media.Schema == nil {
		return body
	}
	body.Schema, _ = typeOf(media.Schema)
	body.Rows = appendRows(nil, media.Schema, 0, nil)
	body.Example = exampleOf(media)
	return body
}

func exampleOf(media *openapi3.MediaType) string {
	example := media.Example
	if example == nil && media.Schema.Value != nil {
		example = media.Schema.Value.Example
	}
	if example == nil {
		return ""
	}
	text, err := json.MarshalIndent(example, "", "  ")
	if err != nil {
		return ""
	}
	return string(text)
}

// appendRows lists the properties of a schema, and those inside them. A schema
// that contains itself ends at its name.
func appendRows(rows []schemaRow, ref *openapi3.SchemaRef, depth int, above []*openapi3.Schema) []schemaRow {
	if ref == nil || ref.Value == nil || depth > schemaDepth || len(rows) >= schemaRows || slices.Contains(above, ref.Value) {
		return rows
	}
	s := ref.Value
	above = append(slices.Clone(above), s)
	for _, part := range s.AllOf {
		rows = appendRows(rows, part, depth, above)
	}
	for _, part := range slices.Concat(s.OneOf, s.AnyOf) {
		rows = appendRows(rows, part, depth, above)
	}
	if s.Items != nil {
		rows = appendRows(rows, s.Items, depth, above)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		property := s.Properties[name]
		if property == nil || property.Value == nil || len(rows) >= schemaRows {
			continue
		}
		row := schemaRow{
			Name: name, Depth: depth, Required: slices.Contains(s.Required, name),
			Description: property.Value.Description, Deprecated: property.Value.Deprecated,
		}
		row.Type, row.Constraints = typeOf(property)
		rows = appendRows(append(rows, row), property, depth+1, above)
	}
	return rows
}

// typeOf names a schema's type and what else it demands.
func typeOf(ref *openapi3.SchemaRef) (name, constraints string) {
	if ref == nil || ref.Value == nil {
		return "any", ""
	}
	s := ref.Value
	switch {
	case ref.Ref != "":
		name = ref.Ref[strings.LastIndexByte(ref.Ref, '/')+1:]
	case s.Items != nil:
		of, _ := typeOf(s.Items)
		name = "array of " + of
	case s.Type != nil && len(s.Type.Slice()) > 0:
		name = strings.Join(s.Type.Slice(), " or ")
	case len(s.AllOf) > 0 || len(s.Properties) > 0:
		name = "object"
	case len(s.OneOf)+len(s.AnyOf) > 0:
		name = "one of " + strconv.Itoa(len(s.OneOf)+len(s.AnyOf))
	default:
		name = "any"
	}
	if s.Format != "" && ref.Ref == "" {
		name += " (" + s.Format + ")"
	}
	return name, strings.Join(constraintsOf(s), ", ")
}

func constraintsOf(s *openapi3.Schema) []string {
	var out []string
	if len(s.Enum) > 0 {
		values := make([]string, len(s.Enum))
		for i, v := range s.Enum {
			values[i] = fmt.Sprint(v)
		}
		out = append(out, "one of: "+strings.Join(values, ", "))
	}
	if s.Min != nil {
		out = append(out, "at least "+strconv.FormatFloat(*s.Min, 'f', -1, 64))
	}
	if s.Max != nil {
		out = append(out, "at most "+strconv.FormatFloat(*s.Max, 'f', -1, 64))
	}
	if s.MinLength > 0 {
		out = append(out, plural(int(s.MinLength), "character", "characters")+" or more") //nolint:gosec // lengths are small
	}
	if s.MaxLength != nil {
		out = append(out, "up to "+plural(int(*s.MaxLength), "character", "characters")) //nolint:gosec // lengths are small
	}
	if s.Pattern != "" {
		out = append(out, "matches "+s.Pattern)
	}
	if s.Default != nil {
		out = append(out, fmt.Sprintf("default %v", s.Default))
	}
	if s.Nullable {
		out = append(out, "may be null")
	}
	return out
}
