package admin_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/golden/service/internal/admin"
	"example.com/golden/service/internal/telemetry"
)

type operator struct {
	http.Handler
	level *telemetry.Level
	logs  *strings.Builder
}

func newOperator(change func(*admin.Deps)) operator {
	o := operator{level: telemetry.NewLevel(slog.LevelInfo), logs: &strings.Builder{}}
	deps := admin.Deps{
		Log: telemetry.NewLogger(o.logs, "goldensvc", o.level), Level: o.level, Metrics: telemetry.NewMetrics(),
		Build: admin.Build{Service: "goldensvc", Version: "test"}, Ready: func(context.Context) error { return nil },
		Lacks: func() []string { return nil },
	}
	change(&deps)
	o.Handler = admin.New(deps)
	return o
}

func (o operator) do(t *testing.T, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	recorder := httptest.NewRecorder()
	o.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body)))
	return recorder
}

func TestReady(t *testing.T) {
	t.Parallel()
	o := newOperator(func(d *admin.Deps) {
		d.Ready = func(context.Context) error { return errors.New("the database is away") }
	})
	if answer := o.do(t, http.MethodGet, "/readyz", ""); answer.Code != http.StatusServiceUnavailable || !strings.Contains(answer.Body.String(), "away") {
		t.Errorf("ready answered %d %s", answer.Code, answer.Body)
	}
	if answer := o.do(t, http.MethodGet, "/livez", ""); answer.Code != http.StatusOK {
		t.Errorf("live answered %d: a restart does not bring a database back", answer.Code)
	}
}

// What a service does without is told to who looks, and traffic goes on.
func TestReady_lacking(t *testing.T) {
	t.Parallel()
	o := newOperator(func(d *admin.Deps) { d.Lacks = func() []string { return []string{"cache: refused"} } })
	if answer := o.do(t, http.MethodGet, "/readyz", ""); answer.Code != http.StatusOK || !strings.Contains(answer.Body.String(), `"ok","lacking":["cache: refused"]`) {
		t.Errorf("ready answered %d %s", answer.Code, answer.Body)
	}
}

func TestProfiles_areClosed(t *testing.T) {
	t.Parallel()
	for open, want := range map[bool]int{false: http.StatusNotFound, true: http.StatusOK} {
		o := newOperator(func(d *admin.Deps) { d.Profiles = open })
		if answer := o.do(t, http.MethodGet, "/debug/pprof/heap", ""); answer.Code != want {
			t.Errorf("profiles %v: answered %d, want %d", open, answer.Code, want)
		}
	}
}

func TestLogLevel(t *testing.T) {
	t.Parallel()
	o := newOperator(func(*admin.Deps) {})
	if answer := o.do(t, http.MethodGet, "/log-level", ""); strings.TrimSpace(answer.Body.String()) != `{"level":"info"}` {
		t.Errorf("before: %s", answer.Body)
	}
	answer := o.do(t, http.MethodPut, "/log-level", `{"level":"debug","for":"1h"}`)
	var got struct {
		Level string
		Until time.Time
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if answer.Code != http.StatusOK || got.Level != "debug" || got.Until.Before(time.Now()) || o.level.Level() != slog.LevelDebug {
		t.Errorf("answered %d %s, the level is %s", answer.Code, answer.Body, o.level.Level())
	}
	if !strings.Contains(o.logs.String(), "log level changed") {
		t.Errorf("the log does not tell of it: %s", o.logs)
	}
	for _, wrong := range []string{"", "debug", `{"level":"loud"}`, `{"level":"debug","for":"10"}`, `{"level":"debug","for":"-1m"}`, `{"level":"debug","for":"25h"}`, `{"level":"debug","four":"1m"}`} {
		if answer := o.do(t, http.MethodPut, "/log-level", wrong); answer.Code != http.StatusBadRequest {
			t.Errorf("%s: answered %d", wrong, answer.Code)
		}
	}
}
