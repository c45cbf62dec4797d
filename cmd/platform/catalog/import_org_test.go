package catalog

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/goldenpath/platform/cmd/internal/cli/clitest"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/types"
)

func TestImportOrgStopsWhenItIsToWait(t *testing.T) {
	t.Parallel()
	repository := func(i int) types.OrganizationRepository {
		return types.OrganizationRepository{Name: fmt.Sprintf("r%d", i), Address: fmt.Sprintf("https://github.com/acme/r%d", i), Branch: "main"}
	}
	var page types.OrganizationRepositoryPage
	for i := range 9 {
		page.Items = append(page.Items, repository(i))
	}
	const list, propose = "GET /organizations/repositories", "POST /proposals"
	for _, tt := range []struct {
		name  string
		setup func(*clitest.Server)
		want  int
		out   string
		err   string
		asked int // proposals
	}{
		{
			name: "longer than wanted", want: 7, asked: 1, err: "Run the same command again after",
			setup: func(s *clitest.Server) {
				s.Answer(propose, http.StatusOK, types.Proposal{Outcome: types.ProposalWaits, Reason: "GitHub limits us.", Until: time.Now().Add(time.Hour), Notes: []string{}})
			},
		},
		{
			name: "when the list is limited", want: 7, err: "Do the same again then.",
			setup: func(s *clitest.Server) {
				s.Fail(list, fault.New(fault.Unavailable, "GitHub limits us.").WithHint("Do the same again then."))
			},
		},
		{
			name: "when the host is down", want: 7, asked: 5, err: "GitHub had trouble with 5 repositories in a row.", out: "r            failed",
			setup: func(s *clitest.Server) {
				s.Answer(propose, http.StatusOK, types.Proposal{Repository: "https://github.com/acme/r", Outcome: types.ProposalFailed, Reason: "down", Code: "unavailable", Notes: []string{}})
			},
		},
		{
			name: "but not when each refuses", want: 1, asked: 9, err: "9 repositories: 9 failed.", out: "r            failed",
			setup: func(s *clitest.Server) {
				s.Answer(propose, http.StatusOK, types.Proposal{Repository: "https://github.com/acme/r", Outcome: types.ProposalFailed, Reason: "no", Code: "forbidden", Notes: []string{}})
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := clitest.NewServer()
			tt.setup(server)
			if tt.asked > 0 {
				server.Answer(list, http.StatusOK, page)
			}
			s := clitest.New(t, server)
			got := s.Run(t.Context(), Command(s.Env), "catalog", "import-org", "https://github.com/acme")
			if got != tt.want || strings.Count(s.Out.String(), tt.out) < 1 || !strings.Contains(s.Err.String(), tt.err) {
				t.Errorf("exit %d, want %d\nprinted %q\nsaid %q", got, tt.want, s.Out.String(), s.Err.String())
			}
			asked := slices.DeleteFunc(server.Asked(), func(r string) bool { return !strings.HasPrefix(r, propose) })
			if len(asked) != tt.asked {
				t.Errorf("asked for %d proposals, want %d", len(asked), tt.asked)
			}
		})
	}
}

// TestImportOrgIsInterrupted stops it in the middle: what was done is said.
func TestImportOrgIsInterrupted(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	server := clitest.NewServer()
	server.Answer("GET /organizations/repositories", http.StatusOK, types.OrganizationRepositoryPage{Items: []types.OrganizationRepository{
		{Name: "one", Address: "https://github.com/acme/one"}, {Name: "two", Address: "https://github.com/acme/two"},
	}})
	var asked atomic.Int32
	server.Handle("POST /proposals", func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 1 {
			clitest.JSON(w, http.StatusOK, types.Proposal{Repository: "https://github.com/acme/one", Outcome: types.ProposalOpened, PullRequest: "https://github.com/acme/one/pull/1", Notes: []string{}})
			return
		}
		interrupt()
		<-r.Context().Done()
	})
	s := clitest.New(t, server)
	got := s.Run(ctx, Command(s.Env), "catalog", "import-org", "https://github.com/acme")
	if got != fault.Interrupted.ExitStatus() || !strings.Contains(s.Out.String(), "/one/pull/1") || !strings.Contains(s.Err.String(), "1 opened.") {
		t.Errorf("exit %d\nprinted %q\nsaid %q", got, s.Out.String(), s.Err.String())
	}
}
