package telemetry

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// scope names who made the spans.
const scope = "github.com/goldenpath/platform/internal/telemetry"

type routeKey struct{}

// SetRoute tells the request that ctx belongs to which pattern it matched. The
// router knows that only after Instrument began.
func SetRoute(ctx context.Context, pattern string) {
	if route, ok := ctx.Value(routeKey{}).(*string); ok {
		*route = pattern
	}
}

// HTTP measures and traces requests that come in and calls that go out.
type HTTP struct {
	metrics *Metrics
	tracer  trace.Tracer
	carry   propagation.TextMapPropagator
}

// NewHTTP returns what wraps handlers and transports.
func NewHTTP(metrics *Metrics, tracer trace.TracerProvider) *HTTP {
	return &HTTP{
		metrics: metrics,
		tracer:  tracer.Tracer(scope),
		carry:   propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}),
	}
}

// Instrument wraps a handler. A caller's trace is carried on.
func (t *HTTP) Instrument(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answered := t.metrics.started(r.Method)
		ctx, span := t.tracer.Start(t.carry.Extract(r.Context(), propagation.HeaderCarrier(r.Header)), r.Method,
			trace.WithSpanKind(trace.SpanKindServer),
			trace.WithAttributes(attribute.String("http.request.method", knownMethod(r.Method)), attribute.String("url.path", r.URL.Path)))
		route := ""
		ctx = context.WithValue(ctx, routeKey{}, &route)
		recorder := &recorder{ResponseWriter: w}
		// A handler that panics has been counted and its span ended.
		defer func() {
			status := recorder.status
			switch v := recover(); {
			case v != nil:
				defer panic(v) //nolint:forbidigo // it is not ours: the server decides what becomes of it
				status = http.StatusInternalServerError
			case status == 0:
				status = http.StatusOK
			}
			answered(route, status)
			if route != "" {
				span.SetName(r.Method + " " + route)
				span.SetAttributes(attribute.String("http.route", route))
			}
			end(span, status, status >= http.StatusInternalServerError)
		}()
		next.ServeHTTP(recorder, r.WithContext(ctx))
	})
}

// Transport wraps the way to another service, which peer names.
func (t *HTTP) Transport(peer string, next http.RoundTripper) http.RoundTripper {
	if next == nil {
		next = http.DefaultTransport
	}
	return &transport{HTTP: t, peer: peer, next: next}
}

type transport struct {
	*HTTP
	peer string
	next http.RoundTripper
}

// RoundTrip makes a call, and lets the other side carry the trace on.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	start := time.Now()
	ctx, span := t.tracer.Start(r.Context(), r.Method+" "+t.peer, trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(attribute.String("http.request.method", knownMethod(r.Method)),
			attribute.String("peer.service", t.peer), attribute.String("server.address", r.URL.Hostname())))
	r = r.Clone(ctx) // a transport must not change what it is given
	t.carry.Inject(ctx, propagation.HeaderCarrier(r.Header))
	resp, err := t.next.RoundTrip(r)
	status := 0
	if resp != nil {
		status = resp.StatusCode
	}
	t.metrics.called.WithLabelValues(t.peer, knownMethod(r.Method), strconv.Itoa(status)).Observe(time.Since(start).Seconds())
	if err != nil {
		span.RecordError(err)
	}
	end(span, status, err != nil || status >= http.StatusBadRequest)
	return resp, err
}

func end(span trace.Span, status int, failed bool) {
	if status != 0 {
		span.SetAttributes(attribute.Int("http.response.status_code", status))
	}
	if failed {
		span.SetStatus(codes.Error, http.StatusText(status))
	}
	span.End()
}

// recorder remembers the status. Unwrap lets http.ResponseController reach what
// the connection can do.
type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader remembers the first final status.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && status >= http.StatusOK {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write sends the header first, when nobody did.
func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(p)
}

// Flush is for those who look for http.Flusher.
func (r *recorder) Flush() { _ = http.NewResponseController(r.ResponseWriter).Flush() }

// Unwrap returns the writer below.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
