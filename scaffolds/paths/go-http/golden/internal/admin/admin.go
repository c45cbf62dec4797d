// Package admin answers those who operate the service: probes, metrics, which
// build runs, how much is logged, profiles. It has a port of its own, because
// none of it is for callers: they are not to read it, and a flood of their
// requests must not keep probes and scrapes out.
package admin

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/pprof"

	"example.com/golden/service/internal/telemetry"
)

// Build says which build of the service is running.
type Build struct {
	Service string `json:"service"`
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Go      string `json:"go"`
}

// Deps is what is answered with.
type Deps struct {
	Log     *slog.Logger
	Level   *telemetry.Level
	Metrics *telemetry.Metrics
	Build   Build
	// Ready answers what keeps the service from taking requests, if anything.
	Ready func(context.Context) error
	// Lacks answers what the service does without at the moment.
	Lacks func() []string
	// Profiles opens /debug/pprof/. Taking one costs time and may show data.
	Profiles bool
}

// New returns the handler of the admin port.
func New(d Deps) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", live)
	mux.HandleFunc("GET /readyz", ready(d.Ready, d.Lacks))
	mux.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, d.Build) })
	mux.Handle("GET /metrics", d.Metrics.Handler())
	mux.HandleFunc("GET /log-level", showLevel(d.Level))
	mux.HandleFunc("PUT /log-level", changeLevel(d.Level, d.Log))
	if d.Profiles {
		mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
		mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
		mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	}
	return mux
}

type health struct {
	Status string `json:"status"`
	Reason string `json:"reason,omitempty"`
	// Lacking is no reason not to be ready.
	Lacking []string `json:"lacking,omitempty"`
}

// Fails only when a restart would help, so it looks at nothing but itself.
func live(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, health{Status: "ok"})
}

func ready(check func(context.Context) error, lacks func() []string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := check(r.Context()); err != nil {
			writeJSON(w, http.StatusServiceUnavailable, health{Status: "unavailable", Reason: err.Error(), Lacking: lacks()})
			return
		}
		writeJSON(w, http.StatusOK, health{Status: "ok", Lacking: lacks()})
	}
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // The caller may be gone.
}
