package contracts

import (
	"context"
	"time"
)

// Store keeps pacticipants, pacts, verifications and deployments. Methods join
// the transaction in ctx and never start one. Lists are complete: a filter
// narrows, nothing cuts.
type Store interface {
	PacticipantStore
	VersionStore
	PactStore
	VerificationStore
	EnvironmentStore
	MatrixStore
	IgnoreStore
	AddressStore

	// Together calls functions that do not need each other's results; a store may
	// answer what they ask of it together. The error is that of the first in order.
	Together(ctx context.Context, functions ...func(ctx context.Context) error) error
	// Begin comes first in a transaction that adds to what is there, or removes of it.
	// One that removes waits for those that add, and they wait for it.
	Begin(ctx context.Context, removes bool) error
	// Moment calls fn so that all it reads is of one moment, whatever is written
	// meanwhile. It does not write.
	Moment(ctx context.Context, fn func(ctx context.Context) error) error
}

// AddressStore keeps where providers run. There are few.
type AddressStore interface {
	// ProviderAddresses lists in the order of providers' names.
	ProviderAddresses(ctx context.Context) ([]ProviderAddress, error)
	// SaveProviderAddress replaces what was kept for the provider.
	SaveProviderAddress(ctx context.Context, a ProviderAddress) error
	DeleteProviderAddress(ctx context.Context, provider string) error
}

// IgnoreStore keeps the gate's ignore rules. There are few.
type IgnoreStore interface {
	// IgnoreRules lists oldest first.
	IgnoreRules(ctx context.Context) ([]IgnoreRule, error)
	InsertIgnoreRule(ctx context.Context, r IgnoreRule) error
	DeleteIgnoreRule(ctx context.Context, id string) error
}

// PacticipantStore keeps services, their labels and who talks to whom.
type PacticipantStore interface {
	// EnsurePacticipant returns the pacticipant called name, made now if need be.
	EnsurePacticipant(ctx context.Context, name string, now time.Time) (p Pacticipant, created bool, err error)
	// Pacticipants lists in the order of names.
	Pacticipants(ctx context.Context, f PacticipantFilter) ([]Pacticipant, error)
	// UpdatePacticipant changes what c names and nothing else, which others may be
	// changing; at is when, zero for a service that was made with it.
	UpdatePacticipant(ctx context.Context, id int64, c PacticipantChange, at time.Time) error
	// NameMainBranch gives a service that has no main branch one.
	NameMainBranch(ctx context.Context, id int64, branch string, at time.Time) error
	// DeletePacticipant removes it with its versions, pacts and integrations.
	DeletePacticipant(ctx context.Context, id int64) error
	AddLabel(ctx context.Context, pacticipantID int64, name string, now time.Time) (created bool, err error)
	DeleteLabel(ctx context.Context, pacticipantID int64, name string) (deleted bool, err error)

	EnsureIntegration(ctx context.Context, consumerID, providerID int64, now time.Time) (created bool, err error)
	// Integrations lists in the order of consumer, then provider names.
	Integrations(ctx context.Context, f IntegrationFilter) ([]Integration, error)
	// DeleteIntegration removes it with its pacts and their verifications.
	DeleteIntegration(ctx context.Context, consumerID, providerID int64) error
}

// PacticipantFilter narrows; empty fields don't. Names are exact.
type PacticipantFilter struct {
	IDs   []int64
	Names []string
	Label string
}

// IntegrationFilter keeps integrations whose consumer OR provider is listed;
// with neither list, all.
type IntegrationFilter struct {
	ConsumerIDs []int64
	ProviderIDs []int64
}

