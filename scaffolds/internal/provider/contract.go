package provider

import (
	"encoding/json"
	"go/ast"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// Contract is what a first contract test is written from.
type Contract struct {
	Operations []Operation
	StdImports []string // lines, for types in the signatures
	Imports    []string
	UsesTypes  bool // of the client's package
}

// Operation is one call and its answer, with samples of both.
type Operation struct {
	Summary     string // unique in its contract
	Method      string // GET or POST
	Path        string // with the base path and samples in it
	GoName      string
	State       string // the state a provider must be in, "" when any will do
	StateParams string // JSON, "" when it has none
	PathParams  []PathParam
	HasParams   bool   // a struct of query, header and cookie parameters
	ParamsJSON  string // for that struct
	Query       []Pair
	Headers     []Pair
	BodyType    string // Go type of the body, "" when it has none
	BodyJSON    string
	BodyMatcher string
	Status      int // 200 or 201
	JSONField   string
	Matcher     string // Go code
}

// PathParam is a variable of the test.
type PathParam struct{ Var, Type, JSON string }

// Pair is a query or header parameter and its value.
type Pair struct{ Name, Value string }

// stateExtension names the state in which an operation answers as described.
const stateExtension = "x-provider-state"

// Contract describes the operations that a contract test can be written for:
// not deprecated, GET or POST, answering 200 or 201 with JSON, and asking for
// nothing more complicated than lists of plain values. Reading comes first.
// Pkg is the package of the client, which no variable of the test may hide.
func (c *Client) Contract(pkg, basePath string) Contract {
	var contract Contract
	scan := &signatures{file: c.file, pkg: pkg}
	seen := map[string]bool{}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		paths := c.document.api.Paths.Map()
		for _, path := range codegen.SortedMapKeys(paths) {
			op := paths[path].GetOperation(method)
			if op == nil || op.Deprecated {
				continue
			}
			o, ok := scan.operation(method, path, paths[path], op)
			if !ok {
				continue
			}
			o.Path = basePath + o.Path
			if seen[o.Summary] {
				o.Summary += " (" + method + " " + path + ")"
			}
			seen[o.Summary] = true
			contract.Operations = append(contract.Operations, o)
			contract.UsesTypes = contract.UsesTypes || o.HasParams || o.BodyType != "" || slices.ContainsFunc(o.PathParams, func(p PathParam) bool {
				return strings.Contains(p.Type, "openapi.")
			})
		}
	}
	for _, o := range contract.Operations {
		for _, p := range o.PathParams {
			contract.use(p.Type)
		}
	}
	return contract
}

// use adds the import that a type of a path parameter needs.
func (c *Contract) use(typeName string) {
	add := func(list *[]string, line string) {
		if !slices.Contains(*list, line) {
			*list = append(*list, line)
		}
	}
	switch {
	case strings.HasPrefix(typeName, "openapi_types."):
		add(&c.Imports, `openapi_types "github.com/oapi-codegen/runtime/types"`)
	case strings.HasPrefix(typeName, "time."):
		add(&c.StdImports, `"time"`)
	}
}

func (s *signatures) operation(method, path string, item *openapi3.PathItem, op *openapi3.Operation) (Operation, bool) {
	o := Operation{Method: method, GoName: codegen.ToCamelCase(op.OperationID), State: stateOf(op)}
	call, result := s.find(o.GoName + "WithResponse")
	status, schema, hint := answer(op)
	if call == nil || schema == nil {
		return o, false
	}
	o.Status, o.JSONField = status, "JSON"+strconv.Itoa(status)
	if !s.hasField(result, o.JSONField) {
		return o, false
	}
	matcher, ok := newSampler(forResponse).sample(schema, hint)
	if !ok {
		return o, false
	}
	o.Matcher = matcher.matcher()
	o.Summary = summaryOf(method, path, op)
	return o, s.request(&o, path, item, op, call)
}

