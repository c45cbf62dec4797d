package portal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/pattern"
	"github.com/goldenpath/platform/portal/api"
)

// aboutProperty matches a reason that names the property it is about.
var aboutProperty = pattern.New(`^property "([^"]*)" is (missing|unsupported)$`)

// document is the API's own description, parsed when the first request needs
// it: a command that renders files must not pay for it.
type document struct {
	once sync.Once
	spec *openapi3.T
	err  error

	// Writing it as JSON takes half as long again, and few ask for it.
	encoding sync.Once
	json     []byte
	jsonErr  error
}

func (d *document) load() (*openapi3.T, error) {
	d.once.Do(func() {
		if d.spec, d.err = openapi3.NewLoader().LoadFromData(api.Document); d.err != nil {
			d.err = fmt.Errorf("read API document: %w", d.err)
		}
	})
	return d.spec, d.err
}

// serveJSON answers with the document as JSON.
func (d *document) serveJSON(c echo.Context) error {
	spec, err := d.load()
	if err != nil {
		return err
	}
	d.encoding.Do(func() { d.json, d.jsonErr = spec.MarshalJSON() })
	if d.jsonErr != nil {
		return fmt.Errorf("encode API document: %w", d.jsonErr)
	}
	return c.Blob(http.StatusOK, "application/json", d.json)
}

// serveYAML answers with the document as it is written.
func (*document) serveYAML(c echo.Context) error {
	return c.Blob(http.StatusOK, "application/yaml", api.Document)
}

// operation returns what the document says about the request's route.
func (d *document) operation(c echo.Context) (*routers.Route, error) {
	spec, err := d.load()
	if err != nil {
		return nil, err
	}
	path := templated(strings.TrimPrefix(c.Path(), api.BasePath))
	item := spec.Paths.Value(path)
	if item == nil {
		return nil, echo.ErrNotFound
	}
	operation := item.GetOperation(c.Request().Method)
	if operation == nil {
		return nil, echo.ErrMethodNotAllowed
	}
	return &routers.Route{Spec: spec, Path: path, PathItem: item, Method: c.Request().Method, Operation: operation}, nil
}

// templated writes a route of the web framework as the document does.
func templated(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if name, ok := strings.CutPrefix(s, ":"); ok {
			segments[i] = "{" + name + "}"
		}
	}
	return strings.Join(segments, "/")
}

// guard checks each request against the document before a handler sees it:
// whether the caller may make it, and whether it is well formed.
func (d *document) guard(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		route, err := d.operation(c)
		if err != nil {
			return err
		}
		c.Set(keyOperation, route.Operation.OperationID)
		c.Set(keyWrites, writes(route))
		if err := authorize(c.Request().Context(), route); err != nil {
			return err
		}
		if err := validate(c, route); err != nil {
			return err
		}
		return next(c)
	}
}

// authorize refuses a caller whose token lacks the scope of the operation.
func authorize(ctx context.Context, route *routers.Route) error {
	security := route.Operation.Security
	if security == nil || len(*security) == 0 {
		return nil
	}
	caller := IdentityOf(ctx)
	for _, requirement := range *security {
		for _, scopes := range requirement {
			if missing := slices.IndexFunc(scopes, func(s string) bool { return !caller.May(s) }); missing >= 0 {
				return refuse(caller, scopes[missing])
			}
		}
	}
	return nil
}

// writes reports whether an operation changes anything: it then needs more than
// the scope read. Some that only read are POST, for what they are told is long.
func writes(route *routers.Route) bool {
	security := route.Operation.Security
	if security == nil {
		return false
	}
	for _, requirement := range *security {
		for _, scopes := range requirement {
			if slices.ContainsFunc(scopes, func(s string) bool { return s != ScopeRead }) {
				return route.Method != http.MethodGet
			}
		}
	}
	return false
}

