package parts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// patience is how long a check may take: less than the readiness probe waits.
const patience = time.Second

// Ready asks all that the service needs at the same time, and says what is not
// there, by name.
func (p *Parts) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var asked sync.WaitGroup
	errs := make([]error, len(p.checks))
	for i, check := range p.checks {
		asked.Go(func() {
			if err := check.ask(ctx); err != nil {
				errs[i] = fmt.Errorf("%s: %w", check.Name, err)
			}
		})
	}
	asked.Wait()
	return errors.Join(errs...)
}

// Lacks says what the service does without at the moment, and why.
func (p *Parts) Lacks() (lacking []string) {
	for _, each := range p.preferred {
		if err := each.away(); err != nil {
			lacking = append(lacking, each.name+": "+err.Error())
		}
	}
	return lacking
}

// ask gives up at the deadline, also on a check that does not heed it.
func (c Check) ask(ctx context.Context) error {
	answer := make(chan error, 1)
	go func() { answer <- c.Ask(ctx) }()
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Start begins the work in the background. Stop ends it and waits until it has.
func (p *Parts) Start(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	for _, work := range p.background {
		running.Go(func() { work(ctx) })
	}
	return func() {
		cancel()
		running.Wait()
	}
}

// Close closes everything, the last part first.
func (p *Parts) Close(ctx context.Context) error {
	var errs []error
	for _, closer := range slices.Backward(p.closers) {
		errs = append(errs, closer(ctx))
	}
	p.closers = nil
	return errors.Join(errs...)
}
