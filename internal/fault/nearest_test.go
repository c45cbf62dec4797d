package fault_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/internal/fault"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"production", "test", "Tests", "staging"}
	for _, tt := range []struct {
		name, typed string
		most        int
		want        []string
	}{
		{name: "a letter too many", typed: "testt", most: 2, want: []string{"test", "Tests"}},
		{name: "letters swapped are two changes", typed: "tset", most: 2, want: []string{"test"}},
		{name: "case is ignored", typed: "TESTS", most: 0, want: []string{"Tests"}},
		{name: "a letter dropped", typed: "prduction", most: 1, want: []string{"production"}},
		{name: "nothing like it", typed: "qa", most: 2, want: []string{}},
		{name: "nothing typed", typed: "", most: 2, want: []string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, fault.Nearest(tt.typed, names, tt.most)); diff != "" {
				t.Errorf("Nearest (-want +got):\n%s", diff)
			}
		})
	}
}
