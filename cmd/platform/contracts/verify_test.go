package contracts

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/cmd/internal/cli/clitest"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/types"
)

// TestWhatIsVerified looks at what the options ask the server for, and at what is
// recorded about it.
func TestWhatIsVerified(t *testing.T) {
	t.Parallel()
	plan := types.VerificationPlan{Provider: "inventory", Pacts: []types.PlannedPact{
		{Sha: "s1", Consumer: "orders", ConsumerVersions: []string{"7", "6"}, Content: []byte(pact), Pending: true, Wip: true},
	}}
	for _, tt := range []struct {
		name     string
		args     []string
		want     int
		question string
		err      string
	}{
		{
			name:     "selectors in Pact's words",
			args:     []string{"--selector", `{"mainBranch": true}`, "--consumer-version-selectors", `[{"branch": "feat/x", "fallbackBranch": "main"}, {"environment": "production", "consumer": "web"}]`},
			question: `{"include_pending":true,"provider":"inventory","provider_branch":"main","selectors":[{"main_branch":true},{"branch":"feat/x","fallback_branch":"main"},{"consumer":"web","environment":"production"}]}`,
		},
		{
			name: "pending and work in progress", args: []string{"--enable-pending", "--include-wip-pacts-since", "2026-01-31", "--tag", "v9"},
			question: `{"include_pending":true,"include_wip_since":"2026-01-31T00:00:00Z","provider":"inventory","provider_branch":"main","provider_tags":["v9"]}`,
		},
		{name: "no mercy", args: []string{"--enable-pending=false"}, question: `{"provider":"inventory","provider_branch":"main"}`},
		{name: "a consumer", args: []string{"--consumer", "web"}, question: `{"include_pending":true,"provider":"inventory","provider_branch":"main","selectors":[{"consumer":"web","main_branch":true},{"consumer":"web","deployed_or_released":true}]}`},
		{
			name: "one version of a consumer", args: []string{"--selector", `{"consumer":"web","version":"2"}`},
			question: `{"include_pending":true,"provider":"inventory","provider_branch":"main","selectors":[{"consumer":"web","version":"2"}]}`,
		},
		{name: "a version of nobody", args: []string{"--selector", `{"version": "2"}`}, want: 2, err: "a version goes with a consumer, and with nothing else"},
		{name: "a version and more", args: []string{"--selector", `{"consumer":"web","version":"2","latest":true}`}, want: 2, err: "a version goes with a consumer, and with nothing else"},
		{name: "a word that no selector has", args: []string{"--selector", `{"mainbrunch": true}`}, want: 2, err: `unknown field "mainbrunch"`},
		{name: "a selector that picks nothing", args: []string{"--selector", `{"consumer": "web"}`}, want: 2, err: "it picks nothing"},
		{name: "a selector that is none", args: []string{"--selector", `main`}, want: 2, err: "is not a consumer version selector"},
		{name: "a date that is none", args: []string{"--include-wip-pacts-since", "yesterday"}, want: 2, err: `"yesterday" is not a date.`},
		{name: "a header that would never arrive", args: []string{"--header", "Authorization: Bearer hush\r\nX: y"}, want: 2, err: "its value has a line break"},
		{name: "a header without a name", args: []string{"--header", "A: b", "--header", "Authorization Bearer: hush"}, want: 2, err: "The 2nd --header is not a header: what is before its colon is no name."},
		{name: "one header twice", args: []string{"--header", "Authorization: Bearer hush", "--header", "authorization: Bearer shush"}, want: 2, err: "The 2nd --header is not a header: authorization is given before it."},
		{name: "a header that is only its value", args: []string{"--header", "Bearer hush"}, want: 2, err: "The 1st --header is not a header: it has no colon."},
		{name: "selectors and consumers", args: []string{"--selector", `{"latest": true}`, "--consumer", "web"}, want: 2, err: "--consumer and --selector both say"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := clitest.NewServer()
			server.Answer("POST /contracts/verification-plan", http.StatusOK, plan)
			server.Answer("POST /contracts/verifications", http.StatusCreated, types.Verification{})
			s := clitest.New(t, server)
			var asked Request
			verify := func(_ context.Context, r Request) (Result, error) {
				asked = r
				return Result{Pacts: []PactResult{{SHA: "s1", Consumer: "orders", Success: true, Interactions: []types.InteractionResult{{Description: "a product", Status: types.InteractionPassed}}}}}, nil
			}
			args := append([]string{"contracts", "verify", "--provider", "inventory", "--provider-base-url", provider(t, 404), "--provider-version", "9", "--branch", "main", "--messages-url", "http://127.0.0.1:1/m"}, tt.args...)
			got := s.Run(t.Context(), Command(s.Env, verify), args...)
			if got != tt.want || !strings.Contains(s.Err.String(), tt.err) {
				t.Fatalf("exit %d, want %d\nprinted %q\nsaid %q", got, tt.want, s.Out.String(), s.Err.String())
			}
			if strings.Contains(s.Err.String(), "hush") {
				t.Errorf("a secret is in %q", s.Err.String())
			}
			if tt.want != 0 {
				return
			}
			requests := server.Asked()
			if diff := cmp.Diff("POST /contracts/verification-plan "+tt.question, requests[0]); diff != "" {
				t.Error(diff)
			}
			for _, part := range []string{`"consumer_version":"7"`, `"pending":true`, `"wip":true`} {
				if !strings.Contains(requests[1], part) {
					t.Errorf("%s is not in %s", part, requests[1])
				}
			}
			if asked.MessagesURL != "http://127.0.0.1:1/m" {
				t.Errorf("messages at %q", asked.MessagesURL)
			}
		})
	}
}

