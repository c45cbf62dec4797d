package httpapi

import (
	"net/http"

	"example.com/golden/service/internal/telemetry"
)

// Refuses requests when as many as may be are being answered. One that would
// have to wait is better refused at once: its caller can go elsewhere, and
// those already here are answered in time. Refusals are seen, counted and
// logged like any other answer.
func shed(limit uint, metrics *telemetry.Metrics, p *problems) func(http.Handler) http.Handler {
	running := make(chan struct{}, limit)
	metrics.Limit(limit)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case running <- struct{}{}:
				defer func() { <-running }()
				next.ServeHTTP(w, r)
			default:
				metrics.Shed()
				retryLater(w)
				p.write(w, r, http.StatusServiceUnavailable, "too many requests are being answered; try again in a moment")
			}
		})
	}
}
