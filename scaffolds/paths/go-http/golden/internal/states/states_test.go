package states_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/golden/service/api"
	"example.com/golden/service/internal/items"
	"example.com/golden/service/internal/items/memory"
	"example.com/golden/service/internal/states"
)

// A state that the document names and nobody wrote fails when a consumer asks
// for it, long after it was misspelt.
func TestEveryStateOfTheDocumentIsHere(t *testing.T) {
	t.Parallel()
	document, err := openapi3.NewLoader().LoadFromData(api.Document)
	if err != nil {
		t.Fatal(err)
	}
	known := states.New(memory.New())
	for path, item := range document.Paths.Map() {
		for method, operation := range item.Operations() {
			name, named := operation.Extensions["x-provider-state"]
			if !named {
				continue
			}
			if state, _ := name.(string); known[state] == nil {
				t.Errorf("%s %s names the state %v, which internal/states does not have", method, path, name)
			}
		}
	}
}

func TestHandler(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, body string
		wantStatus int
		wantItems  int
		wantText   string
	}{
		{name: "a state without parameters", body: `{"state":"items exist","action":"setup"}`, wantStatus: 200, wantItems: 2},
		{name: "a state with its parameter", body: `{"state":"an item exists","action":"setup","params":{"itemId":"5f2b7c1e-6d0a-4c8e-9b3f-2a1d4e6f8a90"}}`, wantStatus: 200, wantItems: 1},
		{name: "a parameter that is missing", body: `{"state":"an item exists","action":"setup"}`, wantStatus: 500, wantText: "itemId"},
		{name: "a parameter that is no id", body: `{"state":"an item exists","action":"setup","params":{"itemId":"x"}}`, wantStatus: 500, wantText: `"x"`},
		{name: "a state that nobody wrote", body: `{"state":"the moon is full","action":"setup"}`, wantStatus: 404, wantText: "an item exists, items exist"},
		{name: "the end of an interaction", body: `{"state":"items exist","action":"teardown"}`, wantStatus: 200},
		{name: "no JSON", body: `state=x`, wantStatus: 400, wantText: "JSON"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			store := memory.New()
			handler := states.Handler(states.New(store))
			for range 2 { // Verifiers ask for a state as often as interactions need it.
				recorder := httptest.NewRecorder()
				handler.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(test.body)))
				if recorder.Code != test.wantStatus || !strings.Contains(recorder.Body.String(), test.wantText) {
					t.Fatalf("answered %d %s, want %d with %q", recorder.Code, recorder.Body, test.wantStatus, test.wantText)
				}
			}
			kept, err := store.List(t.Context(), items.Query{Limit: 10})
			if err != nil {
				t.Fatal(err)
			}
			if len(kept) != test.wantItems {
				t.Errorf("%d items exist, want %d", len(kept), test.wantItems)
			}
		})
	}
}
