package pipelines_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/contracts/contractstest"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/pipelines"
	"github.com/goldenpath/platform/pipelines/pipelinestest"
)

// verifierFunc stands in for the helper process.
type verifierFunc func(pacts []contracts.VerifiablePact) ([]contracts.Verification, error)

func (f verifierFunc) Verify(_ context.Context, a contracts.ProviderAddress, version string, pacts []contracts.VerifiablePact, _ time.Duration, warn func(string, ...any)) ([]contracts.Verification, error) {
	if a.URL != "http://inventory" || version != "i1" {
		return nil, fault.New(fault.Internal, "the wrong provider is verified: %s %s", a.URL, version)
	}
	warn("it is %s", "watched")
	return f(pacts)
}

func TestVerifyingARegisteredProvider(t *testing.T) {
	t.Parallel()
	result := func(status string, success bool, why ...string) verifierFunc {
		return func([]contracts.VerifiablePact) ([]contracts.Verification, error) {
			return []contracts.Verification{{Success: success, Log: "the helper's log", Interactions: []contracts.InteractionResult{
				{Description: "a product", Status: status, Mismatches: why},
			}}}, nil
		}
	}
	const newOne = `,{"type":"Synchronous/HTTP","description":"a new one","pending":true,"request":{"method":"GET","path":"/new"},"response":{"status":200}}`
	marked := func(product, added string) verifierFunc {
		return func([]contracts.VerifiablePact) ([]contracts.Verification, error) {
			return []contracts.Verification{{Interactions: []contracts.InteractionResult{
				{Description: "a product", Status: product}, {Description: "a new one", Status: added},
			}}}, nil
		}
	}
	tests := []struct {
		name    string
		verify  verifierFunc
		more    string // of the pact's interactions
		pending bool
		state   pipelines.State
		verdict contracts.Verdict
		stored  contracts.Verdict // "" for none
		log     string
	}{
		{name: "kept", verify: result(contracts.Passed, true), state: pipelines.Succeeded, verdict: contracts.Yes, stored: contracts.Yes, log: "orders: a product: passed"},
		{name: "broken", verify: result(contracts.Failed, false, "Status: expected 200 but was 500."), state: pipelines.Succeeded, verdict: contracts.No, stored: contracts.No, log: "Status: expected 200 but was 500."},
		{name: "broken and pending", verify: result(contracts.Failed, false), pending: true, state: pipelines.Succeeded, verdict: contracts.Yes, stored: contracts.No},
		{
			name: "broken where the consumer marked it as pending", more: newOne, verify: marked(contracts.Passed, contracts.Failed),
			state: pipelines.Succeeded, verdict: contracts.Yes, stored: contracts.No, log: "orders: a new one: failed (pending)",
		},
		{name: "broken where it is pending, and elsewhere", more: newOne, verify: marked(contracts.Failed, contracts.Failed), state: pipelines.Succeeded, verdict: contracts.No, stored: contracts.No},
		{name: "broken where it is pending, and unknown elsewhere", more: newOne, verify: marked(contracts.StatusUnknown, contracts.Failed), state: pipelines.Succeeded, verdict: contracts.Unknown, stored: contracts.No},
		{name: "unknown where it is pending", more: newOne, verify: marked(contracts.Passed, contracts.StatusUnknown), state: pipelines.Succeeded, verdict: contracts.Unknown, stored: contracts.Unknown},
		{name: "a helper that crashed", verify: result(contracts.StatusUnknown, false, "pact-verifier broke down."), state: pipelines.Succeeded, verdict: contracts.Unknown, stored: contracts.Unknown, log: "pact-verifier broke down."},
		{name: "a helper that says yes and tells nothing", verify: func([]contracts.VerifiablePact) ([]contracts.Verification, error) {
			return []contracts.Verification{{Success: true}}, nil
		}, state: pipelines.Succeeded, verdict: contracts.Unknown, stored: contracts.Unknown},
		{name: "a helper that forgets a pact", verify: func([]contracts.VerifiablePact) ([]contracts.Verification, error) { return nil, nil }, state: pipelines.Failed},
		{name: "nobody listens", verify: func([]contracts.VerifiablePact) ([]contracts.Verification, error) {
			return nil, fault.New(fault.MissingTool, "No provider listens.")
		}, state: pipelines.Failed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			broker, kept := ordersRelyOnInventory(t, tt.more)
			store, queue := pipelinestest.NewStore(), &pipelinestest.Queue{}
			runner := pipelines.NewRunner(pipelines.Options{
				Store: store, Queue: queue, Unit: store, Log: slog.New(slog.DiscardHandler),
				Pipelines: []pipelines.Pipeline{pipelines.NewProviderVerification(broker, tt.verify, kept).Pipeline()},
			})
			in := pipelines.VerifyProviderInput{Provider: "inventory", Version: "i1", Branch: "main", Pending: tt.pending}
			if _, err := runner.Start(t.Context(), pipelines.KindVerifyProvider, in.Provider, in); !fault.Is(err, fault.NotFound) {
				t.Fatalf("a provider nobody registered: %v", err)
			}
			if _, err := broker.RegisterProvider(t.Context(), contracts.ProviderAddress{Provider: "inventory", URL: "http://inventory"}); err != nil {
				t.Fatal(err)
			}
			run, err := runner.Start(t.Context(), pipelines.KindVerifyProvider, in.Provider, in)
			if err != nil {
				t.Fatal(err)
			}
			if err := runner.Work(t.Context(), pipelines.RunArgs{RunID: run.ID}); err != nil {
				t.Log(err)
			}
			if run, err = runner.Get(t.Context(), run.ID); err != nil || run.State != tt.state {
				t.Fatalf("%s: %v, %v", run.State, run.Failure, err)
			}
			wantStored(t, broker, tt.stored)
			if tt.state != pipelines.Succeeded {
				return
			}
			var out pipelines.VerifiedProvider
			if err := json.Unmarshal(run.Output, &out); err != nil {
				t.Fatal(err)
			}
			if out.Verdict != tt.verdict || len(out.Pacts) != 1 || out.Pacts[0].Pending != tt.pending {
				t.Errorf("got %+v, want %s", out, tt.verdict)
			}
			events, err := store.Events(t.Context(), run.ID, 0, 100)
			if err != nil {
				t.Fatal(err)
			}
			var log strings.Builder
			for _, e := range events {
				log.WriteString(e.Text + "\n")
			}
			for _, want := range []string{tt.log, "it is watched"} {
				if !strings.Contains(log.String(), want) {
					t.Errorf("%q is not in the log:\n%s", want, log.String())
				}
			}
		})
	}
}

