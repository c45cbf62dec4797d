package newcmd

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/cmd/internal/cli/clitest"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/types"
)

// repository makes a bare repository with one commit.
func repository(t *testing.T) string {
	t.Helper()
	work, bare := t.TempDir(), filepath.Join(t.TempDir(), "orders.git")
	if err := os.WriteFile(filepath.Join(work, "Makefile"), []byte("test:\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"init", "-q", "-b", "main", work},
		{"-C", work, "add", "."},
		{"-C", work, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "first"},
		{"clone", "-q", "--bare", work, bare},
	} {
		if out, err := exec.CommandContext(t.Context(), "git", args...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	return bare
}

// platform is a server that makes services.
func platform(t *testing.T, state types.RunState, local string) *clitest.Server {
	t.Helper()
	output, err := json.Marshal(map[string]any{"repository": "orders", "local_path": local, "clone_url": "http://localhost/git/orders.git", "commit": "1f0c6b9", "entities": []string{"component:default/orders"}})
	if err != nil {
		t.Fatal(err)
	}
	run := types.Run{ID: "7", Kind: "create-service", Subject: "orders", State: types.RunQueued, Steps: []types.Step{{Name: "push", Title: "Push", State: types.StepPending}}}
	server := clitest.NewServer()
	server.Answer("POST /services/plan", http.StatusOK, types.Plan{
		Path: "go-http", Version: "1.0.0", Files: []types.PlannedFile{{Path: "Makefile"}, {Path: "go.mod"}}, Notices: []string{"The group checkout is created."},
	})
	server.Answer("POST /services", http.StatusAccepted, run)
	server.Handle("GET /runs/7/events", func(w http.ResponseWriter, _ *http.Request) {
		clitest.Events(w, types.RunEvent{Seq: 1, Type: "step", Step: "push", State: "done"})
	})
	run.State = state
	if state == types.RunSucceeded {
		run.Output = output
	} else {
		run.Failure = types.Failure{Code: "unavailable", Message: "The git host refuses.", Hint: "Look at its log."}
	}
	server.Answer("GET /runs/7", http.StatusOK, run)
	return server
}

func TestANewServiceIsMadeAndCloned(t *testing.T) {
	t.Parallel()
	bare := repository(t)
	server := platform(t, types.RunSucceeded, bare)
	s := clitest.New(t, server)
	args := strings.Fields("new service orders --owner checkout --system shop --consumes a,b --pack cache --set port=8081 --create-owner")
	if got := s.Run(t.Context(), Command(s.Env), args...); got != 0 {
		t.Fatalf("exit %d: %s", got, s.Err.String())
	}
	body := `{"consumes":["a","b"],"create_owner":true,"extra":{"port":8081},"name":"orders","owner":"checkout","packs":["cache"],"path":"go-http","system":"shop"}`
	want := []string{"POST /services/plan " + body, "POST /services " + body, "GET /runs/7/events?after=0", "GET /runs/7"}
	if diff := cmp.Diff(want, server.Asked()); diff != "" {
		t.Error(diff)
	}
	if _, err := os.Stat(filepath.Join(s.Env.Dir, "orders", "Makefile")); err != nil {
		t.Errorf("the clone: %v", err)
	}
	for _, said := range []string{"The group checkout is created.\n", "Making orders from go-http 1.0.0, 2 files. Run 7\n", "  ✓ Push\n", "  cd orders && make test\n"} {
		if !strings.Contains(s.Err.String(), said) {
			t.Errorf("said %q, want %q", s.Err.String(), said)
		}
	}
	if !strings.Contains(s.Out.String(), "Catalog:     component:default/orders\n") {
		t.Errorf("printed %q", s.Out.String())
	}
}

func TestNewServiceRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		args   string
		plan   *fault.Error
		before func(t *testing.T, dir string)
		want   int
		err    string
		asked  int
	}{
		{name: "no name and nobody to ask", args: "--owner checkout", want: 2, err: "Error: NAME is missing.\n"},
		{name: "no owner and nobody to ask", args: "orders", want: 2, err: "Error: --owner is missing.\n"},
		{
			name: "a folder that is not empty, before anything is made", args: "orders --owner checkout", want: 5, err: "is not empty; nothing was made.",
			before: func(t *testing.T, dir string) {
				t.Helper()
				if err := os.MkdirAll(filepath.Join(dir, "orders", "x"), 0o755); err != nil {
					t.Fatal(err)
				}
			},
		},
		{
			name: "a file in the way", args: "orders --owner checkout --into there", want: 5, err: "there is a file; nothing was made.",
			before: func(t *testing.T, dir string) {
				t.Helper()
				if err := os.WriteFile(filepath.Join(dir, "there"), nil, 0o600); err != nil {
					t.Fatal(err)
				}
			},
		},
		{
			name: "what the platform refuses, as flags", args: "orders --owner chekout --create-system", want: 2, asked: 1,
			plan: fault.New(fault.Invalid, "The group chekout is not in the catalog.").WithHint("Did you mean checkout? Or create it: --create-owner").
				WithField("owner", "is unknown").WithField("packs", "has no cash").WithField("port", "is no number"),
			err: "  --owner: is unknown\n  --pack: has no cash\n  port: is no number\nHint:  Did you mean checkout?",
		},
		{name: "a taken name", args: "orders --owner checkout", want: 5, asked: 1, plan: fault.New(fault.Conflict, "There is a component orders."), err: "Error: There is a component orders.\n"},
		{name: "a setting that is none", args: "orders --owner checkout --set port", want: 2, err: "\"port\" is not key=value."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := clitest.NewServer()
			if tt.plan != nil {
				server.Fail("POST /services/plan", tt.plan)
			}
			s := clitest.New(t, server)
			if tt.before != nil {
				tt.before(t, s.Env.Dir)
			}
			got := s.Run(t.Context(), Command(s.Env), append([]string{"new", "service"}, strings.Fields(tt.args)...)...)
			if got != tt.want || !strings.Contains(s.Err.String(), tt.err) {
				t.Errorf("exit %d, want %d; said %q, want %q", got, tt.want, s.Err.String(), tt.err)
			}
			if len(server.Asked()) != tt.asked {
				t.Errorf("asked %v", server.Asked())
			}
		})
	}
}

