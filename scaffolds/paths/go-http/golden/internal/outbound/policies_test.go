package outbound_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/golden/service/internal/outbound"
)

// Each test here fails when its policy is taken out.

func TestTimeout_ofATry(t *testing.T) {
	t.Parallel()
	s := settings()
	s.TryTimeout, s.Retries = 50*time.Millisecond, 1
	f := newFault(t, s, ok)
	f.poison(t, hang)
	_, err := f.get(t)
	wantUnavailable(t, err)
	if !strings.Contains(err.Error(), "CLIENT_TRY_TIMEOUT") {
		t.Errorf("%v does not name the setting", err)
	}
	f.want(t, map[string]float64{
		"http_client_timeouts_total scope=try": 2, "http_client_timeouts_total scope=call": 0, tries + " status=0": 2,
	})
}

// However many tries there are left.
func TestTimeout_ofACall(t *testing.T) {
	t.Parallel()
	s := settings()
	s.Timeout, s.Retries = 50*time.Millisecond, 10
	f := newFault(t, s, ok)
	f.poison(t, hang)
	_, err := f.get(t)
	wantUnavailable(t, err)
	if !strings.Contains(err.Error(), "CLIENT_TIMEOUT") {
		t.Errorf("%v does not name the setting", err)
	}
	f.want(t, map[string]float64{"http_client_timeouts_total scope=call": 1, tries + " status=0": 1})
}

// An answer that begins and does not end is none.
func TestTimeout_ofABody(t *testing.T) {
	t.Parallel()
	s := settings()
	s.TryTimeout = 200 * time.Millisecond
	release := make(chan struct{})
	f := newFault(t, s, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "te")
		_ = http.NewResponseController(w).Flush()
		<-release
	})
	defer close(release)
	if _, err := f.get(t); err == nil {
		t.Error("half an answer was taken for a whole one")
	}
	f.want(t, map[string]float64{"http_client_active_requests": 0})
}

func TestRetry_helpsWhatMayBeRepeated(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, method string
		header       []string
		repeated     bool
	}{
		{name: "reading", method: http.MethodGet, repeated: true},
		{name: "replacing", method: http.MethodPut, repeated: true},
		{name: "creating", method: http.MethodPost},
		{name: "creating with a key", method: http.MethodPost, header: []string{"Idempotency-Key", "k1"}, repeated: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := settings()
			s.Retries = 2
			var asked atomic.Int32
			bodies := make(chan string, 3)
			f := newFault(t, s, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body) // Cut short, it is not the same.
				bodies <- string(body)
				if asked.Add(1) < 3 {
					w.WriteHeader(http.StatusServiceUnavailable)
				}
			})
			status, err := f.request(t, test.method, "a teapot", test.header...)
			want, n := http.StatusServiceUnavailable, 1
			if test.repeated {
				want, n = http.StatusOK, 3
			}
			if err != nil || status != want {
				t.Errorf("answered %d, %v, want %d", status, err, want)
			}
			for range n {
				if got := <-bodies; got != "a teapot" {
					t.Errorf("the service received %q", got)
				}
			}
			f.want(t, map[string]float64{tries: float64(n), "http_client_retries_total": float64(n - 1)})
		})
	}
}

// A connection that is cut counts like an answer that says "later".
func TestRetry_afterACutConnection(t *testing.T) {
	t.Parallel()
	s := settings()
	s.Retries, s.RetryDelay, s.RetryMaxDelay = 10, 200*time.Millisecond, 200*time.Millisecond
	f := newFault(t, s, ok)
	f.proxy.Stop()
	back := make(chan error, 1)
	go func() {
		for f.value(t, tries+" status=0") == 0 {
			time.Sleep(time.Millisecond)
		}
		back <- f.proxy.Start()
	}()
	status, err := f.get(t)
	if startErr := <-back; startErr != nil {
		t.Fatal(startErr)
	}
	if err != nil || status != http.StatusOK {
		t.Errorf("answered %d, %v, want 200 from a later try", status, err)
	}
}