func TestVerificationsAsTests(t *testing.T) {
	t.Parallel()
	interaction := func(name string, status types.InteractionResultStatus, why ...string) types.InteractionResult {
		return types.InteractionResult{Description: name, State: "stock", Status: status, Mismatches: why}
	}
	plan := types.VerificationPlan{Pacts: []types.PlannedPact{
		{Sha: "s1", Consumer: "orders", ConsumerVersions: []string{"7"}, Content: []byte(pact)},
		{Sha: "s2", Consumer: "web", ConsumerVersions: []string{"1"}, Content: []byte(pact), Pending: true},
		{Sha: "s3", Consumer: "app", ConsumerVersions: []string{"1"}, Content: []byte(pact)},
	}}
	server := clitest.NewServer()
	server.Answer("POST /contracts/verification-plan", http.StatusOK, plan)
	s := clitest.New(t, server)
	verify := func(context.Context, Request) (Result, error) {
		return Result{Pacts: []PactResult{
			{SHA: "s1", Consumer: "orders", Interactions: []types.InteractionResult{
				interaction("kept", types.InteractionPassed), interaction("broken", types.InteractionFailed, "Status: expected 200 but was 500.", "Body: empty."),
				interaction("lost", types.InteractionUnknown, "The verifier published no result for it."),
			}},
			{SHA: "s2", Consumer: "web", Interactions: []types.InteractionResult{interaction("promised early", types.InteractionFailed, "Body at $.a: missing.")}},
			{SHA: "s3", Consumer: "app", Log: "it crashed"},
		}}, nil
	}
	got := s.Run(t.Context(), Command(s.Env, verify), "contracts", "verify", "--provider", "inventory", "--provider-url", provider(t, 404),
		"--version", "9", "--publish=false", "--output", "junit")
	if got != 1 {
		t.Errorf("exit %d, want 1: %s", got, s.Err.String())
	}
	for _, part := range []string{
		`<testsuite name="contracts verify inventory 9" tests="5" failures="1" errors="2" skipped="1"`,
		`<testcase classname="orders" name="kept (given stock)"></testcase>`,
		`<failure message="Status: expected 200 but was 500.">Status: expected 200 but was 500.&#xA;Body: empty.</failure>`,
		`<error message="The verifier published no result for it.">`,
		`<skipped message="pending, so it does not count yet: Body at $.a: missing.">`,
		`<error message="the verifier said nothing about single interactions">it crashed</error>`,
	} {
		if !strings.Contains(s.Out.String(), part) {
			t.Errorf("%s is not in\n%s", part, s.Out.String())
		}
	}
}

// TestNothingToVerifySaysWhatWasAsked keeps a typing error in an option from
// reading as if no consumer had published anything.
func TestNothingToVerifySaysWhatWasAsked(t *testing.T) {
	t.Parallel()
	none := func(server *clitest.Server) {
		server.Answer("POST /contracts/verification-plan", http.StatusOK, types.VerificationPlan{Pacts: []types.PlannedPact{}})
	}
	fails := func(f *fault.Error) func(*clitest.Server) {
		return func(server *clitest.Server) { server.Fail("POST /contracts/verification-plan", f) }
	}
	noProd := fault.New(fault.NotFound, "There is no environment called \"prod\".").WithField("environment", "is not one of: production")
	for _, tt := range []struct {
		name   string
		args   []string
		answer func(*clitest.Server)
		want   int
		err    string
	}{
		{"by default", nil, none, 3, "No consumer has a pact for inventory to verify."},
		{"a provider nobody heard of", nil, fails(fault.New(fault.NotFound, "There is no inventory.")), 3, "No consumer has a pact for inventory to verify."},
		{"a consumer", []string{"--consumer", "ordres"}, none, 3, "There is no pact for inventory to verify of --consumer ordres on its main branch, deployed or released.\nHint:  See which pacts there are: platform contracts list --service inventory"},
		{"a selector", []string{"--selector", `{"branch": "mian"}`}, none, 3, `There is no pact for inventory to verify by --selector {"branch": "mian"}.`},
		{"an environment", []string{"--selector", `{"environment": "prod"}`}, fails(noProd), 4, `There is no environment called "prod".`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := clitest.NewServer()
			tt.answer(server)
			s := clitest.New(t, server)
			args := append([]string{"contracts", "verify", "--provider", "inventory", "--provider-url", provider(t, 404), "--version", "9", "--branch", "main"}, tt.args...)
			if got := s.Run(t.Context(), Command(s.Env, nil), args...); got != tt.want || !strings.Contains(s.Err.String(), tt.err) {
				t.Errorf("exit %d, want %d\nsaid %q", got, tt.want, s.Err.String())
			}
		})
	}
}

