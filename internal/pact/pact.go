// Package pact verifies pacts against a running provider. The verification itself
// is native code and runs in a process of its own, cmd/pact-verifier, for each
// pact: a crash, a hang or garbage there ends as an unknown with its log, never as
// a pass and never as the end of the platform.
package pact

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

const (
	defaultTimeout        = time.Minute
	defaultRequestTimeout = 10 * time.Second
	dialTimeout           = 5 * time.Second

	// lastWords is how long a helper whose time is over has to say what it knows,
	// before it is killed.
	lastWords = 3 * time.Second
)

// Request is what to verify, and where the provider runs.
type Request struct {
	Provider        string
	BaseURL         string
	ProviderVersion string
	ProviderBranch  string
	StateURL        string            // sets up provider states; empty for none
	StatesDoubt     string            // a sentence: why nobody knows whether the provider sets up states
	MessagesURL     string            // produces messages by their descriptions; empty for none
	Headers         map[string]string // sent with every request to the provider
	Timeout         time.Duration     // for all pacts together; a minute when 0
	RequestTimeout  time.Duration     // for one answer of the provider; 10 s when 0
	Pacts           []Pact

	end    time.Time // when Timeout is over
	values fault.Hider
}

// Pact is one pact to verify.
type Pact struct {
	SHA      string
	Consumer string
	Content  []byte
}

// Result is how the provider did, pact by pact, in the order of the request.
type Result struct {
	Pacts []PactResult
}

// PactResult is how the provider did against one pact. Success needs every
// interaction to have passed. Interactions come in the pact's order.
type PactResult struct {
	SHA          string
	Consumer     string
	Success      bool
	Interactions []contracts.InteractionResult
	Problem      string // one sentence when something could not be told
	Log          string
}

// Verifier runs the helper that verifies pacts.
type Verifier struct {
	helper string
	log    *slog.Logger
}

// New returns a verifier. Helper is the program's path when somebody set one;
// otherwise it is looked for beside this program and then on PATH.
func New(helper string, log *slog.Logger) *Verifier {
	return &Verifier{helper: helper, log: log}
}

// Verify runs each pact of r against the provider, one after the other: they
// share the provider's state. A broken promise, and a pact nobody could tell
// about, are results. Errors are about the whole: no helper, no libpact_ffi,
// nobody listening, bad addresses, ctx at its end.
func (v *Verifier) Verify(ctx context.Context, r Request) (Result, error) {
	if err := r.check(); err != nil {
		return Result{}, err
	}
	helper, err := v.Find()
	if err != nil {
		return Result{}, err
	}
	if err := r.reachable(ctx); err != nil {
		return Result{}, err
	}
	if r.Timeout <= 0 {
		r.Timeout = defaultTimeout
	}
	if r.RequestTimeout <= 0 {
		r.RequestTimeout = min(defaultRequestTimeout, r.Timeout)
	}
	r.end, r.values = time.Now().Add(r.Timeout), fault.HeaderValues(r.Headers)
	limited, cancel := context.WithTimeoutCause(ctx, r.Timeout+lastWords, errTooLong)
	defer cancel()

	result := Result{Pacts: make([]PactResult, 0, len(r.Pacts))}
	for _, p := range r.Pacts {
		one, err := v.verifyOne(limited, helper, r, p)
		if err != nil {
			return Result{}, err
		}
		one.doubtStates(r.StatesDoubt)
		r.hideSecrets(&one)
		if ctx.Err() != nil {
			return Result{}, fmt.Errorf("verify %s: %w", r.Provider, context.Cause(ctx))
		}
		result.Pacts = append(result.Pacts, one)
	}
	return result, nil
}

// hideSecrets hides them in what is told of a pact: logs of verifications are kept,
// and shown to everybody, and a provider may repeat what it was sent.
func (r Request) hideSecrets(p *PactResult) {
	for _, said := range []*string{&p.Log, &p.Problem} {
		*said = r.hide(*said)
	}
	for _, in := range p.Interactions {
		for i := range in.Mismatches {
			in.Mismatches[i] = r.hide(in.Mismatches[i])
		}
	}
}

// hide hides the passwords and keys of r's addresses in a text, and the values of its
// headers.
func (r Request) hide(text string) string {
	return r.values.Hide(fault.WithoutSecretsOf(text, r.BaseURL, r.StateURL, r.MessagesURL))
}

// errTooLong is why a verification ends that outlives its deadline.
var errTooLong = errors.New("the verification took too long")

