package outbound

import (
	"errors"
	"fmt"
	"net/url"
	"time"
)

// Settings is how patient this service is with those it calls. They are the
// same for all; each service called has a breaker, a bulkhead and a budget of
// its own.
type Settings struct {
	// Timeout is how long one call may take, all tries and waits included.
	Timeout time.Duration `env:"CLIENT_TIMEOUT" envDefault:"2s"`
	// TryTimeout is how long one try may take, its answer's body included.
	TryTimeout time.Duration `env:"CLIENT_TRY_TIMEOUT" envDefault:"800ms"`

	// Retries is how often a call that may be repeated is tried again.
	Retries int `env:"CLIENT_RETRIES" envDefault:"2"`
	// RetryDelay is the wait before the first retry; it doubles up to RetryMaxDelay.
	RetryDelay    time.Duration `env:"CLIENT_RETRY_DELAY" envDefault:"50ms"`
	RetryMaxDelay time.Duration `env:"CLIENT_RETRY_MAX_DELAY" envDefault:"500ms"`
	// RetryBudget is how many retries there may be for each call in the long
	// run: what is overloaded must not be asked three times as much.
	RetryBudget float64 `env:"CLIENT_RETRY_BUDGET" envDefault:"0.2"`

	// The breaker opens when this part of the tries within BreakerWindow
	// failed, provided there were at least BreakerMinCalls.
	BreakerFailureRate float64       `env:"CLIENT_BREAKER_FAILURE_RATE" envDefault:"0.5"`
	BreakerMinCalls    uint          `env:"CLIENT_BREAKER_MIN_CALLS" envDefault:"20"`
	BreakerWindow      time.Duration `env:"CLIENT_BREAKER_WINDOW" envDefault:"10s"`
	// BreakerDelay is how long it stays open before it lets a few tries through.
	BreakerDelay time.Duration `env:"CLIENT_BREAKER_DELAY" envDefault:"5s"`

	// MaxConcurrent is how many calls to one service may run at a time.
	MaxConcurrent uint `env:"CLIENT_MAX_CONCURRENT" envDefault:"100"`
	// MaxWait is how long a call may wait for one of them to end.
	MaxWait time.Duration `env:"CLIENT_MAX_WAIT" envDefault:"50ms"`
}

// Check reports every setting that cannot work.
func (s Settings) Check() error {
	var problems []error
	refuse := func(wrong bool, format string, args ...any) {
		if wrong {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	refuse(s.Timeout <= 0, "CLIENT_TIMEOUT is %s, want more than 0s", s.Timeout)
	refuse(s.TryTimeout <= 0 || s.TryTimeout > s.Timeout,
		"CLIENT_TRY_TIMEOUT is %s, want more than 0s and at most CLIENT_TIMEOUT (%s)", s.TryTimeout, s.Timeout)
	refuse(s.Retries < 0 || s.Retries > 10, "CLIENT_RETRIES is %d, want 0 to 10", s.Retries)
	refuse(s.RetryDelay <= 0, "CLIENT_RETRY_DELAY is %s, want more than 0s", s.RetryDelay)
	refuse(s.RetryMaxDelay < s.RetryDelay, "CLIENT_RETRY_MAX_DELAY is %s, want at least CLIENT_RETRY_DELAY (%s)", s.RetryMaxDelay, s.RetryDelay)
	refuse(!(s.RetryBudget >= 0 && s.RetryBudget <= 1), "CLIENT_RETRY_BUDGET is %v, want 0 to 1", s.RetryBudget)
	refuse(!(s.BreakerFailureRate > 0 && s.BreakerFailureRate <= 1), "CLIENT_BREAKER_FAILURE_RATE is %v, want more than 0 and at most 1", s.BreakerFailureRate)
	refuse(s.BreakerMinCalls == 0, "CLIENT_BREAKER_MIN_CALLS is 0, want at least 1")
	refuse(s.BreakerWindow < time.Second, "CLIENT_BREAKER_WINDOW is %s, want at least 1s", s.BreakerWindow)
	refuse(s.BreakerDelay <= 0, "CLIENT_BREAKER_DELAY is %s, want more than 0s", s.BreakerDelay)
	refuse(s.MaxConcurrent == 0, "CLIENT_MAX_CONCURRENT is 0, want at least 1")
	refuse(s.MaxWait < 0 || s.MaxWait >= s.Timeout, "CLIENT_MAX_WAIT is %s, want 0s or more and less than CLIENT_TIMEOUT (%s)", s.MaxWait, s.Timeout)
	return errors.Join(problems...)
}

// CheckURL says what is wrong with a setting that should be a service's address.
func CheckURL(setting, value string) error {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("%s is %q, want an address such as http://name:8080", setting, value)
	}
	return nil
}
