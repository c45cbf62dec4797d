package doctor

import (
	"context"
	"strings"
	"testing"

	"github.com/goldenpath/platform/cmd/internal/cli/clitest"
)

func TestDoctor(t *testing.T) {
	t.Parallel()
	git := Check{Name: "git", Needed: true, OK: true, Found: "git 2.39", Purpose: "repositories"}
	for _, tt := range []struct {
		name   string
		checks []Check
		want   int
		out    string
		err    string
	}{
		{"all is there", []Check{git}, 0, "   git 2.39   repositories\n", ""},
		{"something of use is absent", []Check{git, {Name: "npm", Purpose: "the portal", HowToGet: "apt-get install npm"}}, 0, "absent   npm", "npm: apt-get install npm\n"},
		{"something needed is missing", []Check{{Name: "git", Needed: true, HowToGet: "apt-get install git"}}, 8, "MISSING   git", "git: apt-get install git\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := clitest.New(t, nil)
			look := func(context.Context) ([]Check, error) { return tt.checks, nil }
			got := s.Run(t.Context(), Command(s.Env, look), "doctor")
			if got != tt.want || !strings.Contains(s.Out.String(), tt.out) || s.Err.String() != tt.err {
				t.Errorf("exit %d, printed %q, said %q", got, s.Out.String(), s.Err.String())
			}
		})
	}
}
