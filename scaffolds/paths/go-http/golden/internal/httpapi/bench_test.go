package httpapi_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/golden/service/internal/httpapi"
	"example.com/golden/service/internal/idempotency"
	"example.com/golden/service/internal/items"
	"example.com/golden/service/internal/items/memory"
	"example.com/golden/service/internal/outbound"
	"example.com/golden/service/internal/telemetry"
)

// BenchmarkAround measures what is around a handler: the id, trace, metrics,
// log, limits and validation that each request gets. The same request is
// answered in turns by the service and by a bare handler over the same store,
// in process, so that neither network nor a busy moment is counted as ours.
// Reported are the median and the 99th percentile of both, and what is between.
func BenchmarkAround(b *testing.B) {
	shelf := items.NewShelf(memory.New(), time.Now)
	made, err := shelf.Create(b.Context(), "Blue teapot", 3)
	if err != nil {
		b.Fatal(err)
	}
	handler := benchService(b, shelf)
	bare := bareHandler(shelf)
	for _, c := range []struct {
		name, method, target, body string
		status                     int
	}{
		{name: "read", method: http.MethodGet, target: "/items/" + made.ID.String(), status: http.StatusOK},
		{name: "create", method: http.MethodPost, target: "/items", body: `{"name":"Blue teapot","quantity":3}`, status: http.StatusCreated},
	} {
		b.Run(c.name, func(b *testing.B) {
			ask := func(handler http.Handler) time.Duration {
				request := httptest.NewRequestWithContext(b.Context(), c.method, c.target, strings.NewReader(c.body))
				request.Header.Set("Content-Type", "application/json")
				recorder := httptest.NewRecorder()
				from := time.Now()
				handler.ServeHTTP(recorder, request)
				took := time.Since(from)
				if recorder.Code != c.status {
					b.Fatalf("answered %d %s, want %d", recorder.Code, recorder.Body, c.status)
				}
				return took
			}
			var with, without []time.Duration
			for b.Loop() {
				with, without = append(with, ask(handler)), append(without, ask(bare))
			}
			for _, p := range []struct {
				name    string
				percent int
			}{{"p50-µs", 50}, {"p99-µs", 99}} {
				ours, theirs := percentile(with, p.percent), percentile(without, p.percent)
				b.ReportMetric(ours, "service-"+p.name)
				b.ReportMetric(theirs, "bare-"+p.name)
				b.ReportMetric(ours-theirs, "around-"+p.name)
			}
		})
	}
}

// benchService is the whole handler, as main builds it, with its logs thrown away.
func benchService(b *testing.B, shelf *items.Shelf) http.Handler {
	b.Helper()
	tracer, err := telemetry.NewTracer(b.Context(), "goldensvc", "test", "")
	if err != nil {
		b.Fatal(err)
	}
	metrics := telemetry.NewMetrics()
	handler, err := httpapi.New(httpapi.Deps{
		Log: telemetry.NewLogger(io.Discard, "goldensvc", slog.LevelInfo), Metrics: metrics, Tracer: tracer,
		Shelf: shelf, Idempotency: idempotency.NewMemory(time.Hour), Clients: called(b, outbound.NewCaller(metrics, tracer)),
		MaxBodyBytes: 1 << 20, MaxConcurrent: 100,
	})
	if err != nil {
		b.Fatal(err)
	}
	return handler
}

// bareHandler answers the same with net/http alone.
func bareHandler(shelf *items.Shelf) http.Handler {
	answer := func(w http.ResponseWriter, status int, item items.Item, err error) {
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(item) // The caller is a recorder.
	}
	routes := http.NewServeMux()
	routes.HandleFunc("GET /items/{id}", func(w http.ResponseWriter, r *http.Request) {
		id, err := uuid.Parse(r.PathValue("id"))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		item, err := shelf.Get(r.Context(), id)
		answer(w, http.StatusOK, item, err)
	})
	routes.HandleFunc("POST /items", func(w http.ResponseWriter, r *http.Request) {
		var wanted struct {
			Name     string `json:"name"`
			Quantity int32  `json:"quantity"`
		}
		if err := json.NewDecoder(r.Body).Decode(&wanted); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		item, err := shelf.Create(r.Context(), wanted.Name, wanted.Quantity)
		answer(w, http.StatusCreated, item, err)
	})
	return routes
}

// percentile sorts what was measured and returns one of it, in microseconds.
func percentile(took []time.Duration, percent int) float64 {
	slices.Sort(took)
	return float64(took[len(took)*percent/100].Nanoseconds()) / 1000
}
