package main

import (
	"errors"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"

	"github.com/goldenpath/platform/internal/pact"
)

// notes is what the relays saw go wrong on the way to the provider. libpact only
// says that a request failed.
type notes struct {
	mu       sync.Mutex
	outcome  pact.Outcome
	provider string   // its host and port
	answered bool     // the provider gave an answer, or kept somebody waiting for one
	closed   string   // how it gave none, the first time
	silent   []string // states that were asked for without an answer
}

// asked notes how a request to a host ended: with an answer if why is nil. Who closed
// every connection without one, or speaks something else than HTTP, is no provider
// that breaks a promise, for it was never asked.
func (n *notes) asked(host string, why error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case host != n.provider:
	case why != nil && isNoHTTP(why):
		if n.closed == "" {
			n.closed = "what answers there does not speak HTTP (" + why.Error() + ")"
		}
	case why == nil || !isClosed(why):
		n.answered = true
	case n.closed == "":
		n.closed = "it closed every connection without an answer (" + why.Error() + ")"
	}
}

// isNoHTTP tells what another protocol says, such as SSH or TLS, from an answer.
func isNoHTTP(err error) bool { return strings.Contains(err.Error(), "malformed HTTP response") }

// isBegun tells an answer that broke off after its first line from none.
func isBegun(err error) bool {
	return errors.Is(err, io.ErrUnexpectedEOF) && strings.Contains(err.Error(), "transport connection broken")
}

// isClosed tells a connection that was closed, while it was written to or read from,
// from another way to give no answer.
func isClosed(err error) bool {
	if op, is := errors.AsType[*net.OpError](err); is {
		return !op.Timeout()
	}
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		strings.Contains(err.Error(), "server closed idle connection")
}

// unreachable notes the first reason why the provider could not be reached.
// libpact counts that as a broken promise of the provider; nobody knows that.
func (n *notes) unreachable(why string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.outcome.Unreachable == "" {
		n.outcome.Unreachable = why
	}
}

func (n *notes) noAnswer(a pact.NoAnswer) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.outcome.NoAnswers = append(n.outcome.NoAnswers, a)
}

// late notes that the time ran out before a request had its answer.
func (n *notes) late() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.outcome.Late = true
}

func (n *notes) state(name, why string, answered bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !answered {
		n.silent = append(n.silent, name)
	}
	if n.outcome.States == nil {
		n.outcome.States = map[string]string{}
	}
	n.outcome.States[name] = why
}

func (n *notes) message(description, why string, _ bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.outcome.Messages == nil {
		n.outcome.Messages = map[string]string{}
	}
	n.outcome.Messages[description] = why
}

// read returns an outcome that has only what was noted.
func (n *notes) read() pact.Outcome {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed != "" && !n.answered && n.outcome.Unreachable == "" {
		n.outcome.Unreachable = n.closed
		n.outcome.Messages = nil // it was not asked for them either
	}
	if n.outcome.Unreachable != "" {
		for _, name := range n.silent {
			delete(n.outcome.States, name) // it was on its way out
		}
	}
	told := n.outcome // by itself: a request that nobody waits for may still end
	told.States, told.Messages, told.NoAnswers = maps.Clone(told.States), maps.Clone(told.Messages), slices.Clone(told.NoAnswers)
	return told
}
