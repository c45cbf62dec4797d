package cache_test

import (
	"strings"
	"testing"

	"github.com/caarlos0/env/v11"

	"example.com/golden/service/internal/packs/cache"
)

func settings(t *testing.T, environ map[string]string) cache.Config {
	t.Helper()
	var c cache.Config
	if err := env.ParseWithOptions(&c, env.Options{Environment: environ}); err != nil {
		t.Fatal(err)
	}
	return c
}

// Each wrong setting is named, and no password is shown.
func TestCheck(t *testing.T) {
	t.Parallel()
	const good = "rediss://u:p@127.0.0.1/1"
	for want, environ := range map[string]map[string]string{
		"CACHE_URL is not set":          {},
		"CACHE_URL cannot be read":      {"CACHE_URL": "redis://u:s3cret@ho st:77777777/d"},
		"CACHE_TTL is 1ms":              {"CACHE_URL": good, "CACHE_TTL": "1ms", "CACHE_ABSENT_TTL": "0s"},
		"CACHE_TTL_JITTER is 1":         {"CACHE_URL": good, "CACHE_TTL_JITTER": "1"},
		"CACHE_TTL_JITTER is NaN":       {"CACHE_URL": good, "CACHE_TTL_JITTER": "NaN"},
		"CACHE_ABSENT_TTL is -1s":       {"CACHE_URL": good, "CACHE_ABSENT_TTL": "-1s"},
		"CACHE_ABSENT_TTL is 6m0s":      {"CACHE_URL": good, "CACHE_ABSENT_TTL": "6m"},
		"CACHE_SETTLE_TIME is 0s":       {"CACHE_URL": good, "CACHE_SETTLE_TIME": "0s"},
		"CACHE_TIMEOUT is 0s":           {"CACHE_URL": good, "CACHE_TIMEOUT": "0s"},
		"CACHE_MAX_CONNS is 0":          {"CACHE_URL": good, "CACHE_MAX_CONNS": "0"},
		"want redis://USER:PASSWORD@HO": {"CACHE_URL": "http://u:s3cret@host"},
	} {
		err := settings(t, environ).Check()
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%v: got %v, want %q without a password", environ, err, want)
		}
	}
	if err := settings(t, map[string]string{"CACHE_URL": good, "CACHE_ABSENT_TTL": "0s", "CACHE_TTL_JITTER": "0"}).Check(); err != nil {
		t.Error(err)
	}
}
