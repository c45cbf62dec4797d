package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/types"
)

const (
	branch     = "main"
	production = "production"
	next       = "next: "
	// fewMismatches is how much is said about what is wrong with one answer.
	fewMismatches = 2
)

// walk goes the whole way.
func (j *journey) walk(ctx context.Context) error {
	for _, leg := range []func(context.Context) error{j.makeServices, j.agree, j.goLive, j.breakPromise, j.repair} {
		if err := leg(ctx); err != nil {
			return err
		}
	}
	return nil
}

// makeServices makes the provider and the consumer, and runs their tests.
func (j *journey) makeServices(ctx context.Context) error {
	j.screen.chapter("Two services. The second one calls the first.")
	for _, s := range []*service{&j.provider, &j.consumer} {
		words := []string{"new", "service", s.Name, "--owner", s.Owner, "--system", system}
		title, tests := "Make "+s.Name+": repository, catalog entry, clone", "Build and test "+s.Name
		if s == &j.consumer {
			words = append(words, "--consumes", j.provider.Name)
			title += ", and a client of " + j.provider.Name
			tests += "; this writes " + j.pactFile()
		}
		if j.opts.portal { // there, other groups and systems may be written down
			words = append(words, "--create-owner", "--create-system")
		}
		if err := j.command(ctx, "", title, s, words...); err != nil {
			return err
		}
		s.Folder = filepath.Join(j.folder, s.Name)
		if err := j.program(ctx, s, tests, "make", "test"); err != nil {
			return err
		}
	}
	if _, err := os.Stat(filepath.Join(j.consumer.Folder, j.pactFile())); err != nil {
		return fault.New(fault.Failed, "The tests of %s passed and wrote no pact.", j.consumer.Name).
			WithHint("Look at its tests: platform demo --keep").WithCause(err)
	}
	return nil
}

// pactFile is where the consumer's tests write the contract.
func (j *journey) pactFile() string {
	return "pacts/" + j.consumer.Name + "-" + j.provider.Name + ".json"
}

// agree publishes the contract, and asks the provider everything it says.
func (j *journey) agree(ctx context.Context) error {
	j.screen.chapter("Their contract, checked.")
	err := j.command(ctx, j.consumer.Name, "Publish what "+j.consumer.Name+" needs", nil,
		"contracts", "publish", "pacts", "--service", j.consumer.Name, "--version", j.consumer.Commit, "--branch", branch)
	if err != nil {
		return err
	}
	if err := j.startProvider(ctx); err != nil {
		return err
	}
	return j.verify(ctx, types.VerdictYes)
}

// goLive brings both to production, through the gate.
func (j *journey) goLive(ctx context.Context) error {
	j.screen.chapter("To production, through the gate.")
	if err := j.deploy(ctx, &j.provider); err != nil {
		return err
	}
	if err := j.ask(ctx, &j.consumer, types.VerdictYes); err != nil {
		return err
	}
	return j.deploy(ctx, &j.consumer)
}

// breakPromise takes a field out of the provider's answers.
func (j *journey) breakPromise(ctx context.Context) error {
	j.screen.chapter("A change that breaks the contract.")
	err := j.commit(ctx, fmt.Sprintf("Answer without %s", field), func() error { return apply(j.provider.Folder, loseField()) })
	if err != nil {
		return err
	}
	if err := j.startProvider(ctx); err != nil {
		return err
	}
	if err := j.verify(ctx, types.VerdictNo); err != nil {
		return err
	}
	return j.ask(ctx, &j.provider, types.VerdictNo)
}

// repair takes the change back. Nobody has verified the result, and what nobody
// knows is not a yes.
func (j *journey) repair(ctx context.Context) error {
	j.screen.chapter("A version that nobody has verified.")
	j.screen.typed(j.provider.Name, "git", "revert", "--no-edit", "HEAD")
	err := j.screen.do(ctx, "Take the change back", func(ctx context.Context) error {
		_, err := git(ctx, j.screen, j.provider.Folder, "revert", "--no-edit", "HEAD")
		if err != nil {
			return err
		}
		return j.readCommit(ctx)
	})
	if err != nil {
		return err
	}
	return j.ask(ctx, &j.provider, types.VerdictUnknown)
}

// startProvider builds the provider as its folder is, and starts it.
func (j *journey) startProvider(ctx context.Context) error {
	j.running.Stop()
	j.running = nil
	name := j.provider.Name
	j.screen.typed(name, "make", "build && PACT_STATES=true HTTP_ADDR=127.0.0.1:0 ADMIN_ADDR=127.0.0.1:0 bin/"+name)
	return j.screen.do(ctx, "Build and start "+name+" "+short(j.provider.Commit), func(ctx context.Context) (err error) {
		if err := runProgram(ctx, j.screen, j.provider.Folder, "make", "build"); err != nil {
			return err
		}
		j.running, err = start(ctx, j.provider.Folder, name)
		return err
	})
}

// verify asks the running provider everything its consumers' contracts say.
func (j *journey) verify(ctx context.Context, want types.Verdict) error {
	var report struct {
		Verdict types.Verdict `json:"verdict"`
		Pacts   []struct {
			Interactions []types.InteractionResult `json:"interactions"`
		} `json:"pacts"`
	}
	err := j.command(ctx, j.provider.Name, "Ask "+j.provider.Name+" everything the contract says", &report, "contracts", "verify",
		"--provider", j.provider.Name, "--provider-url", j.running.URL, "--version", j.provider.Commit, "--branch", branch)
	if err != nil {
		return err
	}
	for _, p := range report.Pacts {
		for _, i := range p.Interactions {
			j.screen.say(outcome(i.Status), string(i.Status)+"  "+i.Description, few(i.Mismatches)...)
		}
	}
	if report.Verdict != want {
		return unexpected("The verification of "+j.provider.Name, report.Verdict, want)
	}
	return nil
}

