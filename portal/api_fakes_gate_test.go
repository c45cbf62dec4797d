package portal

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/goldenpath/platform/contracts"
)

type fakeGate struct{ full bool }

func (fakeGate) place(d contracts.Deployment, kind contracts.DeploymentKind) contracts.Deployment {
	d.ID, d.Kind, d.CreatedAt = "d1", kind, apiTime
	return d
}

func (f fakeGate) RecordDeployment(_ context.Context, d contracts.Deployment) (contracts.Deployment, error) {
	return f.place(d, contracts.Deployed), nil
}

func (f fakeGate) RecordUndeployment(_ context.Context, d contracts.Deployment) (contracts.Deployment, error) {
	d.EndedAt = apiTime
	return f.place(d, contracts.Deployed), nil
}

func (f fakeGate) RecordRelease(_ context.Context, d contracts.Deployment) (contracts.Deployment, error) {
	return f.place(d, contracts.Released), nil
}

func (f fakeGate) RecordSupportEnded(_ context.Context, d contracts.Deployment) (contracts.Deployment, error) {
	d.EndedAt = apiTime
	return f.place(d, contracts.Released), nil
}

// CanIDeploy answers no; a question with everything in it has to arrive so.
func (f fakeGate) CanIDeploy(_ context.Context, q contracts.Question) (contracts.Answer, error) {
	rule := contracts.IgnoreRule{Service: "legacy", Version: "1:2"}
	if q.Tag != "" && (q.MaxAge != time.Hour || len(q.Ignore) != 1 || q.Ignore[0] != rule) {
		return contracts.Answer{}, errors.New("the question did not arrive")
	}
	version := "1"
	switch {
	case q.MainBranch:
		version = "of main"
	case q.Latest:
		version = "of all"
	}
	return contracts.Answer{
		Service: q.Service, Version: version, Environment: q.Environment, Verdict: contracts.No, Summary: "No.", MaxAge: q.MaxAge, AskedAt: apiTime,
		Reasons: some(f.full, contracts.Reason{
			Verdict: contracts.No, Rule: contracts.RuleBroken, Text: "It failed.", Next: "verify", IgnoredBy: &rule, VerificationID: 9,
			There: []contracts.Deployment{f.place(contracts.Deployment{}, contracts.Deployed)},
		}),
		Rules:    some(f.full, contracts.RuleUse{IgnoreRule: rule, Reasons: 1}),
		Warnings: some(f.full, "Nothing is sure."),
	}, nil
}

func (fakeGate) rule() contracts.IgnoreRule {
	return contracts.IgnoreRule{ID: "r1", Service: "legacy", Owner: "checkout", Reason: "it leaves", ExpiresAt: apiTime.Add(-time.Hour), CreatedAt: apiTime}
}

func (f fakeGate) IgnoreRules(context.Context) ([]contracts.IgnoreRule, error) {
	return some(f.full, f.rule()), nil
}

// ParseIgnores knows legacy.
func (fakeGate) ParseIgnores(_ context.Context, texts []string) ([]contracts.IgnoreRule, error) {
	return mapped(texts, func(text string) contracts.IgnoreRule {
		service, version, _ := strings.Cut(text, ":")
		return contracts.IgnoreRule{Service: service, Version: version}
	}), nil
}

func (fakeGate) AddIgnoreRule(_ context.Context, r contracts.IgnoreRule) (contracts.IgnoreRule, error) {
	r.ID, r.CreatedAt = "r2", apiTime
	return r, nil
}

func (f fakeGate) RemoveIgnoreRule(context.Context, string) (contracts.IgnoreRule, error) {
	return f.rule(), nil
}
