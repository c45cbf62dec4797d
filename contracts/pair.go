package contracts

import "time"

// Pair is a consumer and a provider with the state of their latest pact.
type Pair struct {
	Consumer         string
	Provider         string
	Verdict          Verdict // of the latest verification of the latest pact
	SHA              string
	ConsumerVersion  string // the version that published the latest pact
	ConsumerBranch   string
	InteractionCount int
	PublishedAt      time.Time
	ProviderVersion  string // the version that verified it last, "" for never
	ProviderBranch   string
	VerifiedAt       time.Time
}

// PairDetail is everything the page of a pair shows.
type PairDetail struct {
	Pair
	Content       []byte        // the latest pact
	Specification string        // of Pact, such as 3.0.0
	Interactions  []Interaction // of the latest pact, with their latest results
	Versions      []PublishedVersion
	Verifications []Verification // newest first, of every content of the pair
	Deployments   []Deployment   // current ones of both services
}

// PublishedVersion is a consumer version that published a pact of a pair.
type PublishedVersion struct {
	Number       string
	Branches     []string
	Tags         []string
	Environments []string // where it is now
	SHA          string
	BuildURL     string
	PublishedAt  time.Time
	Verdict      Verdict // of the latest verification of what it published
}

// GateStatus is the gate's short answer for a catalog column.
type GateStatus struct {
	Service     string
	Version     string // the latest version
	Environment string
	Verdict     Verdict
	Reason      string // the first thing in the way, "" for yes
}
