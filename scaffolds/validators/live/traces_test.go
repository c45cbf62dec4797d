//go:build proof

package live_test

import (
	"crypto/rand"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// receiver takes traces as a collector does: OTLP over HTTP.
type receiver struct {
	*httptest.Server

	mu     sync.Mutex
	traces map[string][]span // by trace id
	spans  int
	wrong  []string
}

// span is what this test wants to know of one.
type span struct {
	service, name, id, parent string
	kind                      trace.Span_SpanKind
	attributes                map[string]string
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{traces: map[string][]span{}}
	r.Server = httptest.NewServer(http.HandlerFunc(r.receive))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) receive(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	var sent collector.ExportTraceServiceRequest
	if err == nil {
		err = proto.Unmarshal(body, &sent)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if kind := request.Header.Get("Content-Type"); err != nil || request.URL.Path != "/v1/traces" || kind != "application/x-protobuf" {
		r.wrong = append(r.wrong, request.Method+" "+request.URL.Path+" with "+kind)
		http.Error(w, "no traces", http.StatusBadRequest)
		return
	}
	for _, from := range sent.GetResourceSpans() {
		service := ""
		for _, a := range from.GetResource().GetAttributes() {
			if a.GetKey() == "service.name" {
				service = a.GetValue().GetStringValue()
			}
		}
		for _, scope := range from.GetScopeSpans() {
			for _, each := range scope.GetSpans() {
				r.keep(service, each)
			}
		}
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
	answer, _ := proto.Marshal(&collector.ExportTraceServiceResponse{})
	_, _ = w.Write(answer) // It may be gone.
}

func (r *receiver) keep(service string, each *trace.Span) {
	s := span{
		service: service, name: each.GetName(), kind: each.GetKind(), attributes: map[string]string{},
		id: hex.EncodeToString(each.GetSpanId()), parent: hex.EncodeToString(each.GetParentSpanId()),
	}
	for _, a := range each.GetAttributes() {
		s.attributes[a.GetKey()] = a.GetValue().GetStringValue()
	}
	id := hex.EncodeToString(each.GetTraceId())
	r.traces[id] = append(r.traces[id], s)
	r.spans++
}

func (r *receiver) trace(id string) []span {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]span(nil), r.traces[id]...)
}

// traced sends a request, finds its trace by the line that the log has of it,
// and waits until spans of every kind asked for arrived in that trace.
func (w *world) traced(t *testing.T, s *service, path string, want ...func(span) bool) (id string, spans []span) {
	t.Helper()
	request := rand.Text()
	if r := s.get(t, s.api, path, "X-Request-Id", request); r.status != http.StatusOK {
		t.Fatalf("GET %s: %d %s", path, r.status, r.body)
	}
	until(t, "for the line of GET "+path+" in the log", func() bool {
		for _, line := range s.lines("request_id", request) {
			id, _ = line["trace_id"].(string)
		}
		return id != ""
	})
	missing := func() bool {
		spans = w.traces.trace(id)
		return slices.ContainsFunc(want, func(is func(span) bool) bool { return len(spansThat(spans, is)) == 0 })
	}
	for deadline := time.Now().Add(patience / 3); missing(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("trace %s of GET %s has only %+v", id, path, spans)
		}
	}
	return id, spans
}

func spansThat(spans []span, is func(span) bool) (found []span) {
	for _, s := range spans {
		if is(s) {
			found = append(found, s)
		}
	}
	return found
}

// inTrace describes a span: its service, its kind, and attributes that it has.
func inTrace(service string, kind trace.Span_SpanKind, attributes ...string) func(span) bool {
	return func(s span) bool {
		for i := 0; i+1 < len(attributes); i += 2 {
			if s.attributes[attributes[i]] != attributes[i+1] {
				return false
			}
		}
		return s.service == service && s.kind == kind
	}
}
