package demo

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/cmd/internal/cli/clitest"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/types"
)

// scripted is a command line whose "doctor" finds nothing but what is named,
// and whose "new" does as it is told.
func scripted(found []string, made func(ctx context.Context) error) func(*cli.Env) *cobra.Command {
	return func(env *cli.Env) *cobra.Command {
		doctor := &cobra.Command{Use: "doctor", RunE: func(*cobra.Command, []string) error {
			checks := []map[string]any{}
			for _, name := range append(tools(), "golangci-lint") {
				ok := strings.Contains(strings.Join(found, ","), name)
				checks = append(checks, map[string]any{"name": name, "ok": ok, "how_to_get": "install " + name})
			}
			if err := json.NewEncoder(env.Out).Encode(checks); err != nil {
				return err
			}
			return cli.VerdictError{Code: fault.MissingTool}
		}}
		service := &cobra.Command{Use: "new", DisableFlagParsing: true, RunE: func(cmd *cobra.Command, _ []string) error {
			env.Talk("making it")
			return made(cmd.Context())
		}}
		return cli.Root(env, "platform", "test", doctor, service)
	}
}

// alone runs the demo, and makes sure that the temporary folder is empty
// afterwards. It must be the test's own.
func alone(ctx context.Context, t *testing.T, commands func(*cli.Env) *cobra.Command) (code int, said string) {
	t.Helper()
	s := clitest.New(t, clitest.NewServer())
	open := func(context.Context, string) (http.RoundTripper, func(context.Context) error, error) {
		return nil, nil, errors.New("not asked for")
	}
	code = s.Run(ctx, Command(s.Env, Needs{Open: open, Commands: commands}), "demo")
	left, err := os.ReadDir(os.TempDir())
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
	return code, s.Err.String()
}

func TestMissingToolsAreNamedTogetherBeforeAnythingIsMade(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	code, said := alone(t.Context(), t, scripted([]string{"git", "go", "C compiler"}, nil))
	want := "Error: The demo builds and tests services for real, and this machine lacks: make, libpact_ffi, pact-verifier.\n" +
		"Hint:  make: install make\n       libpact_ffi: install libpact_ffi\n       pact-verifier: install pact-verifier\n"
	if code != 8 || said != want {
		t.Errorf("exit %d, said:\n%s\nwant:\n%s", code, said, want)
	}
}

func TestAStepThatFailsShowsWhatItPrintedAndLeavesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	code, said := alone(t.Context(), t, scripted(tools(), func(context.Context) error {
		return fault.New(fault.Unavailable, "The git host is away.").
			WithHint("Wait for it.\nGo on from the step that failed: platform runs retry 7")
	}))
	for _, want := range []string{
		"  $ platform new service inventory --owner warehouse --system shop\n",
		"  ✗ Make inventory: repository, catalog entry, clone\n      making it\n",
		"Error: The git host is away.\nHint:  Wait for it.\n",
	} {
		if code != 7 || !strings.Contains(said, want) {
			t.Errorf("exit %d, said:\n%s\nwant:\n%s", code, said, want)
		}
	}
	if strings.Contains(said, "platform runs") {
		t.Errorf("it leads to a run that nobody finds:\n%s", said)
	}
}

func TestAnInterruptedDemoLeavesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	ctx, interrupt := context.WithCancel(t.Context())
	code, said := alone(ctx, t, scripted(tools(), func(ctx context.Context) error {
		interrupt()
		<-ctx.Done()
		return ctx.Err()
	}))
	if code != 130 || !strings.HasSuffix(said, "Error: Interrupted.\n") {
		t.Errorf("exit %d, said:\n%s", code, said)
	}
}

func TestNamesThatAreTakenInThePortalGetANumber(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		taken []string
		want  string
		fails fault.Code
	}{
		{name: "all free", want: ""},
		{name: "the provider's is taken", taken: []string{"inventory"}, want: "-2"},
		{name: "the consumer's is taken, and one with a number", taken: []string{"orders", "inventory-2"}, want: "-3"},
		{name: "a portal that refuses", taken: []string{"*"}, fails: fault.Forbidden},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := clitest.NewServer()
			server.Handle("POST /services/plan", func(w http.ResponseWriter, r *http.Request) {
				var asked types.NewService
				if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
					t.Error(err)
				}
				for _, name := range tt.taken {
					switch name {
					case asked.Name:
						clitest.Problem(w, fault.New(fault.Conflict, "Taken."))
						return
					case "*":
						clitest.Problem(w, fault.New(fault.Forbidden, "You may only read."))
						return
					}
				}
				clitest.JSON(w, http.StatusOK, types.Plan{})
			})
			s := clitest.New(t, server)
			j := &journey{env: s.Env, opts: options{portal: true}, platform: &platform{env: s.Env}}
			got, err := j.freeNames(t.Context())
			if fault.CodeOf(err) != tt.fails || (err == nil && got != tt.want) {
				t.Errorf("got %q, %v; want %q, %q", got, err, tt.want, tt.fails)
			}
		})
	}
}

func TestAnUnexpectedAnswerEndsTheJourney(t *testing.T) {
	t.Parallel()
	s := clitest.New(t, nil)
	answers := func(env *cli.Env) *cobra.Command {
		return cli.Root(env, "platform", "test", &cobra.Command{Use: "contracts", DisableFlagParsing: true, RunE: func(*cobra.Command, []string) error {
			return env.Print(types.Gate{Verdict: types.VerdictUnknown, Summary: "Nobody knows."}, nil)
		}})
	}
	screen := newScreen(s.Env, false)
	j := &journey{env: s.Env, screen: screen, folder: t.TempDir(), platform: connect(s.Env, Needs{Commands: answers}, screen, true, "", "")}
	one := service{Name: "orders", Commit: strings.Repeat("a1", 20)}
	j.consumer = one
	err := j.ask(t.Context(), &one, types.VerdictYes)
	if !fault.Is(err, fault.Failed) || !strings.Contains(err.Error(), "said unknown, and this journey leads to yes") {
		t.Errorf("got %v", err)
	}
	if said := s.Err.String(); !strings.Contains(said, `--version "$(git rev-parse HEAD)"`) || !strings.Contains(said, "unknown: Nobody knows.\n") {
		t.Errorf("said:\n%s", said)
	}
}

func TestMakesAroundTheDemoDoNotSpeakToTheOnesInIt(t *testing.T) {
	t.Parallel()
	got := environment([]string{"PATH=/bin", "MAKEFLAGS=-j --jobserver-auth=3,4", "GOFLAGS=-mod=mod", "VERSION=9"})
	if diff := cmp.Diff([]string{"PATH=/bin", "GOFLAGS=-mod=mod -trimpath"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestManyMismatchesAreSummedUp(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff([]string{"1", "2", "and 2 more"}, few([]string{"1", "2", "3", "4"})); diff != "" {
		t.Error(diff)
	}
	if got := few([]string{"1", "2", "3"}); len(got) != 3 {
		t.Errorf("got %v", got)
	}
}

// script makes a program of a service's name, in bin of a folder.
func script(t *testing.T, body string) (folder string) {
	t.Helper()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Fatal(err)
	}
	folder = t.TempDir()
	if err := os.Mkdir(folder+"/bin", 0o700); err != nil {
		t.Fatal(err)
	}
	// A program that another test starts meanwhile would have the file open for writing,
	// and what is open for writing does not start.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(folder+"/bin/inventory", []byte("#!/bin/sh\n"+body+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return folder
}
