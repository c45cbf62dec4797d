package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/goldenpath/platform/internal/database/databasetest"
	"github.com/goldenpath/platform/internal/githost/githosttest"
)

// TestMain lets scripts run this very program as "platform".
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"platform": main})
}

// TestScripts runs what a person types, in an empty home directory, with no
// server but the one inside each command.
func TestScripts(t *testing.T) {
	t.Parallel()
	scripts(t, "script", "")
}

// TestScriptsOnPostgreSQL runs what needs a database that processes share.
func TestScriptsOnPostgreSQL(t *testing.T) {
	t.Parallel()
	scripts(t, "script-postgres", databasetest.PostgresURL(t))
}

func scripts(t *testing.T, folder, postgres string) {
	t.Helper()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", folder),
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("PLATFORM_DATA", filepath.Join(env.WorkDir, "data"))
			env.Setenv("POSTGRES", postgres)
			env.Setenv("NO_COLOR", "1")
			env.Setenv("IN_A_MONTH", time.Now().AddDate(0, 0, 30).Format(time.DateOnly))
			env.Setenv("A_DAY_LATER", time.Now().AddDate(0, 0, 31).Format(time.DateOnly))
			env.Setenv("GIT_AUTHOR_NAME", "Ada")
			env.Setenv("GIT_AUTHOR_EMAIL", "ada@example.com")
			env.Setenv("GIT_COMMITTER_NAME", "Ada")
			env.Setenv("GIT_COMMITTER_EMAIL", "ada@example.com")
			env.Setenv("PLATFORM_PACT_VERIFIER", verifier())
			return os.MkdirAll(filepath.Join(env.WorkDir, "home"), 0o700)
		},
		Condition: func(name string) (bool, error) {
			if name != "libpact" {
				return false, fmt.Errorf("unknown condition %q", name)
			}
			return verifier() != "", nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":     exits,
			"provider":  provider,
			"closed":    closed,
			"listening": listening,
			"port":      port,
			"fetch":     fetch,
			"envfile":   envfile,
			"runid":     runid,
			"github":    github(t),
		},
	})
}

// verifier returns the program that verifies pacts, as make test builds it, or
// "" where it was not built: it needs a C compiler and libpact_ffi.
func verifier() string {
	if path := os.Getenv("PLATFORM_PACT_VERIFIER"); path != "" {
		return path
	}
	path, err := filepath.Abs(filepath.Join("..", "..", "bin", "pact-verifier"))
	if err != nil {
		return ""
	}
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// exits runs a command that must end with a status, as in "exits 5 platform new".
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("run %v: %v", args[1:], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("%v exited with %d, want %d", args[1:], got, want)
	}
}

// provider starts a server that answers every request with a file's content, as
// JSON, and puts its address into a variable, as in "provider URL answer.json".
func provider(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: provider VARIABLE FILE")
	}
	file := ts.MkAbs(args[1])
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		body, err := os.ReadFile(file) // anew each time: a script changes it
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	}))
	ts.Defer(server.Close)
	ts.Setenv(args[0], server.URL)
}

// closed puts an address where nothing listens into a variable.
func closed(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: closed VARIABLE")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is closed again at once
	ts.Check(err)
	ts.Setenv(args[0], fmt.Sprintf("http://%s", l.Addr()))
	ts.Check(l.Close())
}

// listening waits until a server says where it listens, and puts its address
// into a variable, as in "listening URL".
func listening(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: listening VARIABLE")
	}
	deadline := time.Now().Add(30 * time.Second)
	for {
		body, err := os.ReadFile(filepath.Join(ts.Getenv("PLATFORM_DATA"), "server.json"))
		var server struct{ URL string }
		if err == nil && json.Unmarshal(body, &server) == nil {
			ts.Setenv(args[0], server.URL)
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("no server listens after 30 s")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// port puts the port of an address into a variable: "port PORT http://…".
func port(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: port VARIABLE URL")
	}
	u, err := url.Parse(args[1])
	ts.Check(err)
	ts.Setenv(args[0], u.Port())
}

// fetch gets an address, which must answer with a status; its body becomes
// standard output: "fetch 200 http://…".
func fetch(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: fetch STATUS URL")
	}
	resp, err := http.Get(args[1]) //nolint:noctx // an address of the script's own server
	ts.Check(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	ts.Check(err)
	if _, err := ts.Stdout().Write(body); err != nil {
		ts.Fatalf("%v", err)
	}
	if got := strconv.Itoa(resp.StatusCode); got != args[0] {
		ts.Fatalf("%s answered %s, want %s\n%s", args[1], got, args[0], body)
	}
}

// envfile puts the content of a file into a variable, as in "envfile TOKEN file".
func envfile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: envfile VARIABLE FILE")
	}
	ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile(args[1])))
}

// runid puts the run that a command's JSON names into a variable, as in
// "runid RUN stdout".
func runid(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: runid VARIABLE FILE")
	}
	var made struct{ Run string }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &made))
	ts.Setenv(args[0], made.Run)
}

// github starts a GitHub on which the organisation acme has a repository for
// each folder, archived ones for those whose names say so, and puts its address
// and token into the environment: "github acme".
func github(t *testing.T) func(*testscript.TestScript, bool, []string) {
	t.Helper()
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) != 1 {
			ts.Fatalf("usage: github FOLDER")
		}
		host := githosttest.NewGitHub(t)
		repositories, err := os.ReadDir(ts.MkAbs(args[0]))
		ts.Check(err)
		for _, r := range repositories {
			root := filepath.Join(ts.MkAbs(args[0]), r.Name())
			files := map[string]string{}
			ts.Check(filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
				if err != nil || entry.IsDir() {
					return err
				}
				name, err := filepath.Rel(root, path)
				files[filepath.ToSlash(name)] = ts.ReadFile(path)
				return err
			}))
			host.Commit("acme", r.Name(), files)
			host.Change("acme", r.Name(), func(r *githosttest.Repository) { r.Archived = strings.HasPrefix(r.Name, "archived") })
			if strings.HasPrefix(r.Name(), "locked") {
				host.Fail(githosttest.Failure{
					Method: http.MethodPut, Path: "/repos/acme/" + r.Name() + "/contents/catalog-info.yaml", Status: http.StatusUnprocessableEntity,
					Message: "Repository rule violations found", Times: 9,
				})
			}
		}
		host.PageSize = 2
		ts.Setenv("GITHUB", host.URL())
		ts.Setenv("GITHUB_HOST", strings.TrimPrefix(host.URL(), "http://"))
		ts.Setenv("PLATFORM_GITHUB_URL", host.URL())
		ts.Setenv("PLATFORM_GITHUB_TOKEN", githosttest.Token)
	}
}
