package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/types"
)

// shell is a command line to try: env, and what it wrote.
type shell struct {
	env      *Env
	out, err *bytes.Buffer
}

func newShell(t *testing.T) shell {
	t.Helper()
	s := shell{out: &bytes.Buffer{}, err: &bytes.Buffer{}}
	s.env = &Env{In: strings.NewReader(""), Out: s.out, Err: s.err, Dir: t.TempDir(), DataDir: t.TempDir(), ConfigDir: t.TempDir(), Agent: "test"}
	return s
}

func sample(env *Env) *cobra.Command {
	var name string
	var size int
	list := &cobra.Command{
		Use: "list [TEXT]", Args: Args(cobra.MaximumNArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				return fault.New(fault.Conflict, "%s is taken.", args[0]).WithField("name", "is taken").WithHint("Choose another.")
			}
			type thing struct {
				Name string `json:"name"`
				Size int    `json:"size"`
			}
			return env.Print(thing{"<a>: b", size}, func(w io.Writer) error { return Rows(w, []string{"name", "size"}, [][]string{{"a\x1b[2J", "1"}}) })
		},
	}
	list.Flags().StringVar(&name, "owner", "", "")
	list.Flags().IntVar(&size, "size", 1, "")
	broken := &cobra.Command{Use: "broken", RunE: func(*cobra.Command, []string) error {
		return fmt.Errorf("open door: %w", errors.New("no key"))
	}}
	verdict := &cobra.Command{Use: "verdict", RunE: func(*cobra.Command, []string) error { return VerdictError{Code: fault.Unknown} }}
	wait := &cobra.Command{Use: "wait", RunE: func(cmd *cobra.Command, _ []string) error {
		<-cmd.Context().Done()
		return cmd.Context().Err()
	}}
	return Root(env, "platform", "sample", Group("things", "things", list, broken, verdict, wait))
}

func TestCommandLines(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		line string
		want int
		out  string // exactly
		err  string // lines that must be there, in order
	}{
		{name: "a table", line: "things list", out: "NAME    SIZE\na\uFFFD[2J   1\n"},
		{name: "JSON", line: "things list --size 2 -o json", out: "{\n  \"name\": \"<a>: b\",\n  \"size\": 2\n}\n"},
		{name: "YAML", line: "things list --output yaml", out: "name: '<a>: b'\nsize: 1\n"},
		{name: "an unknown form", line: "things list -o xml", want: 2, err: "Error: There is no output form \"xml\".\nHint:  Use --output table, json or yaml; commands that CI runs have junit, too.\n"},
		{name: "a fault with its fields", line: "things list orders", want: 5, err: "Error: orders is taken.\n  name: is taken\nHint:  Choose another.\n"},
		{name: "too many arguments", line: "things list a b", want: 2, err: "Error: platform things list takes [TEXT], and 2 given.\nHint:  Usage: platform things list [TEXT] [flags]\n"},
		{name: "an unknown flag", line: "things list --ownr x", want: 2, err: "Error: There is no flag --ownr on platform things list.\nHint:  Did you mean --owner? See the flags: platform things list --help\n"},
		{name: "a flag of the wrong kind", line: "things list --size big", want: 2, err: "Hint:  See the flags: platform things list --help\n"},
		{name: "a flag without its value", line: "things list --size", want: 2, err: "Error: Flag needs an argument: --size.\n"},
		{name: "an unknown command", line: "thing", want: 2, err: "Error: There is no command \"thing\" in \"platform\".\nHint:  Did you mean this? platform things\n"},
		{name: "an unknown command below", line: "things lst", want: 2, err: "Error: There is no command \"lst\" in \"platform things\".\nHint:  Did you mean this? platform things list\n"},
		{name: "an unknown command like no other", line: "things zzzzzz", want: 2, err: "Hint:  See what there is: platform things --help\n"},
		{name: "help for what is not there", line: "help thing", want: 2, err: "Hint:  Did you mean this? platform things\n"},
		{name: "help for what is not there below", line: "help things lst", want: 2, err: "Hint:  Did you mean this? platform things list\n"},
		{name: "completion for a shell nobody knows", line: "completion bsh", want: 2, err: "Hint:  Did you mean this? platform completion bash"},
		{name: "completion with too much", line: "completion bash now", want: 2, err: "Error: platform completion bash takes no arguments, and 1 given.\n"},
		{name: "an error nobody classified", line: "things broken", want: 70, err: "Error: Something went wrong on our side: open door: no key.\n"},
		{name: "an answer that is not yes", line: "things verdict", want: 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newShell(t)
			got := Run(t.Context(), s.env, sample(s.env), strings.Fields(tt.line))
			if got != tt.want || s.out.String() != tt.out {
				t.Errorf("exit %d, want %d; printed %q, want %q", got, tt.want, s.out, tt.out)
			}
			if !strings.Contains(s.err.String(), tt.err) || (tt.err == "" && s.err.Len() > 0) {
				t.Errorf("said:\n%s\nwant:\n%s", s.err, tt.err)
			}
			if strings.Contains(s.err.String(), "Usage:\n") {
				t.Error("an error must not be buried under the usage")
			}
		})
	}
}

