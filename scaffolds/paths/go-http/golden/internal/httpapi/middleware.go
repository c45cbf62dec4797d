package httpapi

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/google/uuid"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"example.com/golden/service/internal/telemetry"
)

// Gives the request an id: the caller's, when it is a sane one.
func identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get("X-Request-Id")
		if !saneID(id) {
			id = uuid.NewString()
		}
		w.Header().Set("X-Request-Id", id)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r.WithContext(telemetry.WithRequestID(r.Context(), id)))
	})
}

// An id from outside ends up in logs and headers.
func saneID(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for _, c := range []byte(id) {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if digit := '0' <= c && c <= '9'; !letter && !digit && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}

// Traces, counts and logs each request under its route. The route is looked up
// before anything can refuse the request, so a refusal is counted where it
// belongs; a request that fits none is "unmatched".
func observe(d Deps, routes *http.ServeMux) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		counted := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			route := routeOf(routes, r)
			trace.SpanFromContext(r.Context()).SetAttributes(attribute.String("http.route", route))

			answered := d.Metrics.Started(r.Method, route)
			recorder, ctx := &recorder{ResponseWriter: w}, r.Context()
			defer func() {
				took := answered(recorder.Status())
				d.Log.InfoContext(ctx, "request",
					"method", r.Method, "route", route, "path", r.URL.Path, "status", recorder.Status(),
					"bytes", recorder.bytes, "duration_ms", float64(took.Microseconds())/1000)
			}()
			next.ServeHTTP(recorder, r)
		})
		return otelhttp.NewHandler(counted, "request",
			otelhttp.WithTracerProvider(d.Tracer), otelhttp.WithPropagators(telemetry.Propagator()),
			otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string {
				return r.Method + " " + routeOf(routes, r)
			}))
	}
}

func routeOf(routes *http.ServeMux, r *http.Request) string {
	_, pattern := routes.Handler(r)
	if _, path, ok := strings.Cut(pattern, " "); ok {
		return path
	}
	return "unmatched"
}

// Turns a panic into a logged error and a problem for the caller.
func recoverPanics(p *problems) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				switch v := recover(); v {
				case nil:
				case http.ErrAbortHandler:
					panic(v) // The server's own way to cut a connection.
				default:
					p.failed(w, r, fmt.Errorf("panic: %v\n%s", v, debug.Stack()))
				}
			}()
			next.ServeHTTP(w, r)
		})
	}
}

func limitBody(limit int64) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.MaxBytesHandler(next, limit)
	}
}

// Remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(body []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(body)
	r.bytes += int64(n)
	return n, err
}

// Status is 200 for a handler that wrote nothing, as net/http has it.
func (r *recorder) Status() int {
	if r.status == 0 {
		return http.StatusOK
	}
	return r.status
}

// Unwrap lets http.ResponseController reach what is underneath.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
