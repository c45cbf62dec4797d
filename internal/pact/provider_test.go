package pact_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/pact"
)

func TestOneAnswerThatNeverComesIsABrokenPromise(t *testing.T) {
	t.Parallel()
	v := realVerifier(t)
	release := make(chan struct{})
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/products/A1" {
			select {
			case <-release:
			case <-r.Context().Done():
			}
			return
		}
		answer(w, none)
	})
	defer close(release)
	r := request(address, pactOf("orders", inStock(), soldOut()))
	r.RequestTimeout = 2 * time.Second
	got := verified(t, v, r)[0]
	if got.Success || got.Interactions[0].Status != contracts.Failed || got.Interactions[1].Status != contracts.Passed {
		t.Fatalf("got %+v", got)
	}
	if why := got.Interactions[0].Mismatches; len(why) != 1 || why[0] != "The provider gave no answer: none came within 2s." {
		t.Errorf("mismatches %q", why)
	}
}

// TestWhoClosesEachConnectionWasNotAsked has what is no provider, though somebody
// accepts connections: a proxy without one behind it, or a port that is something
// else's. One answer is enough to know that the provider is there.
func TestWhoClosesEachConnectionWasNotAsked(t *testing.T) {
	t.Parallel()
	withState := soldOut()
	withState.state = "B2 is sold out"
	const (
		closed  = "could not be reached: it closed every connection without an answer ("
		another = "could not be reached: what answers there does not speak HTTP ("
	)
	tests := []struct {
		name    string
		answers map[string]string // by path; other requests are hung up on
		pact    pact.Pact
		states  bool
		greets  string // what is said before hanging up
		want    []string
	}{
		{"each", nil, pactOf("orders", inStock(), soldOut()), false, "", []string{contracts.StatusUnknown, contracts.StatusUnknown}},
		{"each, states too", nil, pactOf("orders", inStock(), withState), true, "", []string{contracts.StatusUnknown, contracts.StatusUnknown}},
		{"but one", map[string]string{"/products/B2": none}, pactOf("orders", inStock(), soldOut()), false, "", []string{contracts.Failed, contracts.Passed}},
		{"but one that it fails", map[string]string{"/products/B2": ""}, pactOf("orders", inStock(), soldOut()), false, "", []string{contracts.Failed, contracts.Failed}},
		{"but those for states", map[string]string{"/states": "{}"}, pactOf("orders", withState), true, "", []string{contracts.Failed}},
		{"in the words of another protocol", nil, pactOf("orders", inStock()), false, "SSH-2.0-OpenSSH_9\r\n", []string{contracts.StatusUnknown}},
		{"and one in those of TLS", nil, pactOf("orders", inStock(), soldOut()), false, "\x15\x03\x01\x00\x02\x02\x16", []string{contracts.StatusUnknown, contracts.StatusUnknown}},
		{"for a message", nil, messagePact("3.0.0", "messages", soldMessage), true, "", []string{contracts.StatusUnknown}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			address := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if body, is := tt.answers[r.URL.Path]; is {
					answer(w, body)
					return
				}
				conn, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.WriteString(conn, tt.greets)
				_ = conn.Close()
			})
			r := request(address, tt.pact)
			if tt.states {
				r.StateURL, r.MessagesURL = address+"/states", address+"/messages"
			}
			got := verified(t, realVerifier(t), r)[0]
			var statuses []string
			for _, in := range got.Interactions {
				statuses = append(statuses, in.Status)
			}
			if diff := cmp.Diff(tt.want, statuses); diff != "" {
				t.Fatalf("statuses (-want +got):\n%s\n%+v\n%s", diff, got, got.Log)
			}
			if tt.want[0] == contracts.StatusUnknown {
				why := closed
				if tt.greets != "" {
					why = another
				}
				wantUnknown(t, got, len(tt.want), why)
			}
		})
	}
}

func TestAProviderThatHangsMeetsTheDeadline(t *testing.T) {
	t.Parallel()
	v := realVerifier(t)
	release := make(chan struct{})
	address := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	defer close(release)
	r := request(address, pactOf("orders", inStock()), pactOf("web", inStock()))
	r.Timeout, r.RequestTimeout = time.Second, 5*time.Minute
	started := time.Now()
	results := verified(t, v, r)
	if took := time.Since(started); took > soon {
		t.Errorf("it took %s", took)
	}
	for _, got := range results {
		wantUnknown(t, got, 1, "The verification was stopped: it took longer than 1s.")
	}
}

func TestAProviderThatGoesAwayIsUnknown(t *testing.T) {
	t.Parallel()
	v := realVerifier(t)
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = server.Listener.Close() // the last answer before it ends
		w.Header().Set("Connection", "close")
		answer(w, three)
	}))
	t.Cleanup(server.Close)
	got := verified(t, v, request(server.URL, pactOf("orders", inStock(), soldOut())))[0]
	if got.Success || !strings.Contains(got.Problem, "could not be reached") {
		t.Fatalf("success %v, problem %q", got.Success, got.Problem)
	}
	if s := got.Interactions[1].Status; s != contracts.StatusUnknown {
		t.Errorf("what was not asked is %s, want unknown", s)
	}
}

// warehouse is a provider with states: a product is there when a state put it there.
type warehouse struct {
	mu      sync.Mutex
	there   map[string]bool
	changes []map[string]any
}

func (h *warehouse) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.URL.Path != "/states" {
		if !h.there[strings.TrimPrefix(r.URL.Path, "/products/")] {
			answer(w, "")
			return
		}
		answer(w, three)
		return
	}
	var change map[string]any
	if err := json.NewDecoder(r.Body).Decode(&change); err != nil || r.Header.Get("X-Secret") != "open sesame" {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	h.changes = append(h.changes, change)
	if change["state"] != "A1 is in stock" {
		w.WriteHeader(http.StatusNotImplemented)
		return
	}
	params, _ := change["params"].(map[string]any)
	sku, _ := params["sku"].(string)
	h.there = map[string]bool{sku: true}
	answer(w, "{}")
}

func TestProviderStates(t *testing.T) {
	t.Parallel()
	v := realVerifier(t)
	h := &warehouse{}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	known, unheard := inStock(), soldOut()
	known.state, unheard.state = "A1 is in stock", "the moon is full"
	r := request(server.URL, pactOf("orders", known, unheard))
	r.Headers = map[string]string{"X-Secret": "open sesame"}

	if got := verified(t, v, r)[0]; got.Interactions[0].Status != contracts.Failed {
		t.Errorf("without states the product should not be there: %+v", got.Interactions[0])
	}
	r.StateURL = server.URL + "/states"
	got := verified(t, v, r)[0]
	if got.Success || got.Interactions[0].Status != contracts.Passed || got.Interactions[0].State != "A1 is in stock" {
		t.Errorf("with states: %+v\n%s", got.Interactions, got.Log)
	}
	want := `The provider could not set up its state "the moon is full": it answered 501 Not Implemented.`
	if diff := cmp.Diff([]string{want}, got.Interactions[1].Mismatches); diff != "" {
		t.Errorf("the state it has never heard of (-want +got):\n%s", diff)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.changes) == 0 || h.changes[0]["action"] != "setup" {
		t.Errorf("changes %v", h.changes)
	}
}
