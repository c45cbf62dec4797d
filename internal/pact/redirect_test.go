package pact_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/pact"
)

// TestRedirects has what libpact alone would follow to wherever it leads.
func TestRedirects(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Int32
	other := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		elsewhere.Add(1)
		answer(w, three)
	})
	t.Cleanup(func() {
		if elsewhere.Load() > 0 {
			t.Error("the verifier followed the provider to another address")
		}
	})
	tests := []struct {
		name          string
		status        int
		location      string // of the answer
		response      string // what the consumer expects
		specification string // 3.0.0 when empty
		want          string
		mismatch      string
	}{
		{
			name: "to another host is no answer of the provider", status: http.StatusFound, location: other + "/products/A1",
			response: `"status": 200`, want: contracts.Failed, mismatch: "Status: expected 200 but was 302.",
		},
		{
			name: "within the provider is followed", status: http.StatusMovedPermanently, location: "/v1/moved?a=b",
			response: `"status": 200, "body": {"sku": "A1", "stock": 3}`, want: contracts.Passed,
		},
		{
			name: "that was promised is not followed", status: http.StatusFound, location: "/v1/moved",
			response: `"status": 302, "headers": {"Location": "/v1/moved"}`, want: contracts.Passed,
		},
		{
			name: "that was promised, to another host", status: http.StatusSeeOther, location: other + "/x",
			response: `"status": 303, "headers": {"location": "` + other + `/x"}`, want: contracts.Passed,
		},
		{
			name: "that was promised to lead elsewhere", status: http.StatusFound, location: "/v1/moved",
			response: `"status": 302, "headers": {"Location": "/v1/login"}`, want: contracts.Failed, mismatch: "Header Location: ",
		},
		{
			name: "with a rule of specification 2", status: http.StatusFound, location: "/v1/orders/17", specification: "2.0.0",
			response: `"status": 302, "headers": {"Location": "/v1/orders/1"}, "matchingRules": {"$.headers.Location": {"match": "regex", "regex": "/v1/orders/[0-9]+"}}`,
			want:     contracts.Passed,
		},
		{
			name: "with a rule of specification 3", status: http.StatusFound, location: "/v1/orders/17",
			response: `"status": 302, "headers": {"Location": "/v1/orders/1"},
				"matchingRules": {"header": {"Location": {"matchers": [{"match": "regex", "regex": "/v1/orders/[0-9]+"}]}}}`,
			want: contracts.Passed,
		},
		{
			name: "is not what a created resource has", status: http.StatusCreated, location: "/v1/orders/1",
			response: `"status": 201, "headers": {"Location": "/v1/orders/1"}`, want: contracts.Passed,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			address := serve(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.Header.Get("Authorization") != "Bearer s3cr3t":
					w.WriteHeader(http.StatusUnauthorized)
				case r.URL.Path == "/v1/moved":
					answer(w, three)
				default:
					w.Header().Set("Location", tt.location)
					w.WriteHeader(tt.status)
				}
			})
			specification := tt.specification
			if specification == "" {
				specification = "3.0.0"
			}
			content := fmt.Sprintf(`{"consumer": {"name": "orders"}, "provider": {"name": "inventory"}, "interactions": [
				{"description": "one", "request": {"method": "GET", "path": "/products/A1"}, "response": {%s}}],
				"metadata": {"pactSpecification": {"version": %q}}}`, tt.response, specification)
			r := request(address+"/v1", pact.Pact{SHA: "1", Consumer: "orders", Content: []byte(content)})
			r.Headers = map[string]string{"Authorization": "Bearer s3cr3t"}
			got := verified(t, realVerifier(t), r)[0]
			if got.Success != (tt.want == contracts.Passed) || got.Interactions[0].Status != tt.want {
				t.Fatalf("%s with %q, want %s\n%s", got.Interactions[0].Status, got.Interactions[0].Mismatches, tt.want, got.Log)
			}
			if why := strings.Join(got.Interactions[0].Mismatches, "\n"); !strings.Contains(why, tt.mismatch) || strings.Contains(why, "Not-Followed") {
				t.Errorf("mismatches %q, want %q", why, tt.mismatch)
			}
		})
	}
}

// TestRedirectsOfStatesAndMessages has another address do what the provider did not.
func TestRedirectsOfStatesAndMessages(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, from, want, why string }{
		{"a state", "/states", contracts.Failed, "it answered 302 Found"},
		{"a message", "/messages", contracts.Failed, "The provider did not produce the message: it answered 302 Found."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var elsewhere atomic.Int32
			other := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				elsewhere.Add(1)
				answer(w, `{"sku": "A1", "left": 9}`)
			})
			address := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == tt.from {
					http.Redirect(w, r, other+"/login", http.StatusFound)
					return
				}
				answer(w, `{"sku": "A1", "left": 9}`)
			})
			r := request(address, messagePact("3.0.0", "messages", soldMessage))
			r.StateURL, r.MessagesURL = address+"/states", address+"/messages"
			got := verified(t, realVerifier(t), r)[0]
			why := strings.Join(got.Interactions[0].Mismatches, "\n")
			if got.Success || got.Interactions[0].Status != tt.want || !strings.Contains(why, tt.why) {
				t.Errorf("%s with %q, want %s with %q\n%s", got.Interactions[0].Status, why, tt.want, tt.why, got.Log)
			}
			if n := elsewhere.Load(); n > 0 {
				t.Errorf("another address was asked %d times", n)
			}
		})
	}
}
