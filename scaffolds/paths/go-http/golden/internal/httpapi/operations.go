package httpapi

import (
	"encoding/json"
	"net/http"

	"example.com/golden/service/api"
)

// Build says which build of the service is running.
type Build struct {
	Service string `json:"service"`
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Go      string `json:"go"`
}

type health struct {
	Status string `json:"status"`
	Reason string `json:"reason,omitempty"`
}

// Fails only when a restart would help, so it looks at nothing but itself.
func live(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, health{Status: "ok"})
}

func ready(check func() error) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if err := check(); err != nil {
			writeJSON(w, http.StatusServiceUnavailable, health{Status: "unavailable", Reason: err.Error()})
			return
		}
		writeJSON(w, http.StatusOK, health{Status: "ok"})
	}
}

func version(build Build) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, build)
	}
}

func document(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(api.Document) // The caller may be gone.
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // The caller may be gone.
}