func TestAFailedCreationSaysHowToGoOnAndClonesNothing(t *testing.T) {
	t.Parallel()
	s := clitest.New(t, platform(t, types.RunFailed, ""))
	got := s.Run(t.Context(), Command(s.Env), "new", "service", "orders", "--owner", "checkout")
	want := "Error: The git host refuses.\nHint:  Look at its log.\n       Go on from the step that failed: platform runs retry 7\n       Or take back what was made: platform runs undo 7\n"
	if got != 7 || !strings.HasSuffix(s.Err.String(), want) {
		t.Errorf("exit %d, said %q", got, s.Err.String())
	}
	if _, err := os.Stat(filepath.Join(s.Env.Dir, "orders")); err == nil {
		t.Error("a folder was made")
	}
}

func TestAnInterruptedCreationCanBeTakenUpAgain(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	server := platform(t, types.RunSucceeded, "")
	interrupting := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/events") {
			cancel()
			<-r.Context().Done()
			return
		}
		server.ServeHTTP(w, r)
	})
	s := clitest.New(t, interrupting)
	got := s.Run(ctx, Command(s.Env), "new", "service", "orders", "--owner", "checkout", "--no-clone")
	if got != 130 || !strings.Contains(s.Err.String(), "Take it up again: platform runs watch 7\n") {
		t.Errorf("exit %d, said %q", got, s.Err.String())
	}
}

func TestMissingAnswersAreAskedForWithTheGroupsThereAre(t *testing.T) {
	t.Parallel()
	server := platform(t, types.RunSucceeded, "")
	server.Answer("GET /entities", http.StatusOK, types.EntityPage{Items: []types.Entity{{Metadata: types.EntityMetadata{Name: "checkout"}}}})
	s := clitest.New(t, server)
	s.Env.InTerminal, s.Env.ErrTerminal = true, true
	s.Env.Ask = func(_ context.Context, _ *cli.Env, questions []cli.Question) error {
		if len(questions) != 2 || len(questions[1].Options) != 1 {
			t.Errorf("asked %+v", questions)
		}
		*questions[0].Value, *questions[1].Value = "orders", questions[1].Options[0]
		return nil
	}
	if got := s.Run(t.Context(), Command(s.Env), "new", "service", "--no-clone"); got != 0 {
		t.Errorf("exit %d: %s", got, s.Err.String())
	}
}

func TestTheTokenGoesToThePlatformOnly(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, clone, server, token string
		want                       bool
	}{
		{"the platform's own repository", "https://p.example.com/git/orders.git", "https://p.example.com", "t", true},
		{"a repository elsewhere", "https://github.com/acme/orders.git", "https://p.example.com", "t", false},
		{"another port", "https://p.example.com:444/git/orders.git", "https://p.example.com", "t", false},
		{"without encryption", "http://p.example.com/git/orders.git", "https://p.example.com", "t", false},
		{"no token", "https://p.example.com/git/orders.git", "https://p.example.com", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := authorization(tt.clone, tt.server, tt.token)
			if (len(got) > 0) != tt.want {
				t.Errorf("got %v", got)
			}
			if tt.want && got[1] != "GIT_CONFIG_KEY_0=http.https://p.example.com/.extraHeader" {
				t.Errorf("got %v", got)
			}
		})
	}
}
