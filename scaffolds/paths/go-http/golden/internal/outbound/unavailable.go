package outbound

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"example.com/golden/service/internal/telemetry"
)

// Why a call was not made at all.
var (
	ErrCircuitOpen  = errors.New("its circuit is open: too many calls failed")
	ErrTooManyCalls = errors.New("too many calls to it are running")
)

// UnavailableError says that a service called was of no use: it did not answer,
// answered that it cannot, or was not even asked.
type UnavailableError struct {
	Service string
	Cause   error

	calls *telemetry.Calls
}

// Error reads like "inventory is unavailable: no answer within CLIENT_TIMEOUT".
func (e *UnavailableError) Error() string { return e.Service + " is unavailable: " + e.Cause.Error() }

// Unwrap returns the cause.
func (e *UnavailableError) Unwrap() error { return e.Cause }

type callsKey struct{}

// Unexpected turns an answer that a client's method has no use for into an
// error: an [UnavailableError] when the service itself is the reason. Give it
// the HTTPResponse of a generated client's answer.
func Unexpected(response *http.Response) error {
	err := fmt.Errorf("answered %s", response.Status)
	if response.StatusCode < http.StatusInternalServerError && response.StatusCode != http.StatusTooManyRequests {
		return err
	}
	unavailable := &UnavailableError{Service: "the service called", Cause: err}
	if response.Request != nil {
		if r, ok := response.Request.Context().Value(callsKey{}).(*resilient); ok {
			unavailable.Service, unavailable.calls = r.service, r.calls
		}
	}
	return unavailable
}

// Fallback returns what ask returns, and where the service asked is
// unavailable, what instead returns: the last known value, an empty list, a
// cautious default. Whether there is one is for the domain to decide; without
// one, the error becomes status 503.
func Fallback[T any](ctx context.Context, ask func(context.Context) (T, error), instead func(ctx context.Context, cause error) (T, error)) (T, error) {
	value, err := ask(ctx)
	unavailable, ok := errors.AsType[*UnavailableError](err)
	if !ok {
		return value, err
	}
	if unavailable.calls != nil {
		unavailable.calls.FellBack()
	}
	return instead(ctx, err)
}
