package catalog

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

const (
	// ReadTime bounds one reading. A process that took a location and died gives
	// it back when its claim ends, which is a little later.
	ReadTime, claimTime = 10 * time.Minute, 12 * time.Minute
	// scheduleReaders is how many locations one process reads at a time.
	scheduleReaders = 4
	// lookEvery is how often a process looks what is due: another one may have
	// been told of a change.
	lookEvery = 3 * time.Second
	// keepEvery is how often what is left over is looked for.
	keepEvery = time.Hour
	// maxBackoff is how long a location that cannot be read is left alone at most.
	maxBackoff = 6 * time.Hour
)

// schedule is what the reading of locations shares in one process.
type schedule struct {
	nudged  chan struct{} // something may be due
	named   chan struct{} // repositories were named that nobody may have looked for
	running atomic.Int32
}

func newSchedule() *schedule {
	return &schedule{nudged: make(chan struct{}, 1), named: make(chan struct{}, 1)}
}

// WaitError says that a source wants to be left alone for a while.
type WaitError struct {
	Until  time.Time
	Reason string
}

// Error returns the reason.
func (e *WaitError) Error() string { return e.Reason }

// onSchedule reports whether locations of a type are read by themselves.
func onSchedule(t LocationType) bool {
	return t != LocationPlatform && t != LocationPush && t != LocationCopy
}

// jittered moves a time by up to a tenth, each location by another part at
// another time: what was registered together is not read together for ever.
func jittered(l Location, d time.Duration, now time.Time) time.Duration {
	sum := fnv.New32a()
	fmt.Fprintf(sum, "%s %d", l.ID, now.UnixNano())
	return d*9/10 + time.Duration(sum.Sum32()%1000)*(d/5)/1000
}

// backoff returns when a location is tried again that failed several times in a row.
func backoff(l Location) time.Duration {
	every, _ := l.Every()
	d := min(every, 2*time.Minute)
	for range min(l.Failures, 20) {
		if d *= 2; d >= maxBackoff {
			return max(maxBackoff, every)
		}
	}
	return d
}

// next returns when l is read after it was read last: zero when it is not read
// by itself.
func (l Location) next() time.Time {
	every, _ := l.Every()
	switch {
	case every <= 0:
		return time.Time{}
	case l.Failures > 0:
		every = backoff(l)
	}
	return l.LastRefreshed.Add(jittered(l, every, l.LastRefreshed))
}

// meanwhile takes over what somebody said of when l is read while it was read.
func (l *Location) meanwhile(now Location, claimed time.Time) {
	l.RefreshEvery, l.InheritedEvery = now.RefreshEvery, now.InheritedEvery
	every, _ := l.Every()
	switch unclaimed := claimed.IsZero(); {
	case every < 0:
		l.RefreshAt = time.Time{}
	case toldSince(now, claimed), l.RefreshAt.IsZero() && (unclaimed || every > 0):
		l.RefreshAt = now.RefreshAt
	}
}

// readWell notes that a location was read.
func (c *Catalog) readWell(l *Location) {
	l.LastRefreshed = c.now()
	l.LastSucceeded, l.Failures = l.LastRefreshed, 0
	if !l.RefreshAt.IsZero() {
		l.RefreshAt = l.next()
	}
}

// seldomer plans a file of this machine for as late as what lies elsewhere, since
// it names such files: a look at it costs others a request for each.
func seldomer(l *Location) {
	every, _ := Location{Type: LocationURL}.Every()
	if _, source := l.Every(); l.Type == LocationFile && source == EveryOfType && !l.RefreshAt.IsZero() {
		l.RefreshAt = l.LastRefreshed.Add(jittered(*l, every, l.LastRefreshed))
	}
}

// readBadly notes that a location could not be read.
func (c *Catalog) readBadly(l *Location, reason error) {
	l.LastRefreshed = c.now()
	l.Failures++
	if l.RefreshAt.IsZero() {
		return
	}
	l.RefreshAt = l.next()
	if wait, ok := errors.AsType[*WaitError](reason); ok && !l.paused() && wait.Until.After(l.LastRefreshed) {
		l.RefreshAt, l.Failures = wait.Until, l.Failures-1
	}
}

// toldSince reports whether a location became due after somebody claimed it:
// its source told of a change that this reading may have missed.
func toldSince(now Location, claimed time.Time) bool {
	return !now.RefreshAt.IsZero() && now.RefreshAt.Before(claimed)
}

func noLocation(id string) error {
	return fault.New(fault.NotFound, "There is no location with the id %s.", id).
		WithHint("See what is registered: platform catalog locations")
}

// Nudge makes a running schedule look at once what is due.
func (c *Catalog) Nudge() {
	select {
	case c.schedule.nudged <- struct{}{}:
	default:
	}
}

// RunSchedule reads locations when they are due until ctx ends, and then waits
// for those it is reading. Any number of processes may run it: each location is
// read by one of them. It logs what goes wrong; nothing stops it.
func (c *Catalog) RunSchedule(ctx context.Context) error {
	c.schedule.running.Add(1)
	defer c.schedule.running.Add(-1)
	var group sync.WaitGroup
	defer group.Wait()
	group.Go(func() { c.keep(ctx) })
	free := make(chan struct{}, scheduleReaders)
	for ctx.Err() == nil {
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
			return nil
		}
		l, due := c.nextDue(ctx)
		if !due {
			<-free
			c.rest(ctx)
			continue
		}
		group.Go(func() {
			defer func() { <-free }()
			c.readDue(ctx, l)
		})
	}
	return nil
}

// nextDue takes the location that is due longest.
func (c *Catalog) nextDue(ctx context.Context) (Location, bool) {
	now := c.now()
	due, err := c.store.ClaimDue(ctx, now, now.Add(claimTime), 1)
	if err != nil {
		if ctx.Err() == nil {
			c.log.WarnContext(ctx, "looking for locations that are due failed", "error", err)
		}
		return Location{}, false
	}
	if len(due) == 0 {
		return Location{}, false
	}
	return due[0], true
}

// rest waits until something may be due.
func (c *Catalog) rest(ctx context.Context) {
	timer := time.NewTimer(lookEvery)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-c.schedule.nudged:
	case <-timer.C:
	}
}

// readDue reads one location that this process claimed.
func (c *Catalog) readDue(ctx context.Context, l Location) {
	reading, cancel := context.WithTimeout(WithActor(ctx, "schedule"), ReadTime)
	defer cancel()
	_, err := c.readOne(reading, l)
	switch {
	case err == nil:
	case ctx.Err() != nil: // this process stops: another one goes on at once
		saving, cancel := context.WithTimeout(context.WithoutCancel(ctx), claimTime-ReadTime)
		defer cancel()
		back := l
		back.RefreshAt = c.now()
		if err := c.store.SaveSchedule(saving, back, l.RefreshAt); err != nil {
			c.log.WarnContext(saving, "a location was not given back", "location", l.String(), "error", err)
		}
	case fault.CodeOf(err) == fault.Internal:
		c.log.ErrorContext(ctx, "reading a location failed", "location", l.String(), "error", err)
	default:
		c.log.InfoContext(ctx, "a location cannot be read", slog.String("location", l.String()), slog.String("reason", fault.From(err).Message))
	}
}

// readOne reads a location whatever its type is. One that makes the reader
// panic is as bad as one that cannot be read: others must not suffer.
func (c *Catalog) readOne(ctx context.Context, l Location) (r Registration, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("read location %s: panic: %v", l, broken)
		}
	}()
	return c.readAgain(ctx, l, false)
}
