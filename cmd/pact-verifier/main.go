// Command pact-verifier verifies one pact against a running provider. It is a
// program of its own because verification is native code behind cgo: here it can
// crash or hang without taking the platform down, and the platform stays static.
// Package internal/pact starts it; the messages between them are defined there.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"testing"

	"github.com/goldenpath/platform/internal/pact"
)

const usage = `pact-verifier is started by "platform contracts verify", which hands it a pact on
standard input and takes the result from file descriptor 3.

  pact-verifier --version   print the versions of this program, pact-go and libpact_ffi
`

func main() {
	if len(os.Args) > 1 {
		os.Exit(answer(os.Args[1:], os.Stdout, os.Stderr))
	}
	result := os.NewFile(pact.ResultFD, "result")
	// Go's runtime may hold this descriptor for itself when the caller gave none.
	if info, err := result.Stat(); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	var job pact.Job
	in := json.NewDecoder(os.Stdin)
	if err := in.Decode(&job); err != nil {
		fmt.Fprintln(os.Stderr, "Error: there is no job on standard input:", err)
		os.Exit(2)
	}
	if job.Protocol != pact.Protocol {
		os.Exit(refuse(result, fmt.Sprintf("it speaks version %d of the protocol, the platform version %d", pact.Protocol, job.Protocol)))
	}
	go exitWithParent(os.Stdin)
	runAsTest(job, result)
}

// answer serves the one option there is.
func answer(args []string, out, errs io.Writer) int {
	if len(args) == 1 && args[0] == "--version" {
		fmt.Fprint(out, versions())
		return 0
	}
	fmt.Fprint(errs, usage)
	if len(args) == 1 && (args[0] == "--help" || args[0] == "-h") {
		return 0
	}
	return 2
}

func refuse(result io.Writer, why string) int {
	if err := json.NewEncoder(result).Encode(pact.Outcome{Protocol: pact.Protocol, Refused: why}); err != nil {
		fmt.Fprintln(os.Stderr, "Error: write the result:", err)
	}
	return 2
}

// exitWithParent ends the program when nobody waits for its result any more.
// The platform may have been killed, and native code heeds no context.
func exitWithParent(in io.Reader) {
	_, _ = io.Copy(io.Discard, in)
	os.Exit(1)
}

// runAsTest verifies within a test, since pact-go's verifier wants a *testing.T,
// and never returns. testing.RunTests would run nothing here and return true;
// testing.Main runs the test and exits, so the result is written inside, and a
// test that did not run leaves no result.
func runAsTest(job pact.Job, result io.Writer) {
	os.Args = os.Args[:1] // testing parses the command line
	testing.Main(
		func(_, _ string) (bool, error) { return true, nil },
		[]testing.InternalTest{{Name: job.Consumer + "_" + job.Provider, F: func(t *testing.T) { //nolint:thelper // this is the test
			outcome, err := verify(t, job)
			if err != nil {
				outcome.Refused = err.Error()
				t.Error(err)
			}
			outcome.Protocol = pact.Protocol
			if err := json.NewEncoder(result).Encode(outcome); err != nil {
				t.Error("write the result:", err)
			}
		}}}, nil, nil)
}
