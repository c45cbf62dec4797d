package outbound_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/golden/service/internal/outbound"
)

// settings are those of a service that is patient with no fault: each test
// makes one policy matter.
func settings() outbound.Settings {
	return outbound.Settings{
		Timeout: time.Minute, TryTimeout: time.Minute,
		Retries: 0, RetryDelay: time.Millisecond, RetryMaxDelay: time.Millisecond, RetryBudget: 1,
		BreakerFailureRate: 1, BreakerMinCalls: 1 << 20, BreakerWindow: time.Minute, BreakerDelay: time.Minute,
		MaxConcurrent: 100, MaxWait: 0,
	}
}

func TestClient_countsAndTraces(t *testing.T) {
	t.Parallel()
	headers := make(chan http.Header, 1)
	f := newFault(t, settings(), func(w http.ResponseWriter, r *http.Request) {
		headers <- r.Header
		w.WriteHeader(http.StatusTeapot)
	})
	if status, err := f.get(t); err != nil || status != http.StatusTeapot {
		t.Fatalf("answered %d, %v", status, err)
	}
	if (<-headers).Get("Traceparent") == "" {
		t.Error("the call does not carry the trace on")
	}
	f.proxy.Stop()
	if _, err := f.get(t); err == nil {
		t.Fatal("a provider that is gone answered")
	}
	f.want(t, map[string]float64{
		"http_client_request_duration_seconds method=GET status=418": 1,
		"http_client_request_duration_seconds method=GET status=0":   1,
		"http_client_active_requests":                                0,
		"http_client_active_requests_limit":                          100,
	})
}

func TestSettings_problems(t *testing.T) {
	t.Parallel()
	if err := settings().Check(); err != nil {
		t.Errorf("good settings are refused: %v", err)
	}
	for setting, change := range map[string]func(*outbound.Settings){
		"CLIENT_TIMEOUT":              func(s *outbound.Settings) { s.Timeout = 0 },
		"CLIENT_TRY_TIMEOUT":          func(s *outbound.Settings) { s.TryTimeout = s.Timeout + 1 },
		"CLIENT_RETRIES":              func(s *outbound.Settings) { s.Retries = 11 },
		"CLIENT_RETRY_DELAY":          func(s *outbound.Settings) { s.RetryDelay = 0 },
		"CLIENT_RETRY_MAX_DELAY":      func(s *outbound.Settings) { s.RetryMaxDelay = 0 },
		"CLIENT_RETRY_BUDGET":         func(s *outbound.Settings) { s.RetryBudget = 20 },
		"CLIENT_BREAKER_FAILURE_RATE": func(s *outbound.Settings) { s.BreakerFailureRate = 50 },
		"CLIENT_BREAKER_MIN_CALLS":    func(s *outbound.Settings) { s.BreakerMinCalls = 0 },
		"CLIENT_BREAKER_WINDOW":       func(s *outbound.Settings) { s.BreakerWindow = time.Millisecond },
		"CLIENT_BREAKER_DELAY":        func(s *outbound.Settings) { s.BreakerDelay = 0 },
		"CLIENT_MAX_CONCURRENT":       func(s *outbound.Settings) { s.MaxConcurrent = 0 },
		"CLIENT_MAX_WAIT":             func(s *outbound.Settings) { s.MaxWait = s.Timeout },
	} {
		s := settings()
		change(&s)
		if err := s.Check(); err == nil || !strings.Contains(err.Error(), setting+" is ") {
			t.Errorf("%s: got %v, want it named", setting, err)
		}
	}
}

func TestCheckURL(t *testing.T) {
	t.Parallel()
	for value, good := range map[string]bool{
		"http://inventory:8080":   true,
		"https://example.com/api": true,
		"":                        false,
		"inventory:8080":          false,
		"ftp://inventory":         false,
		"http://":                 false,
		"http://a b":              false,
	} {
		err := outbound.CheckURL("INVENTORY_URL", value)
		if (err == nil) != good {
			t.Errorf("%q: got %v", value, err)
		}
		if err != nil && !strings.Contains(err.Error(), "INVENTORY_URL") {
			t.Errorf("%q: %v does not name the setting", value, err)
		}
	}
}
