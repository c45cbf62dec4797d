package catalog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/goldenpath/platform/catalog"
)

func TestMatchPattern(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern, name string
		want          bool
	}{
		{"{a,b}/*.yaml", "a/x.yaml", true},
		{"{a,b}/*.yaml", "b/x.yaml", true},
		{"{a,b}/*.yaml", "c/x.yaml", false},
		{"{a,b/c}/*.yaml", "b/c/x.yaml", true},
		{"teams/*.{yaml,yml}", "teams/x.yml", true},
		{"**/catalog-info.yaml", "catalog-info.yaml", true},
		{"**/catalog-info.yaml", "a/b/catalog-info.yaml", true},
		{"*/catalog-info.yaml", "a/b/catalog-info.yaml", false},
		{"svc-[0-9].yaml", "svc-3.yaml", true},
		{"svc-[!0-9].yaml", "svc-3.yaml", false},
		{"svc-?.yaml", "svc-33.yaml", false},
		{"svc-{a", "svc-{a", false},
	} {
		if got := catalog.MatchPattern(tt.pattern, tt.name); got != tt.want {
			t.Errorf("MatchPattern(%q, %q) = %t", tt.pattern, tt.name, got)
		}
	}
}

// TestHostilePatternsEnd tries patterns that can be read in more ways than there
// are atoms. Without a bound this test would not end.
func TestHostilePatternsEnd(t *testing.T) {
	t.Parallel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, pattern := range []string{
			strings.Repeat("{a,a}", 200) + "b", strings.Repeat("{", 100) + strings.Repeat("a,a}", 100), strings.Repeat("**/a", 60), strings.Repeat("a*", 200) + "b",
		} {
			if catalog.MatchPattern(pattern, strings.Repeat("a", 200)) {
				t.Errorf("%.20s… matches", pattern)
			}
		}
	}()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal("matching does not end")
	}
}
