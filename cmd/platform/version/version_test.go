package version

import (
	"net/http"
	"testing"

	"github.com/goldenpath/platform/cmd/internal/cli/clitest"
	"github.com/goldenpath/platform/portal/api/types"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	server := clitest.NewServer()
	server.Answer("GET /version", http.StatusOK, types.Version{Version: "2.0.0", Go: "go1.26"})
	build := types.Version{Version: "1.0.0", Commit: "1f0c6b9", Go: "go1.26.8"}
	for _, tt := range []struct {
		name  string
		args  []string
		out   string
		asked int
	}{
		{"asks no server", []string{"version"}, "Platform:  1.0.0\nCommit:    1f0c6b9\nGo:        go1.26.8\n", 0},
		{"for programs", []string{"version", "-o", "yaml"}, "client:\n  commit: 1f0c6b9\n  go: go1.26.8\n  version: 1.0.0\n", 0},
		{"asks the server too", []string{"version", "--server"}, "Platform:  1.0.0\nCommit:    1f0c6b9\nGo:        go1.26.8\nServer:    2.0.0 at http://localhost\n", 1},
	} {
		s := clitest.New(t, server)
		if got := s.Run(t.Context(), Command(s.Env, build), tt.args...); got != 0 || s.Out.String() != tt.out {
			t.Errorf("%s: exit %d, printed %q, said %q", tt.name, got, s.Out.String(), s.Err.String())
		}
		if asked := server.Asked(); len(asked) != tt.asked {
			t.Errorf("%s: asked %v", tt.name, asked)
		}
	}
}
