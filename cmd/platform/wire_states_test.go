package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/pact"
)

// TestAWorkerWarnsOfStatesItCouldNotAskFor says in the run that nobody knows
// whether a provider has states, which otherwise reads as if it had none.
func TestAWorkerWarnsOfStatesItCouldNotAskFor(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{
		http.StatusInternalServerError: "answered 500 Internal Server Error. So none are set up.",
		http.StatusNotFound:            "",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		t.Cleanup(server.Close)
		worker := registeredVerifier{verifier: pact.New(t.TempDir()+"/none", nil), variable: func(string) string { return "" }}
		var warned []string
		warn := func(format string, args ...any) { warned = append(warned, fmt.Sprintf(format, args...)) }
		_, err := worker.Verify(t.Context(), contracts.ProviderAddress{Provider: "inventory", URL: server.URL}, "i1", nil, time.Minute, warn)
		if err == nil || !strings.Contains(err.Error(), "which is no program") {
			t.Errorf("without a helper it ends with %v", err)
		}
		if said := strings.Join(warned, "\n"); !strings.HasSuffix(said, want) || (want == "") != (said == "") {
			t.Errorf("%d: warned %q, want %q", status, said, want)
		}
	}
}
