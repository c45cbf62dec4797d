package httpapi_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"example.com/golden/service/client"
	"example.com/golden/service/internal/clients"
	"example.com/golden/service/internal/httpapi"
	"example.com/golden/service/internal/idempotency"
	"example.com/golden/service/internal/items"
	"example.com/golden/service/internal/items/memory"
	"example.com/golden/service/internal/outbound"
	"example.com/golden/service/internal/parts"
	"example.com/golden/service/internal/telemetry"
)

// The whole handler, as main builds it, over a store that may be broken. The
// services called are nowhere, unless a setting such as INVENTORY_URL leads to one.
type service struct {
	http.Handler
	logs    *bytes.Buffer
	spans   *tracetest.InMemoryExporter
	metrics *telemetry.Metrics
	clients *clients.Clients
}

func newService(t *testing.T, store items.Store, environ ...string) service {
	t.Helper()
	s := service{logs: &bytes.Buffer{}, spans: tracetest.NewInMemoryExporter(), metrics: telemetry.NewMetrics()}
	tracer := sdktrace.NewTracerProvider(sdktrace.WithSyncer(s.spans))
	s.clients = called(t, outbound.NewCaller(s.metrics, tracer), environ...)
	handler, err := httpapi.New(httpapi.Deps{
		Log:          telemetry.NewLogger(s.logs, "goldensvc", slog.LevelInfo),
		Metrics:      s.metrics,
		Tracer:       tracer,
		Shelf:        items.NewShelf(store, time.Now),
		Idempotency:  idempotency.NewMemory(time.Hour),
		Clients:      s.clients,
		MaxBodyBytes: 1 << 10, MaxConcurrent: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Handler = handler
	return s
}

func (s service) do(t *testing.T, method, target, body string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	recorder := httptest.NewRecorder()
	s.ServeHTTP(recorder, request)
	return recorder
}

func (s service) scrape(t *testing.T) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	s.metrics.Handler().ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
	return recorder.Body.String()
}

func decode[T any](t *testing.T, recorder *httptest.ResponseRecorder) T {
	t.Helper()
	var value T
	if err := json.Unmarshal(recorder.Body.Bytes(), &value); err != nil {
		t.Fatalf("%s: %v", recorder.Body, err)
	}
	return value
}

func TestItems_createdItemsCanBeReadAndListed(t *testing.T) {
	t.Parallel()
	s := newService(t, memory.New())

	created := s.do(t, http.MethodPost, "/items", `{"name":"Blue teapot","quantity":3}`)
	if created.Code != http.StatusCreated {
		t.Fatalf("create answered %d %s", created.Code, created.Body)
	}
	item := decode[client.Item](t, created)
	if item.Name != "Blue teapot" || item.Quantity != 3 || item.CreatedAt.IsZero() {
		t.Errorf("created %+v", item)
	}

	read := s.do(t, http.MethodGet, created.Header().Get("Location"), "")
	if diff := cmp.Diff(created.Body.String(), read.Body.String()); diff != "" {
		t.Errorf("created and read differ (-created +read):\n%s", diff)
	}
	page := decode[client.ItemPage](t, s.do(t, http.MethodGet, "/items", ""))
	if diff := cmp.Diff(client.ItemPage{Items: []client.Item{item}}, page); diff != "" {
		t.Errorf("list differs (-want +got):\n%s", diff)
	}
}

func TestItems_pages(t *testing.T) {
	t.Parallel()
	s := newService(t, memory.New())
	for _, name := range []string{"one", "two", "three"} {
		s.do(t, http.MethodPost, "/items", `{"name":"`+name+`","quantity":1}`)
	}
	first := decode[client.ItemPage](t, s.do(t, http.MethodGet, "/items?limit=2", ""))
	if len(first.Items) != 2 || first.NextCursor == nil {
		t.Fatalf("the first page is %+v", first)
	}
	last := decode[client.ItemPage](t, s.do(t, http.MethodGet, "/items?limit=2&cursor="+*first.NextCursor, ""))
	if len(last.Items) != 1 || last.Items[0].Name != "three" || last.NextCursor != nil {
		t.Errorf("the last page is %+v", last)
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name         string
		method, path string
		body         string
		wantStatus   int
		wantField    string
		wantDetail   string
	}{
		{name: "an unknown item", path: "/items/" + uuid.NewString(), wantStatus: http.StatusNotFound, wantDetail: "no such item"},
		{name: "an id that is none", path: "/items/teapot", wantStatus: http.StatusBadRequest, wantField: "itemId"},
		{name: "an unknown path", path: "/teapots", wantStatus: http.StatusNotFound},
		{name: "a method that is not offered", method: http.MethodDelete, path: "/items", wantStatus: http.StatusMethodNotAllowed, wantDetail: "DELETE"},
		{name: "a page that is too large", path: "/items?limit=101", wantStatus: http.StatusBadRequest, wantField: "limit"},
		{name: "a limit that is no number", path: "/items?limit=many", wantStatus: http.StatusBadRequest, wantField: "limit"},
		{name: "a cursor of somebody else", path: "/items?cursor=abc", wantStatus: http.StatusBadRequest, wantDetail: "cursor"},
		{name: "a cursor of before there were any", path: "/items?cursor=" + cursor("-1 "+uuid.NewString()), wantStatus: http.StatusBadRequest, wantDetail: "cursor"},
		{name: "a cursor of no year that databases know", path: "/items?cursor=" + cursor("9223372036854775807 "+uuid.NewString()), wantStatus: http.StatusBadRequest, wantDetail: "cursor"},
		{name: "a cursor written in another way", path: "/items?cursor=" + cursor("+1 "+uuid.NewString()), wantStatus: http.StatusBadRequest, wantDetail: "cursor"},
		{name: "no body", method: http.MethodPost, path: "/items", wantStatus: http.StatusBadRequest, wantField: "body"},
		{name: "a body that is no JSON", method: http.MethodPost, path: "/items", body: "teapot", wantStatus: http.StatusBadRequest, wantField: "body"},
		{name: "a missing field", method: http.MethodPost, path: "/items", body: `{"name":"x"}`, wantStatus: http.StatusBadRequest, wantField: "quantity"},
		{name: "a field of another type", method: http.MethodPost, path: "/items", body: `{"name":"x","quantity":"y"}`, wantStatus: http.StatusBadRequest, wantField: "quantity"},
		{name: "a field nobody knows", method: http.MethodPost, path: "/items", body: `{"name":"x","quantity":1,"colour":"blue"}`, wantStatus: http.StatusBadRequest},
		{name: "a rule of the domain", method: http.MethodPost, path: "/items", body: `{"name":" ","quantity":1}`, wantStatus: http.StatusBadRequest, wantField: "name"},
		{name: "what no database keeps", method: http.MethodPost, path: "/items", body: `{"name":"a\u0000b","quantity":1}`, wantStatus: http.StatusBadRequest, wantField: "name"},
		{
			name: "a body that is too large", method: http.MethodPost, path: "/items",
			body:       `{"name":"` + strings.Repeat("x", 2000) + `","quantity":1}`,
			wantStatus: http.StatusRequestEntityTooLarge, wantDetail: "1024 bytes",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if test.method == "" {
				test.method = http.MethodGet
			}
			answer := newService(t, memory.New()).do(t, test.method, test.path, test.body, "X-Request-Id", "req-1")
			if answer.Code != test.wantStatus {
				t.Fatalf("answered %d %s, want %d", answer.Code, answer.Body, test.wantStatus)
			}
			if got := answer.Header().Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("content type is %q", got)
			}
			problem := decode[client.Problem](t, answer)
			if int(problem.Status) != test.wantStatus || problem.Title == "" {
				t.Errorf("the problem is %s", answer.Body)
			}
			if problem.RequestId == nil || *problem.RequestId != "req-1" {
				t.Errorf("the problem does not name its request: %s", answer.Body)
			}
			if test.wantDetail != "" && (problem.Detail == nil || !strings.Contains(*problem.Detail, test.wantDetail)) {
				t.Errorf("the problem does not say %q: %s", test.wantDetail, answer.Body)
			}
			if test.wantField != "" && !namesField(problem, test.wantField) {
				t.Errorf("the problem does not name the field %s: %s", test.wantField, answer.Body)
			}
		})
	}
}

