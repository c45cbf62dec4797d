package outbound

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"example.com/golden/service/internal/telemetry"
)

// answers gives one status after the other, and remembers when it was asked.
type answers struct {
	statuses []int
	header   http.Header
	at       []time.Time
}

func (a *answers) RoundTrip(*http.Request) (*http.Response, error) {
	status := a.statuses[min(len(a.at), len(a.statuses)-1)]
	a.at = append(a.at, time.Now())
	return &http.Response{StatusCode: status, Header: a.header, Body: http.NoBody}, nil
}

func ask(t *testing.T, provider *answers, s Settings) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://teapots", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := newResilient(provider, "teapots", s, telemetry.NewMetrics().CallsTo("teapots", 1)).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode
}

func patient() Settings {
	return Settings{
		Timeout: time.Minute, TryTimeout: time.Minute, Retries: 6, RetryDelay: 100 * time.Millisecond, RetryMaxDelay: 400 * time.Millisecond,
		RetryBudget: 1, BreakerFailureRate: 1, BreakerMinCalls: 1000, BreakerWindow: time.Minute, BreakerDelay: time.Minute, MaxConcurrent: 1,
	}
}

// Waits double up to their limit, and no two are quite the same: time here is
// the test's own.
func TestRetry_waitsLongerEachTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		provider := &answers{statuses: []int{http.StatusServiceUnavailable}}
		ask(t, provider, patient())
		if len(provider.at) != 7 {
			t.Fatalf("asked %d times, want 7", len(provider.at))
		}
		waits := map[time.Duration]bool{}
		for i, ms := range []int{100, 200, 400, 400, 400, 400} {
			most := time.Duration(ms) * time.Millisecond
			wait := provider.at[i+1].Sub(provider.at[i])
			if i > 1 { // from here on, they differ by jitter only
				waits[wait] = true
			}
			if wait < most/2 || wait > most {
				t.Errorf("wait %d is %s, want %s to %s", i+1, wait, most/2, most)
			}
		}
		if len(waits) < 2 {
			t.Errorf("the waits %v have no jitter", waits)
		}
	})
}

func TestRetry_waitsAsLongAsAsked(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, header string
		tries        int
		want         time.Duration
	}{
		{name: "seconds", header: "7", tries: 2, want: 7 * time.Second},
		{name: "a date", header: "date", tries: 2, want: 7 * time.Second},
		{name: "longer than the call may take", header: "61", tries: 1},
		{name: "nonsense", header: "soon", tries: 2, want: 50 * time.Millisecond},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				if test.header == "date" {
					test.header = time.Now().Add(test.want).UTC().Format(http.TimeFormat)
				}
				provider := &answers{statuses: []int{http.StatusServiceUnavailable, http.StatusOK}, header: http.Header{"Retry-After": {test.header}}}
				start := time.Now()
				status := ask(t, provider, patient())
				if len(provider.at) != test.tries {
					t.Fatalf("asked %d times, want %d", len(provider.at), test.tries)
				}
				if test.tries == 1 {
					if status != http.StatusServiceUnavailable || time.Since(start) != 0 {
						t.Errorf("answered %d after %s, want the service's own answer at once", status, time.Since(start))
					}
					return
				}
				if wait := provider.at[1].Sub(provider.at[0]); wait < test.want || wait > test.want+100*time.Millisecond {
					t.Errorf("waited %s, want %s and a little more", wait, test.want)
				}
			})
		})
	}
}
