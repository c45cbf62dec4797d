package doctor

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
)

// machine is a folder with made-up programs, and nothing else.
type machine struct {
	t   *testing.T
	dir string
}

// program puts a shell script there.
func (m machine) program(name, script string) machine {
	m.t.Helper()
	if err := os.WriteFile(filepath.Join(m.dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		m.t.Fatal(err)
	}
	return m
}

// place returns the machine as a place to look at.
func (m machine) place() Place {
	return Place{
		DataDir: filepath.Join(m.dir, "data", "goldenpath"),
		Find:    func(name string) (string, error) { return exec.LookPath(filepath.Join(m.dir, name)) },
		Verifier: func(context.Context) (Helper, error) {
			return Helper{}, fault.New(fault.MissingTool, "No.").WithHint("make build")
		},
		Libraries: []string{filepath.Join(m.dir, "lib")},
	}
}

func look(t *testing.T, at Place) map[string]Check {
	t.Helper()
	byName := map[string]Check{}
	for _, c := range Look(t.Context(), at) {
		byName[c.Name] = c
		if c.OK == (c.HowToGet != "") || c.Purpose == "" {
			t.Errorf("a check that helps nobody: %+v", c)
		}
	}
	return byName
}

// The one test here that starts programs: a file that was just written cannot
// be run while another test forks.
func TestProgramsAreFoundWithTheirVersion(t *testing.T) {
	t.Parallel()
	m := machine{t, t.TempDir()}.
		program("git", "echo git version 2.39.5").
		program("cc", "echo cc 12; echo more").
		program("docker", "exit 1").
		program("podman", "echo podman 4").
		program("node", "exit 3").
		program("sleepy", "sleep 60")
	got := look(t, m.place())
	for name, want := range map[string]string{
		"git":              "git version 2.39.5 at " + m.dir + "/git",
		"C compiler":       "cc 12 at " + m.dir + "/cc",
		"container engine": "podman 4 at " + m.dir + "/podman",
	} {
		if c := got[name]; !c.OK || c.Found != want {
			t.Errorf("%s: %+v", name, c)
		}
	}
	if c := got["node"]; c.OK || !strings.Contains(c.HowToGet, "does not start: exit status 3") {
		t.Errorf("a program that fails: %+v", c)
	}
	if c := got["go"]; c.OK || c.Needed || !strings.Contains(c.HowToGet, "go.dev/dl") {
		t.Errorf("a program that is not there: %+v", c)
	}
	if !got["git"].Needed || !got["data folder"].Needed {
		t.Error("nothing works without git and data, and both are called optional")
	}

	// A program that hangs is given up.
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := says(ctx, filepath.Join(m.dir, "sleepy"), "--version"); err == nil || time.Since(start) > toolTimeout {
		t.Errorf("after %s: %v", time.Since(start), err)
	}
}

func TestTheVerifierAndItsLibrary(t *testing.T) {
	t.Parallel()
	m := machine{t, t.TempDir()}
	at := m.place()
	got := look(t, at)
	if c := got["pact-verifier"]; c.OK || c.HowToGet != "make build" {
		t.Errorf("without it: %+v", c)
	}
	if got["libpact_ffi"].OK {
		t.Error("a library that is not there was found")
	}
	at.Verifier = func(context.Context) (Helper, error) {
		return Helper{Path: "/opt/bin/pact-verifier", Versions: "pact-verifier 1\npact-go 2.4.2\nlibpact_ffi 0.4.28\n"}, nil
	}
	if err := os.MkdirAll(at.Libraries[0], 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(at.Libraries[0], libraryName)
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got = look(t, at)
	if c := got["pact-verifier"]; !c.OK || c.Found != "with pact-go 2.4.2 at /opt/bin/pact-verifier" {
		t.Errorf("with it: %+v", c)
	}
	if c := got["libpact_ffi"]; !c.OK || c.Found != "0.4.28 at "+file {
		t.Errorf("with it: %+v", c)
	}
}

func TestTheDataFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, dir string
		ok        bool
		found     string
	}{
		{"it is there", dir, true, dir},
		{"it will be made", filepath.Join(dir, "a", "b"), true, "(made when first used)"},
		{"it is a file", file, false, "cannot be written to: not a directory"},
		{"it would be below a file", filepath.Join(file, "a"), false, "cannot be written to: not a directory"},
		{"there is no home", "", false, "no home directory"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if c := dataDir(t.Context(), Place{DataDir: tt.dir}); c.OK != tt.ok || !strings.Contains(c.Found, tt.found) {
				t.Errorf("%+v", c)
			}
		})
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("looking left something behind: %v %v", left, err)
	}
}

func TestARunningServerIsFound(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if c := server(t.Context(), Place{DataDir: dir}); c.OK || c.Needed {
		t.Errorf("none runs: %+v", c)
	}
	running := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"version":"1","go":"go1.26"}`))
	}))
	defer running.Close()
	if _, err := cli.WriteServerFile(dir, cli.ServerFile{URL: running.URL, PID: 42, StartedAt: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if c := server(t.Context(), Place{DataDir: dir}); !c.OK || c.Found != running.URL+", process 42" {
		t.Errorf("one runs: %+v", c)
	}
}
