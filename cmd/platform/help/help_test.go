package help

import (
	"strings"
	"testing"

	"github.com/goldenpath/platform/cmd/internal/cli/clitest"
)

func TestExitCodesAreExplained(t *testing.T) {
	t.Parallel()
	s := clitest.New(t, nil)
	if got := s.Run(t.Context(), ExitCodes(), "help", "exit-codes"); got != 0 {
		t.Fatalf("exit %d: %s", got, s.Err.String())
	}
	for _, line := range []string{"    0  yes, or done\n", "    3  unknown", "  130  interrupted\n"} {
		if !strings.Contains(s.Out.String(), line) {
			t.Errorf("printed %q, want %q", s.Out.String(), line)
		}
	}
}
