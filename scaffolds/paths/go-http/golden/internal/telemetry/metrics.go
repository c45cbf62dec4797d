package telemetry

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts what the service does. Names and labels are OpenTelemetry's,
// in Prometheus' spelling.
type Metrics struct {
	registry *prometheus.Registry
	served   *prometheus.HistogramVec
	active   prometheus.Gauge
	limit    prometheus.Gauge
	shed     prometheus.Counter
	calls    *callMetrics
}

// The bounds of histograms, in seconds.
var buckets = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// NewMetrics returns metrics of its own registry.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		served: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "http_server_request_duration_seconds",
			Help:    "Requests answered: how many, with what, how fast.",
			Buckets: buckets,
		}, []string{"http_request_method", "http_route", "http_response_status_code"}),
		active: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "http_server_active_requests",
			Help: "Requests being answered right now.",
		}),
		limit: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "http_server_active_requests_limit",
			Help: "How many may be answered at a time (HTTP_MAX_CONCURRENT).",
		}),
		shed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "http_server_requests_shed_total",
			Help: "Requests refused because as many as may be were being answered.",
		}),
	}
	m.calls = newCallMetrics(m.registry)
	m.registry.MustRegister(m.served, m.active, m.limit, m.shed,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewBuildInfoCollector(),
	)
	return m
}

// Started counts a request that arrived; call the result when it was answered.
// The route is the pattern ("/items/{itemId}"), never the path: each label
// value is a time series, and there are as many paths as items.
func (m *Metrics) Started(method, route string) (answered func(status int) time.Duration) {
	start := time.Now()
	m.active.Inc()
	return func(status int) time.Duration {
		took := time.Since(start)
		m.active.Dec()
		m.served.WithLabelValues(knownMethod(method), route, strconv.Itoa(status)).Observe(took.Seconds())
		return took
	}
}

// Limit says how many requests may be answered at a time.
func (m *Metrics) Limit(requests uint) { m.limit.Set(float64(requests)) }

// Shed counts a request that was refused because there were too many.
func (m *Metrics) Shed() { m.shed.Inc() }

// Registry is where packs register their metrics. The service's own belong in
// this package, in NewMetrics: the test beside the dashboards asks here for what
// is exported.
func (m *Metrics) Registry() *prometheus.Registry { return m.registry }

// Handler answers Prometheus' scrapes.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Anybody can send any method; as a label each would stay in memory for good.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut,
		http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	default:
		return "_OTHER"
	}
}