// VersionStore keeps versions, branches and tags.
type VersionStore interface {
	// EnsureVersion returns the version, made now if need be, without the name of
	// its pacticipant. IDs are drawn in the order of first creation. Made again, it has
	// the withdrawn pacts that it had when it was deleted.
	EnsureVersion(ctx context.Context, pacticipantID int64, number string, now time.Time) (v Version, created bool, err error)
	// Versions lists newest first.
	Versions(ctx context.Context, f VersionFilter) ([]Version, error)
	// VersionDetails returns branches, tags and current deployments by version id.
	VersionDetails(ctx context.Context, ids []int64) (map[int64]VersionDetail, error)
	// VersionPlaces is VersionDetails without dates, and of deployments with
	// nothing but their ids and environments' ids.
	VersionPlaces(ctx context.Context, ids []int64) (map[int64]VersionDetail, error)
	UpdateVersion(ctx context.Context, v Version) error
	// DeleteVersion removes it with its pacts, but for those that were withdrawn: they
	// are remembered by name, until it is made again.
	DeleteVersion(ctx context.Context, id int64) error

	EnsureBranchVersion(ctx context.Context, v Version, branch string, now time.Time) (created bool, err error)
	DeleteBranchVersion(ctx context.Context, versionID int64, branch string) (deleted bool, err error)
	// Heads lists the newest versions on branches that have one of the names, or are
	// their service's main branch and main is asked for, in no order.
	Heads(ctx context.Context, pacticipantIDs []int64, names []string, main bool) ([]Head, error)
	// Branches lists in the order of names; name narrows when not empty.
	Branches(ctx context.Context, pacticipantIDs []int64, name string) ([]Branch, error)
	DeleteBranch(ctx context.Context, id int64) error

	EnsureTag(ctx context.Context, v Version, name string, now time.Time) (tag VersionTag, created bool, err error)
	DeleteTag(ctx context.Context, versionID int64, name string) (deleted bool, err error)
	// FirstTagged returns when a version of the pacticipant first got the tag.
	FirstTagged(ctx context.Context, pacticipantID int64, name string) (at time.Time, found bool, err error)
}

// VersionFilter narrows; empty fields don't.
type VersionFilter struct {
	IDs            []int64
	PacticipantIDs []int64
	Pacticipants   []string // names
	Numbers        []string
	Branch         string
	MainBranch     bool // of each pacticipant
	Tag            string
	EnvironmentID  string // deployed or released there now
	Latest         bool   // only the newest per pacticipant of what the rest keeps
	Short          bool   // may leave out builds and dates
}

// Promises are versions with what they publish, and providers with what they are
// promised. Their counterparts are the providers of current pacts of the versions,
// and whoever has, or had, pacts with the providers.
type Promises struct {
	ConsumerVersionIDs []int64
	ProviderIDs        []int64
}

// Head is the newest version on a branch.
type Head struct {
	PacticipantID int64
	VersionID     int64
	Branch        string
	Main          bool // the branch is its service's main branch
}

// PactStore keeps contents and publications.
type PactStore interface {
	// EnsureContent stores c once per consumer, provider and SHA and returns its id.
	EnsureContent(ctx context.Context, c Content) (id int64, created bool, err error)
	// Contents lists with bodies, in the order of ids.
	Contents(ctx context.Context, f ContentFilter) ([]Content, error)
	// InsertPact stores the publication unless the consumer version has a current
	// one with the provider, also in a transaction that commits meanwhile; then
	// it returns that one and false. What is stored is returned as it was given.
	InsertPact(ctx context.Context, p Pact) (stored Pact, inserted bool, err error)
	// SupersedePact makes room for a new revision.
	SupersedePact(ctx context.Context, id int64) error
	// WithdrawPacts deletes publications, also superseded ones, and remembers which
	// versions had them.
	WithdrawPacts(ctx context.Context, of Withdrawal, at time.Time) error
	// RestorePacts forgets that pacts of a version were deleted: it has published
	// them again.
	RestorePacts(ctx context.Context, versionID int64, providers []string) error
	// WithdrawnPacts lists what a version had published, and what any version had
	// published with a provider, by versions, then providers.
	WithdrawnPacts(ctx context.Context, versionID int64, provider string) ([]WithdrawnPact, error)
	// Pacts lists current publications, the newest consumer version first.
	Pacts(ctx context.Context, f PactFilter) ([]Pact, error)
	// HeadPacts lists the provider's current publications after a time by versions
	// that are the newest on a branch or with a tag: the oldest version first, of
	// one its branches in the order it was put on them, then its tags by name.
	HeadPacts(ctx context.Context, providerID int64, after time.Time) ([]HeadPact, error)
}

// Withdrawal says which publications are deleted: those of a consumer with a
// provider, of one version or, when that is 0, of all.
type Withdrawal struct{ ConsumerID, ProviderID, ConsumerVersionID int64 }

// HeadPact is a publication by the newest version on a branch or with a tag; the
// other one is empty.
type HeadPact struct {
	Pact

	Branch, Tag string
}

// ContentFilter narrows; empty fields don't. SHA may be given with or without
// the two services.
type ContentFilter struct {
	IDs        []int64
	ConsumerID int64
	ProviderID int64
	SHA        string
}

