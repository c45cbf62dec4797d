package main

import (
	"sync"

	"github.com/goldenpath/platform/internal/pact"
)

// notes is what the relays saw go wrong on the way to the provider. libpact only
// says that a request failed.
type notes struct {
	mu      sync.Mutex
	outcome pact.Outcome
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

func (n *notes) state(name, why string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.outcome.States == nil {
		n.outcome.States = map[string]string{}
	}
	n.outcome.States[name] = why
}

func (n *notes) message(description, why string) {
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
	return n.outcome
}
