package pact

import (
	"encoding/json"
	"time"
)

// Protocol is the version of the messages below. A helper of another version is
// refused, since both programs can be downloaded apart from each other.
const Protocol = 2

// ResultFD is the file descriptor on which the helper writes its Outcome.
// Standard output and error are its log: native code writes there, too.
const ResultFD = 3

// Job is what the helper reads from standard input, as one JSON document.
// Standard input stays open while its result is awaited; when it closes, the
// platform is gone and so is the need for a result.
type Job struct {
	Protocol       int               `json:"protocol"`
	Consumer       string            `json:"consumer"`
	Provider       string            `json:"provider"`
	BaseURL        string            `json:"base_url"`
	StateURL       string            `json:"state_url,omitempty"`
	MessagesURL    string            `json:"messages_url,omitempty"`
	Headers        map[string]string `json:"headers,omitempty"`
	Version        string            `json:"version"` // of the provider
	RequestTimeout time.Duration     `json:"request_timeout"`
	Time           time.Duration     `json:"time,omitempty"` // after it the provider is asked for nothing more; 0 for no end
	Pact           json.RawMessage   `json:"pact"`           // every interaction has an _id
}

// Outcome is what the helper writes when it is done.
type Outcome struct {
	Protocol int `json:"protocol"`

	// Ran says that the verifier was called. Go's testing package, in which it
	// has to run, can skip a test and still call that success.
	Ran bool `json:"ran"`

	// Failed is what the verifier itself said about the whole.
	Failed bool `json:"failed"`

	// TestResults is what libpact published, nil when it published nothing.
	TestResults json.RawMessage `json:"test_results,omitempty"`

	// Unreachable says why the provider could not be talked to, when it could not.
	Unreachable string `json:"unreachable,omitempty"`

	// NoAnswers has the requests that reached the provider and got no answer.
	NoAnswers []NoAnswer `json:"no_answers,omitempty"`

	// Late says that the time ran out: what has no result and no other reason was not
	// asked, or not waited for.
	Late bool `json:"late,omitempty"`

	// States has the provider states that could not be set up, and why.
	States map[string]string `json:"states,omitempty"`

	// Messages has the messages, by description, that the provider did not produce,
	// and why.
	Messages map[string]string `json:"messages,omitempty"`

	// Refused says why the helper did not take the job.
	Refused string `json:"refused,omitempty"`
}

// NoAnswer is a request to which the provider gave no answer, or not all of one.
type NoAnswer struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Begun  bool   `json:"begun,omitempty"` // an answer came, and broke off
	Why    string `json:"why"`
}
