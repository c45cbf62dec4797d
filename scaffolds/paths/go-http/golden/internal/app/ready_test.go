package app

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/golden/service/internal/admin"
	"example.com/golden/service/internal/config"
	"example.com/golden/service/internal/packs/packstest"
	"example.com/golden/service/internal/telemetry"
)

// A service without something that it needs is not ready, and names it.
func TestReady(t *testing.T) {
	t.Parallel()
	cfg, err := config.Load(packstest.Environ(t))
	if err != nil {
		t.Fatal(err)
	}
	level := telemetry.NewLevel(cfg.LogLevel)
	a, err := New(t.Context(), cfg, admin.Build{Service: "goldensvc"}, telemetry.NewLogger(io.Discard, "goldensvc", level), level)
	if err != nil {
		t.Fatal(err)
	}
	ready := func(want int, says string) {
		t.Helper()
		recorder := httptest.NewRecorder()
		a.admin.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", http.NoBody))
		if recorder.Code != want || !strings.Contains(recorder.Body.String(), says) {
			t.Errorf("readiness is answered %d %s, want %d with %s", recorder.Code, recorder.Body, want, says)
		}
	}
	ready(http.StatusOK, `"ok"`)
	a.parts.Needs("teapots", func(context.Context) error { return errors.New("all are broken") })
	ready(http.StatusServiceUnavailable, "teapots: all are broken")
	if err := a.parts.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
