package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

func TestAWorkerFindsTheStatesAProviderOffers(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/_pact/provider-states" || r.Header.Get("Authorization") != "Bearer s" {
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	worker := registeredVerifier{variable: func(name string) string {
		return map[string]string{"PLATFORM_PROVIDER_INVENTORY": "Bearer s"}[name]
	}}
	headers := map[string]string{"Authorization": "PLATFORM_PROVIDER_INVENTORY"}
	for _, tt := range []struct {
		name    string
		address contracts.ProviderAddress
		want    string
	}{
		{"at the usual place", contracts.ProviderAddress{URL: server.URL + "/v1/", Headers: headers}, server.URL + "/v1/_pact/provider-states"},
		{"at the usual place, with a query", contracts.ProviderAddress{URL: server.URL + "/v1?tenant=1", Headers: headers}, server.URL + "/v1/_pact/provider-states?tenant=1"},
		{"where it is registered", contracts.ProviderAddress{URL: server.URL + "/v1", StatesURL: server.URL + "/states", Headers: headers}, server.URL + "/states"},
		{"nowhere", contracts.ProviderAddress{URL: server.URL, Headers: headers}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := worker.request(t.Context(), tt.address)
			if err != nil || got.StateURL != tt.want || got.Headers["Authorization"] != "Bearer s" {
				t.Errorf("got %+v, %v, want states at %q", got, err, tt.want)
			}
		})
	}
}

// TestAWorkerSendsWhatAHeaderCanHold reads secrets as they are mounted, and says of
// one that cannot be sent that it is at fault, not the provider.
func TestAWorkerSendsWhatAHeaderCanHold(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, set, want, err string }{
		{"a line break at its end", "Bearer hush\r\n", "Bearer hush", ""},
		{"another header in it", "Bearer hush\nX: y", "", "has a line break or another control character in it"},
		{"nothing but a line break", "\n", "", "which is not set here"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			worker := registeredVerifier{variable: func(string) string { return tt.set }}
			got, err := worker.request(t.Context(), contracts.ProviderAddress{
				Provider: "inventory", URL: "http://127.0.0.1:1", StatesURL: "http://127.0.0.1:1/states",
				Headers: map[string]string{"Authorization": "PLATFORM_PROVIDER_INVENTORY"},
			})
			if tt.err == "" {
				if err != nil || got.Headers["Authorization"] != tt.want {
					t.Errorf("sends %q, %v, want %q", got.Headers["Authorization"], err, tt.want)
				}
				return
			}
			if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), "hush") {
				t.Errorf("%v, want one that says it %s", err, tt.err)
			}
		})
	}
}
