package pact_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/pact"
)

// provider answers with a body per path, until the test ends.
func provider(t *testing.T, bodies map[string]string) string {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request) { answer(w, bodies[r.URL.Path]) })
}

func answer(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "application/json")
	if body == "" {
		w.WriteHeader(http.StatusNotFound)
		body = `{"title": "Not found"}`
	}
	_, _ = io.WriteString(w, body)
}

func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

const (
	three = `{"sku": "A1", "stock": 3}`
	none  = `{"sku": "B2", "stock": 0, "more": "than was promised"}`
)

func TestProviders(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		bodies   map[string]string
		success  bool
		statuses []string
		mismatch string // of the first interaction
	}{
		{
			name: "one that keeps its promises passes", bodies: map[string]string{"/products/A1": three, "/products/B2": none},
			success: true, statuses: []string{contracts.Passed, contracts.Passed},
		},
		{
			name: "a field less fails, and the mismatch names it", bodies: map[string]string{"/products/A1": `{"sku": "A1"}`, "/products/B2": none},
			statuses: []string{contracts.Failed, contracts.Passed}, mismatch: "stock",
		},
		{
			name: "another type fails, and the mismatch says where", bodies: map[string]string{"/products/A1": `{"sku": "A1", "stock": "many"}`, "/products/B2": none},
			statuses: []string{contracts.Failed, contracts.Passed}, mismatch: "Body at $.stock: ",
		},
		{
			name: "another status fails, and says which", bodies: map[string]string{"/products/B2": none},
			statuses: []string{contracts.Failed, contracts.Passed}, mismatch: "Status: expected 200 but was 404.",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := verified(t, realVerifier(t), request(provider(t, tt.bodies), pactOf("orders", inStock(), soldOut())))[0]
			if got.Success != tt.success || got.Problem != "" || got.SHA != "sha-of-orders" || got.Consumer != "orders" {
				t.Errorf("got %+v", got)
			}
			var names, statuses []string
			for _, in := range got.Interactions {
				names, statuses = append(names, in.Description), append(statuses, in.Status)
			}
			if diff := cmp.Diff([]string{"a product in stock", "a product sold out"}, names); diff != "" {
				t.Errorf("interactions (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.statuses, statuses); diff != "" {
				t.Errorf("statuses (-want +got):\n%s\n%s", diff, got.Log)
			}
			if why := strings.Join(got.Interactions[0].Mismatches, "\n"); !strings.Contains(why, tt.mismatch) || (tt.mismatch == "") != (why == "") {
				t.Errorf("mismatches %q, want %q", why, tt.mismatch)
			}
			if got.Log == "" {
				t.Error("there is no log")
			}
		})
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	const gone = "http://127.0.0.1:1" // a port that was closed just now may be the next test's
	alive := provider(t, nil)
	tests := []struct {
		name    string
		request pact.Request
		code    fault.Code
		message string
	}{
		{"the provider", request(gone, pactOf("orders", inStock())), fault.Unavailable, "No provider listens at " + gone},
		{
			"who sets up states", func() pact.Request {
				r := request(alive, pactOf("orders", inStock()))
				r.StateURL = gone + "/states"
				return r
			}(), fault.Unavailable, "Nobody listens at " + gone + "/states",
		},
		{"no address", request("inventory", pactOf("orders", inStock())), fault.Invalid, `"inventory" is not the address of a provider.`},
		{"another scheme", request("ftp://127.0.0.1:21", pactOf("orders", inStock())), fault.Invalid, "is not the address of a provider."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := realVerifier(t).Verify(t.Context(), tt.request)
			if err == nil {
				t.Fatal("it was verified")
			}
			f := fault.From(err)
			if f.Code != tt.code || !strings.Contains(f.Message, tt.message) || f.Hint == "" {
				t.Errorf("got %v with hint %q, want %q", err, f.Hint, tt.message)
			}
		})
	}
}

func TestSeveralPactsEachGetTheirResult(t *testing.T) {
	t.Parallel()
	v := realVerifier(t)
	wishful := inStock()
	wishful.body = `{"sku": "A1", "stock": 3, "colour": "red"}`
	older, newer, web := pactOf("orders", inStock()), pactOf("orders", wishful), pactOf("web", soldOut())
	older.SHA, newer.SHA, web.SHA = "older", "newer", "of web"
	address := provider(t, map[string]string{"/products/A1": three, "/products/B2": none})
	got := verified(t, v, request(address, older, newer, pact.Pact{SHA: "torn", Consumer: "web", Content: []byte(`{"consumer":`)}, web))
	var told []string
	for _, p := range got {
		told = append(told, p.SHA+": "+map[bool]string{true: "kept", false: "not kept"}[p.Success])
	}
	if diff := cmp.Diff([]string{"older: kept", "newer: not kept", "torn: not kept", "of web: kept"}, told); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	if got[1].Interactions[0].Status != contracts.Failed || !strings.Contains(got[1].Interactions[0].Mismatches[0], "colour") {
		t.Errorf("newer: %+v", got[1].Interactions)
	}
	wantUnknown(t, got[2], 0, "JSON")
}

func TestHeadersOpenAProviderAndStaySecret(t *testing.T) {
	t.Parallel()
	v := realVerifier(t)
	const secret = "Bearer s3cr3t-of-the-provider"
	var asked atomic.Int32
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.Header.Get("Authorization") != secret {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		answer(w, three)
	})
	in := inStock()
	in.header = `"Authorization": "Bearer example"` // the pact's own is replaced
	r := request(address, pactOf("orders", in))
	if got := verified(t, v, r)[0]; got.Success || got.Interactions[0].Status != contracts.Failed {
		t.Errorf("without the header: %+v", got)
	}
	r.Headers = map[string]string{"Authorization": secret}
	got := verified(t, v, r)[0]
	if !got.Success {
		t.Errorf("with the header: %+v\n%s", got, got.Log)
	}
	if strings.Contains(got.Log, "s3cr3t") {
		t.Errorf("the log tells the secret:\n%s", got.Log)
	}
	if asked.Load() != 2 {
		t.Errorf("the provider was asked %d times, want 2", asked.Load())
	}
}

func TestAProviderBelowAPath(t *testing.T) {
	t.Parallel()
	address := provider(t, map[string]string{"/v1/products/A1": three})
	if got := verified(t, realVerifier(t), request(address+"/v1/", pactOf("orders", inStock())))[0]; !got.Success {
		t.Errorf("got %+v\n%s", got, got.Log)
	}
}
