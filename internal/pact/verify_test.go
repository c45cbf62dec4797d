package pact_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	alive := provider(t, nil)
	tests := []struct {
		name    string
		request pact.Request
		code    fault.Code
		message string
	}{
		{"the provider", request(gone.URL, pactOf("orders", inStock())), fault.Unavailable, "No provider listens at " + gone.URL},
		{
			"who sets up states", func() pact.Request {
				r := request(alive, pactOf("orders", inStock()))
				r.StateURL = gone.URL + "/states"
				return r
			}(), fault.Unavailable, "Nobody listens at " + gone.URL + "/states",
		},
		{"no address", request("inventory", pactOf("orders", inStock())), fault.Invalid, `"inventory" is not the address of a provider.`},
		{"another scheme", request("ftp://127.0.0.1:21", pactOf("orders", inStock())), fault.Invalid, "is not the address of a provider."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := realVerifier(t).Verify(t.Context(), tt.request)
			f := fault.From(err)
			if err == nil || f.Code != tt.code || !strings.Contains(f.Message, tt.message) || f.Hint == "" {
				t.Errorf("got %v with hint %q, want %q", err, f.Hint, tt.message)
			}
		})
	}
}

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
	r.RequestTimeout = 300 * time.Millisecond
	got := verified(t, v, r)[0]
	if got.Success || got.Interactions[0].Status != contracts.Failed || got.Interactions[1].Status != contracts.Passed {
		t.Fatalf("got %+v", got)
	}
	if why := got.Interactions[0].Mismatches; len(why) != 1 || why[0] != "The provider gave no answer: none came within 300ms." {
		t.Errorf("mismatches %q", why)
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
	r.Timeout, r.RequestTimeout = time.Second, time.Minute
	started := time.Now()
	results := verified(t, v, r)
	if took := time.Since(started); took > 10*time.Second {
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

func TestTheRealHelperSaysWhatItIs(t *testing.T) {
	t.Parallel()
	got, err := realVerifier(t).Versions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(got, "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[0], "pact-verifier ") || !strings.HasPrefix(lines[1], "pact-go v2") || lines[2] != "libpact_ffi 0.4.28" {
		t.Errorf("versions %q", got)
	}
}

func TestTheRealHelperEndsWithItsParent(t *testing.T) {
	t.Parallel()
	realVerifier(t) // builds it, or skips
	helper, err := buildHelper()
	if err != nil {
		t.Fatal(err)
	}
	asked, release := make(chan struct{}, 1), make(chan struct{})
	address := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	defer close(release)
	p := pactOf("orders", inStock())
	job, err := json.Marshal(pact.Job{
		Protocol: pact.Protocol, Consumer: "orders", Provider: "inventory", BaseURL: address, Version: "i1",
		RequestTimeout: time.Minute, Pact: p.Content,
	})
	if err != nil {
		t.Fatal(err)
	}
	_, results, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer results.Close()
	cmd := exec.Command(helper)
	cmd.ExtraFiles = []*os.File{results}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	if _, err := stdin.Write(job); err != nil {
		t.Fatal(err)
	}
	limit := time.After(20 * time.Second)
	select {
	case <-asked:
	case <-limit:
		t.Fatal("the provider was not asked")
	}
	_ = stdin.Close() // so it is when the platform is killed
	select {
	case <-ended:
	case <-limit:
		_ = cmd.Process.Kill()
		t.Error("the helper outlives who started it")
	}
}
