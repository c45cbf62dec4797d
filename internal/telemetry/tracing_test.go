package telemetry_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/goldenpath/platform/internal/telemetry"
)

// received is a delivery, read with OTLP's own types.
type received struct {
	traces *tracev1.TracesData
	header http.Header
}

// collector answers deliveries with the statuses given, then with 200.
func collector(t *testing.T, statuses ...int) (address string, deliveries chan received) {
	t.Helper()
	deliveries = make(chan received, 10)
	var n atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		traces := new(tracev1.TracesData)
		if err := errors.Join(err, proto.Unmarshal(body, traces)); err != nil {
			t.Error(err)
		}
		deliveries <- received{traces, r.Header}
		if i := int(n.Add(1)) - 1; i < len(statuses) {
			w.WriteHeader(statuses[i])
		}
	}))
	t.Cleanup(server.Close)
	return server.URL + "/v1/traces", deliveries
}

func TestSpansReachACollector(t *testing.T) {
	t.Parallel()
	address, deliveries := collector(t)
	provider, err := telemetry.NewTracer(telemetry.TraceOptions{
		Service: "platform", Version: "1.2.3", Attributes: map[string]string{"deployment.environment.name": "bench"},
		Endpoint: address, Headers: map[string]string{"X-Api-Key": "k"}, Timeout: time.Second, Ratio: 1, OnError: func(err error) { t.Error(err) },
	})
	if err != nil {
		t.Fatal(err)
	}
	tracer := provider.Tracer("test", trace.WithInstrumentationVersion("9"))
	ctx, parent := tracer.Start(t.Context(), "serve", trace.WithSpanKind(trace.SpanKindServer))
	_, child := tracer.Start(ctx, "brew tea", trace.WithLinks(trace.Link{SpanContext: parent.SpanContext(), Attributes: []attribute.KeyValue{attribute.Bool("linked", true)}}))
	child.SetAttributes(attribute.Int("cups", -2), attribute.Float64("degrees", 96.5), attribute.Bool("milk", true), attribute.StringSlice("kinds", []string{"green"}))
	child.AddEvent("boiled", trace.WithAttributes(attribute.String("pot", "")))
	child.SetStatus(codes.Error, "no water")
	child.End()
	parent.SetStatus(codes.Ok, "")
	parent.End()
	if err := provider.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}

	got := <-deliveries
	if got.header.Get("X-Api-Key") != "k" || got.header.Get("Content-Type") != "application/x-protobuf" {
		t.Errorf("sent with %v", got.header)
	}
	text := strings.ReplaceAll(protojson.MarshalOptions{}.Format(got.traces), " ", "") // its spaces are random
	for _, want := range []string{
		`{"key":"service.name","value":{"stringValue":"platform"}}`, `{"key":"deployment.environment.name","value":{"stringValue":"bench"}}`,
		`"scope":{"name":"test","version":"9"}`, `"name":"serve","kind":"SPAN_KIND_SERVER"`, `"name":"brewtea","kind":"SPAN_KIND_INTERNAL"`,
		`{"key":"cups","value":{"intValue":"-2"}}`, `{"key":"degrees","value":{"doubleValue":96.5}}`, `{"key":"milk","value":{"boolValue":true}}`,
		`{"key":"kinds","value":{"stringValue":"[\"green\"]"}}`, `"name":"boiled","attributes":[{"key":"pot","value":{"stringValue":""}}]`,
		`"status":{"message":"nowater","code":"STATUS_CODE_ERROR"}`, `"status":{"code":"STATUS_CODE_OK"}`, `{"key":"linked","value":{"boolValue":true}}`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the collector did not receive %s in\n%s", want, text)
		}
	}
	spans := got.traces.GetResourceSpans()[0].GetScopeSpans()[0].GetSpans()
	id := parent.SpanContext().SpanID()
	if len(spans) != 2 || string(spans[0].GetParentSpanId()) != string(id[:]) || len(spans[1].GetParentSpanId()) != 0 {
		t.Errorf("got %v", spans)
	}
	if s := spans[0]; s.GetEndTimeUnixNano() < s.GetStartTimeUnixNano() || time.Since(time.Unix(0, int64(s.GetStartTimeUnixNano()))) > time.Minute {
		t.Errorf("it lasted from %d to %d", s.GetStartTimeUnixNano(), s.GetEndTimeUnixNano())
	}
}

func TestDeliveriesThatFail(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		statuses []int
		tries    int
		lost     bool
	}{
		{"a collector that is busy is asked again", []int{503}, 2, false},
		{"one that stays busy is given up", []int{503, 429, 503}, 3, true},
		{"one that refuses is not asked again", []int{400}, 1, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			address, deliveries := collector(t, tt.statuses...)
			var lost atomic.Int64
			provider, err := telemetry.NewTracer(telemetry.TraceOptions{
				Service: "platform", Endpoint: address, Timeout: time.Second, Ratio: 1, OnError: func(error) { lost.Add(1) },
			})
			if err != nil {
				t.Fatal(err)
			}
			_, span := provider.Tracer("test").Start(t.Context(), "brew tea")
			span.End()
			if err := provider.Shutdown(t.Context()); err != nil {
				t.Fatal(err)
			}
			if len(deliveries) != tt.tries || (lost.Load() == 1) != tt.lost {
				t.Errorf("tried %d times, lost %d batches", len(deliveries), lost.Load())
			}
		})
	}
}

// Without an endpoint there are trace ids, and nothing is sent or set globally.
func TestTracesWithoutACollector(t *testing.T) {
	t.Parallel()
	before := otel.GetTracerProvider()
	provider, err := telemetry.NewTracer(telemetry.TraceOptions{Service: "platform"})
	if err != nil {
		t.Fatal(err)
	}
	_, span := provider.Tracer("test").Start(t.Context(), "brew tea")
	if !span.SpanContext().IsValid() {
		t.Error("the span has no ids")
	}
	span.End()
	if otel.GetTracerProvider() != before {
		t.Error("the global tracer was replaced")
	}
	if err := provider.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := telemetry.NewTracer(telemetry.TraceOptions{Endpoint: "nowhere"}); err == nil {
		t.Error("an endpoint that is no address was taken")
	}
}
