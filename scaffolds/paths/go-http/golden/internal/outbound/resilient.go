package outbound

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/bulkhead"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/retrypolicy"

	"example.com/golden/service/internal/telemetry"
)

// trialCalls is how many tries a breaker lets through before it closes again.
const trialCalls = 3

// The deadlines that this package sets; whoever called may have set another.
var (
	errCallTimeout = errors.New("no answer within CLIENT_TIMEOUT")
	errTryTimeout  = errors.New("no answer within CLIENT_TRY_TIMEOUT")
)

// resilient sends requests to one service under all policies.
type resilient struct {
	next     http.RoundTripper // a single try
	service  string
	settings Settings
	calls    *telemetry.Calls
	bulkhead bulkhead.Bulkhead[outcome]
	budget   *budget
	policies failsafe.Executor[outcome] // retries around the breaker
}

// outcome is what came of a try, and what the policies are to make of it.
type outcome struct {
	*http.Response

	tried  bool
	failed bool          // it speaks against the service
	again  bool          // another try may help, and is allowed
	wait   time.Duration // before that
}

func newResilient(next http.RoundTripper, service string, settings Settings, calls *telemetry.Calls) *resilient {
	retry := retrypolicy.NewBuilder[outcome]().
		HandleIf(func(o outcome, _ error) bool { return o.again }).
		WithMaxRetries(settings.Retries).
		WithDelayFunc(func(e failsafe.ExecutionAttempt[outcome]) time.Duration { return e.LastResult().wait }).
		OnRetry(func(failsafe.ExecutionEvent[outcome]) { calls.Retried() }).
		ReturnLastFailure().
		Build()
	breaker := circuitbreaker.NewBuilder[outcome]().
		HandleIf(func(o outcome, _ error) bool { return o.failed }).
		WithFailureRateThreshold(settings.BreakerFailureRate, settings.BreakerMinCalls, settings.BreakerWindow).
		WithDelay(settings.BreakerDelay).
		WithSuccessThreshold(trialCalls).
		OnStateChanged(func(e circuitbreaker.StateChangedEvent) { calls.Breaker(breakerStates[e.NewState]) }).
		Build()
	calls.Breaker(telemetry.BreakerClosed)
	return &resilient{
		next: next, service: service, settings: settings, calls: calls,
		bulkhead: bulkhead.New[outcome](settings.MaxConcurrent),
		budget:   newBudget(settings.RetryBudget),
		policies: failsafe.With[outcome](retry, breaker),
	}
}

var breakerStates = map[circuitbreaker.State]string{
	circuitbreaker.ClosedState:   telemetry.BreakerClosed,
	circuitbreaker.HalfOpenState: telemetry.BreakerHalfOpen,
	circuitbreaker.OpenState:     telemetry.BreakerOpen,
}

// RoundTrip implements http.RoundTripper.
func (r *resilient) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeoutCause(request.Context(), r.settings.Timeout, errCallTimeout)
	if err := r.bulkhead.AcquirePermitWithMaxWait(ctx, r.settings.MaxWait); err != nil {
		cancel()
		closeBody(request)
		return nil, r.explain(request, err)
	}
	r.calls.Started()
	// A call runs until its answer was read: that, too, keeps a connection and
	// a caller busy.
	done := sync.OnceFunc(func() {
		r.calls.Done()
		r.bulkhead.ReleasePermit()
		cancel()
	})
	// Also when somebody forgets to close it: after its deadline it is over.
	context.AfterFunc(ctx, done)
	response, err := r.call(request.WithContext(context.WithValue(ctx, callsKey{}, r)))
	if err != nil {
		done()
		return nil, r.explain(request, err)
	}
	response.Body = &watchedBody{ReadCloser: response.Body, closed: done}
	return response, nil
}

// call tries until an answer is good enough or no further try is allowed.
func (r *resilient) call(request *http.Request) (*http.Response, error) {
	r.budget.deposit()
	var (
		last    outcome
		lastErr error
	)
	got, err := r.policies.WithContext(request.Context()).GetWithExecution(func(e failsafe.Execution[outcome]) (outcome, error) {
		last.discard()
		last, lastErr = r.try(request, e.Attempts())
		return last, lastErr
	})
	switch {
	case errors.Is(err, circuitbreaker.ErrOpen) && last.tried:
		// This call's own tries opened it: what they met says more.
		return last.Response, lastErr
	case err != nil:
		last.discard()
		if !last.tried {
			closeBody(request)
		}
	}
	return got.Response, err
}

// try sends the request once.
func (r *resilient) try(request *http.Request, attempt int) (outcome, error) {
	ctx, cancel := context.WithTimeoutCause(request.Context(), r.settings.TryTimeout, errTryTimeout)
	sent := request.WithContext(ctx)
	if attempt > 1 && request.GetBody != nil {
		body, err := request.GetBody()
		if err != nil {
			cancel()
			return outcome{tried: true}, err
		}
		sent.Body = body
	}
	response, err := r.next.RoundTrip(sent) //nolint:bodyclose // whoever asked closes it
	if err != nil {
		defer cancel()
		if cause := context.Cause(ctx); cause != nil {
			err = cause // "no answer within ..." instead of "context deadline exceeded"
		}
		return r.judge(request, outcome{tried: true}, err, attempt), err
	}
	response.Body = &watchedBody{ReadCloser: response.Body, closed: cancel}
	return r.judge(request, outcome{Response: response, tried: true}, nil, attempt), nil
}

// explain turns what stopped a call into an error that callers can tell apart,
// and counts it.
func (r *resilient) explain(request *http.Request, err error) error {
	switch {
	case errors.Is(request.Context().Err(), context.Canceled):
		return err // Whoever asked has gone; that says nothing about the service.
	case errors.Is(err, errCallTimeout), errors.Is(err, context.DeadlineExceeded):
		r.calls.TimedOut(telemetry.WholeCall)
		if request.Context().Err() == nil { // else it was the caller's own deadline
			err = errCallTimeout
		}
	case errors.Is(err, circuitbreaker.ErrOpen):
		r.calls.Refused(telemetry.ByBreaker)
		err = ErrCircuitOpen
	case errors.Is(err, bulkhead.ErrFull):
		r.calls.Refused(telemetry.ByBulkhead)
		err = ErrTooManyCalls
	}
	return &UnavailableError{Service: r.service, Cause: err, calls: r.calls}
}
