package cache

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// What became of a read.
const (
	hit         = "hit"         // the cache answered
	missed      = "miss"        // it had no copy, the store answered
	unavailable = "unavailable" // it did not answer or was left alone, the store did
	skipped     = "skipped"     // it was not asked: it may not know what was written
)

// metrics is what the pack counts.
type metrics struct {
	reads     *prometheus.CounterVec
	shared    prometheus.Counter
	took      *prometheus.HistogramVec
	reachable prometheus.Gauge
	owed      prometheus.Gauge
}

// RegisterMetrics registers the metrics of a service that reaches no cache.
func RegisterMetrics(registry *prometheus.Registry) { newMetrics(registry) }

func newMetrics(registry *prometheus.Registry) *metrics {
	m := &metrics{
		reads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "cache_reads_total",
			Help: "Reads of one item by outcome: hit, miss, unavailable or skipped.",
		}, []string{"outcome"}),
		shared: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "cache_shared_reads_total",
			Help: "Reads that waited for another one of the same item, and got what that one got.",
		}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "cache_operation_duration_seconds",
			Help:    "Operations on the cache, connecting included; outcome is ok or failed.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25},
		}, []string{"operation", "outcome"}),
		reachable: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "cache_reachable",
			Help: "1 while the cache is used, 0 while it is left alone because it does not answer.",
		}),
		owed: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "cache_owed_items",
			Help: "Items that were written and the cache could not be told: other instances may have old copies.",
		}),
	}
	registry.MustRegister(m.reads, m.shared, m.took, m.reachable, m.owed)
	return m
}

// Every series is there from the start: one that appears with its first event
// hides that event from rate().
func (m *metrics) begin() {
	for _, outcome := range []string{hit, missed, unavailable, skipped} {
		m.reads.WithLabelValues(outcome)
	}
	for _, operation := range []string{opGet, opPut, opMark, opProbe} {
		m.took.WithLabelValues(operation, "ok")
		m.took.WithLabelValues(operation, "failed")
	}
}

func (m *metrics) ended(operation string, err error, took time.Duration) {
	outcome := "ok"
	if err != nil {
		outcome = "failed"
	}
	m.took.WithLabelValues(operation, outcome).Observe(took.Seconds())
}
