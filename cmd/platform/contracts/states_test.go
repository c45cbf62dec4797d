package contracts

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/goldenpath/platform/cmd/internal/cli/clitest"
	"github.com/goldenpath/platform/portal/api/types"
)

// TestWhereStatesAreIsKnownOrDoubted asks providers of all kinds whether they set
// up provider states. What is no answer to that is not taken for a no.
func TestWhereStatesAreIsKnownOrDoubted(t *testing.T) {
	t.Parallel()
	const unknown = "Whether the provider sets up provider states is not known: http://"
	answers := func(status int, kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Location", "/login")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	hangUp := func(said string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.WriteString(conn, said)
			_ = conn.Close()
		}
	}
	for _, tt := range []struct {
		name    string
		handler http.HandlerFunc
		offered bool
		doubt   string // "" for none
	}{
		{"it does", answers(200, "application/json", "{}"), true, ""},
		{"it does, without a word", answers(204, "text/html", ""), true, ""},
		{"it does, in its own words", answers(200, "text/plain", "ok"), true, ""},
		{"it does, in one word of JSON", answers(200, "application/json", "true"), true, ""},
		{"it does not", answers(404, "text/plain", "404"), false, ""},
		{"it does not take what is posted", answers(405, "text/plain", ""), false, ""},
		{"it does no longer", answers(410, "text/plain", ""), false, ""},
		{"it does not know how", answers(501, "text/plain", ""), false, ""},
		{"it breaks down", answers(500, "application/json", "{}"), false, "/_pact/provider-states answered 500 Internal Server Error. So none are set up."},
		{"it is closed", answers(401, "application/json", "{}"), false, "answered 401 Unauthorized. So none are set up."},
		{"it refuses the question", answers(400, "application/json", "{}"), false, "answered 400 Bad Request. So none are set up."},
		{"it leads elsewhere", answers(307, "text/html", ""), false, "answered 307 Temporary Redirect. So none are set up."},
		{"it hangs up", hangUp(""), false, "gave no answer: EOF. So none are set up."},
		{"it breaks off", hangUp("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), false, "broke off its answer: unexpected EOF. So none are set up."},
		{"its JSON is none", answers(200, "application/json; charset=utf-8", "{not"), true, "answered 200 OK with JSON that cannot be read. It is taken to have set up what it is asked for."},
		{"it shows a page", answers(200, "text/plain", "\n<!DOCTYPE html><p>Log in"), true, "answered 200 OK with a web page. It is taken to have set up what it is asked for."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(tt.handler)
			t.Cleanup(server.Close)
			address, doubt := OfferedStates(t.Context(), server.URL+"?key=hush", nil)
			if want := map[bool]string{true: server.URL + statesPath + "?key=hush"}[tt.offered]; address != want {
				t.Errorf("states at %q, want %q", address, want)
			}
			if (tt.doubt == "") != (doubt == "") || tt.doubt != "" && !strings.HasPrefix(doubt, unknown) || !strings.HasSuffix(doubt, tt.doubt) {
				t.Errorf("doubt %q, want %q", doubt, tt.doubt)
			}
			if strings.Contains(doubt, "hush") {
				t.Errorf("a secret is in %q", doubt)
			}
		})
	}
	t.Run("it is silent", func(t *testing.T) {
		t.Parallel()
		release := make(chan struct{})
		server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
		t.Cleanup(server.Close)
		t.Cleanup(func() { close(release) })
		address, doubt := askForStates(t.Context(), server.URL, nil, 50*time.Millisecond)
		if address != "" || !strings.HasSuffix(doubt, statesPath+" gave no answer within 50ms. So none are set up.") {
			t.Errorf("states at %q, doubt %q", address, doubt)
		}
	})
}

// TestADoubtAboutStatesHoldsNoHeader asks what repeats the header instead of an answer.
func TestADoubtAboutStatesHoldsNoHeader(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, r.Header.Get("Authorization")+" is not known here\r\n\r\n")
	}))
	t.Cleanup(server.Close)
	_, doubt := OfferedStates(t.Context(), server.URL, map[string]string{"Authorization": "Bearer hush0123"})
	if strings.Contains(doubt, "hush") || !strings.Contains(doubt, `status code "xxxxx"`) {
		t.Errorf("the doubt is %q", doubt)
	}
}

// TestADoubtAboutStatesIsToldAndHandedOn has it on the screen before the results,
// and gives it to the verifier, which keeps the log.
func TestADoubtAboutStatesIsToldAndHandedOn(t *testing.T) {
	t.Parallel()
	server := clitest.NewServer()
	server.Answer("POST /contracts/verification-plan", http.StatusOK, types.VerificationPlan{Pacts: []types.PlannedPact{{Sha: "s1", Consumer: "orders", Content: []byte(pact)}}})
	s := clitest.New(t, server)
	var asked Request
	verify := func(_ context.Context, r Request) (Result, error) {
		asked = r
		return Result{Pacts: []PactResult{{SHA: "s1", Consumer: "orders", Success: true, Interactions: []types.InteractionResult{{Status: types.InteractionPassed}}}}}, nil
	}
	got := s.Run(t.Context(), Command(s.Env, verify), "contracts", "verify", "--provider", "inventory", "--provider-url", provider(t, 503), "--version", "9", "--publish=false")
	for _, want := range []string{"Warning: Whether the provider sets up provider states is not known: http://", "answered 503 Service Unavailable. So none are set up.", "--provider-states-url URL"} {
		if !strings.Contains(s.Err.String(), want) {
			t.Errorf("it does not say %q: %s", want, s.Err.String())
		}
	}
	if got != 0 || asked.StateURL != "" || !strings.Contains(asked.StatesDoubt, "answered 503 Service Unavailable") {
		t.Errorf("exit %d, asked %+v", got, asked)
	}
}
