package demo

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"time"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/portal/api/types"
)

// screen shows how far the demo is, on Err: what a person would type, and a
// line for each step. What a step prints is shown when it fails.
type screen struct {
	env      *cli.Env
	progress *cli.Progress

	mu   sync.Mutex
	step string
	rest []byte // of a line that has not ended
}

func newScreen(env *cli.Env, verbose bool) *screen {
	return &screen{env: env, progress: cli.NewProgress(env, types.Run{}, verbose)}
}

// chapter begins a part of the journey.
func (s *screen) chapter(title string) {
	s.env.Talk("")
	s.env.Talk("%s", s.env.Bold(title))
}

// typed shows a command as it would be typed in a folder.
func (s *screen) typed(folder string, words ...string) {
	prompt := "$ "
	if folder != "" {
		prompt = folder + " $ "
	}
	s.env.Talk("  %s", s.env.Dim(prompt+cli.Plain(strings.Join(words, " "))))
}

// do is one step: a line that says what goes on, and then how it went.
func (s *screen) do(ctx context.Context, title string, step func(ctx context.Context) error) error {
	s.mu.Lock()
	s.step = title
	s.mu.Unlock()
	s.see(types.RunEventTypeStep, types.StepRunning, "")
	err := step(ctx)
	s.flush()
	state := types.StepDone
	if err != nil {
		state = types.StepFailed
	}
	s.see(types.RunEventTypeStep, state, "")
	return err
}

// Write takes what a step prints.
func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rest = append(s.rest, p...)
	for {
		line, rest, ended := bytes.Cut(s.rest, []byte("\n"))
		if !ended {
			return len(p), nil
		}
		s.rest = rest
		s.log(string(line))
	}
}

// flush takes a last line that nobody ended.
func (s *screen) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rest) > 0 {
		s.log(string(s.rest))
		s.rest = nil
	}
}

func (s *screen) log(line string) {
	_ = s.progress.See(types.RunEvent{Type: types.RunEventTypeLog, Step: s.step, Text: line, Time: time.Now()})
}

func (s *screen) see(kind types.RunEventType, state types.StepState, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.progress.See(types.RunEvent{Type: kind, Step: s.step, State: string(state), Text: text, Time: time.Now()})
}