// few is what a person reads of a long list.
func few(mismatches []string) []string {
	if len(mismatches) <= fewMismatches+1 {
		return mismatches
	}
	return append(slices.Clone(mismatches[:fewMismatches]), fmt.Sprintf("and %d more", len(mismatches)-fewMismatches))
}

// outcome is the verdict that an interaction's result amounts to.
func outcome(s types.InteractionResultStatus) types.Verdict {
	switch s {
	case types.InteractionPassed:
		return types.VerdictYes
	case types.InteractionFailed:
		return types.VerdictNo
	case types.InteractionUnknown:
	}
	return types.VerdictUnknown
}

// deploy records that a service is in production. A real pipeline would put it there first.
func (j *journey) deploy(ctx context.Context, s *service) error {
	return j.command(ctx, s.Name, "Record that "+s.Name+" runs in "+production, nil,
		"contracts", "record-deployment", "--service", s.Name, "--version", s.Commit, "--environment", production)
}

// ask asks the gate, and shows what it says.
func (j *journey) ask(ctx context.Context, s *service, want types.Verdict) error {
	var gate types.Gate
	err := j.command(ctx, s.Name, "May "+s.Name+" "+short(s.Commit)+" go to "+production+"?", &gate,
		"contracts", "can-i-deploy", "--service", s.Name, "--version", s.Commit, "--environment", production)
	if err != nil {
		return err
	}
	a := answer{Service: s.Name, Version: s.Commit, Environment: production, Verdict: string(gate.Verdict), Summary: gate.Summary}
	var details []string
	for _, r := range gate.Reasons {
		details = append(details, r.Text)
		for _, i := range r.Interactions {
			details = append(details, "failed: "+i)
			a.Interactions = append(a.Interactions, i)
		}
		if r.Next != "" {
			details = append(details, next+r.Next)
		}
	}
	j.screen.say(gate.Verdict, string(gate.Verdict)+": "+gate.Summary, details...)
	j.result.Answers = append(j.result.Answers, a)
	if gate.Verdict != want {
		return unexpected("The gate, asked about "+s.Name, gate.Verdict, want)
	}
	if want == types.VerdictNo && len(a.Interactions) == 0 {
		return fault.New(fault.Internal, "The gate said no and named no interaction.").WithHint("Report it with what `platform version` says.")
	}
	return nil
}

func unexpected(who string, got, want types.Verdict) error {
	return fault.New(fault.Failed, "%s said %s, and this journey leads to %s.", who, got, want).
		WithHint("Look around: platform demo --keep --verbose")
}

// command types a command of the platform in the folder of a service.
func (j *journey) command(ctx context.Context, folder, title string, result any, words ...string) error {
	j.screen.typed(folder, "platform", j.spoken(words))
	return j.screen.do(ctx, title, func(ctx context.Context) error {
		if result == nil {
			result = &struct{}{}
		}
		return j.withoutRuns(j.platform.run(ctx, filepath.Join(j.folder, folder), result, words...))
	})
}

// withoutRuns takes out of a hint how to go on with a run that nobody will find:
// data of the demo's own ends with it.
func (j *journey) withoutRuns(err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || j.opts.portal || j.opts.keep {
		return err
	}
	var kept []string
	for line := range strings.Lines(f.Hint) {
		if !strings.Contains(line, "platform runs ") {
			kept = append(kept, line)
		}
	}
	return f.WithHint("%s", strings.Join(kept, ""))
}

// spoken is a command as people type it: a version is the commit that is checked out.
func (j *journey) spoken(words []string) string {
	line := strings.Join(words, " ")
	for _, s := range []service{j.provider, j.consumer} {
		if s.Commit != "" {
			line = strings.ReplaceAll(line, s.Commit, `"$(git rev-parse HEAD)"`)
		}
	}
	return line
}

// program runs a program in the folder of a service.
func (j *journey) program(ctx context.Context, s *service, title string, words ...string) error {
	j.screen.typed(s.Name, words...)
	return j.screen.do(ctx, title, func(ctx context.Context) error {
		return runProgram(ctx, j.screen, s.Folder, words...)
	})
}

// commit changes the provider's code and commits it.
func (j *journey) commit(ctx context.Context, message string, change func() error) error {
	j.screen.typed(j.provider.Name, "git", "commit", "-am", `"`+message+`"`)
	return j.screen.do(ctx, "Take "+field+" out of what "+j.provider.Name+" answers", func(ctx context.Context) error {
		if err := change(); err != nil {
			return err
		}
		if _, err := git(ctx, j.screen, j.provider.Folder, "commit", "--quiet", "--all", "--message", message); err != nil {
			return err
		}
		return j.readCommit(ctx)
	})
}

func (j *journey) readCommit(ctx context.Context) (err error) {
	j.provider.Commit, err = git(ctx, j.screen, j.provider.Folder, "rev-parse", "HEAD")
	return err
}

// say shows an answer below its step, and what it rests on.
func (s *screen) say(verdict types.Verdict, text string, details ...string) {
	paint := map[types.Verdict]func(string) string{types.VerdictYes: s.env.Green, types.VerdictNo: s.env.Red, types.VerdictUnknown: s.env.Yellow}[verdict]
	s.env.Talk("      %s", paint(cli.Plain(shorten(text))))
	for _, d := range details {
		if !strings.HasPrefix(d, next) { // what is typed needs the whole version
			d = shorten(d)
		}
		s.env.Talk("        %s", cli.Plain(d))
	}
}
