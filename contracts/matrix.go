package contracts

import "time"

// RowQuery selects matrix rows: publications of the consumer versions in
// Versions whose provider is in Pacticipants, joined with the verifications by
// provider versions in Versions. A publication nobody of them verified is a row
// without verification.
type RowQuery struct {
	// Versions by pacticipant; nil means all versions of it, empty means none.
	Versions map[int64][]int64
	// Involving keeps rows whose consumer or provider is listed.
	Involving []int64
	// AnyCounterpart drops the limits on the other side: rows of publications by
	// Versions with every verification, and rows of verifications by Versions.
	AnyCounterpart bool
	// EveryResult keeps superseded publications and verifications, too.
	EveryResult bool
}

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
	Ignored         bool
}
