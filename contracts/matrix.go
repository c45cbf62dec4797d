package contracts

import (
	"slices"
	"strings"
	"time"
)

// RowQuery selects matrix rows: publications of the consumer versions in
// Versions whose provider is in Pacticipants, joined with the verifications by
// provider versions in Versions. A publication nobody of them verified is a row
// without verification.
type RowQuery struct {
	// Versions by pacticipant.
	Versions map[int64]VersionSet
	// Involving keeps rows whose consumer or provider is listed.
	Involving []int64
	// AnyCounterpart drops the limits on the other side: rows of publications by
	// Versions with every verification, and rows of verifications by Versions.
	AnyCounterpart bool
	// EveryResult keeps superseded publications and verifications, too.
	EveryResult bool
	// Bare leaves names out, which NameRows adds to rows that need them.
	Bare bool
}

// VersionSet is some versions of a pacticipant, or all; the zero set is none.
type VersionSet struct {
	All bool
	IDs []int64
}

// Has reports whether the set has the version.
func (s VersionSet) Has(id int64) bool { return s.All || slices.Contains(s.IDs, id) }

// Row is one publication and one verification of it, or none.
type Row struct {
	PactID            int64
	ContentID         int64
	ConsumerID        int64
	ConsumerVersionID int64
	ProviderID        int64
	PublishedAt       time.Time
	VerificationID    int64 // 0: not verified
	ProviderVersionID int64
	Success           bool
	Incomplete        bool // see Verification.Incomplete
	VerifiedAt        time.Time

	Consumer        string
	ConsumerVersion string
	Provider        string
	ProviderVersion string
	SHA             string
	Revision        int
	Ignored         bool
}

// Gone reports whether a row that was named has none: its pact was deleted since it
// was read.
func (r *Row) Gone() bool {
	return r.Consumer == "" || r.Provider == "" || r.ConsumerVersion == "" || r.SHA == ""
}

// MatrixSelector names versions of one pacticipant; without anything but the
// name, all of them.
type MatrixSelector struct {
	Pacticipant string
	Version     string
	Branch      string
	Tag         string
	Environment string
	MainBranch  bool
	Latest      bool
}

// MatrixQuery asks which versions agree, as the Pact Broker's matrix does. The
// fields after Ignore say which versions of the other services to compare with.
type MatrixQuery struct {
	Selectors []MatrixSelector
	Ignore    []MatrixSelector

	Tag         string
	Branch      string
	Environment string
	MainBranch  bool
	Latest      bool

	LatestBy string  // cvpv, cvp, cp or ""
	Success  []*bool // return only rows with one of these; nil pointer is unknown
	Limit    int     // rows to return; 0 is all. Neither keeps a row from being judged.
}

// Matrix is the answer: rows by services and versions, and what they say about deploying.
type Matrix struct {
	Rows       []Row
	Deployable *bool // nil is unknown
	Reasons    []MatrixReason
	Successes  int
	Failures   int
	Unknowns   int
	Ignored    int
	// Environments are all there are, if the query names one.
	Environments []Environment
	// Places are those of the rows' versions, if they were read with them.
	Places map[int64]VersionDetail
}

// MatrixReason is one sentence of the answer. Type is error, warning or success.
type MatrixReason struct {
	Type string
	Text string
}

// Reason joins all sentences.
func (m Matrix) Reason() string {
	lines := make([]string, len(m.Reasons))
	for i, r := range m.Reasons {
		lines[i] = r.Text
	}
	return strings.Join(lines, "\n")
}
