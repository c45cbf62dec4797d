package pipelines

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/goldenpath/platform/internal/fault"
)

// KindUndo is the kind of runs that take another run back.
const KindUndo = "undo"

// undoInput names the run to take back.
type undoInput struct {
	Run string `json:"run"`
}

// undoCheck is the first step of an undo: it refuses before anything is gone.
const undoCheck = "check"

// Undo starts a run that takes back what a run made, last step first. It is a
// run like any other: it survives a crash, and can be retried.
func (r *Runner) Undo(ctx context.Context, id string) (Run, error) {
	var undo Run
	var before Run
	_, err := r.change(ctx, id, func(ctx context.Context, run *Run) ([]Event, error) {
		before = *run
		if run.UndoneBy != "" {
			earlier, err := r.store.Get(ctx, run.UndoneBy)
			undo = earlier
			return nil, err
		}
		if err := r.mayUndo(*run); err != nil {
			return nil, err
		}
		input, err := json.Marshal(undoInput{Run: id})
		if err != nil {
			return nil, fmt.Errorf("write input of undo: %w", err)
		}
		brief := Brief{Subject: run.Subject, Title: "Take back: " + run.Title, Lock: run.Lock}
		if undo, err = r.newRun(ctx, KindUndo, brief, input); err != nil {
			return nil, err
		}
		for _, s := range r.undoSteps(*run) {
			undo.Steps = append(undo.Steps, Step{Name: s.Name, Title: s.Title, State: StepPending})
		}
		run.UndoneBy = undo.ID
		return nil, r.insert(ctx, undo)
	})
	if err != nil {
		return Run{}, r.busy(ctx, before, err)
	}
	r.hub.notify(undo.ID)
	return undo, nil
}

func (r *Runner) mayUndo(run Run) error {
	switch {
	case run.Kind == KindUndo:
		return fault.New(fault.Invalid, "Run %s takes another run back; it cannot be taken back itself.", run.ID)
	case !run.State.Ended():
		return fault.New(fault.Conflict, "Run %s is %s; it can be taken back once it has stopped.", run.ID, run.State).
			WithHint("Stop it first: platform runs cancel %s", run.ID)
	}
	for _, s := range r.pipelines[run.Kind].Steps {
		if s.Undo != nil {
			return nil
		}
	}
	return fault.New(fault.Invalid, "Run %s makes nothing that could be taken back.", run.ID)
}

// program returns the steps of a run, and for an undo the run it takes back.
func (r *Runner) program(ctx context.Context, run Run) ([]StepSpec, Run, error) {
	if run.Kind != KindUndo {
		p, ok := r.pipelines[run.Kind]
		if !ok {
			return nil, Run{}, fmt.Errorf("run %s is of the kind %q, which this program does not know", run.ID, run.Kind)
		}
		return p.Steps, Run{}, nil
	}
	var in undoInput
	if err := json.Unmarshal(run.Input, &in); err != nil {
		return nil, Run{}, fmt.Errorf("read input of run %s: %w", run.ID, err)
	}
	subject, err := r.store.Get(ctx, in.Run)
	if err != nil {
		return nil, Run{}, err
	}
	return r.undoSteps(subject), subject, nil
}

// undoSteps lists how to take a run back: a check, then the steps that began,
// last one first. A step that failed may have left something too.
func (r *Runner) undoSteps(run Run) []StepSpec {
	var begun []StepSpec
	for _, spec := range r.pipelines[run.Kind].Steps {
		s := run.Step(spec.Name)
		if s == nil || spec.Undo == nil || s.StartedAt.IsZero() || s.State == StepSkipped {
			continue
		}
		begun = append(begun, spec)
	}
	slices.Reverse(begun)
	steps := []StepSpec{{
		Name: undoCheck, Title: "Check that nothing of value would be lost",
		Do: func(ctx context.Context, w *Work) (Outcome, error) { return Outcome{}, mayUndoAll(ctx, w, begun) },
	}}
	for _, spec := range begun {
		steps = append(steps, StepSpec{
			Name: "undo-" + spec.Name, Title: "Take back: " + spec.Title, Deadline: spec.Deadline,
			Do: func(ctx context.Context, w *Work) (Outcome, error) { return Outcome{}, spec.Undo(ctx, w) },
		})
	}
	return steps
}

func mayUndoAll(ctx context.Context, w *Work, steps []StepSpec) error {
	for _, spec := range steps {
		if spec.MayUndo == nil {
			continue
		}
		if err := spec.MayUndo(ctx, w); err != nil {
			return err
		}
	}
	return nil
}
