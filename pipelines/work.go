package pipelines

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

// Work is what a step sees of its run.
type Work struct {
	Log *Log

	run   Run // the run whose input and checkpoints are read
	step  string
	note  func(ctx context.Context, note json.RawMessage) error
	files Files
}

// RunID returns the id of the run.
func (w *Work) RunID() string { return w.run.ID }

// Actor returns who asked for the run.
func (w *Work) Actor() string { return w.run.Actor }

// CreatedAt returns when the run was asked for. Effects that carry a time use
// this one, so that doing them again gives the same.
func (w *Work) CreatedAt() time.Time { return w.run.CreatedAt }

// Key returns what marks the effects of this step outside: the same each time
// the step runs, and different for every other step and run.
func (w *Work) Key(step string) string { return w.run.ID + "/" + step }

// Input reads the run's input into v.
func (w *Work) Input(v any) error {
	if err := json.Unmarshal(w.run.Input, v); err != nil {
		return fmt.Errorf("read input of run %s: %w", w.run.ID, err)
	}
	return nil
}

// Result reads the checkpoint of a step into v, and reports whether there is one.
func (w *Work) Result(step string, v any) (bool, error) {
	s := w.run.Step(step)
	if s == nil || s.State != StepDone || len(s.Result) == 0 {
		return false, nil
	}
	if err := json.Unmarshal(s.Result, v); err != nil {
		return false, fmt.Errorf("read checkpoint of step %s of run %s: %w", step, w.run.ID, err)
	}
	return true, nil
}

// Need is Result for a checkpoint that must be there.
func (w *Work) Need(step string, v any) error {
	ok, err := w.Result(step, v)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("step %s of run %s has no checkpoint", step, w.run.ID)
	}
	return nil
}

// Note stores v before an effect outside, so that whoever takes the step up
// after a crash knows that the effect may be there.
func (w *Work) Note(ctx context.Context, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write note of step %s: %w", w.step, err)
	}
	if w.note == nil {
		return fmt.Errorf("step %s of run %s writes a note while it is taken back", w.step, w.run.ID)
	}
	return w.note(ctx, data)
}

// Noted reads the note of a step into v, and reports whether there is one.
func (w *Work) Noted(step string, v any) (bool, error) {
	s := w.run.Step(step)
	if s == nil || len(s.Note) == 0 {
		return false, nil
	}
	if err := json.Unmarshal(s.Note, v); err != nil {
		return false, fmt.Errorf("read note of step %s of run %s: %w", step, w.run.ID, err)
	}
	return true, nil
}

// File returns a file that an earlier step left.
func (w *Work) File(ctx context.Context, name string) ([]byte, error) {
	data, err := w.files.File(ctx, w.run.ID, name)
	if fault.Is(err, fault.NotFound) {
		return nil, fmt.Errorf("run %s has no file %s: %w", w.run.ID, name, err)
	}
	return data, err
}
