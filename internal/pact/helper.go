package pact

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

const (
	helperName = "pact-verifier"

	// maxOutcome is the size of the largest result that is read.
	maxOutcome = 48 << 20

	// patience is how long pipes may stay open after the helper ended.
	patience = 2 * time.Second
)

// Find returns the path of the helper, or a fault that says how to get it.
func (v *Verifier) Find() (string, error) {
	if v.helper != "" {
		path, err := exec.LookPath(v.helper)
		if err != nil {
			return "", fault.New(fault.MissingTool, "PLATFORM_PACT_VERIFIER names %s, which is no program.", v.helper).
				WithHint("Name the pact-verifier program, or unset PLATFORM_PACT_VERIFIER.").WithCause(err)
		}
		return path, nil
	}
	if own, err := os.Executable(); err == nil {
		if resolved, err := filepath.EvalSymlinks(own); err == nil {
			own = resolved
		}
		if path, err := exec.LookPath(filepath.Join(filepath.Dir(own), helperName)); err == nil {
			return path, nil
		}
	}
	path, err := exec.LookPath(helperName)
	if err != nil {
		return "", fault.New(fault.MissingTool, "The program pact-verifier, which verifies pacts, is not here.").
			WithHint("Put it beside platform or on PATH: make build leaves both in bin, and a portal has it at /download. Or set PLATFORM_PACT_VERIFIER to its path.").
			WithCause(err)
	}
	return path, nil
}

// Versions returns what the helper says about itself, pact-go and libpact_ffi.
func (v *Verifier) Versions(ctx context.Context) (string, error) {
	helper, err := v.Find()
	if err != nil {
		return "", err
	}
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, helper, "--version") //nolint:gosec // Find found it
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &out, &errs, patience
	err = cmd.Run()
	if missing := (ending{err: err, log: errs.String()}).missingLibrary(); missing != nil {
		return "", missing
	}
	if err != nil {
		return "", fmt.Errorf("run %s --version: %w: %s", helper, err, strings.TrimSpace(errs.String()))
	}
	return strings.TrimSpace(out.String()), nil
}

// ending is what a helper left behind.
type ending struct {
	err    error // from starting it and waiting for it
	log    string
	result []byte
}

// run starts the helper in a process group of its own, hands it the job and waits
// for its end. When ctx ends, the whole group is killed: native code heeds no
// other word. What it says is told without what hide takes out.
func run(ctx context.Context, helper string, job []byte, hide func(string) string) ending {
	results, write, err := os.Pipe()
	if err != nil {
		return ending{err: fmt.Errorf("make a pipe for the result: %w", err)}
	}
	defer results.Close()
	defer write.Close()

	log := &tail{max: maxLog, hide: hide}
	cmd := exec.CommandContext(ctx, helper)
	cmd.Env = helperEnv(cmd.Environ())
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{write} // the first one becomes ResultFD
	cmd.WaitDelay = patience
	isolate(cmd)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return ending{err: fmt.Errorf("make a pipe for the job: %w", err)}
	}
	if err := cmd.Start(); err != nil {
		return ending{err: fmt.Errorf("start %s: %w", helper, err)}
	}
	_ = write.Close()
	go func() { _, _ = stdin.Write(job) }() // stays open until Wait: its end means that we are gone
	read := make(chan []byte, 1)
	go func() { read <- readAll(results) }()

	err = cmd.Wait()
	killGroup(cmd) // whatever it started must not outlive it
	_ = results.SetReadDeadline(time.Now().Add(patience))
	return ending{err: err, log: log.String(), result: <-read}
}

// readAll reads up to maxOutcome bytes and throws the rest away.
func readAll(r io.Reader) []byte {
	var kept bytes.Buffer
	_, _ = io.CopyN(&kept, r, maxOutcome)
	_, _ = io.Copy(io.Discard, r)
	return kept.Bytes()
}

// helperEnv is the platform's environment without settings of Pact, which would
// change what is verified, and without a proxy between the helper and loopback.
func helperEnv(env []string) []string {
	kept := make([]string, 0, len(env)+3)
	direct := []string{"localhost", "127.0.0.1", "::1"}
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		switch upper := strings.ToUpper(name); {
		case strings.HasPrefix(upper, "PACT_"), upper == "LOG_LEVEL", upper == "RUST_LOG":
		case upper == "NO_PROXY":
			direct = append(direct, value)
		default:
			kept = append(kept, e)
		}
	}
	noProxy := strings.Join(direct, ",")
	return append(kept, "PACT_DO_NOT_TRACK=true", "NO_PROXY="+noProxy, "no_proxy="+noProxy)
}

// missingLibrary recognises the loader's refusal to start the helper.
func (e ending) missingLibrary() error {
	if e.err == nil || len(e.result) > 0 || !strings.Contains(e.log, "libpact_ffi") || !strings.Contains(e.log, "shared") {
		return nil
	}
	return fault.New(fault.MissingTool, "pact-verifier does not start because the library libpact_ffi is not here.").
		WithHint("Run scripts/install-pact-ffi.sh in the platform's source tree, or put libpact_ffi.so 0.4.28 beside pact-verifier or into /usr/local/lib.").
		WithCause(e.err)
}

// status is how the process ended, for the log.
func (e ending) status() string {
	if e.err != nil {
		return e.err.Error()
	}
	return "exit status 0"
}

func tookTooLong(timeout time.Duration) string {
	return fmt.Sprintf("The verification was stopped: it took longer than %s.", timeout)
}

// outcome reads the helper's result, or says in a sentence why there is none.
// Statuses 0 and 1 are those of a verifier that came to its end.
func (e ending) outcome(ctx context.Context, timeout time.Duration) (Outcome, string) {
	var o Outcome
	var exit *exec.ExitError
	ended := e.err == nil || (errors.As(e.err, &exit) && exit.ExitCode() == 1)
	if !ended && ctx.Err() != nil {
		if errors.Is(context.Cause(ctx), errTooLong) {
			return o, tookTooLong(timeout)
		}
		return o, "The verification was stopped before its end."
	}
	err := json.Unmarshal(e.result, &o)
	switch {
	case err == nil && o.Protocol != Protocol:
		return o, fmt.Sprintf("pact-verifier and platform are of different versions (protocol %d and %d). Install both from one release.", o.Protocol, Protocol)
	case err == nil && o.Refused != "":
		return o, "pact-verifier did not take the pact: " + o.Refused + "."
	case !ended:
		return o, fmt.Sprintf("pact-verifier broke down (%v).", e.err)
	case len(e.result) == 0:
		return o, "pact-verifier ended without a result."
	case err != nil:
		return o, "pact-verifier wrote a result that cannot be read."
	case !o.Ran:
		return o, "pact-verifier did not call the verifier."
	case e.err != nil && !o.Failed:
		return o, "pact-verifier failed after it had written a result."
	case o.TestResults == nil && o.Unreachable != "":
		return o, "The provider could not be reached: " + o.Unreachable + "."
	case o.TestResults == nil:
		return o, "The verifier published no results; its log says more."
	}
	return o, ""
}
