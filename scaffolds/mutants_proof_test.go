//go:build proof

package scaffolds_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// A safeguard that can be taken out while every test still passes is one that
// somebody takes out by mistake. So each is taken out here, and a test of the
// service has to fail.
func TestEachSafeguardIsTested(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		safeguard, file, from, to string
		test                      string // that fails then, after its package
	}{
		{"the deadline of a try", "outbound/resilient.go", "r.settings.TryTimeout, errTryTimeout", "time.Hour, errTryTimeout", "outbound TestTimeout_ofATry"},
		{"the deadline of a call", "outbound/resilient.go", "r.settings.Timeout, errCallTimeout", "time.Hour, errCallTimeout", "outbound TestTimeout_ofACall"},
		{"the retry", "outbound/resilient.go", "WithMaxRetries(settings.Retries)", "WithMaxRetries(0)", "outbound TestRetry_helpsWhatMayBeRepeated"},
		{"the retry's longer waits", "outbound/retry.go", "r.settings.RetryDelay<<doublings", "r.settings.RetryDelay", "outbound TestRetry_waitsLongerEachTime"},
		{"the retry's jitter", "outbound/retry.go", "wait/2 + rand.N(wait/2+1)", "wait + 0*rand.N(wait/2+1)", "outbound TestRetry_waitsLongerEachTime"},
		{"the retry's budget", "outbound/retry.go", "if b.left < 1 {", "if b.left < -1e9 {", "outbound TestRetryBudget"},
		{"the breaker", "outbound/resilient.go", "bool { return o.failed }", "bool { return o.failed && !o.tried }", "outbound TestBreaker"},
		{"the bulkhead", "outbound/resilient.go", "bulkhead.New[outcome](settings.MaxConcurrent)", "bulkhead.New[outcome](1 << 20)", "outbound TestBulkhead"},
		{"the fallback", "outbound/unavailable.go", "return instead(ctx, err)", "return value, err", "outbound TestFallback"},
		{"shedding", "httpapi/shed.go", "make(chan struct{}, limit)", "make(chan struct{}, 1<<20)", "httpapi TestShed"},
		{"the redaction", "telemetry/logging.go", ", ReplaceAttr: redact", "", "telemetry TestLogger_redactsByKey"},
		{"the redaction of texts", "telemetry/redact.go", "slog.StringValue(redactText(attr.Value.String()))", "slog.StringValue(attr.Value.String())", "telemetry TestLogger_redactsTexts"},
		{"readiness on the admin port", "admin/admin.go", "err := check(r.Context()); err != nil", "err := check(r.Context()); err != nil && lacks == nil", "admin TestReady"},
		{"readiness that fails before the service stops", "app/app.go", "if a.stopping.Load() {", "if a.stopping.Load() && a.log == nil {", "app TestRun_stopsWithoutLosingARequest"},
		{"readiness that asks for what the service needs", "app/app.go", "return a.parts.Ready(ctx)", "return nil", "app TestReady"},
		{"readiness that asks the database", "packs/postgres/postgres.go", `p.Needs("database", db.ready)`, "_ = db.ready", "packs/postgres TestPrimaryAway"},
		{"readiness that waits for writes", "packs/postgres/watch.go", "err == nil && standby {\n\t\terr = errStandby\n\t}\n\treturn err", "err != nil && standby {\n\t\terr = errStandby\n\t}\n\treturn err", "packs/postgres TestReplica"},
		{"the drain delay", "app/run.go", "time.After(a.cfg.DrainDelay)", "time.After(0)", "app TestRun_stopsWithoutLosingARequest"},
		{"the wait for running requests", "app/run.go", "err := api.Shutdown(ctx)", "err := api.Close()", "../cmd/goldensvc TestSIGTERM_losesNoRequest"},
		{"the replica's guard", "packs/postgres/database.go", "case !d.guard.fresh(time.Now()):", "case !d.guard.fresh(time.Now()) && d.replica == nil:", "packs/postgres TestReplica"},
		{"reads of what the request wrote", "packs/postgres/database.go", "case parts.HasWritten(ctx):", "case parts.HasWritten(ctx) && d.replica == nil:", "packs/postgres TestReplica"},
		{"the cache that is left alone", "packs/cache/server.go", "if s.health.away() != nil {", "if s.health.away() != nil && s.client == nil {", "packs/cache TestHangs"},
	} {
		t.Run(c.safeguard, func(t *testing.T) {
			t.Parallel()
			file, err := filepath.Abs(filepath.Join(goldenFolder, "internal", c.file))
			if err != nil {
				t.Fatal(err)
			}
			code, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(code), c.from); n != 1 {
				t.Fatalf("%s has %q %d times, want once", c.file, c.from, n)
			}
			out := testWith(t, file, strings.Replace(string(code), c.from, c.to, 1), c.test)
			// A deadline is missed by a test that does not end.
			_, name, _ := strings.Cut(c.test, " ")
			if !strings.Contains(out, "--- FAIL: "+name+" ") && !strings.Contains(out, "running tests:\n\t\t"+name) {
				t.Errorf("%s does not notice\n%s", c.test, out)
			}
		})
	}
}

// testWith runs a test of the golden project in which one file is another.
func testWith(t *testing.T, file, code, test string) (out string) {
	t.Helper()
	dir := t.TempDir()
	changed, overlay := filepath.Join(dir, "changed.go"), filepath.Join(dir, "overlay.json")
	places, err := json.Marshal(map[string]map[string]string{"Replace": {file: changed}})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{changed: code, overlay: string(places)} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	folder, name, _ := strings.Cut(test, " ")
	text, err := exec.CommandContext(t.Context(), "go", "-C", goldenFolder, "test", "-vet=off", "-timeout", "1m", "-overlay", overlay, "-run", "^"+name+"$", "./"+path.Join("internal", folder)).CombinedOutput()
	if err == nil {
		return "it passes\n" + string(text)
	}
	return string(text)
}
