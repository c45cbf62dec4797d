// Command testreport reads what "go test -json" says and tells people what they
// need: a line for each package, everything of what failed, and at the end what
// was skipped and why. A skipped test looks like a passed one otherwise; in CI
// (CI is set) it has failed.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

func main() {
	r := newReport(os.Stdout)
	if err := r.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
	if !r.end(os.Getenv("CI") != "") {
		os.Exit(1)
	}
}

// event is a line of "go test -json"; see "go doc test2json".
type event struct {
	Action     string
	Package    string
	ImportPath string // of what was built
	Test       string
	Elapsed    float64
	Output     string
}

type test struct{ pkg, name string }

type skip struct {
	test
	reason string
}

// outside reports whether the test only wanted real data that is kept beside the
// repository: a clone has none, and installing cannot bring it.
func (s skip) outside() bool { return strings.HasPrefix(s.reason, "REAL DATA NOT CHECKED") }

// report is what was seen so far.
type report struct {
	w       io.Writer
	output  map[test][]string // of tests under way, and of packages under ""
	built   map[string][]string
	passed  int
	failed  []test
	broken  []string // packages that failed without a test that failed
	skipped []skip
	seen    map[string]bool // packages with a failed test
}

func newReport(w io.Writer) *report {
	return &report{w: w, output: map[test][]string{}, built: map[string][]string{}, seen: map[string]bool{}}
}

func (r *report) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			r.line(line)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read results: %w", err)
		}
	}
}

// line takes one line. What is no event comes from the go command itself.
func (r *report) line(line []byte) {
	var e event
	if json.Unmarshal(line, &e) != nil {
		fmt.Fprint(r.w, string(line))
		return
	}
	of := test{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		r.built[e.ImportPath] = append(r.built[e.ImportPath], e.Output)
	case "build-fail":
		fmt.Fprint(r.w, strings.Join(r.built[e.ImportPath], ""))
	case "output":
		r.output[of] = append(r.output[of], e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.packageDone(e)
		} else {
			r.testDone(e.Action, of)
		}
		delete(r.output, of)
	}
}

func (r *report) testDone(action string, of test) {
	switch action {
	case "pass":
		r.passed++
	case "skip":
		r.skipped = append(r.skipped, skip{of, reason(r.output[of])})
	case "fail":
		r.failed = append(r.failed, of)
		r.seen[of.pkg] = true
		fmt.Fprint(r.w, strings.Join(slices.DeleteFunc(r.output[of], chatter), ""))
	}
}

func (r *report) packageDone(e event) {
	own := r.output[test{e.Package, ""}]
	switch e.Action {
	case "fail":
		if !r.seen[e.Package] {
			r.broken = append(r.broken, e.Package)
			// A test that was cut off has no end of its own: a panic, a timeout.
			for of, lines := range r.output {
				if of.pkg == e.Package && of.name != "" {
					fmt.Fprint(r.w, strings.Join(lines, ""))
				}
			}
		}
		fmt.Fprint(r.w, strings.Join(own, ""))
	case "skip": // no test files
	default:
		for _, line := range own {
			if strings.HasPrefix(line, "ok ") {
				fmt.Fprint(r.w, line)
			}
		}
	}
	for of := range r.output {
		if of.pkg == e.Package {
			delete(r.output, of)
		}
	}
}

// chatter is what the testing package says about the course of things.
func chatter(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "=== RUN") || strings.HasPrefix(line, "=== PAUSE") || strings.HasPrefix(line, "=== CONT") || strings.HasPrefix(line, "=== NAME")
}

// reason is what a skipped test said, without the testing package's words.
func reason(output []string) string {
	var words []string
	for _, line := range output {
		line = strings.TrimSpace(line)
		if chatter(line) || strings.HasPrefix(line, "--- SKIP") || line == "" {
			continue
		}
		if file, rest, ok := strings.Cut(line, ": "); ok && strings.Contains(file, ".go:") {
			line = rest
		}
		words = append(words, line)
	}
	return strings.Join(words, " ")
}

// end prints the summary and reports whether all is well.
func (r *report) end(ci bool) bool {
	fmt.Fprintf(r.w, "\n%d tests passed, %d failed, %d skipped.\n", r.passed, len(r.failed), len(r.skipped))
	for _, f := range r.failed {
		fmt.Fprintf(r.w, "FAILED  %s %s\n", f.pkg, f.name)
	}
	for _, b := range r.broken {
		fmt.Fprintf(r.w, "FAILED  %s\n", b)
	}
	for _, s := range r.skipped {
		fmt.Fprintf(r.w, "SKIPPED %s %s\n        %s\n", s.pkg, s.name, s.reason)
	}
	switch {
	case len(r.failed)+len(r.broken) > 0:
		return false
	case ci && slices.ContainsFunc(r.skipped, func(s skip) bool { return !s.outside() }):
		fmt.Fprintln(r.w, "Error: a test that is skipped shows nothing, so in CI it has failed.")
		return false
	case r.passed == 0:
		fmt.Fprintln(r.w, "Error: no test ran.")
		return false
	}
	return true
}
