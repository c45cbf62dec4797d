package portal

import (
	"context"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/portal/api/server"
	"github.com/goldenpath/platform/portal/api/types"
)

// apiGate is what the API needs of the gate, and of what it looks at.
type apiGate interface {
	CanIDeploy(ctx context.Context, q contracts.Question) (contracts.Answer, error)
	IgnoreRules(ctx context.Context) ([]contracts.IgnoreRule, error)
	ParseIgnores(ctx context.Context, texts []string) ([]contracts.IgnoreRule, error)
	AddIgnoreRule(ctx context.Context, r contracts.IgnoreRule) (contracts.IgnoreRule, error)
	RemoveIgnoreRule(ctx context.Context, id string) (contracts.IgnoreRule, error)
	RecordDeployment(ctx context.Context, d contracts.Deployment) (contracts.Deployment, error)
	RecordUndeployment(ctx context.Context, d contracts.Deployment) (contracts.Deployment, error)
	RecordRelease(ctx context.Context, d contracts.Deployment) (contracts.Deployment, error)
	RecordSupportEnded(ctx context.Context, d contracts.Deployment) (contracts.Deployment, error)
}

// CanIDeploy answers GET /contracts/can-i-deploy.
func (a *API) CanIDeploy(ctx context.Context, r server.CanIDeployRequestObject) (server.CanIDeployResponseObject, error) {
	p := r.Params
	gate, err := a.askGate(ctx, contracts.Question{
		Service: p.Service, Version: value(p.Version), Branch: value(p.Branch), Tag: value(p.Tag), MainBranch: value(p.MainBranch), Latest: value(p.Latest),
		Environment: value(p.Environment), ToTag: value(p.ToTag),
	}, p.MaxAge, p.Ignore)
	return gate, err
}

// CanIMerge answers GET /contracts/can-i-merge.
func (a *API) CanIMerge(ctx context.Context, r server.CanIMergeRequestObject) (server.CanIMergeResponseObject, error) {
	p := r.Params
	gate, err := a.askGate(ctx, contracts.Question{
		Service: p.Service, Version: value(p.Version), Branch: value(p.Branch), Tag: value(p.Tag), MainBranch: value(p.MainBranch), Latest: value(p.Latest), MainBranches: true,
	}, p.MaxAge, p.Ignore)
	return gate, err
}

func (a *API) askGate(ctx context.Context, q contracts.Question, maxAge *int64, ignore *[]string) (gateResponse, error) {
	// Longer ages than a duration holds are no limit to anything.
	q.MaxAge = time.Duration(min(value(maxAge), int64(longestAge/time.Second))) * time.Second
	var err error
	if q.Ignore, err = a.deps.Contracts.ParseIgnores(ctx, value(ignore)); err != nil {
		return gateResponse{}, err
	}
	answer, err := a.deps.Contracts.CanIDeploy(ctx, q)
	if err != nil {
		return gateResponse{}, err
	}
	gate := fromAnswer(answer)
	gate.ToTag, gate.MainBranches = q.ToTag, q.MainBranches
	return gate, nil
}

const longestAge = 100 * 365 * 24 * time.Hour

func fromAnswer(a contracts.Answer) gateResponse {
	return gateResponse{reasons: a.Reasons, Gate: types.Gate{
		Service: a.Service, Version: a.Version, Environment: a.Environment,
		Verdict: types.Verdict(a.Verdict), Summary: a.Summary,
		MaxAge: int64(a.MaxAge / time.Second), AskedAt: a.AskedAt, Warnings: orEmpty(a.Warnings),
		Rules: mapped(a.Rules, func(u contracts.RuleUse) types.RuleUse {
			return types.RuleUse{Rule: fromIgnoreRule(u.IgnoreRule, a.AskedAt), Reasons: u.Reasons}
		}),
	}}
}

func fromReason(r *contracts.Reason) types.Reason {
	out := types.Reason{
		Verdict: types.Verdict(r.Verdict), Rule: types.ReasonRule(r.Rule), Text: r.Text, Next: r.Next,
		Consumer: r.Consumer, ConsumerVersion: r.ConsumerVersion,
		Provider: r.Provider, ProviderVersion: r.ProviderVersion,
		Interactions: r.Interactions, There: mapped(r.There, fromDeployment), Sha: r.SHA, PublishedAt: r.PublishedAt,
		VerificationID: numbered(r.VerificationID), VerifiedAt: r.VerifiedAt,
	}
	if r.IgnoredBy != nil {
		out.IgnoredBy = fromIgnoreRule(*r.IgnoredBy, time.Time{})
	}
	return out
}

// ListIgnoreRules answers GET /contracts/ignore-rules.
func (a *API) ListIgnoreRules(ctx context.Context, _ server.ListIgnoreRulesRequestObject) (server.ListIgnoreRulesResponseObject, error) {
	rules, err := a.deps.Contracts.IgnoreRules(ctx)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	return server.ListIgnoreRules200JSONResponse{Items: mapped(rules, func(r contracts.IgnoreRule) types.IgnoreRule {
		return fromIgnoreRule(r, now)
	})}, nil
}

// AddIgnoreRule answers POST /contracts/ignore-rules.
func (a *API) AddIgnoreRule(ctx context.Context, r server.AddIgnoreRuleRequestObject) (server.AddIgnoreRuleResponseObject, error) {
	rule, err := a.deps.Contracts.AddIgnoreRule(ctx, contracts.IgnoreRule{
		Service: r.Body.Service, Version: r.Body.Version, Owner: r.Body.Owner, Reason: r.Body.Reason, ExpiresAt: r.Body.ExpiresAt,
		CreatedBy: IdentityOf(ctx).Actor,
	})
	if err != nil {
		return nil, err
	}
	return server.AddIgnoreRule201JSONResponse(fromIgnoreRule(rule, time.Now())), nil
}

// RemoveIgnoreRule answers DELETE /contracts/ignore-rules/{id}.
func (a *API) RemoveIgnoreRule(ctx context.Context, r server.RemoveIgnoreRuleRequestObject) (server.RemoveIgnoreRuleResponseObject, error) {
	rule, err := a.deps.Contracts.RemoveIgnoreRule(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return server.RemoveIgnoreRule200JSONResponse(fromIgnoreRule(rule, time.Now())), nil
}

func fromIgnoreRule(r contracts.IgnoreRule, now time.Time) types.IgnoreRule {
	return types.IgnoreRule{
		ID: r.ID, Service: r.Service, Version: r.Version, Owner: r.Owner, Reason: r.Reason,
		ExpiresAt: r.ExpiresAt, Expired: r.Expired(now), CreatedAt: r.CreatedAt, CreatedBy: r.CreatedBy,
	}
}