func TestAGroupAloneShowsItsHelp(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	if got := Run(t.Context(), s.env, sample(s.env), []string{"things"}); got != 0 || !strings.Contains(s.out.String(), "Available Commands:") {
		t.Errorf("exit %d, printed %q", got, s.out)
	}
}

func TestAnInterruptedCommandExitsWith130(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := newShell(t)
	if got := Run(ctx, s.env, sample(s.env), []string{"things", "wait"}); got != 130 || s.err.String() != "Error: Interrupted.\n" {
		t.Errorf("exit %d, said %q", got, s.err)
	}
}

func TestColourIsForTerminalsThatWantIt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ colour, terminal, want bool }{{true, true, true}, {false, true, false}, {true, false, false}} {
		s := newShell(t)
		s.env.Colour, s.env.ErrTerminal = tt.colour, tt.terminal
		if got := strings.Contains(s.env.Red("x"), "\x1b["); got != tt.want {
			t.Errorf("%+v: coloured %v", tt, got)
		}
	}
}

// versionServer is a platform server as far as finding one goes.
func versionServer(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"version":%q,"go":"go1.26"}`, r.Header.Get("Authorization"))
	}))
	t.Cleanup(server.Close)
	return server
}

func TestTheServerIsChosenInOrder(t *testing.T) {
	t.Parallel()
	named, loggedIn, running := versionServer(t), versionServer(t), versionServer(t)
	local := func(context.Context) (http.RoundTripper, func(context.Context) error, error) {
		return NewInProcess(http.NotFoundHandler()), func(context.Context) error { return nil }, nil
	}
	for _, tt := range []struct {
		name             string
		url, login, file string
		token            string
		noLocal          bool
		wantURL          string
		wantToken        string
		wantLocal        bool
		wantCode         fault.Code
	}{
		{name: "what the command line names goes first", url: named.URL, login: loggedIn.URL, file: running.URL, wantURL: named.URL},
		{name: "then the login, with its token", login: loggedIn.URL, file: running.URL, wantURL: loggedIn.URL, wantToken: "kept"},
		{name: "the environment's token goes before the login's", login: loggedIn.URL, token: "given", wantURL: loggedIn.URL, wantToken: "given"},
		{name: "then a server on this machine", file: running.URL, wantURL: running.URL},
		{name: "a server that is gone is not believed", file: "http://127.0.0.1:1", wantURL: localURL, wantLocal: true},
		{name: "then this process", wantURL: localURL, wantLocal: true},
		{name: "nothing at all", noLocal: true, wantCode: fault.Unavailable},
		{name: "an address that is none", url: "localhost:8080", wantCode: fault.Invalid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newShell(t)
			s.env.URL, s.env.Token = tt.url, tt.token
			if !tt.noLocal {
				s.env.Local = local
			}
			if tt.login != "" {
				if err := (Logins{Current: tt.login, Tokens: map[string]string{tt.login: "kept"}}).Save(s.env.ConfigDir); err != nil {
					t.Fatal(err)
				}
			}
			if tt.file != "" {
				if _, err := WriteServerFile(s.env.DataDir, ServerFile{URL: tt.file, PID: os.Getpid()}); err != nil {
					t.Fatal(err)
				}
			}
			url, token, isLocal, err := s.env.Server(t.Context())
			if got := fault.CodeOf(err); got != tt.wantCode || url != tt.wantURL || token != tt.wantToken || isLocal != tt.wantLocal {
				t.Errorf("got %q %q %v %v", url, token, isLocal, err)
			}
		})
	}
}

func TestTheServerInThisProcessIsStoppedAlsoAfterAnInterruption(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	stopped := errors.New("never")
	s.env.Local = func(context.Context) (http.RoundTripper, func(context.Context) error, error) {
		return NewInProcess(http.NotFoundHandler()), func(ctx context.Context) error { stopped = ctx.Err(); return nil }, nil
	}
	ctx, cancel := context.WithCancel(t.Context())
	use := &cobra.Command{Use: "use", RunE: func(cmd *cobra.Command, _ []string) error {
		_, err := s.env.API(cmd.Context())
		cancel()
		return err
	}}
	if got := Run(ctx, s.env, Root(s.env, "platform", "", use), []string{"use"}); got != 0 || stopped != nil {
		t.Errorf("exit %d; stopped with %v: it must have time to stop", got, stopped)
	}
}

func TestLoginsAreForTheirOwnerOnly(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "platform")
	if err := (Logins{Current: "http://x", Tokens: map[string]string{"http://x": "t"}}).Save(dir); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "login.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	got, err := LoadLogins(dir)
	if err != nil || got.Tokens["http://x"] != "t" {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "login.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadLogins(dir); !fault.Is(err, fault.Invalid) {
		t.Errorf("a damaged file: %v", err)
	}
}

func TestMissingAnswers(t *testing.T) {
	t.Parallel()
	questions := func(name, owner *string) []Question {
		return []Question{{Name: "name", Title: "What is it called", Value: name}, {Flag: "owner", Title: "Who owns it", Value: owner}}
	}
	t.Run("are asked for at a terminal, and only they", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.env.InTerminal, s.env.ErrTerminal = true, true
		s.env.Ask = func(_ context.Context, _ *Env, qs []Question) error {
			if len(qs) != 1 || qs[0].Flag != "owner" {
				t.Errorf("asked %+v", qs)
			}
			*qs[0].Value = "checkout"
			return nil
		}
		name, owner := "orders", ""
		if err := s.env.Require(t.Context(), "platform x", questions(&name, &owner)...); err != nil || owner != "checkout" {
			t.Errorf("owner %q, %v", owner, err)
		}
	})
	t.Run("are a fault anywhere else", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.env.Ask = func(context.Context, *Env, []Question) error { t.Error("asked nobody"); return nil }
		var name, owner string
		err := s.env.Require(t.Context(), "platform x orders", questions(&name, &owner)...)
		f := fault.From(err)
		if f.Code != fault.Invalid || f.Message != "NAME, --owner are missing." || f.Hint != "For example: platform x orders" || len(f.Fields) != 2 {
			t.Errorf("got %+v", f)
		}
	})
}

func TestSettings(t *testing.T) {
	t.Parallel()
	got, err := ParseSet([]string{"port=8081", "tls=true", "name=orders", `text="8081"`, "list=[1]", "empty=", "eq=a=b"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"port": 8081.0, "tls": true, "name": "orders", "text": "8081", "list": "[1]", "empty": "", "eq": "a=b"}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s = %#v, want %#v", k, got[k], v)
		}
	}
	for _, bad := range [][]string{{"port"}, {"=1"}, {"a=1", "a=2"}} {
		if _, err := ParseSet(bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

func TestProgressOnAPipeSaysWhatIsDoneAndWhyItFailed(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	p := NewProgress(s.env, types.Run{Steps: []types.Step{{Name: "render", Title: "Render the files"}, {Name: "push", Title: "Push"}}}, false)
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for _, e := range []types.RunEvent{
		{Type: "step", Step: "render", State: "running", Time: at},
		{Type: "log", Step: "render", Text: "49 files", Time: at},
		{Type: "step", Step: "render", State: "done", Time: at.Add(1500 * time.Millisecond)},
		{Type: "step", Step: "push", State: "running", Time: at},
		{Type: "log", Step: "push", Text: "refused\x1b[31m", Time: at},
		{Type: "step", Step: "push", State: "failed", Time: at},
	} {
		if err := p.See(e); err != nil {
			t.Fatal(err)
		}
	}
	p.Close()
	if got, want := s.err.String(), "  ✓ Render the files  1.5 s\n  ✗ Push\n      refused\uFFFD[31m\n"; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
}
