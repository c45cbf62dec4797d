package catalog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

func TestHowOftenALocationIsRead(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text  string
		want  time.Duration
		shown string
	}{
		{"5m", 5 * time.Minute, "5m"},
		{" 1H30M ", 90 * time.Minute, "1h30m"},
		{"60s", time.Minute, "1m"},
		{"90s", 90 * time.Second, "1m30s"},
		{"24h", 24 * time.Hour, "1d"},
		{"2d", 48 * time.Hour, "2d"},
		{"30d", 720 * time.Hour, "30d"},
		{"1w", 7 * 24 * time.Hour, "7d"},
		{"1w2d", 9 * 24 * time.Hour, "9d"},
		{"1d12h", 36 * time.Hour, "1d12h"},
		{"36h", 36 * time.Hour, "1d12h"},
		{"1W1D1h30m", 8*24*time.Hour + 90*time.Minute, "8d1h30m"},
		{"10h", 10 * time.Hour, "10h"},
		{"never", catalog.Never, "never"},
		{"Default", 0, "default"},
	} {
		got, err := catalog.ParseEvery(tt.text)
		if err != nil || got != tt.want || catalog.FormatEvery(got) != tt.shown {
			t.Errorf("%q is %s, shown as %s (%v), want %s", tt.text, got, catalog.FormatEvery(got), err, tt.want)
		}
	}
	for text, says := range map[string]string{
		"":                      "does not say how often",
		"5":                     "does not say how often",
		"often":                 "does not say how often",
		"d":                     "does not say how often",
		"1.5d":                  "does not say how often",
		"5\x1b[m":               "does not say how often",
		"w":                     "does not say how often",
		"2d1w":                  "does not say how often",
		"1d-1h":                 "does not say how often",
		"1d+1h":                 "does not say how often",
		"--5m":                  "does not say how often",
		"-":                     "does not say how often",
		"1h1d":                  "does not say how often",
		"1d1x":                  "does not say how often",
		"-1d12h":                "cannot be read every -1d12h",
		"4w3d":                  "is too rare",
		"0w":                    "cannot be read every 0s",
		"59s":                   "Every 59s is too often",
		"1ns":                   "too often",
		"0":                     "cannot be read every 0s",
		"0d":                    "cannot be read every 0s",
		"-1s":                   "cannot be read every -1s",
		"-5m":                   "cannot be read every -5m",
		"-7d":                   "cannot be read every -7d",
		"99999999999999999999d": "does not say how often",
		"31d":                   "Every 31d is too rare",
		"9999999d":              "is too rare",
		"2000000h":              "is too rare",
	} {
		_, err := catalog.ParseEvery(text)
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), says) || fault.From(err).Hint == "" {
			t.Errorf("%q: %v, want %q with a hint", text, err, says)
		}
	}
}

func TestWhoSaysHowOften(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		location catalog.Location
		every    time.Duration
		source   catalog.EverySource
	}{
		{"a folder", catalog.Location{Type: catalog.LocationFile}, 2 * time.Minute, catalog.EveryOfType},
		{"a repository", catalog.Location{Type: catalog.LocationGit}, 10 * time.Minute, catalog.EveryOfType},
		{"an organisation", catalog.Location{Type: catalog.LocationGitHubOrg}, time.Hour, catalog.EveryOfType},
		{"what is sent", catalog.Location{Type: catalog.LocationPush}, 0, catalog.EveryOfType},
		{"its own", catalog.Location{Type: catalog.LocationGit, RefreshEvery: time.Hour, InheritedEvery: catalog.Never}, time.Hour, catalog.EveryOfLocation},
		{"the organisation's", catalog.Location{Type: catalog.LocationGit, InheritedEvery: catalog.Never}, catalog.Never, catalog.EveryOfOrganization},
	} {
		if every, source := tt.location.Every(); every != tt.every || source != tt.source {
			t.Errorf("%s: every %s by %s, want %s by %s", tt.name, every, source, tt.every, tt.source)
		}
	}
}