// verifyOne verifies a pact part by part. What some part says goes for that alone.
func (v *Verifier) verifyOne(ctx context.Context, helper string, r Request, p Pact) (PactResult, error) {
	result := PactResult{SHA: p.SHA, Consumer: p.Consumer, Success: true}
	for _, ready := range prepare(p.Content, r.MessagesURL != "") {
		part, err := v.verifyPart(ctx, helper, r, p, ready)
		if err != nil {
			return PactResult{}, err
		}
		result.Success = result.Success && part.Success
		result.Interactions = append(result.Interactions, part.Interactions...)
		result.Problem = cmp.Or(part.Problem, result.Problem)
		result.Log = strings.Trim(result.Log+"\n"+part.Log, "\n")
	}
	return result, nil
}

func (v *Verifier) verifyPart(ctx context.Context, helper string, r Request, p Pact, ready prepared) (result PactResult, err error) {
	if ready.problem != "" {
		result.unknown(ready, ready.problem)
		return result, nil
	}
	left := time.Until(r.end)
	if left <= 0 {
		result.unknown(ready, tookTooLong(r.Timeout))
		return result, nil
	}
	job, err := json.Marshal(Job{
		Protocol: Protocol, Consumer: p.Consumer, Provider: r.Provider, BaseURL: r.BaseURL, StateURL: r.StateURL, MessagesURL: r.MessagesURL,
		Headers: r.Headers, Version: orUnversioned(r.ProviderVersion), RequestTimeout: r.RequestTimeout, Time: left, Pact: ready.body,
	})
	if err != nil {
		return PactResult{}, fmt.Errorf("write the verifier's job: %w", err)
	}
	started := time.Now()
	ended := run(ctx, helper, job, r.hide)
	v.log.DebugContext(ctx, "pact verified", "consumer", p.Consumer, "provider", r.Provider, "sha", p.SHA,
		"took", time.Since(started), "exit", ended.status())
	if err := ended.missingLibrary(); err != nil {
		return PactResult{}, err
	}
	result.Log = ended.log
	outcome, problem := ended.outcome(ctx, r.Timeout)
	if problem != "" {
		result.unknown(ready, problem)
		return result, nil
	}
	result.settle(ready, outcome, r)
	return result, nil
}

// orUnversioned returns a version pact-go accepts. It publishes nothing without
// one, and its results come only by publishing.
func orUnversioned(version string) string {
	if version == "" {
		return "unversioned"
	}
	return version
}

// check says what is wrong with the addresses.
func (r Request) check() error {
	if !isWeb(r.BaseURL) {
		return fault.New(fault.Invalid, "%q is not the address of a provider.", fault.Address(r.BaseURL)).
			WithHint("It looks like http://127.0.0.1:9001").WithField("provider_url", "is not an http address")
	}
	for _, helper := range r.helpers() {
		if !isWeb(helper.address) {
			return fault.New(fault.Invalid, "%q is not the address for %s.", fault.Address(helper.address), helper.noun).
				WithHint("It looks like http://127.0.0.1:9001%s", helper.example).
				WithField(helper.field, "is not an http address")
		}
	}
	return nil
}

// addressOf is an address that helps with a verification, beside the provider's own.
type addressOf struct {
	address, field, noun, verb, example string
}

// helpers are the addresses that r has.
func (r Request) helpers() []addressOf {
	var out []addressOf
	if r.StateURL != "" {
		out = append(out, addressOf{r.StateURL, "provider_states_url", "provider states", "to set up provider states", "/_pact/provider-states"})
	}
	if r.MessagesURL != "" {
		out = append(out, addressOf{r.MessagesURL, "messages_url", "messages", "to produce messages", "/_pact/messages"})
	}
	return out
}

// isWeb reports whether an address is one of the web. Why it is not, in the words
// of package url, has the address in it, and with that its password.
func isWeb(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Hostname() != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// reachable says at once, and in one sentence, when nobody listens. Otherwise
// every interaction would fail, which says something else.
func (r Request) reachable(ctx context.Context) error {
	if err := dial(ctx, r.BaseURL); err != nil {
		return fault.New(fault.Unavailable, "No provider listens at %s.", fault.Address(r.BaseURL)).
			WithHint("Start it, wait until it is ready, and try again.").WithCause(err)
	}
	for _, helper := range r.helpers() {
		if err := dial(ctx, helper.address); err != nil {
			return fault.New(fault.Unavailable, "Nobody listens at %s %s.", fault.Address(helper.address), helper.verb).
				WithHint("Start it, or verify without %s.", helper.noun).WithCause(err)
		}
	}
	return nil
}

func dial(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	dialer := net.Dialer{Timeout: dialTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return err
	}
	return conn.Close()
}
