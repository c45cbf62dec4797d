package cli

import (
	"fmt"
	"time"

	"github.com/goldenpath/platform/portal/api/types"
)

// keepLines is how many log lines of a step are shown when it fails.
const keepLines = 20

// Progress shows the steps of a run on Err while it goes on: one line for each,
// rewritten in place where Err is a terminal.
type Progress struct {
	env     *Env
	titles  map[string]string
	started map[string]time.Time
	logs    map[string][]string
	open    bool // a line without its end is on the terminal
	verbose bool
}

// NewProgress returns a progress of run. A verbose one shows every log line.
func NewProgress(env *Env, run types.Run, verbose bool) *Progress {
	p := &Progress{env: env, titles: map[string]string{}, started: map[string]time.Time{}, logs: map[string][]string{}, verbose: verbose}
	for _, step := range run.Steps {
		p.titles[step.Name] = step.Title
	}
	return p
}

// See shows one event.
func (p *Progress) See(event types.RunEvent) error {
	switch event.Type {
	case types.RunEventTypeLog:
		p.log(event)
	case types.RunEventTypeStep:
		p.step(event)
	case types.RunEventTypeRun, types.RunEventTypeEnd:
	}
	return nil
}

func (p *Progress) log(event types.RunEvent) {
	if p.verbose {
		p.line("  " + p.env.Dim(event.Time.Local().Format("15:04:05")) + " " + indent(event.Text, "           "))
		return
	}
	lines := p.logs[event.Step]
	p.logs[event.Step] = append(lines[max(0, len(lines)+1-keepLines):], event.Text)
}

func (p *Progress) step(event types.RunEvent) {
	title := first(p.titles[event.Step], event.Step)
	switch types.StepState(event.State) {
	case types.StepRunning:
		p.started[event.Step] = event.Time
		delete(p.logs, event.Step)
		p.begin("  · " + Plain(title) + " …")
	case types.StepDone:
		p.line("  " + p.env.Green("✓") + " " + Plain(title) + p.env.Dim(p.took(event)))
	case types.StepSkipped:
		p.line("  - " + Plain(title) + p.env.Dim(" (skipped)"))
	case types.StepFailed:
		p.line("  " + p.env.Red("✗") + " " + Plain(title) + p.env.Dim(p.took(event)))
		for _, text := range p.logs[event.Step] {
			p.line("      " + p.env.Dim(indent(text, "      ")))
		}
	case types.StepPending:
	}
}

// took says how long a step ran, when that is long enough to matter.
func (p *Progress) took(event types.RunEvent) string {
	began, ok := p.started[event.Step]
	if d := event.Time.Sub(began); ok && d >= 100*time.Millisecond {
		return fmt.Sprintf("  %.1f s", d.Seconds())
	}
	return ""
}

// begin shows what is going on, on a line that the next one replaces. Where
// lines cannot be replaced it would only be noise.
func (p *Progress) begin(text string) {
	if !p.env.ErrTerminal || p.verbose {
		return
	}
	p.clear()
	p.env.say(text)
	p.open = true
}

func (p *Progress) line(text string) {
	p.clear()
	p.env.say(text + "\n")
}

func (p *Progress) clear() {
	if p.open {
		fmt.Fprint(p.env.Err, "\r\x1b[K")
		p.open = false
	}
}

// Close ends a line that is still open.
func (p *Progress) Close() { p.clear() }
