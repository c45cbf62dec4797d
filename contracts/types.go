package contracts

import (
	"encoding/json"
	"time"
)

// Pacticipant is a service as Pact knows it: a consumer, a provider, or both.
type Pacticipant struct {
	ID                  int64
	Name                string
	DisplayName         string
	MainBranch          string
	RepositoryURL       string
	RepositoryName      string
	RepositoryNamespace string
	Labels              []Label // by name
	CreatedAt           time.Time
	UpdatedAt           time.Time
}

// Label groups services.
type Label struct {
	Name      string
	CreatedAt time.Time
}

// Version is one version of a pacticipant. IDs grow in the order versions were
// first seen, and "latest" means the greatest: neither dates nor numbers decide.
type Version struct {
	ID            int64
	PacticipantID int64
	Pacticipant   string
	Number        string
	BuildURL      string
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// VersionDetail is what hangs on a version: branches, tags, and where it runs.
type VersionDetail struct {
	Branches    []VersionBranch
	Tags        []VersionTag
	Deployments []Deployment // current ones, deployed or released
}

// VersionBranch is a version's place on a branch.
type VersionBranch struct {
	Name      string
	Latest    bool // the version is the head of the branch
	CreatedAt time.Time
}

// VersionTag is a tag on a version.
type VersionTag struct {
	Name      string
	Latest    bool // no later version carries the tag
	CreatedAt time.Time
}

// Branch is a branch of a pacticipant. Its head is the version first seen last.
type Branch struct {
	ID            int64
	PacticipantID int64
	Name          string
	HeadID        int64
	CreatedAt     time.Time
}

// Integration is a consumer and a provider that have, or had, a pact.
type Integration struct {
	ConsumerID, ProviderID int64
	Consumer, Provider     string
	CreatedAt              time.Time
}

// Content is what a pact says, stored once for a consumer, a provider and a SHA.
type Content struct {
	ID           int64
	ConsumerID   int64
	ProviderID   int64
	SHA          string
	Body         []byte // as first published
	Interactions int
	CreatedAt    time.Time
}

// Pact is one publication: a consumer version promised to rely on Content.
type Pact struct {
	ID                int64
	ConsumerID        int64
	ProviderID        int64
	ConsumerVersionID int64
	ContentID         int64
	Consumer          string
	Provider          string
	ConsumerVersion   string
	SHA               string
	Interactions      int
	Revision          int
	CreatedAt         time.Time
}

// WithdrawnPact is a pact with a provider, which may be gone, that a version had
// published until somebody deleted it.
type WithdrawnPact struct {
	ConsumerID        int64
	ConsumerVersionID int64
	Consumer          string
	ConsumerVersion   string
	Provider          string
	SHA               string // of what it said; "" where that was not kept
	DeletedAt         time.Time
}

// Verification is what a provider version said about a content. ID is also the
// number that clients see; a later one replaces an earlier one of the same
// content and provider version.
type Verification struct {
	ID                int64
	ContentID         int64
	ProviderVersionID int64
	PactSHA           string
	Consumer          string
	Provider          string
	ConsumerVersion   string // the publication it was made for, when known
	ProviderVersion   string
	ProviderBranch    string
	ProviderTags      []string
	Success           bool
	Incomplete        bool // not all interactions have a result, or a claimed success has one that failed
	Pending           bool
	WIP               bool
	Interactions      []InteractionResult
	Log               string
	BuildURL          string
	VerifiedBy        json.RawMessage // the client's words about itself
	TestResults       json.RawMessage // the client's raw results
	VerifiedAt        time.Time
}

// Verdict is what the verification says about the pact: a success with missing
// results is no success, and a failure without a failed interaction is a
// verification that did not finish.
func (v Verification) Verdict() Verdict { return verdict(v.Success, v.Incomplete) }

func verdict(success, incomplete bool) Verdict {
	switch {
	case incomplete:
		return Unknown
	case success:
		return Yes
	default:
		return No
	}
}

// The states of one interaction in a verification.
const (
	Passed        = "passed"
	Failed        = "failed"
	StatusUnknown = "unknown" // no result arrived; never counted as a pass
)

// InteractionResult is how one interaction did.
type InteractionResult struct {
	ID          string   `json:"id,omitempty"`
	Description string   `json:"description"`
	State       string   `json:"state,omitempty"`
	Status      string   `json:"status"`
	Mismatches  []string `json:"mismatches,omitempty"`

	// Pending says that the pact marks the interaction so: its failure is one, but does
	// not break the provider's build.
	Pending bool `json:"pending,omitempty"`
}

// Environment is a place services are deployed to.
type Environment struct {
	ID          string // a UUID
	Name        string
	DisplayName string
	Production  bool
	Contacts    json.RawMessage // a list of {name, details}, or nil
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// DeploymentKind says how a version is in an environment.
type DeploymentKind string

// Deployed replaces what ran there before; Released stands beside others.
const (
	Deployed DeploymentKind = "deployed"
	Released DeploymentKind = "released"
)

// Deployment is a version in an environment, now or earlier.
type Deployment struct {
	ID                  string // a UUID
	Kind                DeploymentKind
	Service             string
	Version             string
	Environment         string
	ApplicationInstance string // "" is the default instance
	Current             bool
	CreatedAt           time.Time
	EndedAt             time.Time

	PacticipantID int64
	VersionID     int64
	EnvironmentID string
}