// cursor is one that says something, as the service's own do.
func cursor(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func namesField(problem client.Problem, field string) bool {
	if problem.Errors == nil {
		return false
	}
	for _, e := range *problem.Errors {
		if e.Field == field && e.Message != "" {
			return true
		}
	}
	return false
}

// A store that fails, or panics, in the way databases do: with words that
// callers must not see.
type brokenStore struct {
	items.Store
	err    error
	panics bool
}

var errStore = errors.New("connect to 10.0.0.7: password rejected")

func (s brokenStore) Get(context.Context, uuid.UUID) (items.Item, error) {
	if s.panics {
		panic(s.err)
	}
	return items.Item{}, s.err
}

func TestUnforeseenErrors_areLoggedAndNotShown(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		store brokenStore
		want  int
	}{
		{name: "an error", store: brokenStore{err: errStore}, want: http.StatusInternalServerError},
		{name: "a panic", store: brokenStore{err: errStore, panics: true}, want: http.StatusInternalServerError},
		{
			name: "a service that is away", want: http.StatusServiceUnavailable,
			store: brokenStore{err: &outbound.UnavailableError{Service: "teapots", Cause: errStore}},
		},
		{
			name: "a part that is away", want: http.StatusServiceUnavailable,
			store: brokenStore{err: errors.Join(parts.ErrUnavailable, errStore)},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newService(t, test.store)
			answer := s.do(t, http.MethodGet, "/items/"+uuid.NewString(), "")
			if answer.Code != test.want {
				t.Fatalf("answered %d, want %d", answer.Code, test.want)
			}
			if later := answer.Header().Get("Retry-After") != ""; later != (test.want == http.StatusServiceUnavailable) {
				t.Errorf("asked to try again later: %v", later)
			}
			if strings.Contains(answer.Body.String(), "10.0.0.7") {
				t.Errorf("the caller is told: %s", answer.Body)
			}
			if !strings.Contains(s.logs.String(), "10.0.0.7") {
				t.Errorf("the log does not tell: %s", s.logs)
			}
		})
	}
}

