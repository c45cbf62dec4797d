package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	nethttpmiddleware "github.com/oapi-codegen/nethttp-middleware"

	"example.com/golden/service/internal/httpapi/openapi"
)

func loadContract(document []byte) (*openapi3.T, error) {
	loader := openapi3.NewLoader()
	contract, err := loader.LoadFromData(document)
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	if err := contract.Validate(loader.Context); err != nil {
		return nil, fmt.Errorf("check: %w", err)
	}
	return contract, nil
}

// Refuses requests that do not fit the document, before any handler sees them.
func validate(contract *openapi3.T, p *problems) func(http.Handler) http.Handler {
	return nethttpmiddleware.OapiRequestValidatorWithOptions(contract, &nethttpmiddleware.Options{
		Options: openapi3filter.Options{MultiError: true},
		// The document cannot know under which names the service is reached.
		DoNotValidateServers: true,
		ErrorHandlerWithOpts: func(_ context.Context, err error, w http.ResponseWriter, r *http.Request, opts nethttpmiddleware.ErrorHandlerOpts) {
			var tooLarge *http.MaxBytesError
			switch {
			case errors.As(err, &tooLarge):
				p.badRequest(w, r, err)
			case errors.Is(err, routers.ErrMethodNotAllowed):
				p.write(w, r, http.StatusMethodNotAllowed, r.Method+" is not offered here")
			case opts.StatusCode == http.StatusBadRequest:
				p.write(w, r, opts.StatusCode, misfit, wrongFields(err)...)
			default:
				p.write(w, r, opts.StatusCode, "")
			}
		},
	})
}

// Names the wrong parts of a request and what is wrong with each.
func wrongFields(err error) []openapi.FieldError {
	var fields []openapi.FieldError
	var walk func(err error, field string)
	walk = func(err error, field string) {
		switch e := err.(type) { //nolint:errorlint // The tree is walked here, level by level.
		case openapi3.MultiError:
			for _, each := range e {
				walk(each, field)
			}
		case *openapi3filter.RequestError:
			if e.Parameter != nil {
				field = e.Parameter.Name
			}
			if e.Err == nil {
				fields = append(fields, openapi.FieldError{Field: field, Message: e.Reason})
				return
			}
			walk(e.Err, field)
		case *openapi3.SchemaError:
			if path := strings.Join(e.JSONPointer(), "."); path != "" {
				field = path
			}
			fields = append(fields, openapi.FieldError{Field: field, Message: e.Reason})
		default:
			fields = append(fields, openapi.FieldError{Field: field, Message: err.Error()})
		}
	}
	walk(err, "body")
	return fields
}
