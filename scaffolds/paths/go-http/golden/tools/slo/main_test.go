package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRulesAreUpToDate(t *testing.T) {
	folder := filepath.Join("..", "..", "deploy", "observability")
	want, err := generate(filepath.Join(folder, source))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(folder, result))
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not what %s gives (%v): run make generate", result, source, err)
	}
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	const good = `{service: a, team: b, runbooks: c, objectives: [{name: n, percent: 99.9, description: d, errors: "x[$window]", total: "y[$window]"}]}`
	if _, err := read([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, replace, with, want string }{
		{"a promise of everything", "99.9", "100", "percent is 100"},
		{"a part instead of percent", "99.9", "-0.9", "percent is -0.9"},
		{"a query without window", "y[$window]", "y[5m]", "total has no [$window]"},
		{"a misspelt key", "team", "taem", "taem"},
		{"no service", "service: a", `service: ""`, "service is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := read([]byte(strings.Replace(good, c.replace, c.with, 1)))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
}

func TestBudgetIsExact(t *testing.T) {
	for percent, want := range map[float64]string{99.9: "0.001", 99: "0.01", 99.95: "0.0005", 99.999: "0.00001", 50: "0.5"} {
		if got := (Objective{Percent: percent}).Budget(); got != want {
			t.Errorf("%v %% leaves %s, want %s", percent, got, want)
		}
	}
}
