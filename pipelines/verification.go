package pipelines

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// KindVerifyProvider is the kind of runs that verify a registered provider.
const KindVerifyProvider = "verify-provider"

// VerifyProviderInput asks for a provider to be verified where it is registered.
type VerifyProviderInput struct {
	Provider string    `json:"provider"`
	Version  string    `json:"version"` // what runs there
	Branch   string    `json:"branch,omitempty"`
	Tags     []string  `json:"tags,omitempty"`
	BuildURL string    `json:"build_url,omitempty"`
	Pending  bool      `json:"pending,omitempty"`
	WIPSince time.Time `json:"wip_since,omitzero"`
}

// VerifiedProvider is the output of such a run. A broken promise is a result: the
// run succeeds.
type VerifiedProvider struct {
	Verdict contracts.Verdict `json:"verdict"`
	Pacts   []VerifiedPact    `json:"pacts"`
}

// VerifiedPact is how the provider did against one pact.
type VerifiedPact struct {
	Consumer         string            `json:"consumer"`
	ConsumerVersions []string          `json:"consumer_versions"`
	SHA              string            `json:"sha"`
	Verdict          contracts.Verdict `json:"verdict"`
	Success          bool              `json:"success"`
	Pending          bool              `json:"pending"`
	WIP              bool              `json:"wip"`
	Verification     int64             `json:"verification"`

	Interactions []contracts.InteractionResult `json:"interactions"`
}

// Verifier runs pacts against a provider, and returns one verification for each,
// in their order. Errors are about the whole: nobody listens, a tool is missing.
type Verifier interface {
	// Verify warns of what a person should look at, whatever the results are.
	Verify(ctx context.Context, address contracts.ProviderAddress, version string, pacts []contracts.VerifiablePact, timeout time.Duration, warn func(format string, args ...any)) ([]contracts.Verification, error)
}

// contractsToVerify is what a verification needs of the broker.
type contractsToVerify interface {
	ProviderAddress(ctx context.Context, provider string) (contracts.ProviderAddress, error)
	PactsForVerification(ctx context.Context, q contracts.PactQuery) ([]contracts.VerifiablePact, error)
	RecordVerification(ctx context.Context, v contracts.Verification) (contracts.Verification, error)
}

// ProviderVerification is the pipeline that verifies registered providers.
type ProviderVerification struct {
	contracts contractsToVerify
	verifier  Verifier
	unit      Unit
}

// NewProviderVerification returns the pipeline over its parts.
func NewProviderVerification(c contractsToVerify, v Verifier, unit Unit) *ProviderVerification {
	return &ProviderVerification{contracts: c, verifier: v, unit: unit}
}

const (
	stepVerify = "verify"
	// verifyTime is how long all pacts of a provider may take together.
	verifyTime = 10 * time.Minute
	// verifyTries is how often a provider that does not listen is looked for.
	verifyTries = 3
)

// Pipeline returns the pipeline.
func (p *ProviderVerification) Pipeline() Pipeline {
	return Pipeline{
		Kind:    KindVerifyProvider,
		Prepare: p.prepare,
		Steps: []StepSpec{
			{Name: stepVerify, Title: "Verify the pacts of its consumers", Do: p.verify, Tries: verifyTries, Deadline: verifyTime + time.Minute},
		},
		Output: func(w *Work) (any, error) {
			var out VerifiedProvider
			return out, w.Need(stepVerify, &out)
		},
	}
}

// prepare refuses a provider that nobody registered before a run exists. Two runs
// for one provider would disturb each other's states.
func (p *ProviderVerification) prepare(ctx context.Context, input json.RawMessage) (Brief, error) {
	var in VerifyProviderInput
	if err := json.Unmarshal(input, &in); err != nil {
		return Brief{}, fmt.Errorf("read what is to be verified: %w", err)
	}
	if _, err := p.contracts.ProviderAddress(ctx, in.Provider); err != nil {
		return Brief{}, err
	}
	return Brief{
		Subject: in.Provider, Title: "Verify " + in.Provider + " " + in.Version, Lock: KindVerifyProvider + "/" + in.Provider,
	}, nil
}

