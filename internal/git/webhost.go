package git

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

const (
	// webPlaces is how many files are got from one host at a time.
	webPlaces = 10
	// webRounds is how often a host may ask for patience for one file.
	webRounds = 3
	// shortWait is how long a host is waited for in place; a longer wait is left to
	// the schedule. It is never believed that one wants more than longWait.
	shortWait, longWait = 5 * time.Second, time.Hour
	// manyHosts is how many hosts are remembered.
	manyHosts = 1000
)

// webHosts are the hosts that files are got from.
type webHosts struct {
	mu    sync.Mutex
	hosts map[string]*webHost
}

// webHost is one host: how many files are being got from it, and how long it
// wants to be left alone.
type webHost struct {
	name   string
	places chan struct{}

	mu    sync.Mutex
	until time.Time
}

// of returns a host by its name.
func (h *webHosts) of(name string) *webHost {
	name = strings.ToLower(name)
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.hosts) >= manyHosts || h.hosts == nil {
		h.hosts = map[string]*webHost{} // those in use stay with whoever uses them
	}
	host := h.hosts[name]
	if host == nil {
		host = &webHost{name: name, places: make(chan struct{}, webPlaces)}
		h.hosts[name] = host
	}
	return host
}

// enter waits for a place, and until the host wants to be asked, when that is
// soon.
func (h *webHost) enter(ctx context.Context) (leave func(), err error) {
	select {
	case h.places <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	leave = func() { <-h.places }
	wait := time.Until(h.pausedUntil())
	switch {
	case wait <= 0:
		return leave, nil
	case wait > shortWait:
		leave()
		return nil, h.patience()
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return leave, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}

func (h *webHost) pausedUntil() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.until
}

// pause notes that the host wants to be left alone.
func (h *webHost) pause(until time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if until.After(h.until) {
		h.until = until
	}
}

// patience says that the host wants to be left alone.
func (h *webHost) patience() error {
	until := h.pausedUntil()
	reason := h.name + " limits how many requests we may make; going on at " + until.UTC().Format("15:04:05 MST") + "."
	return fault.New(fault.Unavailable, "%s", reason).WithHint("Nothing is to be done: it goes on by itself.").
		WithCause(&catalog.WaitError{Until: until, Reason: reason})
}

// patienceOf returns when a host wants to be asked again, the zero time when it
// answered.
func patienceOf(response *http.Response, now time.Time) time.Time {
	after, left := response.Header.Get("Retry-After"), response.Header.Get("X-Ratelimit-Remaining")
	switch response.StatusCode {
	case http.StatusTooManyRequests:
	case http.StatusForbidden, http.StatusServiceUnavailable:
		if after == "" && left != "0" {
			return time.Time{}
		}
	default:
		return time.Time{}
	}
	until := now.Add(time.Minute)
	seconds, notNumber := strconv.Atoi(after)
	date, notDate := http.ParseTime(after)
	reset, noReset := strconv.ParseInt(response.Header.Get("X-Ratelimit-Reset"), 10, 64)
	switch {
	case notNumber == nil:
		until = now.Add(time.Duration(min(max(seconds, 0), int(longWait/time.Second))) * time.Second)
	case notDate == nil:
		until = date
	case noReset == nil:
		until = time.Unix(reset, 0)
	}
	if cmp.Compare(until.Sub(now), longWait) > 0 {
		return now.Add(longWait)
	}
	if until.Before(now) {
		return now // it may be asked again at once
	}
	return until
}
