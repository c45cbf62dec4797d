package pipelinestest

import (
	"context"
	"sync"
	"time"

	"github.com/goldenpath/platform/pipelines"
)

// Queue remembers jobs until a test works on them.
type Queue struct {
	mu   sync.Mutex
	jobs []pipelines.RunArgs
}

var _ pipelines.Queue = (*Queue)(nil)

// Enqueue adds a job.
func (q *Queue) Enqueue(_ context.Context, args pipelines.RunArgs) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.jobs = append(q.jobs, args)
	return nil
}

// Take removes and returns the jobs there are.
func (q *Queue) Take() []pipelines.RunArgs {
	q.mu.Lock()
	defer q.mu.Unlock()
	jobs := q.jobs
	q.jobs = nil
	return jobs
}

// Drain works on jobs until there are none.
func (q *Queue) Drain(ctx context.Context, work func(context.Context, pipelines.RunArgs) error) error {
	for {
		jobs := q.Take()
		if len(jobs) == 0 {
			return nil
		}
		for _, job := range jobs {
			if err := work(ctx, job); err != nil {
				return err
			}
		}
	}
}

// Clock stands still until a test moves it.
type Clock struct {
	mu     sync.Mutex
	now    time.Time
	timers []timer
	armed  chan struct{}
}

type timer struct {
	at time.Time
	c  chan time.Time
}

var _ pipelines.Clock = (*Clock)(nil)

// NewClock returns a clock that shows now.
func NewClock(now time.Time) *Clock { return &Clock{now: now, armed: make(chan struct{}, 1024)} }

// Now returns the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// After sends the time once the clock was moved by d.
func (c *Clock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := timer{at: c.now.Add(d), c: make(chan time.Time, 1)}
	c.timers = append(c.timers, t)
	select {
	case c.armed <- struct{}{}:
	default:
	}
	return t.c
}

// Armed receives once for each call of After, so that a test can wait until
// somebody waits.
func (c *Clock) Armed() <-chan struct{} { return c.armed }

// Move moves the clock and fires what became due.
func (c *Clock) Move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	waiting := c.timers[:0]
	for _, t := range c.timers {
		if t.at.After(c.now) {
			waiting = append(waiting, t)
			continue
		}
		t.c <- c.now
	}
	c.timers = waiting
}