// verify runs the pacts and records all results at once. Done again after a crash
// it verifies again, and the later results replace the earlier.
func (p *ProviderVerification) verify(ctx context.Context, w *Work) (Outcome, error) {
	var in VerifyProviderInput
	if err := w.Input(&in); err != nil {
		return Outcome{}, err
	}
	address, err := p.contracts.ProviderAddress(ctx, in.Provider)
	if err != nil {
		return Outcome{}, err
	}
	pacts, err := p.contracts.PactsForVerification(ctx, contracts.PactQuery{
		Provider: in.Provider, ProviderBranch: in.Branch, ProviderTags: in.Tags, IncludePending: in.Pending, IncludeWIPSince: in.WIPSince,
	})
	if err != nil {
		return Outcome{}, err
	}
	out := VerifiedProvider{Verdict: contracts.Unknown, Pacts: []VerifiedPact{}}
	if len(pacts) == 0 {
		w.Log.Warn("No consumer has a pact for %s to verify.", in.Provider)
		return Outcome{Result: out}, nil
	}
	w.Log.Info("Verifying %s %s at %s. Pacts: %d.", in.Provider, in.Version, fault.Address(address.URL), len(pacts))
	results, err := p.verifier.Verify(ctx, address, in.Version, pacts, verifyTime, w.Log.Warn)
	if err != nil {
		return Outcome{}, err
	}
	if len(results) != len(pacts) {
		return Outcome{}, fmt.Errorf("the verifier gave %d results for %d pacts", len(results), len(pacts))
	}
	out.Verdict = contracts.Yes
	err = p.unit.InTx(ctx, func(ctx context.Context) error {
		for i, pact := range pacts {
			told, err := p.record(ctx, w, in, pact, results[i])
			if err != nil {
				return err
			}
			out.Pacts = append(out.Pacts, told)
			out.Verdict = together(out.Verdict, told)
		}
		return nil
	})
	return Outcome{Result: out}, err
}

// together is the worst of the verdicts. What failed and is pending does not count, be
// it a pact or an interaction that its consumer marked so.
func together(so contracts.Verdict, p VerifiedPact) contracts.Verdict {
	counts, unknown := !p.Pending && len(p.Interactions) == 0, false
	for _, i := range p.Interactions {
		counts = counts || i.Status == contracts.Failed && !i.Pending && !p.Pending
		unknown = unknown || i.Status == contracts.StatusUnknown && !p.Pending
	}
	switch {
	case p.Verdict == contracts.No && counts:
		return contracts.No
	case so == contracts.Yes && (p.Verdict == contracts.Unknown || p.Verdict == contracts.No && unknown):
		return contracts.Unknown
	}
	return so
}

func (p *ProviderVerification) record(ctx context.Context, w *Work, in VerifyProviderInput, pact contracts.VerifiablePact, v contracts.Verification) (VerifiedPact, error) {
	v.PactSHA, v.Consumer, v.Provider = pact.SHA, pact.Consumer, pact.Provider
	v.ProviderVersion, v.ProviderBranch, v.ProviderTags, v.BuildURL = in.Version, in.Branch, in.Tags, in.BuildURL
	v.Pending, v.WIP = pact.Pending && (in.Pending || pact.WIP), pact.WIP
	if len(pact.ConsumerVersions) > 0 {
		v.ConsumerVersion = pact.ConsumerVersions[0]
	}
	v, err := p.contracts.RecordVerification(ctx, v)
	if err != nil {
		return VerifiedPact{}, err
	}
	for _, i := range v.Interactions {
		line := fmt.Sprintf("%s: %s: %s", pact.Consumer, i.Description, i.Status)
		if i.Pending {
			line += " (pending)"
		}
		if i.Status == contracts.Passed {
			w.Log.Info("%s", line)
			continue
		}
		w.Log.Warn("%s", line)
		for _, m := range i.Mismatches {
			w.Log.Warn("  %s", m)
		}
	}
	return VerifiedPact{
		Consumer: pact.Consumer, ConsumerVersions: pact.ConsumerVersions, SHA: pact.SHA, Verdict: v.Verdict(), Success: v.Success, Pending: v.Pending, WIP: v.WIP,
		Verification: v.ID, Interactions: v.Interactions,
	}, nil
}
