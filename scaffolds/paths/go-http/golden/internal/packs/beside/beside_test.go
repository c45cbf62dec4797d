package beside_test

import (
	"context"
	"errors"
	"os/exec"
	"testing"

	"example.com/golden/service/internal/packs/beside"
)

// The command gets the server's address, the server stops after it, and how it
// ended is told.
func TestRun(t *testing.T) {
	const setting = "BESIDE_TEST_URL"
	started, stopped := 0, 0
	server := beside.Server{Name: "test", Setting: setting, Start: func(context.Context) (string, func(), error) {
		started++
		return "there", func() { stopped++ }, nil
	}}
	check := func(want string) error {
		return server.Run(t.Context(), []string{"sh", "-c", `[ "$` + setting + `" = "$0" ] || exit 3`, want})
	}
	if err := check("there"); err != nil {
		t.Errorf("with a server: %v", err)
	}
	err := check("elsewhere")
	if ended, ok := errors.AsType[*exec.ExitError](err); !ok || ended.ExitCode() != 3 {
		t.Errorf("a command that fails: got %v, want its status 3", err)
	}
	if started != 2 || stopped != 2 {
		t.Errorf("%d servers were started and %d stopped, want 2 of each", started, stopped)
	}
	t.Setenv(setting, "elsewhere")
	if err := check("elsewhere"); err != nil || started != 2 {
		t.Errorf("where the setting is there: %v, %d servers started", err, started)
	}
	if err := server.Run(t.Context(), nil); err == nil {
		t.Error("no command is run")
	}
}