// TestWhatTheVerifierSaidLastIsShown when it judged nothing: without its log nobody
// can tell why it broke down.
func TestWhatTheVerifierSaidLastIsShown(t *testing.T) {
	t.Parallel()
	judged := func(status types.InteractionResultStatus, why ...string) types.InteractionResult {
		return types.InteractionResult{Description: "a product", Status: status, Mismatches: why}
	}
	const reason = "pact-verifier broke down (signal: segmentation fault)."
	broke := judged(types.InteractionUnknown, reason)
	for _, tt := range []struct {
		name         string
		interactions []types.InteractionResult
		log          string
		shown        bool
	}{
		{"it broke down", []types.InteractionResult{broke, broke}, "thread panicked at src/lib.rs\n" + reason, true},
		{"one has a reason of its own", []types.InteractionResult{judged(types.InteractionPassed), broke}, "thread panicked at src/lib.rs\n" + reason, false},
		{"its log says no more than the reason", []types.InteractionResult{broke}, reason + "\n", false},
		{"all was judged", []types.InteractionResult{judged(types.InteractionFailed, "Status: expected 200 but was 500.")}, "thread panicked at src/lib.rs", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			plan := types.VerificationPlan{Pacts: []types.PlannedPact{{Sha: "s1", Consumer: "orders", ConsumerVersions: []string{"7"}, Content: []byte(pact)}}}
			verify := func(context.Context, Request) (Result, error) {
				return Result{Pacts: []PactResult{{SHA: "s1", Consumer: "orders", Interactions: tt.interactions, Log: tt.log}}}, nil
			}
			for _, form := range []string{"table", "json", "junit"} {
				server := clitest.NewServer()
				server.Answer("POST /contracts/verification-plan", http.StatusOK, plan)
				s := clitest.New(t, server)
				s.Run(t.Context(), Command(s.Env, verify), "contracts", "verify", "--provider", "inventory", "--provider-url", provider(t, 404),
					"--version", "9", "--publish=false", "--output", form)
				if got := strings.Count(s.Out.String(), "thread panicked at src/lib.rs"); (got > 0) != tt.shown {
					t.Errorf("%s: shown %d times in\n%s", form, got, s.Out.String())
				}
			}
		})
	}
}

// TestWhatWasFoundIsShownAlsoWhenItCannotBeRecorded verifies three pacts, of which one
// is recorded before the server says no more.
func TestWhatWasFoundIsShownAlsoWhenItCannotBeRecorded(t *testing.T) {
	t.Parallel()
	plan := types.VerificationPlan{}
	result := Result{}
	for _, consumer := range []string{"orders", "web", "app"} {
		plan.Pacts = append(plan.Pacts, types.PlannedPact{Sha: "s " + consumer, Consumer: consumer, ConsumerVersions: []string{"7"}, Content: []byte(pact)})
		result.Pacts = append(result.Pacts, PactResult{SHA: "s " + consumer, Consumer: consumer, Interactions: []types.InteractionResult{
			{Description: "for " + consumer, Status: types.InteractionFailed, Mismatches: []string{"Status: expected 200 but was 500."}},
		}})
	}
	for code, exit := range map[fault.Code]int{fault.Forbidden: 6, fault.Unavailable: 7} {
		for form, wants := range map[string][]string{
			"table": {"for app", "no: 0 passed, 3 failed, 0 unknown"},
			"json":  {`"for app"`, `"verdict": "no"`, `"error": {`, `"message": "This token may only read."`},
			"junit": {`name="for app"`, `tests="4" failures="3" errors="1"`, `<testcase classname="contracts verify" name="results recorded">`, `<error message="This token may only read.">`},
		} {
			t.Run(string(code)+" "+form, func(t *testing.T) {
				t.Parallel()
				server := clitest.NewServer()
				server.Answer("POST /contracts/verification-plan", http.StatusOK, plan)
				var recorded atomic.Int32
				server.Handle("POST /contracts/verifications", func(w http.ResponseWriter, _ *http.Request) {
					if recorded.Add(1) > 1 {
						clitest.Problem(w, fault.New(code, "This token may only read."))
						return
					}
					clitest.JSON(w, http.StatusCreated, types.Verification{})
				})
				s := clitest.New(t, server)
				verify := func(context.Context, Request) (Result, error) { return result, nil }
				got := s.Run(t.Context(), Command(s.Env, verify), "contracts", "verify", "--provider", "inventory", "--provider-url", provider(t, 404), "--version", "9", "-o", form)
				if said := s.Err.String(); got != exit || !strings.Contains(said, "Recorded 1 of 3 results.\nError: This token may only read.\n") {
					t.Errorf("exit %d, want %d; said %q", got, exit, said)
				}
				for _, want := range wants {
					if !strings.Contains(s.Out.String(), want) {
						t.Errorf("%s is not in\n%s", want, s.Out.String())
					}
				}
			})
		}
	}
}
