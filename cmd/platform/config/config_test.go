package config

import (
	"testing"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli/clitest"
)

func TestSettingsAreShownWithWhereTheyComeFrom(t *testing.T) {
	t.Parallel()
	settings := func(*cobra.Command) ([]Setting, error) {
		return []Setting{{Name: "PLATFORM_LISTEN", Flag: "listen", Value: "127.0.0.1:8080", Source: "default"}}, nil
	}
	for form, want := range map[string]string{
		"table": "SETTING           VALUE            FROM\nPLATFORM_LISTEN   127.0.0.1:8080   default\n",
		"json":  "[\n  {\n    \"name\": \"PLATFORM_LISTEN\",\n    \"flag\": \"listen\",\n    \"value\": \"127.0.0.1:8080\",\n    \"source\": \"default\"\n  }\n]\n",
	} {
		s := clitest.New(t, nil)
		if got := s.Run(t.Context(), Command(s.Env, settings), "config", "-o", form); got != 0 || s.Out.String() != want {
			t.Errorf("%s: exit %d, printed %q", form, got, s.Out.String())
		}
	}
}