// Metrics, traces and logs tell the same story: what was asked, by its route.
func TestObservability(t *testing.T) {
	t.Parallel()
	s := newService(t, memory.New())
	id := uuid.NewString()
	s.do(t, http.MethodGet, "/items/"+id, "",
		"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "X-Request-Id", "req-1")
	s.do(t, http.MethodGet, "/items/teapot", "")
	s.do(t, http.MethodGet, "/nothing/here", "")
	s.do(t, http.MethodGet, "/openapi.yaml", "")

	metrics := s.scrape(t)
	for _, want := range []string{
		`http_server_request_duration_seconds_count{http_request_method="GET",http_response_status_code="404",http_route="/items/{itemId}"} 1`,
		`http_server_request_duration_seconds_count{http_request_method="GET",http_response_status_code="400",http_route="/items/{itemId}"} 1`,
		`http_server_request_duration_seconds_count{http_request_method="GET",http_response_status_code="404",http_route="unmatched"} 1`,
		`http_server_active_requests 0`,
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	if strings.Contains(metrics, id) || strings.Contains(metrics, "openapi") {
		t.Error("/metrics has a time series for a path that is no route")
	}

	spans := s.spans.GetSpans()
	if len(spans) != 3 || spans[0].Name != "GET /items/{itemId}" {
		t.Fatalf("the spans are %+v", spans)
	}
	line, _, _ := strings.Cut(s.logs.String(), "\n")
	var logged struct {
		Msg, Route, Path, Service string
		Status                    int
		TraceID                   string `json:"trace_id"`
		SpanID                    string `json:"span_id"`
		RequestID                 string `json:"request_id"`
	}
	if err := json.Unmarshal([]byte(line), &logged); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	if logged.Route != "/items/{itemId}" || logged.Path != "/items/"+id || logged.Status != http.StatusNotFound || logged.Service != "goldensvc" {
		t.Errorf("logged %s", line)
	}
	if logged.TraceID != "0af7651916cd43dd8448eb211c80319c" || logged.SpanID != spans[0].SpanContext.SpanID().String() || logged.RequestID != "req-1" {
		t.Errorf("the log line does not lead to the trace and the request: %s", line)
	}
}

func TestRequestID(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, id string
		kept     bool
	}{
		{name: "the caller's is kept", id: "Req_1.a-b", kept: true},
		{name: "none is made up for", id: ""},
		{name: "one that could forge a log line is replaced", id: "a\nb"},
		{name: "a long one is replaced", id: strings.Repeat("a", 65)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := newService(t, memory.New()).do(t, http.MethodGet, "/items", "", "X-Request-Id", test.id).Header().Get("X-Request-Id")
			if got == "" || (got == test.id) != test.kept {
				t.Errorf("answered with %q", got)
			}
		})
	}
}

// The client that other services import understands what the server says.
func TestClient(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newService(t, memory.New()))
	defer server.Close()
	c, err := client.NewClientWithResponses(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	created, err := c.CreateItemWithResponse(t.Context(), nil, client.NewItem{Name: "Blue teapot", Quantity: 3})
	if err != nil {
		t.Fatal(err)
	}
	if created.JSON201 == nil {
		t.Fatalf("create answered %s %s", created.Status(), created.Body)
	}
	missing, err := c.GetItemWithResponse(t.Context(), uuid.New())
	if err != nil {
		t.Fatal(err)
	}
	if missing.ApplicationproblemJSON404 == nil {
		t.Errorf("an unknown item answered %s %s", missing.Status(), missing.Body)
	}
}
