package contracts

import "time"

// Question asks whether a version of a service may go to an environment.
type Question struct {
	Service     string
	Version     string
	Environment string
}

// Answer is the gate's verdict and everything it rests on.
type Answer struct {
	Service     string
	Version     string
	Environment string
	Verdict     Verdict
	Summary     string // one sentence
	Reasons     []Reason
}

// Reason is one fact behind an answer, and the command that changes it.
type Reason struct {
	Verdict         Verdict
	Text            string
	Next            string
	Consumer        string
	ConsumerVersion string
	Provider        string
	ProviderVersion string
	Interactions    []string // that failed, by description
	VerifiedAt      time.Time
}
