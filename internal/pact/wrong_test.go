package pact_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/internal/pact"
)

// breakOff begins an answer, if it has a head, and closes the connection before its
// end.
func breakOff(t *testing.T, w http.ResponseWriter, head string) {
	t.Helper()
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	if head != "" {
		_, _ = io.WriteString(conn, head+`{"sku":`)
	}
	_ = conn.Close()
}

const (
	measured = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
	chunked  = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n"
)

// whys is each interaction with its status and what is wrong with it.
func whys(p pact.PactResult) []string {
	out := make([]string, len(p.Interactions))
	for i, in := range p.Interactions {
		out[i] = fmt.Sprintf("%s: %s: %s", in.Description, in.Status, strings.Join(in.Mismatches, " "))
	}
	return out
}

func TestAnAnswerThatBreaksOffIsOne(t *testing.T) {
	t.Parallel()
	const broke = ": failed: The provider's answer broke off: unexpected EOF."
	withState := soldOut()
	withState.state = "B2 is sold out"
	for _, tt := range []struct {
		name, path, head string
		pact             pact.Pact
		want             []string
	}{
		{"of a length", "/products/A1", measured, pactOf("orders", inStock(), soldOut()), []string{"a product in stock" + broke, "a product sold out: passed: "}},
		{"in chunks", "/products/A1", chunked, pactOf("orders", inStock(), soldOut()), []string{"a product in stock" + broke, "a product sold out: passed: "}},
		{"in its head", "/products/A1", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX: ", pactOf("orders", inStock(), soldOut()), []string{"a product in stock" + broke, "a product sold out: passed: "}},
		{"in its head, each time", "/products/A1", "HTTP/1.1 200 OK\r\nX: ", pactOf("orders", inStock()), []string{"a product in stock" + broke}},
		{
			"about a state", "/states", measured, pactOf("orders", withState),
			[]string{`a product sold out: failed: The provider could not set up its state "B2 is sold out": its answer broke off (unexpected EOF).`},
		},
		{
			"where no state is needed", "/states", measured, pactOf("orders", soldOut()),
			[]string{"a product sold out: failed: The provider could not be told that no state is needed: its answer broke off (unexpected EOF)."},
		},
		{
			"with a message", "/messages", measured, messagePact("3.0.0", "messages", soldMessage),
			[]string{"a product was sold: failed: The provider did not produce the message: its answer broke off (unexpected EOF)."},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			address := serve(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path == tt.path:
					_, _ = io.Copy(io.Discard, r.Body) // closed with something unread, a connection is reset
					breakOff(t, w, tt.head)
				case strings.HasPrefix(r.URL.Path, "/states"):
					answer(w, "{}")
				default:
					answer(w, none)
				}
			})
			r := request(address, tt.pact)
			r.StateURL, r.MessagesURL = address+"/states", address+"/messages"
			got := verified(t, realVerifier(t), r)[0]
			if diff := cmp.Diff(tt.want, whys(got)); diff != "" {
				t.Errorf("results (-want +got):\n%s\n%s", diff, got.Log)
			}
		})
	}
}

// TestAnAnswerWithoutEnd sends its beginning and then nothing.
func TestAnAnswerWithoutEnd(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "{")
		_ = http.NewResponseController(w).Flush()
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	defer close(release)
	r := request(address, pactOf("orders", inStock()))
	r.RequestTimeout = 2 * time.Second
	got := verified(t, realVerifier(t), r)[0]
	if diff := cmp.Diff([]string{"a product in stock: failed: The provider's answer broke off: its end did not come within 2s."}, whys(got)); diff != "" {
		t.Errorf("results (-want +got):\n%s\n%s", diff, got.Log)
	}
}

// TestAWrongAnswerOutlivesItsProvider has a provider that answers wrongly and is
// gone: what it said counts, and what it was not asked is unknown.
func TestAWrongAnswerOutlivesItsProvider(t *testing.T) {
	t.Parallel()
	withState := inStock()
	withState.state = "A1 is in stock"
	for _, tt := range []struct {
		name  string
		first interaction
		last  func(w http.ResponseWriter) // what it answers before it ends
		want  string                      // of the first interaction
	}{
		{"with another body", inStock(), func(w http.ResponseWriter) { answer(w, `{"sku": "A1"}`) }, "failed: Body: Actual map is missing the following keys: stock."},
		{"with no JSON", inStock(), func(w http.ResponseWriter) { answer(w, `{"sku`) }, "failed: Body: Failed to parse the actual body:"},
		{"with half an answer", inStock(), func(w http.ResponseWriter) { breakOff(t, w, measured) }, "failed: The provider's answer broke off: unexpected EOF."},
		{
			"without its state", withState, func(w http.ResponseWriter) { w.WriteHeader(http.StatusNotImplemented) },
			`failed: The provider could not set up its state "A1 is in stock": it answered 501 Not Implemented.`,
		},
		{"with none", inStock(), func(w http.ResponseWriter) { breakOff(t, w, "") }, "unknown: The provider at http://127.0.0.1:"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var server *httptest.Server
			server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_ = server.Listener.Close()
				w.Header().Set("Connection", "close")
				tt.last(w)
			}))
			t.Cleanup(server.Close)
			r := request(server.URL, pactOf("orders", tt.first, soldOut()))
			if tt.first.state != "" {
				r.StateURL = server.URL + "/states"
			}
			got := verified(t, realVerifier(t), r)[0]
			said := whys(got)
			if !strings.HasPrefix(said[0], "a product in stock: "+tt.want) {
				t.Errorf("the answer is %q, want %q\n%s", said[0], tt.want, got.Log)
			}
			if !strings.HasPrefix(said[1], "a product sold out: unknown: The provider at "+server.URL+" could not be reached: ") {
				t.Errorf("what was not asked is %q", said[1])
			}
			if got.Success || !strings.Contains(got.Log, got.Problem) || got.Problem == "" {
				t.Errorf("success %v, problem %q", got.Success, got.Problem)
			}
		})
	}
}

// TestAWrongAnswerOutlivesTheDeadline has a provider that answers wrongly once, and
// is silent from then on until the time for all pacts has run out.
func TestAWrongAnswerOutlivesTheDeadline(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/products/A1" {
			answer(w, `{"sku": "A1"}`)
			return
		}
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	defer close(release)
	last := soldOut()
	last.description = "never asked"
	r := request(address, pactOf("orders", inStock(), soldOut(), last), pactOf("web", inStock()))
	r.Timeout, r.RequestTimeout = 6*time.Second, 5*time.Minute
	results := verified(t, realVerifier(t), r)
	const stopped = "unknown: The verification was stopped: it took longer than 6s."
	want := []string{
		"a product in stock: failed: Body: Actual map is missing the following keys: stock.", "a product sold out: " + stopped, "never asked: " + stopped,
	}
	if diff := cmp.Diff(want, whys(results[0])); diff != "" {
		t.Errorf("results (-want +got):\n%s\n%s", diff, results[0].Log)
	}
	if diff := cmp.Diff([]string{"a product in stock: " + stopped}, whys(results[1])); diff != "" {
		t.Errorf("the next pact (-want +got):\n%s", diff)
	}
}