func refuse(caller Identity, scope string) error {
	if !caller.Authenticated {
		return fault.New(fault.Unauthenticated, "This needs a token with the scope %s.", scope).
			WithHint("Log in: platform login URL. An administrator makes a token: platform token create NAME --scope %s", scope)
	}
	return fault.New(fault.Forbidden, "%s may not do this: the token lacks the scope %s.", caller.Actor, scope).
		WithHint("An administrator makes a token that may: platform token create NAME --scope %s", scope)
}

// validate checks parameters and body.
func validate(c echo.Context, route *routers.Route) error {
	params := make(map[string]string, len(c.ParamNames()))
	for i, name := range c.ParamNames() {
		params[name] = c.ParamValues()[i]
	}
	err := openapi3filter.ValidateRequest(c.Request().Context(), &openapi3filter.RequestValidationInput{
		Request: c.Request(), PathParams: params, Route: route,
		Options: &openapi3filter.Options{MultiError: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	})
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return err
	}
	wrong := wrongQuery(route, c.QueryParams())
	if err != nil {
		wrong = append(wrong, wrongInputs(err)...)
	}
	if len(wrong) == 0 {
		return nil
	}
	f := fault.New(fault.Invalid, "The request is not as the API describes it.").
		WithHint("The API is described at /api/openapi.yaml").WithCause(err)
	for _, field := range wrong {
		f = f.WithField(field.Name, "%s", field.Message)
	}
	return f
}

// wrongInputs lists every input that is wrong, by the name the client knows.
func wrongInputs(err error) []fault.Field {
	var many openapi3.MultiError
	if errors.As(err, &many) && !isRequestError(err) {
		var fields []fault.Field
		for _, e := range many {
			fields = append(fields, wrongInputs(e)...)
		}
		return fields
	}
	var bad *openapi3filter.RequestError
	if !errors.As(err, &bad) {
		return []fault.Field{{Name: "request", Message: err.Error()}}
	}
	where := "body"
	if bad.Parameter != nil {
		where = bad.Parameter.Name
	}
	return explain(where, bad)
}

// isRequestError reports whether err itself, not something inside it, is about
// one parameter or the body.
func isRequestError(err error) bool {
	_, ok := err.(*openapi3filter.RequestError) //nolint:errorlint // only the outermost error counts
	return ok
}

// explain names the places in one parameter or body that are wrong.
func explain(where string, bad *openapi3filter.RequestError) []fault.Field {
	var fields []fault.Field
	for _, e := range schemaErrors(bad.Err) {
		path := e.JSONPointer()
		message := e.Reason
		if named := aboutProperty().FindStringSubmatch(e.Reason); named != nil {
			message = map[string]string{"missing": "is missing", "unsupported": "is not known here"}[named[2]]
			if len(path) == 0 || path[len(path)-1] != named[1] {
				path = append(slices.Clone(path), named[1])
			}
		}
		name := where
		if where == "body" && len(path) > 0 {
			name = strings.Join(path, ".")
		}
		fields = append(fields, fault.Field{Name: name, Message: message})
	}
	if len(fields) > 0 {
		return fields
	}
	var parse *openapi3filter.ParseError
	if errors.As(bad.Err, &parse) && where == "body" {
		return []fault.Field{{Name: where, Message: "is not JSON"}}
	}
	message := bad.Reason
	if message == "" && bad.Err != nil {
		message = bad.Err.Error()
	}
	return []fault.Field{{Name: where, Message: message}}
}

// schemaErrors flattens the errors of one value.
func schemaErrors(err error) []*openapi3.SchemaError {
	var many openapi3.MultiError
	var one *openapi3.SchemaError
	switch {
	case errors.As(err, &one) && !errors.As(err, &many):
		return []*openapi3.SchemaError{one}
	case errors.As(err, &many):
		var all []*openapi3.SchemaError
		for _, e := range many {
			all = append(all, schemaErrors(e)...)
		}
		return all
	}
	return nil
}