// request fills in what the call sends.
func (s *signatures) request(o *Operation, path string, item *openapi3.PathItem, op *openapi3.Operation, call []param) bool {
	parameters := map[string]*openapi3.Parameter{} // by place and name; the operation's win
	for _, ref := range slices.Concat(item.Parameters, op.Parameters) {
		if ref.Value != nil {
			parameters[ref.Value.In+" "+ref.Value.Name] = ref.Value
		}
	}
	state := map[string]any{}
	o.Path = path
	types := call
	for _, name := range pathNames(path) {
		if len(types) == 0 || parameters["path "+name] == nil {
			return false
		}
		value, ok := plainSample(parameters["path "+name])
		typeName, known := s.typeName(types[0].typ)
		if !ok || !known || text(value) == "" {
			return false
		}
		types = types[1:]
		state[name] = value
		o.PathParams = append(o.PathParams, PathParam{Var: s.variable(name, o.PathParams), Type: typeName, JSON: toJSON(value)})
		o.Path = strings.ReplaceAll(o.Path, "{"+name+"}", pathEscape(text(value)))
	}
	if o.State != "" && len(state) > 0 {
		o.StateParams = toJSON(state)
	}
	if len(types) > 0 && types[0].name == "params" {
		types = types[1:]
		if !o.params(parameters) {
			return false
		}
	}
	if len(types) > 0 && types[0].name == "body" {
		bodyType, ok := types[0].typ.(*ast.Ident)
		if !ok || !o.body(bodyType.Name, op) {
			return false
		}
		types = types[1:]
	}
	return len(types) == 0
}

// params fills in the parameters that must be given beside those in the path.
func (o *Operation) params(parameters map[string]*openapi3.Parameter) bool {
	o.HasParams = true
	given := map[string]any{}
	var cookies []string
	for _, key := range codegen.SortedMapKeys(parameters) {
		p := parameters[key]
		if !p.Required || p.In == openapi3.ParameterInPath {
			continue
		}
		value, ok := plainSample(p)
		if !ok {
			return false
		}
		given[p.Name] = value
		switch p.In {
		case openapi3.ParameterInQuery:
			o.Query = append(o.Query, Pair{p.Name, text(value)})
		case openapi3.ParameterInHeader:
			o.Headers = append(o.Headers, Pair{p.Name, text(value)})
		case openapi3.ParameterInCookie:
			cookies = append(cookies, p.Name+"="+text(value))
		}
	}
	if len(cookies) > 0 {
		o.Headers = append(o.Headers, Pair{"Cookie", strings.Join(cookies, "; ")})
	}
	o.ParamsJSON = toJSON(given)
	return true
}

func (o *Operation) body(typeName string, op *openapi3.Operation) bool {
	if op.RequestBody == nil || op.RequestBody.Value == nil {
		return false
	}
	media := op.RequestBody.Value.Content["application/json"]
	if media == nil || media.Schema == nil {
		return false
	}
	sample, ok := newSampler(forRequest).sample(media.Schema, exampleOf(media))
	if !ok {
		return false
	}
	o.BodyType, o.BodyJSON, o.BodyMatcher = typeName, toJSON(sample.value()), sample.matcher()
	return true
}

// answer returns the first good answer in JSON, with its example.
func answer(op *openapi3.Operation) (status int, schema *openapi3.SchemaRef, hint any) {
	for _, status := range []int{http.StatusOK, http.StatusCreated} {
		ref := op.Responses.Value(strconv.Itoa(status))
		if ref == nil || ref.Value == nil {
			continue
		}
		if media := ref.Value.Content["application/json"]; media != nil && media.Schema != nil {
			return status, media.Schema, exampleOf(media)
		}
	}
	return 0, nil, nil
}

func exampleOf(media *openapi3.MediaType) any {
	if media.Example != nil {
		return media.Example
	}
	for _, name := range codegen.SortedMapKeys(media.Examples) {
		if ref := media.Examples[name]; ref != nil && ref.Value != nil && ref.Value.Value != nil {
			return ref.Value.Value
		}
	}
	return nil
}

func stateOf(op *openapi3.Operation) string {
	state, _ := op.Extensions[stateExtension].(string)
	return oneLine(state)
}

// summaryOf names an interaction in the middle of a sentence, as Pact does:
// "a request for ...".
func summaryOf(method, path string, op *openapi3.Operation) string {
	s := strings.TrimRight(oneLine(op.Summary), ".")
	if s == "" {
		return method + " " + path
	}
	r := []rune(s)
	if len(r) > 1 && unicode.IsUpper(r[0]) && !unicode.IsUpper(r[1]) {
		r[0] = unicode.ToLower(r[0])
	}
	return string(r)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// pathNames returns the names of a path's parameters, in order.
func pathNames(path string) []string {
	var names []string
	for {
		_, rest, ok := strings.Cut(path, "{")
		if !ok {
			return names
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			return names
		}
		names, path = append(names, name), after
	}
}

func toJSON(v any) string {
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "null" // samples are plain values
	}
	return strings.TrimSuffix(out.String(), "\n")
}
