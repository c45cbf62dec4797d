package telemetry_test

import (
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"example.com/golden/service/internal/telemetry"
)

// Another level ends by itself, and a later one is not cut short by an earlier.
func TestLevel_goesBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		level := telemetry.NewLevel(slog.LevelWarn)
		want := func(want slog.Level, changed bool) {
			t.Helper()
			synctest.Wait()
			if got, until := level.Now(); got != want || level.Level() != want || until.IsZero() == changed {
				t.Errorf("the level is %s until %s, want %s", got, until, want)
			}
		}
		want(slog.LevelWarn, false)
		level.Set(slog.LevelDebug, time.Minute)
		time.Sleep(30 * time.Second)
		want(slog.LevelDebug, true)
		level.Set(slog.LevelInfo, time.Minute)
		time.Sleep(59 * time.Second)
		want(slog.LevelInfo, true)
		time.Sleep(2 * time.Second)
		want(slog.LevelWarn, false)
	})
}
