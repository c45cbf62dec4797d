package outbound

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"

	"example.com/golden/service/internal/telemetry"
)

// judge says what a try means: for the breaker, and whether to try again.
func (r *resilient) judge(request *http.Request, o outcome, err error, attempt int) outcome {
	ctx := request.Context()
	if errors.Is(ctx.Err(), context.Canceled) {
		return o // The caller has gone.
	}
	if errors.Is(err, errTryTimeout) {
		r.calls.TimedOut(telemetry.SingleTry)
	}
	o.failed = err != nil || o.StatusCode >= http.StatusInternalServerError
	if err == nil && !passing(o.StatusCode) {
		return o
	}
	o.wait = r.backoff(attempt)
	if asked, ok := retryAfter(o.Response); ok {
		// Not all at the same moment: the wait asked for, and a little more.
		o.wait += asked
	}
	deadline, _ := ctx.Deadline()
	if attempt > r.settings.Retries || !repeatable(request) || time.Until(deadline) <= o.wait {
		return o
	}
	if o.again = r.budget.withdraw(); !o.again {
		r.calls.Refused(telemetry.ByBudget)
	}
	return o
}

// passing reports whether a status is likely to pass by itself.
func passing(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// repeatable reports whether doing it twice is the same as doing it once, and
// whether its body can be sent again.
func repeatable(r *http.Request) bool {
	if r.Body != nil && r.Body != http.NoBody && r.GetBody == nil {
		return false
	}
	switch r.Method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, http.MethodPut, http.MethodDelete:
		return true
	}
	return r.Header.Get("Idempotency-Key") != ""
}

// backoff is the wait before the next try: twice as long each time, and
// anywhere in its upper half, so that those who failed together do not come
// back together.
func (r *resilient) backoff(attempt int) time.Duration {
	wait := r.settings.RetryMaxDelay
	if doublings := attempt - 1; doublings < 20 {
		wait = min(wait, r.settings.RetryDelay<<doublings)
	}
	return wait/2 + rand.N(wait/2+1) //nolint:gosec // no secret
}

// retryAfter is how long the service asks to be left alone: in seconds or
// until a date.
func retryAfter(response *http.Response) (time.Duration, bool) {
	if response == nil {
		return 0, false
	}
	header := response.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(header); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second, true
	}
	if date, err := http.ParseTime(header); err == nil {
		return max(0, time.Until(date)), true
	}
	return 0, false
}

// budgetReserve is how many retries there may be before any call has paid for
// one: a service that is hardly called may retry, too.
const budgetReserve = 10

// budget limits retries to a part of all calls. A library's budget that counts
// what runs at the same moment does not help against a service that refuses at
// once: its retries are over before the next begins.
type budget struct {
	mu      sync.Mutex
	perCall float64
	left    float64
}

func newBudget(perCall float64) *budget {
	b := &budget{perCall: perCall}
	if perCall > 0 { // else there is nothing to fill the reserve with again
		b.left = budgetReserve
	}
	return b
}

func (b *budget) deposit() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left = min(b.left+b.perCall, budgetReserve)
}

func (b *budget) withdraw() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}

// discard gives an answer up, so that its connection can be used again.
func (o outcome) discard() {
	if o.Response != nil {
		_, _ = io.CopyN(io.Discard, o.Body, 64<<10) // It is given up anyway.
		_ = o.Body.Close()
	}
}

func closeBody(request *http.Request) {
	if request.Body != nil {
		_ = request.Body.Close()
	}
}

// watchedBody tells when the body of an answer was closed.
type watchedBody struct {
	io.ReadCloser

	closed func()
}

// Close implements io.Closer.
func (b *watchedBody) Close() error {
	defer b.closed()
	return b.ReadCloser.Close()
}
