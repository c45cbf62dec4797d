package postgres

import (
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
)

// The pools, as metrics call them.
const (
	primaryPool = "primary"
	replicaPool = "replica"
)

// Why a read went where it went.
const (
	reasonFresh   = "fresh"        // the replica is not behind
	reasonNone    = "no_replica"   // there is none
	reasonWrote   = "own_write"    // the request reads what it may have written
	reasonOutside = "outside"      // not for a request: nobody knows what was written before
	reasonBehind  = "behind"       // the replica is behind, or nobody can tell
	reasonFailed  = "replica_away" // the replica was asked, and did not answer
)

// metrics is what the pack counts. The first names are OpenTelemetry's.
type metrics struct {
	took      *prometheus.HistogramVec
	reads     *prometheus.CounterVec
	reachable *prometheus.GaugeVec
	lag       prometheus.Gauge
	maxLag    prometheus.Gauge
	pools     *poolStats
}

// RegisterMetrics registers the metrics of a service that reaches no database.
func RegisterMetrics(registry *prometheus.Registry) { newMetrics(registry) }

func newMetrics(registry *prometheus.Registry) *metrics {
	m := &metrics{
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "db_client_operation_duration_seconds",
			Help:    "Operations on the database, the wait for a connection included; outcome is ok, refused or unavailable.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"db_operation_name", "pool", "outcome"}),
		reads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "database_reads_total",
			Help: "Reads by the pool that they went to, and why.",
		}, []string{"pool", "reason"}),
		reachable: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "database_reachable",
			Help: "1 when the last look at the database found it working, 0 when not.",
		}, []string{"pool"}),
		lag: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "database_replica_lag_seconds",
			Help: "How far the replica is behind, at most. Without a replica 0.",
		}),
		maxLag: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "database_replica_max_lag_seconds",
			Help: "How far the replica may be behind and still be read (DATABASE_REPLICA_MAX_LAG).",
		}),
		pools: &poolStats{pools: map[string]*pgxpool.Pool{}},
	}
	registry.MustRegister(m.took, m.reads, m.reachable, m.lag, m.maxLag, m.pools)
	return m
}

// Every series is there from the start: one that appears with its first event
// hides that event from rate().
func (m *metrics) begin(pool string) {
	m.reachable.WithLabelValues(pool)
	reasons := []string{reasonFresh}
	if pool == primaryPool {
		reasons = []string{reasonNone, reasonWrote, reasonOutside, reasonBehind, reasonFailed}
	}
	for _, reason := range reasons {
		m.reads.WithLabelValues(pool, reason)
	}
}

func (m *metrics) ended(operation, pool, outcome string, took time.Duration) {
	m.took.WithLabelValues(operation, pool, outcome).Observe(took.Seconds())
}

func (m *metrics) found(pool string, err error) {
	value := 1.0
	if err != nil {
		value = 0
	}
	m.reachable.WithLabelValues(pool).Set(value)
}

// poolStats reads what the pools count themselves, at each scrape.
type poolStats struct{ pools map[string]*pgxpool.Pool }

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, append([]string{"pool"}, labels...), nil)
}

var (
	connCount = desc("db_client_connection_count", "Connections to the database.", "state")
	connMax   = desc("db_client_connection_max", "How many connections there may be (DATABASE_MAX_CONNS).")
	connWaits = desc("db_client_connection_waits_total", "How often somebody had to wait for a connection.")
	connWait  = desc("db_client_connection_wait_seconds_total", "How long all of them waited.")
)

// Describe implements prometheus.Collector.
func (*poolStats) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{connCount, connMax, connWaits, connWait} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (s *poolStats) Collect(out chan<- prometheus.Metric) {
	for name, pool := range s.pools {
		stat := pool.Stat()
		gauge := func(d *prometheus.Desc, value float64, labels ...string) {
			out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, append([]string{name}, labels...)...)
		}
		gauge(connCount, float64(stat.AcquiredConns()), "used")
		gauge(connCount, float64(stat.IdleConns()), "idle")
		gauge(connMax, float64(stat.MaxConns()))
		out <- prometheus.MustNewConstMetric(connWaits, prometheus.CounterValue, float64(stat.EmptyAcquireCount()), name)
		out <- prometheus.MustNewConstMetric(connWait, prometheus.CounterValue, stat.EmptyAcquireWaitTime().Seconds(), name)
	}
}
