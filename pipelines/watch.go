package pipelines

import (
	"context"
	"time"
)

const (
	// lookEvery is how soon events written by another process are seen.
	lookEvery  = 400 * time.Millisecond
	watchBatch = 500
)

// Watch sends the events of a run that came after a number, first those already
// there, then the others as they come. The channel is closed when the run has
// ended and everything was sent, when ctx ends, or when the store fails: a
// watcher that did not see the run end asks again from the last number it saw.
func (r *Runner) Watch(ctx context.Context, id string, after int64) (<-chan Event, error) {
	if _, err := r.store.Get(ctx, id); err != nil {
		return nil, err
	}
	events := make(chan Event)
	go r.watch(ctx, id, after, events)
	return events, nil
}

// Events returns up to limit events of a run that came after a number, without
// waiting for more.
func (r *Runner) Events(ctx context.Context, id string, after int64, limit int) ([]Event, error) {
	if _, err := r.store.Get(ctx, id); err != nil {
		return nil, err
	}
	return r.store.Events(ctx, id, after, min(max(limit, 1), maxEvents))
}

// maxEvents bounds what is read at once.
const maxEvents = 5000

func (r *Runner) watch(ctx context.Context, id string, after int64, events chan<- Event) {
	defer close(events)
	signal, leave := r.hub.join(id)
	defer leave()
	for {
		changed := signal() // before looking, so that nothing slips between
		next, ended, err := r.replay(ctx, id, after, events)
		if err != nil {
			if ctx.Err() == nil {
				r.log.WarnContext(ctx, "watching a run broke off", "run", id, "error", err)
			}
			return
		}
		if ended {
			return
		}
		after = next
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-time.After(lookEvery):
		}
	}
}

// replay sends what is there, and reports whether the run had ended before.
func (r *Runner) replay(ctx context.Context, id string, after int64, events chan<- Event) (last int64, ended bool, err error) {
	run, err := r.store.Get(ctx, id)
	if err != nil {
		return after, false, err
	}
	for {
		batch, err := r.store.Events(ctx, id, after, watchBatch)
		if err != nil {
			return after, false, err
		}
		for _, e := range batch {
			select {
			case events <- e:
				after = e.Seq
			case <-ctx.Done():
				return after, false, ctx.Err()
			}
		}
		if len(batch) < watchBatch {
			return after, run.State.Ended(), nil
		}
	}
}