// PactFilter narrows; empty fields don't.
type PactFilter struct {
	ConsumerIDs        []int64
	ProviderIDs        []int64
	ConsumerVersionIDs []int64
	ContentIDs         []int64
	Tag                string // on the consumer version
	Untagged           bool   // only consumer versions without any tag
	BeforeVersionID    int64  // only consumer versions first seen before this one
	Latest             bool   // only the newest per consumer and provider of what the rest keeps
	Short              bool   // may leave out the names of services and versions
}

// VerificationStore keeps what providers said about contents.
type VerificationStore interface {
	// InsertVerification stores v and returns it with its id. ids grow.
	InsertVerification(ctx context.Context, v Verification) (Verification, error)
	// Verifications lists newest first, without interactions, log and test results.
	Verifications(ctx context.Context, f VerificationFilter) ([]Verification, error)
	// EverVerified reports whether a provider verified any content of a consumer,
	// incomplete verifications aside.
	EverVerified(ctx context.Context, consumerID, providerID int64) (bool, error)
	// Settled returns which contents have a success that q counts.
	Settled(ctx context.Context, q SettledQuery) (map[int64]bool, error)
	// VerificationDetails fills in what Verifications leaves out.
	VerificationDetails(ctx context.Context, vs []Verification) error
	DeleteVerification(ctx context.Context, id int64) error
}

// SettledQuery asks for successful verifications of contents: by a version on a
// branch or with a tag, or by any version when neither is named.
type SettledQuery struct {
	ContentIDs []int64
	// WIPContentIDs are asked about, too; what succeeded as work in progress does
	// not count for them, because nobody had asked for it.
	WIPContentIDs []int64

	Branch *Branch // of the provider
	Tag    string
	// Anywhere counts versions on any branch, or with any tag. Before does so for
	// successes from before a time.
	Anywhere bool
	Before   time.Time
}

// VerificationFilter narrows; empty fields don't.
type VerificationFilter struct {
	ID                 int64
	ConsumerID         int64 // of the content
	ProviderID         int64
	ContentIDs         []int64
	ProviderVersionIDs []int64
	Complete           bool // not those that are incomplete
	Latest             bool // only the newest per content of what the rest keeps
	Limit              int  // only so many of the newest; 0 is all
}

// EnvironmentStore keeps environments and what is in them.
type EnvironmentStore interface {
	// Environments lists in the order of names.
	Environments(ctx context.Context) ([]Environment, error)
	// InsertEnvironment stores e; a taken name is a fault.Conflict.
	InsertEnvironment(ctx context.Context, e Environment) error
	UpdateEnvironment(ctx context.Context, e Environment) error
	// DeleteEnvironment removes it with its deployments.
	DeleteEnvironment(ctx context.Context, id string) error

	InsertDeployment(ctx context.Context, d Deployment) error
	// EndDeployments ends the current ones that f keeps and returns how many.
	EndDeployments(ctx context.Context, f DeploymentFilter, at time.Time) (int, error)
	// Deployments lists oldest first.
	Deployments(ctx context.Context, f DeploymentFilter) ([]Deployment, error)
}

// DeploymentFilter narrows; empty fields don't.
type DeploymentFilter struct {
	ID             string
	Kind           DeploymentKind
	PacticipantIDs []int64
	VersionIDs     []int64
	EnvironmentID  string
	Instance       *string
	Current        bool
}

// MatrixStore answers the one question that joins everything.
type MatrixStore interface {
	// MatrixRows joins publications with verifications as q says, unordered.
	MatrixRows(ctx context.Context, q RowQuery) ([]Row, error)
	// NameRows adds names to bare rows. A verification that was deleted since it was
	// read is taken off its row, and a row whose pact was deleted is Gone.
	NameRows(ctx context.Context, rows []*Row) error
	// Meetings lists whom a version meets in an environment: what is there of the
	// providers it has current pacts with, and of whoever has, or had, pacts with it.
	// Its pacts with its own service meet the version itself.
	Meetings(ctx context.Context, q MeetingQuery) (Meetings, error)
	// Counterparts lists with whom the versions have current pacts, the newest
	// version first, and who has, or had, pacts with the providers; then by names.
	// CreatedAt is left out.
	Counterparts(ctx context.Context, of Promises) (promised, consumers []Integration, err error)
}
