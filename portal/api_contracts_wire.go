package portal

import (
	"strconv"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/types"
)

// toPublication takes the consumer and provider of each pact from its content:
// the broker reads them there.
func toPublication(p types.Publication) (contracts.Publication, error) {
	publication := contracts.Publication{
		Consumer: p.Consumer, Version: p.Version, Branch: p.Branch, Tags: p.Tags, BuildURL: p.BuildURL, Merge: p.Merge,
	}
	for i, c := range p.Contracts {
		if len(c.Content) == 0 {
			return publication, fault.New(fault.Invalid, "A contract has no content.").
				WithField("contracts."+strconv.Itoa(i)+".content", "is missing")
		}
		publication.Contracts = append(publication.Contracts, contracts.Contract{File: c.File, Content: c.Content})
	}
	return publication, nil
}

func fromPublished(p contracts.Published) types.Published {
	return types.Published{
		Consumer: p.Consumer, Version: p.Version, Branch: p.Branch, Tags: p.Tags, Notices: orEmpty(p.Notices),
		Contracts: mapped(p.Contracts, func(c contracts.PublishedContract) types.PublishedContract {
			return types.PublishedContract{Consumer: c.Consumer, Provider: c.Provider, Sha: c.SHA, Changed: c.Changed || c.First || c.Replaced}
		}),
	}
}

func toPactQuery(q types.VerificationQuestion) contracts.PactQuery {
	return contracts.PactQuery{
		Provider: q.Provider, ProviderBranch: q.ProviderBranch, ProviderTags: q.ProviderTags,
		IncludePending: q.IncludePending, IncludeWIPSince: q.IncludeWipSince,
		Selectors: mapped(q.Selectors, func(s types.Selector) contracts.Selector {
			return contracts.Selector{
				Consumer: s.Consumer, Version: s.Version, MainBranch: s.MainBranch, Branch: s.Branch, FallbackBranch: s.FallbackBranch,
				MatchingBranch: s.MatchingBranch, Tag: s.Tag, FallbackTag: s.FallbackTag, Latest: s.Latest,
				Deployed: s.Deployed, Released: s.Released, DeployedOrReleased: s.DeployedOrReleased, Environment: s.Environment,
			}
		}),
	}
}

// fromVerifiable tells that a pact is pending only to those who want to know: to
// others a failure counts.
func fromVerifiable(p contracts.VerifiablePact, pending bool) types.PlannedPact {
	return types.PlannedPact{
		Sha: p.SHA, Consumer: p.Consumer, Provider: p.Provider, Content: p.Content,
		ConsumerVersions: orEmpty(p.ConsumerVersions), Pending: p.Pending && (pending || p.WIP), Wip: p.WIP,
		Notices: reasons(p.Notices),
	}
}

// reasons are the notices that tell why a pact is verified. The others say what each
// way it may end would mean; all at once they contradict each other.
func reasons(notices []contracts.PactNotice) []string {
	out := []string{}
	for _, n := range notices {
		if n.When == contracts.BeforeVerification {
			out = append(out, n.Text)
		}
	}
	return out
}

func toVerification(v types.NewVerification) contracts.Verification {
	return contracts.Verification{
		PactSHA: v.Sha, Consumer: v.Consumer, Provider: v.Provider,
		ProviderVersion: v.ProviderVersion, ProviderBranch: v.ProviderBranch, ProviderTags: v.ProviderTags,
		ConsumerVersion: v.ConsumerVersion, Pending: v.Pending || v.Wip, WIP: v.Wip,
		Success: v.Success, Log: v.Log, BuildURL: v.BuildURL,
		Interactions: mapped(v.Interactions, func(i types.InteractionResult) contracts.InteractionResult {
			return contracts.InteractionResult{
				ID: i.ID, Description: i.Description, State: i.State, Status: string(i.Status), Mismatches: i.Mismatches,
			}
		}),
	}
}

func fromVerification(v contracts.Verification) types.Verification {
	return types.Verification{
		ID: strconv.FormatInt(v.ID, 10), Sha: v.PactSHA, Consumer: v.Consumer, Provider: v.Provider,
		ProviderVersion: v.ProviderVersion, ProviderBranch: v.ProviderBranch,
		Success: v.Success, Verdict: types.Verdict(v.Verdict()), Log: v.Log, BuildURL: v.BuildURL, VerifiedAt: v.VerifiedAt,
		Interactions: mapped(v.Interactions, func(i contracts.InteractionResult) types.InteractionResult {
			return types.InteractionResult{
				ID: i.ID, Description: i.Description, State: i.State,
				Status: types.InteractionResultStatus(i.Status), Mismatches: i.Mismatches, Pending: i.Pending,
			}
		}),
	}
}

func fromComparison(c contracts.Comparison) types.ContractChanges {
	side := func(p contracts.Pact) types.ComparedVersion {
		return types.ComparedVersion{Version: p.ConsumerVersion, Sha: p.SHA, PublishedAt: p.CreatedAt}
	}
	return types.ContractChanges{
		Consumer: c.Consumer, Provider: c.Provider, From: side(c.From), To: side(c.To), Specification: c.Specification,
		Changes: mapped(c.Changes, func(i contracts.InteractionChange) types.InteractionChange {
			return types.InteractionChange{
				Kind: types.InteractionChangeKind(i.Kind), Description: i.Description, State: i.State, Sentence: i.Sentence, Details: i.Details,
			}
		}),
	}
}

func fromPair(p contracts.Pair) types.ContractSummary {
	return types.ContractSummary{
		Consumer: p.Consumer, Provider: p.Provider, Verdict: types.Verdict(p.Verdict), Sha: p.SHA,
		ConsumerVersion: p.ConsumerVersion, ConsumerBranch: p.ConsumerBranch,
		ProviderVersion: p.ProviderVersion, PublishedAt: p.PublishedAt, VerifiedAt: p.VerifiedAt,
	}
}

func fromPairDetail(d contracts.PairDetail) types.Contract {
	return types.Contract{
		Summary: fromPair(d.Pair), Content: d.Content,
		Versions: mapped(d.Versions, func(v contracts.PublishedVersion) types.ContractVersion {
			return types.ContractVersion{
				Version: v.Number, Branches: v.Branches, Tags: v.Tags, Environments: v.Environments,
				Sha: v.SHA, PublishedAt: v.PublishedAt, Verdict: types.Verdict(v.Verdict),
			}
		}),
		Verifications: mapped(d.Verifications, fromVerification),
	}
}
