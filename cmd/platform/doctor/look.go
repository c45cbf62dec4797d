package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
)

// toolTimeout is how long a program may take to say its version.
const toolTimeout = 5 * time.Second

// Place is where to look. Main fills it in with what this machine has; tests
// with folders of their own.
type Place struct {
	DataDir string
	// Find returns the path of a program, as exec.LookPath does.
	Find func(name string) (string, error)
	// Verifier looks for pact-verifier. The error says how to get it.
	Verifier func(ctx context.Context) (Helper, error)
	// Libraries are the folders a library is looked for in, in the loader's order.
	Libraries []string
}

// Helper is pact-verifier: where it is, and what it says about itself, a program
// or library a line.
type Helper struct{ Path, Versions string }

// Look makes every check, all at once: some programs take a while to say who
// they are.
func Look(ctx context.Context, at Place) []Check {
	looks := []func(context.Context, Place) Check{
		tool("git", true, "repositories of services", "Debian: apt-get install git", []string{"git"}, "version"),
		dataDir,
		server,
		tool("go", false, "building and testing services", "Get it from https://go.dev/dl and put its bin folder on PATH.", []string{"go"}, "version"),
		tool("make", false, "the everyday commands of services", "Debian: apt-get install make", []string{"make"}, "--version"),
		tool("C compiler", false, "contract tests of services", "Debian: apt-get install gcc libc6-dev", []string{"gcc", "cc", "clang"}, "--version"),
		library,
		verifier,
		tool("container engine", false, "images of services", "Debian: apt-get install podman", []string{"docker", "podman"}, "--version"),
		tool("node", false, "building the portal from source", "Debian: apt-get install nodejs npm", []string{"node"}, "--version"),
		tool("golangci-lint", false, "linting services", "See https://golangci-lint.run/docs/welcome/install", []string{"golangci-lint"}, "--version"),
	}
	asked := sync.OnceValues(func() (Helper, error) { return at.Verifier(ctx) }) // two checks ask it
	once := at
	once.Verifier = func(context.Context) (Helper, error) { return asked() }
	checks := make([]Check, len(looks))
	var all sync.WaitGroup
	for i, look := range looks {
		all.Go(func() { checks[i] = look(ctx, once) })
	}
	all.Wait()
	return checks
}

// tool returns the look for the first program of names that is there and says
// its version.
func tool(name string, needed bool, purpose, howToGet string, names []string, ask string) func(context.Context, Place) Check {
	return func(ctx context.Context, at Place) Check {
		c := Check{Name: name, Needed: needed, Purpose: purpose}
		for _, program := range names {
			path, err := at.Find(program)
			if err != nil {
				continue
			}
			version, err := says(ctx, path, ask)
			if err != nil {
				c.HowToGet = fmt.Sprintf("%s is there and does not start: %v.", path, err)
				continue
			}
			c.OK, c.Found, c.HowToGet = true, found(version, path), ""
			return c
		}
		if c.HowToGet == "" {
			c.HowToGet = howToGet
		}
		return c
	}
}

// says returns the first line a program answers with.
func says(ctx context.Context, path, ask string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, toolTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, ask) //nolint:gosec // the path is from PATH, the argument is ours
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return "", fmt.Errorf("no answer within %s", toolTimeout)
	}
	if err != nil {
		return "", err
	}
	return firstLine(string(out)), nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(line)
}

// found joins a version and where it is.
func found(version, path string) string {
	if version == "" {
		return path
	}
	return version + " at " + path
}

// dataDir looks whether the platform can keep data. A folder that is not there
// yet is fine when it can be made; nothing is made here.
func dataDir(_ context.Context, at Place) Check {
	c := Check{
		Name: "data folder", Needed: true, Purpose: "database and local repositories",
		HowToGet: "Name a folder you may write to with --data or PLATFORM_DATA.",
	}
	if at.DataDir == "" {
		c.Found = "none: there is no home directory"
		return c
	}
	c.Found = at.DataDir
	folder := existing(at.DataDir)
	file, err := os.CreateTemp(folder, ".platform-doctor-*")
	if err != nil {
		c.Found += " cannot be written to: " + reason(err)
		return c
	}
	_ = file.Close()
	if err := os.Remove(file.Name()); err != nil {
		c.Found += " cannot be tidied: " + reason(err)
		return c
	}
	c.OK, c.HowToGet = true, ""
	if folder != at.DataDir {
		c.Found += " (made when first used)"
	}
	return c
}

// existing returns the folder, or the nearest above it that is there.
func existing(folder string) string {
	for {
		if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) || folder == filepath.Dir(folder) {
			return folder
		}
		folder = filepath.Dir(folder)
	}
}

// reason is what the system says, without the path.
func reason(err error) string {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err.Error()
	}
	return err.Error()
}

// server looks for a running one. Without one, commands work all the same.
func server(ctx context.Context, at Place) Check {
	c := Check{Name: "server", Purpose: "the portal, on this data folder", HowToGet: "Commands work without one. Start it: platform serve"}
	if running, ok := cli.FindServer(ctx, at.DataDir); ok {
		c.OK, c.Found, c.HowToGet = true, fmt.Sprintf("%s, process %d", running.URL, running.PID), ""
	}
	return c
}

// libraryName is Pact's native library. Version 0.5 and later lack functions
// that pact-go calls.
const libraryName = "libpact_ffi.so"

func library(ctx context.Context, at Place) Check {
	c := Check{
		Name: "libpact_ffi", Purpose: "contract tests of services, and pact-verifier",
		HowToGet: "In a service: make pact-ffi. In the platform's source: scripts/install-pact-ffi.sh",
	}
	helper, err := at.Verifier(ctx)
	folders := at.Libraries
	if err == nil { // it loads the one beside it first
		folders = append([]string{filepath.Dir(helper.Path)}, folders...)
	}
	for _, folder := range folders {
		path := filepath.Join(folder, libraryName)
		if _, err := os.Stat(path); err == nil {
			c.OK, c.Found, c.HowToGet = true, found(versionOf(helper.Versions, "libpact_ffi"), path), ""
			return c
		}
	}
	return c
}

func verifier(ctx context.Context, at Place) Check {
	c := Check{Name: "pact-verifier", Purpose: "platform contracts verify"}
	helper, err := at.Verifier(ctx)
	if err != nil {
		c.HowToGet = fault.From(err).Hint
		return c
	}
	c.OK, c.Found = true, found("with pact-go "+versionOf(helper.Versions, "pact-go"), helper.Path)
	return c
}

// versionOf returns what follows a name at the start of a line, or "".
func versionOf(versions, name string) string {
	for line := range strings.Lines(versions) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}
