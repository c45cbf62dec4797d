package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/goldenpath/platform/contracts"
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
