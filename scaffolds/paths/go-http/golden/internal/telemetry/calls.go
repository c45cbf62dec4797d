package telemetry

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Values of labels: the states of a breaker, who refused a call or a retry,
// and which of the two deadlines ended it.
const (
	BreakerClosed   = "closed"
	BreakerHalfOpen = "half_open"
	BreakerOpen     = "open"

	ByBreaker  = "breaker"
	ByBulkhead = "bulkhead"
	ByBudget   = "budget"

	SingleTry = "try"
	WholeCall = "call"
)

// What is counted about calls to other services. OpenTelemetry has names for
// the first two only; the others follow them.
type callMetrics struct {
	tries     *prometheus.HistogramVec
	active    *prometheus.GaugeVec
	limit     *prometheus.GaugeVec
	retries   *prometheus.CounterVec
	refused   *prometheus.CounterVec
	timeouts  *prometheus.CounterVec
	breaker   *prometheus.GaugeVec
	fallbacks *prometheus.CounterVec
}

func newCallMetrics(registry *prometheus.Registry) *callMetrics {
	counter := func(name, help string, more ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, append([]string{"peer_service"}, more...))
	}
	gauge := func(name, help string, more ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, append([]string{"peer_service"}, more...))
	}
	m := &callMetrics{
		tries: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "http_client_request_duration_seconds",
			Help:    "Requests to other services, each try of a call; status 0 means there was no answer.",
			Buckets: buckets,
		}, []string{"peer_service", "http_request_method", "http_response_status_code"}),
		active:    gauge("http_client_active_requests", "Calls to other services that run right now."),
		limit:     gauge("http_client_active_requests_limit", "How many may run at a time (CLIENT_MAX_CONCURRENT)."),
		retries:   counter("http_client_retries_total", "Tries after the first one."),
		refused:   counter("http_client_rejections_total", "Calls not made because of the breaker or the bulkhead, and retries not made because of the budget.", "reason"),
		timeouts:  counter("http_client_timeouts_total", "Tries and whole calls that took too long.", "scope"),
		breaker:   gauge("http_client_circuit_breaker_state", "1 for the state that the breaker is in.", "state"),
		fallbacks: counter("http_client_fallbacks_total", "Answers made without the service, which was unavailable."),
	}
	registry.MustRegister(m.tries, m.active, m.limit, m.retries, m.refused, m.timeouts, m.breaker, m.fallbacks)
	return m
}

// Calls counts the calls to one service.
type Calls struct {
	metrics *callMetrics
	service string
}

// CallsTo returns what counts the calls to a service. Every series is there
// from the start: one that appears with its first event hides that event from
// rate().
func (m *Metrics) CallsTo(service string, limit uint) *Calls {
	c := &Calls{metrics: m.calls, service: service}
	c.metrics.active.WithLabelValues(service)
	c.metrics.limit.WithLabelValues(service).Set(float64(limit))
	c.metrics.retries.WithLabelValues(service)
	c.metrics.fallbacks.WithLabelValues(service)
	for _, reason := range []string{ByBreaker, ByBulkhead, ByBudget} {
		c.metrics.refused.WithLabelValues(service, reason)
	}
	for _, scope := range []string{SingleTry, WholeCall} {
		c.metrics.timeouts.WithLabelValues(service, scope)
	}
	return c
}

// Started counts a call that begins, Done its end.
func (c *Calls) Started() { c.metrics.active.WithLabelValues(c.service).Inc() }

// Done counts the end of a call.
func (c *Calls) Done() { c.metrics.active.WithLabelValues(c.service).Dec() }

// Ended counts a try; status 0 means there was no answer.
func (c *Calls) Ended(method string, status int, took time.Duration) {
	c.metrics.tries.WithLabelValues(c.service, knownMethod(method), strconv.Itoa(status)).Observe(took.Seconds())
}

// Retried counts a try after the first.
func (c *Calls) Retried() { c.metrics.retries.WithLabelValues(c.service).Inc() }

// Refused counts a call or a retry that was not made.
func (c *Calls) Refused(reason string) { c.metrics.refused.WithLabelValues(c.service, reason).Inc() }

// TimedOut counts a try or a call that took too long.
func (c *Calls) TimedOut(scope string) { c.metrics.timeouts.WithLabelValues(c.service, scope).Inc() }

// FellBack counts an answer made without the service.
func (c *Calls) FellBack() { c.metrics.fallbacks.WithLabelValues(c.service).Inc() }

// Breaker says which state the service's breaker is in now.
func (c *Calls) Breaker(state string) {
	for _, each := range []string{BreakerClosed, BreakerHalfOpen, BreakerOpen} {
		value := 0.0
		if each == state {
			value = 1
		}
		c.metrics.breaker.WithLabelValues(c.service, each).Set(value)
	}
}
