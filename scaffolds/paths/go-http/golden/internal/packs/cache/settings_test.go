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

// What an address says is what is dialled: nothing in it is passed over.
func TestAddress(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"redis://localhost":                "{network:tcp host:localhost:6379 tls:false user: password: database:0}",
		"redis://":                         "{network:tcp host:localhost:6379 tls:false user: password: database:0}",
		"rediss://u:p%40ss@cache.test:1/2": "{network:tcp host:cache.test:1 tls:true user:u password:p@ss database:2}",
		"valkeys://:p@[::1]/?db=3":         "{network:tcp host:[::1]:6379 tls:true user: password:p database:3}",
		"unix://u:p@/run/socket?db=4":      "{network:unix host:/run/socket tls:false user:u password:p database:4}",
	} {
		if got, err := cache.Address(url); err != nil || got != want {
			t.Errorf("%s: got %s, %v, want %s", url, got, err, want)
		}
	}
	for _, url := range []string{"", "localhost:6379", "http://h", "redis:h", "redis://h/one", "redis://h/-1", "redis://h?pool_size=9", "unix://", "redis://h#0"} {
		if got, err := cache.Address(url); err == nil {
			t.Errorf("%q is read as %s, want it refused", url, got)
		}
	}
}
