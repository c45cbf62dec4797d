package runs

import (
	"net/http"
	"strings"
	"testing"

	"github.com/goldenpath/platform/cmd/internal/cli/clitest"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/types"
)

func server(state types.RunState) *clitest.Server {
	run := types.Run{ID: "7", Kind: "create-service", Subject: "orders", Title: "Create orders", State: state, Steps: []types.Step{{Name: "push", Title: "Push", State: types.StepFailed}}}
	if state == types.RunFailed {
		run.Failure = types.Failure{Code: "conflict", Message: "It is taken."}
	}
	s := clitest.NewServer()
	s.Answer("GET /runs", http.StatusOK, types.RunPage{Items: []types.Run{run}})
	s.Answer("GET /runs/7", http.StatusOK, run)
	s.Fail("GET /runs/8", fault.New(fault.NotFound, "There is no run 8."))
	s.Fail("GET /runs/8/events", fault.New(fault.NotFound, "There is no run 8."))
	s.Handle("GET /runs/7/events", func(w http.ResponseWriter, _ *http.Request) {
		clitest.Events(w, types.RunEvent{Seq: 1, Type: "log", Step: "push", Text: "pushing"}, types.RunEvent{Seq: 2, Type: "step", Step: "push", State: "failed"})
	})
	for _, change := range []string{"retry", "undo", "cancel"} {
		s.Answer("POST /runs/7/"+change, http.StatusAccepted, types.Run{ID: "7", State: types.RunQueued, Steps: []types.Step{}})
	}
	return s
}

func TestRuns(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		line  string
		state types.RunState
		want  int
		out   string
		err   string
		asked string // the first request
	}{
		{
			name: "list", line: "list --state failed,queued --subject orders --limit 3", state: types.RunFailed,
			out: "7    failed   create-service   orders", asked: "GET /runs?subject=orders&state=failed&state=queued&limit=3",
		},
		{name: "list with a state that is none", line: "list --state broken", want: 2, err: "There is no run state \"broken\"."},
		{name: "show", line: "show 7", state: types.RunFailed, out: "Failed: It is taken.\n", asked: "GET /runs/7"},
		{name: "show one that is not there", line: "show 8", want: 4, err: "Error: There is no run 8.\n"},
		{name: "watch shows the log and exits as the run did", line: "watch 7", state: types.RunFailed, want: 5, err: "pushing\n  ✗ Push\n"},
		{name: "watch one that is not there", line: "watch 8", want: 4, err: "There is no run 8."},
		{name: "watch one that succeeded", line: "watch 7", state: types.RunSucceeded, out: "State:    succeeded"},
		{name: "retry follows the run", line: "retry 7", state: types.RunSucceeded, out: "State:    succeeded", asked: "POST /runs/7/retry"},
		{name: "undo follows the run", line: "undo 7", state: types.RunSucceeded, out: "State:    succeeded", asked: "POST /runs/7/undo"},
		{name: "retry without waiting", line: "retry 7 --no-wait", state: types.RunFailed, out: "State:    queued", asked: "POST /runs/7/retry"},
		{name: "cancel", line: "cancel 7", out: "State:    queued", asked: "POST /runs/7/cancel"},
		{name: "no run named", line: "show", want: 2, err: "platform runs show takes RUN, and 0 given."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			api := server(tt.state)
			s := clitest.New(t, api)
			got := s.Run(t.Context(), Command(s.Env), append([]string{"runs"}, strings.Fields(tt.line)...)...)
			if got != tt.want || !strings.Contains(s.Out.String(), tt.out) || !strings.Contains(s.Err.String(), tt.err) {
				t.Errorf("exit %d, want %d\nprinted %q\nsaid %q", got, tt.want, s.Out.String(), s.Err.String())
			}
			if asked := api.Asked(); tt.asked != "" && (len(asked) == 0 || asked[0] != tt.asked) {
				t.Errorf("asked %v, want %q first", asked, tt.asked)
			}
		})
	}
}