// ordersRelyOnInventory returns a broker with one pact of one interaction, and more if
// there are, and where it keeps it.
func ordersRelyOnInventory(t *testing.T, more string) (*contracts.Broker, *contractstest.Store) {
	t.Helper()
	kept := contractstest.NewStore()
	broker := contracts.New(kept, kept, nil)
	_, err := broker.Publish(t.Context(), contracts.Publication{Version: "1", Branch: "main", Contracts: []contracts.Contract{{Content: []byte(
		`{"consumer":{"name":"orders"},"provider":{"name":"inventory"},"interactions":[{"description":"a product","request":{"method":"GET","path":"/"},"response":{"status":200}}` + more + `],"metadata":{"pactSpecification":{"version":"4.0"}}}`)}}})
	if err != nil {
		t.Fatal(err)
	}
	return broker, kept
}

// TestTheLogOfAVerificationHoldsNoSecretOfAnAddress verifies a provider whose
// address an older version stored with a password: it is asked as before.
func TestTheLogOfAVerificationHoldsNoSecretOfAnAddress(t *testing.T) {
	t.Parallel()
	const address = "http://ada:hush@inventory.test?key=hush"
	broker, kept := ordersRelyOnInventory(t, "")
	if err := kept.SaveProviderAddress(t.Context(), contracts.ProviderAddress{Provider: "inventory", URL: address}); err != nil {
		t.Fatal(err)
	}
	verifier := askedVerifier{}
	store, queue := pipelinestest.NewStore(), &pipelinestest.Queue{}
	var said strings.Builder
	runner := pipelines.NewRunner(pipelines.Options{
		Store: store, Queue: queue, Unit: store, Log: slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Pipelines: []pipelines.Pipeline{pipelines.NewProviderVerification(broker, &verifier, kept).Pipeline()},
	})
	run, err := runner.Start(t.Context(), pipelines.KindVerifyProvider, "inventory", pipelines.VerifyProviderInput{Provider: "inventory", Version: "i1"})
	if err != nil {
		t.Fatal(err)
	}
	if err := runner.Work(t.Context(), pipelines.RunArgs{RunID: run.ID}); err != nil {
		t.Fatal(err)
	}
	if verifier.at != address {
		t.Errorf("%s was asked", verifier.at)
	}
	events, err := store.Events(t.Context(), run.ID, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		said.WriteString(e.Text + "\n")
	}
	if log := said.String(); strings.Contains(log, "hush") || !strings.Contains(log, "at http://[secret]@inventory.test.") {
		t.Errorf("it says %s", log)
	}
}

// askedVerifier remembers which address it was given.
type askedVerifier struct{ at string }

func (v *askedVerifier) Verify(_ context.Context, a contracts.ProviderAddress, _ string, pacts []contracts.VerifiablePact, _ time.Duration, _ func(string, ...any)) ([]contracts.Verification, error) {
	v.at = a.URL
	return make([]contracts.Verification, len(pacts)), nil
}

func wantStored(t *testing.T, broker *contracts.Broker, verdict contracts.Verdict) {
	t.Helper()
	pair, err := broker.Pair(t.Context(), "orders", "inventory")
	if err != nil {
		t.Fatal(err)
	}
	var got []contracts.Verdict
	for _, v := range pair.Verifications {
		got = append(got, v.Verdict())
		if v.ConsumerVersion != "1" || v.ProviderVersion != "i1" || v.ProviderBranch != "main" {
			t.Errorf("stored %+v", v)
		}
	}
	var want []contracts.Verdict
	if verdict != "" {
		want = append(want, verdict)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
}
