package githost

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
)

// answer is what came back for a request.
type answer struct{ *http.Response }

// stumbled reports whether trying again may help.
func stumbled(a answer, err error) bool {
	if err != nil {
		return !errors.Is(err, context.Canceled) && !errors.Is(err, circuitbreaker.ErrOpen)
	}
	return a.Response != nil && a.StatusCode >= http.StatusBadGateway && a.StatusCode <= http.StatusGatewayTimeout
}

// resilient makes requests bear a host that stumbles: those that may be made
// twice are tried again, and when nothing works for a while, nobody waits for
// the host in vain.
func resilient(inner http.RoundTripper) http.RoundTripper {
	if inner == nil {
		inner = http.DefaultTransport
	}
	breaker := circuitbreaker.NewBuilder[answer]().HandleIf(stumbled).
		WithFailureThreshold(8).WithDelay(15 * time.Second).Build()
	again := retrypolicy.NewBuilder[answer]().HandleIf(stumbled).ReturnLastFailure().
		WithBackoff(200*time.Millisecond, 2*time.Second).WithJitterFactor(0.25).WithMaxRetries(2).Build()
	return &byMethod{inner: inner, safe: failsafe.With[answer](again, breaker), unsafe: failsafe.With[answer](breaker)}
}

// byMethod sends requests that may be made twice another way than the others.
type byMethod struct {
	inner        http.RoundTripper
	safe, unsafe failsafe.Executor[answer]
}

// RoundTrip sends the request.
func (b *byMethod) RoundTrip(r *http.Request) (*http.Response, error) {
	policies := b.unsafe
	if r.Method == http.MethodGet || r.Method == http.MethodDelete {
		policies = b.safe
	}
	got, err := policies.WithContext(r.Context()).GetWithExecution(func(e failsafe.Execution[answer]) (answer, error) {
		if last := e.LastResult(); last.Response != nil {
			_ = last.Body.Close() // the answer is given up
		}
		resp, err := b.inner.RoundTrip(r) //nolint:bodyclose // whoever sent the request closes it
		return answer{resp}, err
	})
	return got.Response, err
}
