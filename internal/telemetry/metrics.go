package telemetry

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts what the program does. Names and labels are OpenTelemetry's,
// in Prometheus' spelling.
type Metrics struct {
	registry *prometheus.Registry
	served   *prometheus.HistogramVec
	active   prometheus.Gauge
	called   *prometheus.HistogramVec
}

// Build is the program that runs.
type Build struct{ Version, Commit, Go string }

// NewMetrics returns metrics of its own registry.
func NewMetrics(build Build) *Metrics {
	buckets := []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	about := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "platform_build_info",
		Help:        "Always 1; the labels say which build runs.",
		ConstLabels: prometheus.Labels{"version": build.Version, "commit": build.Commit, "go_version": build.Go},
	})
	about.Set(1)
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
		called: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "http_client_request_duration_seconds",
			Help:    "Calls to others; status 0 means there was no answer.",
			Buckets: buckets,
		}, []string{"peer_service", "http_request_method", "http_response_status_code"}),
	}
	m.registry.MustRegister(about, m.served, m.active, m.called,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewBuildInfoCollector(),
	)
	return m
}

// Handler answers Prometheus' scrapes.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Sample is one value of a gauge; Label is the value of its one label, or "".
type Sample struct {
	Label string
	Value float64
}

// scrapeTimeout is how long a gauge may take to find its values out.
const scrapeTimeout = 2 * time.Second

// Gauge adds a metric whose values are found out at each scrape: how many runs
// are in which state, say. label names the label, "" for a metric without one.
// When read fails the metric is absent, because an old or made-up number would
// be believed.
func (m *Metrics) Gauge(name, help, label string, read func(ctx context.Context) ([]Sample, error)) error {
	var labels []string
	if label != "" {
		labels = []string{label}
	}
	return m.registry.Register(&gauge{desc: prometheus.NewDesc(name, help, labels, nil), labelled: label != "", read: read})
}

type gauge struct {
	desc     *prometheus.Desc
	labelled bool
	read     func(ctx context.Context) ([]Sample, error)
}

// Describe implements prometheus.Collector.
func (g *gauge) Describe(out chan<- *prometheus.Desc) { out <- g.desc }

// Collect implements prometheus.Collector.
func (g *gauge) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	samples, err := g.read(ctx)
	if err != nil {
		return
	}
	for _, s := range samples {
		var labels []string
		if g.labelled {
			labels = []string{s.Label}
		}
		out <- prometheus.MustNewConstMetric(g.desc, prometheus.GaugeValue, s.Value, labels...)
	}
}

// started counts a request that arrived; the result is called when it was
// answered. The route is the pattern ("/catalog/:kind"), never the path: each
// label value is a time series, and there are as many paths as entities.
func (m *Metrics) started(method string) (answered func(route string, status int)) {
	start := time.Now()
	m.active.Inc()
	return func(route string, status int) {
		m.active.Dec()
		m.served.WithLabelValues(knownMethod(method), route, strconv.Itoa(status)).Observe(time.Since(start).Seconds())
	}
}

// knownMethod bounds a label: anybody can send any method, and each would stay
// in memory for good.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut,
		http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	default:
		return "_OTHER"
	}
}
