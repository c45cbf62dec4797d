package contracts_test

import (
	"strings"
	"testing"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

const (
	inStock = "a product in stock"
	soldOut = "a product out of stock"
)

// kept is what a provider says that keeps the pact of journey.
func kept() map[string]string {
	return map[string]string{inStock: contracts.Passed, soldOut: contracts.Passed}
}

// place puts a version into production, beside what is there.
func place(t *testing.T, b *contracts.Broker, kind contracts.DeploymentKind, service, version, instance string) contracts.Deployment {
	t.Helper()
	record := b.RecordDeployment
	if kind == contracts.Released {
		record = b.RecordRelease
	}
	d, err := record(t.Context(), contracts.Deployment{Service: service, Version: version, Environment: "production", ApplicationInstance: instance})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// leave ends everything of a service in production.
func leave(t *testing.T, b *contracts.Broker, service string) {
	t.Helper()
	p, err := b.Pacticipant(t.Context(), service)
	if err != nil {
		t.Fatal(err)
	}
	list, err := b.Deployments(t.Context(), contracts.DeploymentFilter{PacticipantIDs: []int64{p.ID}, Current: true})
	if err != nil || len(list) == 0 {
		t.Fatalf("%d deployments of %s, %v", len(list), service, err)
	}
	for _, d := range list {
		if _, err := b.EndDeployment(t.Context(), d.Kind, d.ID); err != nil {
			t.Fatal(err)
		}
	}
}

func sees(t *testing.T, b *contracts.Broker, service, version string) {
	t.Helper()
	if _, err := b.AddToBranch(t.Context(), service, "main", version); err != nil {
		t.Fatal(err)
	}
}

// TestTheGateIsNotFooled has what could pass for a yes: each begins with orders o1,
// whose pact inventory i1 keeps, in production.
func TestTheGateIsNotFooled(t *testing.T) {
	t.Parallel()
	type broker = contracts.Broker
	tests := []struct {
		name             string
		before           func(t *testing.T, b *broker)
		service, version string
		environment      string // production when empty
		want             contracts.Verdict
		wantText         string // of the first reason
		wantNext         string
	}{
		{
			name: "the provider is in another environment", service: "orders", version: "o1", environment: "test", want: contracts.Unknown,
			wantText: "orders o1 needs inventory, and no version of inventory is recorded in test.",
			wantNext: "platform contracts record-deployment --service inventory --version VERSION --environment test",
		},
		{
			name: "the provider has left", service: "orders", version: "o1", want: contracts.Unknown,
			before:   func(t *testing.T, b *broker) { t.Helper(); leave(t, b, "inventory") },
			wantText: "no version of inventory is recorded in production",
			wantNext: "platform contracts record-deployment --service inventory --version VERSION --environment production",
		},
		{
			name: "the name of a branch is no version", service: "orders", version: "main", want: contracts.Unknown,
			wantText: "Version main of orders is not known", wantNext: "platform contracts publish pacts --service orders --version main",
		},
		{
			name: "a version that only stands on a branch", service: "inventory", version: "i2", want: contracts.Unknown,
			before:   func(t *testing.T, b *broker) { t.Helper(); sees(t, b, "inventory", "i2") },
			wantText: "Version i2 of inventory has not verified any pact.",
			wantNext: "platform contracts verify --provider inventory --provider-url URL --version i2",
		},
		{
			name: "a consumer's version without its pacts", service: "orders", version: "o2", want: contracts.Unknown,
			before:   func(t *testing.T, b *broker) { t.Helper(); sees(t, b, "orders", "o2") },
			wantText: "orders has pacts with inventory, but version o2 published none.",
			wantNext: "platform contracts publish pacts --service orders --version o2",
		},
		{
			name: "the same content under a new version is kept already", service: "orders", version: "o2", want: contracts.Yes,
			before: func(t *testing.T, b *broker) {
				t.Helper()
				publish(t, b, "o2", "x", "orders", "inventory", inStock, soldOut)
			},
			wantText: "inventory i1 (in production) keeps the pact of orders o2.",
		},
		{
			name: "a verdict about a part of the content", service: "orders", version: "o2", want: contracts.Unknown,
			before: func(t *testing.T, b *broker) {
				t.Helper()
				publish(t, b, "o2", "x", "orders", "inventory", inStock, soldOut, "a product nobody made")
			},
			wantText: "inventory i1 (in production) has not verified the pact of orders o2.",
			wantNext: "platform contracts verify --provider inventory --provider-url URL --version i1" +
				` --selector '{"consumer":"orders","version":"o2"}'`,
		},
		{
			name: "a pact that changed after it was verified", service: "orders", version: "o1", want: contracts.Unknown,
			before: func(t *testing.T, b *broker) {
				t.Helper()
				_, err := b.Publish(t.Context(), contracts.Publication{Version: "o1", Contracts: []contracts.Contract{
					{Content: pactJSON("orders", "inventory", inStock, "something new"), Overwrite: true},
				}})
				if err != nil {
					t.Fatal(err)
				}
			},
			wantText: "inventory i1 (in production) has not verified the pact of orders o1.",
			wantNext: "platform contracts verify --provider inventory --provider-url URL --version i1",
		},
		{
			name: "beside the good version runs one that nobody verified", service: "orders", version: "o1", want: contracts.Unknown,
			before: func(t *testing.T, b *broker) {
				t.Helper()
				sees(t, b, "inventory", "i0")
				place(t, b, contracts.Deployed, "inventory", "i0", "blue")
			},
			wantText: "inventory i0 (in production) has not verified the pact of orders o1.",
			wantNext: "platform contracts verify --provider inventory --provider-url URL --version i0",
		},
		{
			name: "beside the good version one is released that breaks the pact", service: "orders", version: "o1", want: contracts.No,
			before: func(t *testing.T, b *broker) {
				t.Helper()
				verify(t, b, "i2", map[string]string{inStock: contracts.Failed, soldOut: contracts.Passed})
				place(t, b, contracts.Released, "inventory", "i2", "")
			},
			wantText: `inventory i2 (in production) breaks the pact of orders o1: "a product in stock" failed.`,
			wantNext: `platform contracts verify --provider inventory --provider-url URL --version "$(git rev-parse HEAD)"`,
		},
		{
			name: "the bad version beside it has lost its support", service: "orders", version: "o1", want: contracts.Yes,
			before: func(t *testing.T, b *broker) {
				t.Helper()
				verify(t, b, "i2", map[string]string{inStock: contracts.Failed})
				d := place(t, b, contracts.Released, "inventory", "i2", "")
				if _, err := b.EndDeployment(t.Context(), contracts.Released, d.ID); err != nil {
					t.Fatal(err)
				}
			},
			wantText: "inventory i1 (in production) keeps the pact of orders o1.",
		},
		{
			name: "a bad version took the place of the good one", service: "orders", version: "o1", want: contracts.No,
			before: func(t *testing.T, b *broker) {
				t.Helper()
				verify(t, b, "i2", map[string]string{inStock: contracts.Passed, soldOut: contracts.Failed})
				deploy(t, b, "inventory", "i2")
			},
			wantText: `inventory i2 (in production) breaks the pact of orders o1: "a product out of stock" failed.`,
		},
		{
			name: "an old consumer is still there and would break", service: "inventory", version: "i2", want: contracts.No,
			before: func(t *testing.T, b *broker) {
				t.Helper()
				verify(t, b, "i2", map[string]string{inStock: contracts.Failed, soldOut: contracts.Passed})
				deploy(t, b, "orders", "o1")
				publish(t, b, "o2", "main", "orders", "inventory", soldOut)
				verify(t, b, "i2", map[string]string{soldOut: contracts.Passed})
				place(t, b, contracts.Deployed, "orders", "o2", "green")
			},
			wantText: `inventory i2 breaks the pact of orders o1 (in production): "a product in stock" failed.`,
		},
		{
			name: "the provider kept the pact of another consumer only", service: "inventory", version: "i2", want: contracts.Unknown,
			before: func(t *testing.T, b *broker) {
				t.Helper()
				verify(t, b, "i2", kept())
				publish(t, b, "w1", "main", "web", "inventory", inStock)
				deploy(t, b, "web", "w1")
			},
			wantText: "inventory i2 has not verified the pact of web w1 (in production).",
			wantNext: "platform contracts verify --provider inventory --provider-url URL --version i2",
		},
		{
			name: "it was good once, and then it failed", service: "orders", version: "o1", want: contracts.No,
			before: func(t *testing.T, b *broker) {
				t.Helper()
				verify(t, b, "i1", map[string]string{inStock: contracts.Failed, soldOut: contracts.Failed})
			},
			wantText: `inventory i1 (in production) breaks the pact of orders o1: "a product in stock" and "a product out of stock" failed.`,
		},
		{
			name: "a verifier that ran nothing claims success", service: "orders", version: "o1", want: contracts.Unknown,
			before: func(t *testing.T, b *broker) {
				t.Helper()
				verify(t, b, "i1", nil)
			},
			wantText: `without a result for every interaction: "a product in stock" and "a product out of stock".`,
			wantNext: "platform contracts verify --provider inventory --provider-url URL --version i1",
		},
		{
			name: "the verifier of a version that meets no consumer crashed", service: "inventory", version: "i2", want: contracts.Unknown,
			before:   func(t *testing.T, b *broker) { t.Helper(); verify(t, b, "i2", nil) },
			wantText: "Version i2 of inventory has not verified any pact.",
			wantNext: "platform contracts verify --provider inventory --provider-url URL --version i2",
		},
		{
			name: "a foreign verifier claims success with an empty list of results", service: "orders", version: "o1", want: contracts.Unknown,
			before: func(t *testing.T, b *broker) {
				t.Helper()
				claim(t, b, []contracts.InteractionResult{})
			},
			wantText: "without a result for every interaction",
		},
		{
			name: "a foreign verifier claims success and one result says otherwise", service: "orders", version: "o1", want: contracts.Unknown,
			before: func(t *testing.T, b *broker) {
				t.Helper()
				claim(t, b, []contracts.InteractionResult{{Description: inStock, Status: contracts.Failed}, {Description: soldOut, Status: contracts.Passed}})
			},
			wantText: `called it a success, but its own results name a failure: "a product in stock".`,
		},
		{
			name: "a foreign verifier claims success and a result of no interaction says otherwise", service: "orders", version: "o1", want: contracts.Unknown,
			before: func(t *testing.T, b *broker) {
				t.Helper()
				claim(t, b, []contracts.InteractionResult{
					{Description: inStock, Status: contracts.Passed}, {Description: soldOut, Status: contracts.Passed}, {Description: "other", Status: contracts.Failed},
				})
			},
			wantText: `its own results name a failure: "other".`,
		},
		{
			name: "a pact that asks for nothing was verified", service: "orders", version: "o2", want: contracts.Unknown,
			before: func(t *testing.T, b *broker) {
				t.Helper()
				publish(t, b, "o2", "main", "orders", "inventory")
				verify(t, b, "i1", nil)
			},
			wantText: "without a result for every interaction",
		},
		{
			name: "a no is not hidden behind an unknown", service: "inventory", version: "i2", want: contracts.No,
			before: func(t *testing.T, b *broker) {
				t.Helper()
				publish(t, b, "a1", "main", "accounts", "inventory", inStock)
				deploy(t, b, "accounts", "a1")
				deploy(t, b, "orders", "o1")
				verify(t, b, "i2", map[string]string{inStock: contracts.Failed})
			},
			wantText: `inventory i2 breaks the pact of orders o1 (in production): "a product in stock" failed.`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := journey(t)
			if tt.before != nil {
				tt.before(t, b)
			}
			environment := tt.environment
			if environment == "" {
				environment = "production"
			}
			a, err := b.CanIDeploy(t.Context(), contracts.Question{Service: tt.service, Version: tt.version, Environment: environment})
			if err != nil {
				t.Fatal(err)
			}
			if a.Verdict != tt.want || len(a.Reasons) == 0 {
				t.Fatalf("verdict %s with %+v, want %s", a.Verdict, a.Reasons, tt.want)
			}
			r := a.Reasons[0]
			if r.Verdict != tt.want || !strings.Contains(r.Text, tt.wantText) || (tt.wantNext != "" && r.Next != tt.wantNext) {
				t.Errorf("reason %s %q, next %q\nwant   %s %q, next %q", r.Verdict, r.Text, r.Next, tt.want, tt.wantText, tt.wantNext)
			}
			if (r.Next == "") != (tt.want == contracts.Yes) {
				t.Errorf("next %q after a %s", r.Next, tt.want)
			}
		})
	}
}

// claim records a success of inventory i1 as foreign verifiers do at /broker.
func claim(t *testing.T, b *contracts.Broker, results []contracts.InteractionResult) {
	t.Helper()
	pair, err := b.Pair(t.Context(), "orders", "inventory")
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.RecordClaim(t.Context(), contracts.Verification{
		Consumer: "orders", Provider: "inventory", PactSHA: pair.SHA, ProviderVersion: "i1", Success: true, Interactions: results,
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAnAgeIsNotNegative(t *testing.T) {
	t.Parallel()
	_, err := journey(t).CanIDeploy(t.Context(), contracts.Question{Service: "orders", Version: "o1", Environment: "production", MaxAge: -time.Hour})
	if f := fault.From(err); err == nil || f.Code != fault.Invalid || f.Hint == "" {
		t.Errorf("got %v, want that the age is invalid", err)
	}
}
