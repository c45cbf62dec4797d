// Package contracts knows pacts: who promised what to whom, which versions kept
// the promise, where they run, and whether one more version may join them.
//
// Content is stored once per digest and verdicts attach to content, so a pact
// that comes again unchanged under a new version is verified already. The gate
// (CanIDeploy) answers yes, no or unknown from every co-resident version and
// never cuts a result before judging it. The package knows neither HTTP nor SQL:
// portal/broker speaks the Pact Broker's protocol, internal/store keeps the rows.
package contracts

import (
	"context"
	"time"
)

// Unit runs a function in one transaction; nested calls join the outer one.
type Unit interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Broker is what can be asked about contracts and told to them.
type Broker struct {
	store  Store
	unit   Unit
	now    func() time.Time
	policy Policy
}

// New returns a Broker over store. now is the clock; nil means time.Now.
func New(store Store, unit Unit, now func() time.Time) *Broker {
	if now == nil {
		now = time.Now
	}
	return &Broker{store: store, unit: unit, now: now}
}

// add calls fn in a transaction that adds to what is there: nothing of it is removed
// until it ends. Added to what is gone, a pact or a deployment would be lost, and the
// gate could say yes by mistake.
func (b *Broker) add(ctx context.Context, fn func(ctx context.Context) error) error {
	return b.begin(ctx, false, fn)
}

// remove calls fn in a transaction beside which nothing is added.
func (b *Broker) remove(ctx context.Context, fn func(ctx context.Context) error) error {
	return b.begin(ctx, true, fn)
}

func (b *Broker) begin(ctx context.Context, removes bool, fn func(ctx context.Context) error) error {
	return b.unit.InTx(ctx, func(ctx context.Context) error {
		if err := b.store.Begin(ctx, removes); err != nil {
			return err
		}
		return fn(ctx)
	})
}

// clock returns the time to store: UTC and no finer than both databases keep.
func (b *Broker) clock() time.Time { return b.now().UTC().Truncate(time.Microsecond) }

// Verdict is an answer that admits not knowing.
type Verdict string

// The three answers.
const (
	Yes     Verdict = "yes"
	No      Verdict = "no"
	Unknown Verdict = "unknown"
)

// worse returns the stronger of two verdicts: a no outweighs an unknown, and
// both outweigh a yes.
func worse(a, b Verdict) Verdict {
	if a == No || b == No {
		return No
	}
	if a == Unknown || b == Unknown {
		return Unknown
	}
	return Yes
}
