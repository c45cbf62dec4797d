// Package httpapi speaks HTTP for the service: it translates between the
// OpenAPI document and the domain, and decides nothing of its own.
package httpapi

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"

	"go.opentelemetry.io/otel/trace"

	"example.com/golden/service/api"
	"example.com/golden/service/internal/clients"
	"example.com/golden/service/internal/httpapi/openapi"
	"example.com/golden/service/internal/idempotency"
	"example.com/golden/service/internal/items"
	"example.com/golden/service/internal/telemetry"
)

// Deps is what the handlers work with.
type Deps struct {
	Log     *slog.Logger
	Metrics *telemetry.Metrics
	Tracer  trace.TracerProvider
	// Shelf is where the items are.
	Shelf *items.Shelf
	// Idempotency is where answers to requests with a key are kept.
	Idempotency idempotency.Store
	// Clients call the services this one consumes.
	Clients *clients.Clients
	// Around is put around the handling of each request, the first outermost.
	Around []func(http.Handler) http.Handler
	// MaxBodyBytes is the largest request body that is read.
	MaxBodyBytes int64
	// MaxConcurrent is how many requests are answered at a time.
	MaxConcurrent uint
	// States changes the service's data for contract verification; nil
	// outside of it.
	States http.Handler
}

// New returns the handler of everything the service answers.
func New(d Deps) (http.Handler, error) {
	contract, err := loadContract(api.Document)
	if err != nil {
		return nil, fmt.Errorf("api/openapi.yaml: %w", err)
	}
	problems := &problems{log: d.Log}

	// The API itself: every operation of api/openapi.yaml.
	routes := http.NewServeMux()
	strict := openapi.NewStrictHandlerWithOptions(&server{shelf: d.Shelf, clients: d.Clients}, nil,
		openapi.StrictHTTPServerOptions{
			RequestErrorHandlerFunc:  problems.badRequest,
			ResponseErrorHandlerFunc: problems.failed,
		})
	openapi.HandlerWithOptions(strict, openapi.StdHTTPServerOptions{
		BaseRouter:       routes,
		ErrorHandlerFunc: problems.badRequest,
	})

	// What surrounds it, outermost last.
	var handler http.Handler = routes
	handler = idempotent(contract, routes, d.Idempotency, problems)(handler)
	handler = validate(contract, problems)(handler)
	for _, around := range slices.Backward(d.Around) {
		handler = around(handler)
	}
	handler = limitBody(d.MaxBodyBytes)(handler)
	handler = recoverPanics(problems)(handler)
	handler = shed(d.MaxConcurrent, d.Metrics, problems)(handler)
	handler = observe(d, routes)(handler)
	handler = identify(handler)

	// Beside it, what is not part of the API: neither counted nor traced. What
	// operations need has a port of its own, see internal/admin.
	all := http.NewServeMux()
	all.Handle("/", handler)
	all.HandleFunc("GET /openapi.yaml", document)
	if d.States != nil {
		all.Handle("POST /_pact/provider-states", d.States)
	}
	return all, nil
}

func document(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(api.Document) // The caller may be gone.
}
