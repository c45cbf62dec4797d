// Package httpapi speaks HTTP for the service: it translates between the
// OpenAPI document and the domain, and decides nothing of its own.
package httpapi

import (
	"fmt"
	"log/slog"
	"net/http"

	"go.opentelemetry.io/otel/trace"

	"example.com/golden/service/api"
	"example.com/golden/service/internal/clients"
	"example.com/golden/service/internal/httpapi/openapi"
	"example.com/golden/service/internal/items"
	"example.com/golden/service/internal/telemetry"
)

// Deps is what the handlers work with.
type Deps struct {
	Log     *slog.Logger
	Metrics *telemetry.Metrics
	Tracer  trace.TracerProvider
	Build   Build
	// Ready answers what keeps the service from taking requests, if anything.
	Ready func() error
	// Shelf is where the items are.
	Shelf *items.Shelf
	// Clients call the services this one consumes.
	Clients *clients.Clients
	// MaxBodyBytes is the largest request body that is read.
	MaxBodyBytes int64
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
	handler = validate(contract, problems)(handler)
	handler = limitBody(d.MaxBodyBytes)(handler)
	handler = recoverPanics(problems)(handler)
	handler = observe(d, routes)(handler)
	handler = identify(handler)

	// Beside it, what operations need: not part of the API, neither counted
	// nor traced, so that probes do not drown the requests.
	all := http.NewServeMux()
	all.Handle("/", handler)
	all.HandleFunc("GET /livez", live)
	all.HandleFunc("GET /readyz", ready(d.Ready))
	all.HandleFunc("GET /version", version(d.Build))
	all.HandleFunc("GET /openapi.yaml", document)
	all.Handle("GET /metrics", d.Metrics.Handler())
	if d.States != nil {
		all.Handle("POST /_pact/provider-states", d.States)
	}
	return all, nil
}
