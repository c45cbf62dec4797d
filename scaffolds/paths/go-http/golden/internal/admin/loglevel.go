package admin

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"example.com/golden/service/internal/telemetry"
)

// How long another level lasts when nobody says, and at most: "debug" that was
// forgotten fills disks and shows more than it should.
const (
	levelLasts   = 10 * time.Minute
	levelLongest = 24 * time.Hour
)

// level is what is logged now; Until is absent when it is the level that the
// service started with.
type level struct {
	Level string     `json:"level"`
	Until *time.Time `json:"until,omitempty"`
}

func showLevel(current *telemetry.Level) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		now, until := current.Now()
		answer := level{Level: strings.ToLower(now.String())}
		if !until.IsZero() {
			answer.Until = &until
		}
		writeJSON(w, http.StatusOK, answer)
	}
}

// Answers PUT /log-level with {"level": "debug", "for": "10m"}.
func changeLevel(current *telemetry.Level, log *slog.Logger) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var asked struct {
			Level slog.Level `json:"level"`
			For   string     `json:"for"`
		}
		decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<10))
		decoder.DisallowUnknownFields()
		err := decoder.Decode(&asked)
		lasts := levelLasts
		if err == nil && asked.For != "" {
			lasts, err = time.ParseDuration(asked.For)
		}
		if err == nil && (lasts <= 0 || lasts > levelLongest) {
			err = fmt.Errorf("for is %s, want more than 0s and at most %s", lasts, levelLongest)
		}
		if err != nil {
			http.Error(w, `want a JSON object such as {"level": "debug", "for": "10m"}: `+err.Error(), http.StatusBadRequest)
			return
		}
		until := current.Set(asked.Level, lasts)
		log.WarnContext(r.Context(), "log level changed", "level", asked.Level.String(), "until", until)
		showLevel(current)(w, r)
	}
}
