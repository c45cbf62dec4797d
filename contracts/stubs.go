package contracts

import (
	"context"

	"github.com/goldenpath/platform/internal/fault"
)

func soon() error { return fault.New(fault.Unsupported, "This part is being written.") }

// CanIDeploy answers with the strict rules of our own command and API.
func (b *Broker) CanIDeploy(_ context.Context, _ Question) (Answer, error) { return Answer{}, soon() }

// Pairs lists every consumer and provider with a pact, by name.
func (b *Broker) Pairs(_ context.Context) ([]Pair, error) { return nil, soon() }

// Pair returns everything about one pair, or fault.NotFound.
func (b *Broker) Pair(_ context.Context, _, _ string) (PairDetail, error) {
	return PairDetail{}, soon()
}

// ContractsOf lists the pairs a service is part of.
func (b *Broker) ContractsOf(_ context.Context, _ string) ([]Pair, error) { return nil, soon() }

// GateStatuses answers the gate for the latest version of each service.
func (b *Broker) GateStatuses(_ context.Context, _ string, _ []string) (map[string]GateStatus, error) {
	return nil, soon()
}
