package contracts

import "time"

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
