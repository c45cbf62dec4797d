package config_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/golden/service/internal/config"
	"example.com/golden/service/internal/packs/packstest"
)

func TestLoad_defaults(t *testing.T) {
	t.Parallel()
	got, err := config.Load(packstest.Required())
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{
		HTTPAddr:        ":8080",
		AdminAddr:       ":8081",
		LogLevel:        slog.LevelInfo,
		ReadTimeout:     10 * time.Second,
		WriteTimeout:    15 * time.Second,
		IdleTimeout:     2 * time.Minute,
		MaxBodyBytes:    1 << 20,
		MaxConcurrent:   100,
		IdempotencyTTL:  24 * time.Hour,
		ShutdownTimeout: 20 * time.Second,
		Clients:         got.Clients,
		Packs:           got.Packs,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("defaults differ (-want +got):\n%s", diff)
	}
}

func TestLoad_problems(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		environ []string
		want    []string
	}{
		{name: "an address without a port", environ: []string{"HTTP_ADDR=localhost"}, want: []string{"HTTP_ADDR", "host:port"}},
		{name: "one address for two", environ: []string{"HTTP_ADDR=:80", "ADMIN_ADDR=:80"}, want: []string{"ADMIN_ADDR", "another port"}},
		{name: "nobody is answered", environ: []string{"HTTP_MAX_CONCURRENT=0"}, want: []string{"HTTP_MAX_CONCURRENT"}},
		{name: "an answer that outlasts the end", environ: []string{"HTTP_WRITE_TIMEOUT=21s"}, want: []string{"HTTP_WRITE_TIMEOUT", "SHUTDOWN_TIMEOUT (20s)"}},
		{name: "an unknown log level", environ: []string{"LOG_LEVEL=loud"}, want: []string{"LOG_LEVEL", "loud"}},
		{name: "a time without a unit", environ: []string{"HTTP_READ_TIMEOUT=10"}, want: []string{"HTTP_READ_TIMEOUT", "missing unit"}},
		{name: "no time at all", environ: []string{"HTTP_WRITE_TIMEOUT=0s"}, want: []string{"HTTP_WRITE_TIMEOUT"}},
		{name: "a negative delay", environ: []string{"SHUTDOWN_DRAIN_DELAY=-1s"}, want: []string{"SHUTDOWN_DRAIN_DELAY"}},
		{name: "no body allowed", environ: []string{"HTTP_MAX_BODY_BYTES=0"}, want: []string{"HTTP_MAX_BODY_BYTES"}},
		{name: "answers kept for no time", environ: []string{"IDEMPOTENCY_TTL=0s"}, want: []string{"IDEMPOTENCY_TTL"}},
		{name: "neither yes nor no", environ: []string{"PACT_STATES=maybe"}, want: []string{"PACT_STATES", "maybe"}},
		{
			name:    "several at once",
			environ: []string{"HTTP_ADDR=localhost", "HTTP_IDLE_TIMEOUT=-1s", "SHUTDOWN_TIMEOUT=0s"},
			want:    []string{"HTTP_ADDR", "HTTP_IDLE_TIMEOUT", "SHUTDOWN_TIMEOUT"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Load(append(packstest.Required(), test.environ...))
			if err == nil {
				t.Fatal("accepted")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
		})
	}
}

// .env.example is what people copy: every setting is in it, with a value that
// is accepted, and nothing that is not a setting.
func TestEnvExample(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", ".env.example"))
	if err != nil {
		t.Fatal(err)
	}
	var environ []string
	inExample := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(strings.TrimPrefix(line, "#"))
		if key, _, ok := strings.Cut(line, "="); ok && !strings.Contains(key, " ") {
			environ = append(environ, line)
			inExample[key] = true
		}
	}
	if _, err := config.Load(environ); err != nil {
		t.Errorf("the example is refused: %v", err)
	}

	settings := map[string]bool{}
	for _, key := range config.Settings() {
		settings[key] = true
	}
	if diff := cmp.Diff(settings, inExample); diff != "" {
		t.Errorf(".env.example and the settings differ (-settings +example):\n%s", diff)
	}
}
