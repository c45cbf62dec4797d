package authoring

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/scaffolds"
)

// Status is what a check found.
type Status string

// What is not checked is not known, and never counts as passed.
const (
	Pass       Status = "pass"
	Fail       Status = "fail"
	NotChecked Status = "not checked"
)

// Check is one thing that was looked at.
type Check struct {
	Group   string   `json:"group"`
	Name    string   `json:"name"`
	Status  Status   `json:"status"`
	Seconds float64  `json:"seconds"`
	Reason  string   `json:"reason,omitempty"`  // why it was not checked
	Details []string `json:"details,omitempty"` // what is wrong
}

// Result is what testing a path found.
type Result struct {
	Path    string  `json:"path"`
	Version string  `json:"version"`
	Rows    int     `json:"rows"` // services it was tried with
	Kept    string  `json:"kept,omitempty"`
	Checks  []Check `json:"checks"`
}

// Count says how many checks found that.
func (r Result) Count(s Status) int {
	n := 0
	for _, c := range r.Checks {
		if c.Status == s {
			n++
		}
	}
	return n
}

// Options say how much to test.
type Options struct {
	Quick bool        // without the toolchain
	Work  string      // folder for services to build in; it is somebody else's to remove
	See   func(Check) // is told each check as it ends
}

// tester runs checks.
type tester struct {
	*Template

	options Options
	result  Result
	path    *scaffolds.Path
	rows    []Row
	trees   []*scaffolds.Tree // of the rows; nil where rendering failed
	stopped func() bool       // by the person, which is no failure of the path
}

// Test tests the path of a folder. That a check fails is a result; the error is
// for trouble in testing.
func Test(ctx context.Context, dir string, o Options) (Result, error) {
	template, problems, err := Open(ctx, dir)
	if err != nil {
		return Result{}, err
	}
	t := &tester{Template: template, options: o, stopped: func() bool { return ctx.Err() != nil }}
	if template != nil {
		problems = template.Lint()
		t.result.Path, t.result.Version = template.Name(), template.Version()
	}
	t.check("files", "path.yaml, schema, templates, tokens and packs", func() []string {
		out := make([]string, len(problems))
		for i, p := range problems {
			out[i] = p.String()
		}
		return out
	})
	if template == nil {
		return t.result, nil
	}
	t.golden(ctx)
	if !t.open(ctx) {
		return t.result, interrupted(ctx)
	}
	t.check("services", "a name may be as long as the schema says", func() []string { return t.refusesLongest(t.path) })
	t.services()
	t.packsComeAndGo()
	t.build(ctx)
	t.validate(ctx)
	return t.result, interrupted(ctx)
}

func interrupted(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("test the golden path: %w", err)
	}
	return nil
}

// check runs one check, which returns what is wrong.
func (t *tester) check(group, name string, run func() []string) bool {
	start := time.Now()
	details := run()
	if t.stopped() {
		return false
	}
	c := Check{Group: group, Name: name, Status: Pass, Details: details}
	if len(details) > 0 {
		c.Status = Fail
	}
	c.Seconds = time.Since(start).Round(time.Millisecond).Seconds()
	t.add(c)
	return c.Status == Pass
}

// skip records what could not be checked, and why.
func (t *tester) skip(group, name, reason string) {
	t.add(Check{Group: group, Name: name, Status: NotChecked, Reason: reason})
}

func (t *tester) add(c Check) {
	t.result.Checks = append(t.result.Checks, c)
	if t.options.See != nil {
		t.options.See(c)
	}
}

// open packs the path and finds the services to try it with.
func (t *tester) open(ctx context.Context) bool {
	toolchain := !t.options.Quick && t.isGo() && hasTool("go")
	name := "the path can be packed"
	if toolchain {
		name += ", and go mod tidy says what its parts require"
	}
	return t.check("services", name, func() []string {
		var err error
		if t.path, err = t.Path(ctx, toolchain); err == nil {
			t.rows, err = t.Rows(t.path)
		}
		t.result.Rows = len(t.rows)
		return messages(err)
	})
}

// messages explains an error, with the answers that a fault names.
func messages(err error) []string {
	if err == nil {
		return nil
	}
	out := []string{strings.TrimSpace(err.Error())}
	if f := fault.From(err); f != nil {
		for _, field := range f.Fields {
			out = append(out, field.Name+": "+field.Message)
		}
	}
	return out
}

func (t *tester) isGo() bool { return t.manifest.Language.Value == "go" }
