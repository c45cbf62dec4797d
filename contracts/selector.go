package contracts

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

// Selector picks consumer versions, as the Pact Broker's consumer version
// selectors do.
type Selector struct {
	Consumer           string
	Version            string // of Consumer; the Pact Broker has no such selector
	MainBranch         bool
	Branch             string
	FallbackBranch     string
	MatchingBranch     bool
	Tag                string
	FallbackTag        string
	Latest             bool
	Deployed           bool
	Released           bool
	DeployedOrReleased bool
	Environment        string
}

// Clash says in the Pact Broker's words which of the selector's fields do not go
// together, or not with a provider on a branch of that name; "" for none.
func (sel Selector) Clash(providerBranch string) string {
	switch {
	case sel.Tag != "" && sel.Branch != "":
		return "cannot specify both a tag and a branch"
	case sel.MatchingBranch && providerBranch == "":
		return "the providerVersionBranch must be specified when the selector matchingBranch=true is used"
	case sel.FallbackTag != "" && sel.Tag == "":
		return "a tag must be specified when a fallbackTag is specified"
	case sel.FallbackBranch != "" && sel.Branch == "":
		return "a branch must be specified when a fallbackBranch is specified"
	}
	type field struct {
		name string
		set  bool
	}
	given := func(fields ...field) []string {
		names := []string{}
		for _, f := range fields {
			if f.set {
				names = append(names, f.name)
			}
		}
		return names
	}
	kinds := given(field{"deployed", sel.Deployed}, field{"released", sel.Released}, field{"deployedOrReleased", sel.DeployedOrReleased})
	places := slices.Concat(kinds, given(field{"environment", sel.Environment != ""}))
	published := given(
		field{"mainBranch", sel.MainBranch}, field{"matchingBranch", sel.MatchingBranch}, field{"branch", sel.Branch != ""}, field{"tag", sel.Tag != ""},
		field{"latest", sel.Latest}, field{"fallbackTag", sel.FallbackTag != ""}, field{"fallbackBranch", sel.FallbackBranch != ""},
	)
	if len(published) > 0 && len(places) > 0 {
		return fmt.Sprintf("cannot specify the field %s with the field %s", published[0], places[0])
	}
	others := given(field{"branch", sel.Branch != ""}, field{"tag", sel.Tag != ""}, field{"matchingBranch", sel.MatchingBranch})
	if sel.MainBranch && len(others) > 0 {
		return "cannot specify mainBranch=true with the field " + others[0]
	}
	if len(kinds) > 1 {
		return "cannot specify more than one of " + strings.Join(kinds, ", ")
	}
	return ""
}

// PactQuery asks what a provider has to verify. Without selectors it is the main
// branch of every consumer and everything deployed or released.
type PactQuery struct {
	Provider        string
	Selectors       []Selector
	ProviderBranch  string
	ProviderTags    []string
	IncludePending  bool
	IncludeWIPSince time.Time // zero: no work in progress
	AddressesOnly   bool      // leave Content and Notices out: who asks fetches each pact by its address
}

// check refuses selectors of which only a part would be heeded: something else
// would be verified than was meant.
func (q PactQuery) check() error {
	bad := fault.New(fault.Invalid, "The selectors cannot be followed.").
		WithHint("Write a selector for each way of choosing: https://docs.pact.io/pact_broker/advanced_topics/consumer_version_selectors")
	for i, s := range q.Selectors {
		if clash := s.Clash(q.ProviderBranch); clash != "" {
			bad = bad.WithField(fmt.Sprintf("selectors[%d]", i), "%s", clash)
		}
	}
	if len(bad.Fields) == 0 {
		return nil
	}
	return bad
}

// VerifiablePact is one content to verify, once, however many versions and
// selectors picked it.
type VerifiablePact struct {
	SHA              string
	Consumer         string
	Provider         string
	ConsumerVersions []string // newest first
	Content          []byte   // with an _id in every interaction
	Pending          bool     // a failure does not break the provider's build yet
	WIP              bool
	Selected         []SelectedBy
	PendingTags      []string // provider tags it is pending for
	VerifiedTags     []string // provider tags it is not pending for
	Notices          []PactNotice
	PublishedAt      time.Time
	ContentID        int64

	query PactQuery
}

// SelectedBy is one selector and the consumer version it picked.
type SelectedBy struct {
	Selector    Selector
	Version     Version
	Kind        DeploymentKind // for a version picked because it is somewhere
	Environment Environment    // where
	Fallback    bool           // the fallback branch or tag was used
	Branch      string         // the branch that was looked at
}

// PactNotice is a sentence for whoever verifies. When is before_verification or
// after_verification:success_{true,false}_published_{true,false}.
type PactNotice struct {
	When string
	Text string
}