// Nothing that the service said is lost when there are no more tries.
func TestRetry_endsWithTheLastAnswer(t *testing.T) {
	t.Parallel()
	s := settings()
	s.Retries = 2
	f := newFault(t, s, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	if status, err := f.get(t); err != nil || status != http.StatusBadGateway {
		t.Errorf("answered %d, %v, want 502", status, err)
	}
	f.want(t, map[string]float64{tries + " status=502": 3, "http_client_active_requests": 0})
}

// A service that is down is asked a tenth more often than it would be without
// retries, once the reserve is used up.
func TestRetryBudget(t *testing.T) {
	t.Parallel()
	s := settings()
	s.Retries, s.RetryBudget = 2, 0.125
	f := newFault(t, s, ok)
	f.proxy.Stop()
	for range 80 {
		_, err := f.get(t)
		wantUnavailable(t, err)
	}
	// The reserve of 10 and an eighth of the calls that came after it was touched.
	if got := f.value(t, "http_client_retries_total"); got < 18 || got > 20 {
		t.Errorf("80 calls were retried %v times, want about 19", got)
	}
	if f.value(t, "http_client_rejections_total reason=budget") == 0 {
		t.Error("no retry that was saved is counted")
	}
}

func TestBreaker(t *testing.T) {
	t.Parallel()
	s := settings()
	s.BreakerMinCalls, s.BreakerFailureRate, s.BreakerDelay = 4, 0.5, time.Second
	f := newFault(t, s, ok)
	for range 2 {
		if _, err := f.get(t); err != nil {
			t.Fatal(err)
		}
	}
	f.client.CloseIdleConnections()
	f.proxy.Stop()
	for range 2 {
		_, err := f.get(t)
		wantUnavailable(t, err)
	}
	f.want(t, map[string]float64{
		"http_client_circuit_breaker_state state=open":   1,
		"http_client_circuit_breaker_state state=closed": 0,
	})
	if err := f.proxy.Start(); err != nil {
		t.Fatal(err)
	}
	// It recovers by itself, and until then asks nobody.
	waitFor(t, "the breaker to close", func() bool {
		before := f.value(t, tries)
		_, err := f.get(t)
		if errors.Is(err, outbound.ErrCircuitOpen) {
			wantUnavailable(t, err)
			f.want(t, map[string]float64{tries: before})
		} else if err != nil {
			t.Fatal(err)
		}
		return f.value(t, "http_client_circuit_breaker_state state=closed") == 1
	})
	if f.value(t, "http_client_rejections_total reason=breaker") == 0 {
		t.Error("no call was refused while the breaker was open")
	}
}

// A caller who gives up, and answers about the request, say nothing about the service.
func TestBreaker_doesNotMindCallers(t *testing.T) {
	t.Parallel()
	s := settings()
	s.BreakerMinCalls, s.BreakerFailureRate = 1, 0.1
	entered, release := make(chan struct{}), make(chan struct{})
	f := newFault(t, s, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusConflict)
			return
		}
		entered <- struct{}{}
		<-release
	})
	defer close(release)
	if status, err := f.request(t, http.MethodPost, "x"); err != nil || status != http.StatusConflict {
		t.Fatalf("answered %d, %v", status, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-entered
		cancel()
	}()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+f.proxy.Listen, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := f.client.Do(request)
	if err == nil {
		_ = response.Body.Close()
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the caller's own %v", err, context.Canceled)
	}
	f.want(t, map[string]float64{"http_client_circuit_breaker_state state=closed": 1})
}

// A service that hangs keeps as many callers busy as it may, and no more;
// an answer that is still being read keeps one busy, too.
func TestBulkhead(t *testing.T) {
	t.Parallel()
	s := settings()
	s.MaxConcurrent = 2
	release := make(chan struct{})
	f := newFault(t, s, func(w http.ResponseWriter, _ *http.Request) {
		_ = http.NewResponseController(w).Flush() // the head comes, the body does not
		<-release
	})
	ended := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := f.get(t)
			ended <- err
		}()
	}
	waitFor(t, "two calls to be answered in part", func() bool { return f.value(t, tries+" status=200") == 2 })
	_, err := f.get(t)
	wantUnavailable(t, err)
	if !errors.Is(err, outbound.ErrTooManyCalls) {
		t.Errorf("got %v, want %v", err, outbound.ErrTooManyCalls)
	}
	f.want(t, map[string]float64{
		"http_client_rejections_total reason=bulkhead": 1, "http_client_active_requests": 2,
		"http_client_active_requests_limit": 2, tries: 2,
	})
	close(release)
	for range 2 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if status, err := f.get(t); err != nil || status != http.StatusOK {
		t.Errorf("afterwards: answered %d, %v", status, err)
	}
}

// Who forgets to close an answer does not keep its place for good.
func TestBulkhead_endsWithTheCall(t *testing.T) {
	t.Parallel()
	s := settings()
	s.MaxConcurrent, s.Timeout = 1, 500*time.Millisecond
	f := newFault(t, s, ok)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+f.proxy.Listen, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := f.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the call to end", func() bool { return f.value(t, "http_client_active_requests") == 0 })
	if status, err := f.get(t); err != nil || status != http.StatusOK {
		t.Errorf("afterwards: answered %d, %v", status, err)
	}
	_ = response.Body.Close()
}

// A caller in a hurry is told of its own deadline, not of ours.
func TestTimeout_ofTheCaller(t *testing.T) {
	t.Parallel()
	f := newFault(t, settings(), ok)
	f.poison(t, hang)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+f.proxy.Listen, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := f.client.Do(request)
	if err == nil {
		_ = response.Body.Close()
	}
	wantUnavailable(t, err)
	if !errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "CLIENT_TIMEOUT") {
		t.Errorf("got %v, want the caller's own deadline", err)
	}
	f.want(t, map[string]float64{"http_client_timeouts_total scope=call": 1, "http_client_active_requests": 0})
}

func TestFallback(t *testing.T) {
	t.Parallel()
	var status atomic.Int32
	f := newFault(t, settings(), func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(int(status.Load())) })
	ask := func(ctx context.Context) (string, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+f.proxy.Listen, http.NoBody)
		if err != nil {
			return "", err
		}
		response, err := f.client.Do(request)
		if err != nil {
			return "", err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return "", outbound.Unexpected(response)
		}
		return "fresh", nil
	}
	instead := func(context.Context, error) (string, error) { return "stale", nil }
	for _, test := range []struct {
		status int32
		want   string
	}{{http.StatusOK, "fresh"}, {http.StatusInternalServerError, "stale"}, {http.StatusTooManyRequests, "stale"}} {
		status.Store(test.status)
		if got, err := outbound.Fallback(t.Context(), ask, instead); err != nil || got != test.want {
			t.Errorf("status %d gives %q, %v, want %q", test.status, got, err, test.want)
		}
	}
	status.Store(http.StatusNotFound)
	if got, err := outbound.Fallback(t.Context(), ask, instead); err == nil {
		t.Errorf("what is not there became %q", got)
	}
	f.client.CloseIdleConnections()
	f.proxy.Stop()
	if got, err := outbound.Fallback(t.Context(), ask, instead); err != nil || got != "stale" {
		t.Errorf("a service that is gone gives %q, %v", got, err)
	}
	f.want(t, map[string]float64{"http_client_fallbacks_total": 3})
}
