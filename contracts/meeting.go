package contracts

import "time"

// MeetingQuery asks whom a version meets in an environment.
type MeetingQuery struct {
	PacticipantID int64
	VersionID     int64
	Environment   Environment // its ID and Name
	// Pacts asks for pacts and not for deployments: each version is met once, There is
	// its service and itself alone, and PactID and Revision are filled in.
	Pacts bool
	// Places asks for the places of the versions that are met, where a store has them
	// sooner than when they are asked for by themselves.
	Places bool
}

// Meeting is a version that another one meets where it goes, with the pact between
// both and the newest verdict on it.
type Meeting struct {
	// Promised says that the version asked about published the pact and the
	// counterpart provides; otherwise it is the other way round.
	Promised bool
	// There is why the counterpart is there: its service, and none of its versions
	// when it is promised something and nowhere. Without an ID, it is there for
	// another reason than a deployment.
	There Deployment

	ContentID   int64 // 0: the counterpart consumes and published no pact
	SHA         string
	PublishedAt time.Time
	PactID      int64 // this and Revision: see MeetingQuery.Pacts
	Revision    int

	VerificationID int64 // 0: the provider's version has not verified the pact
	Success        bool
	Incomplete     bool // see Verification.Incomplete
	VerifiedAt     time.Time
}

// Meetings are all meetings of a version.
type Meetings struct {
	// List has promises first, then goes by the counterparts' names, and of one by
	// deployments, or else by versions, the oldest first.
	List []Meeting
	// Verified says that the version has verified a pact, to the end.
	Verified bool
	// Places are those that were read: of some versions, perhaps of none. They are
	// for showing, and may be of a moment later than the rest.
	Places map[int64]VersionDetail
}
