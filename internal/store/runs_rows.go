package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/store/ent"
	"github.com/goldenpath/platform/pipelines"
)

func fromRun(row *ent.Run) (pipelines.Run, error) {
	failure, err := decodeFault(row.Failure)
	if err != nil {
		return pipelines.Run{}, fmt.Errorf("read failure of run %s: %w", row.ID, err)
	}
	return pipelines.Run{
		ID: row.ID, Kind: row.Kind, Subject: row.Subject, Title: row.Title, Actor: row.Actor,
		State: pipelines.State(row.State), Attempt: row.Attempt,
		Input: row.Input, Output: row.Output, Failure: failure,
		CreatedAt: row.CreatedAt.UTC(), StartedAt: orZero(row.StartedAt), FinishedAt: orZero(row.FinishedAt),
		QueuedAt: row.QueuedAt.UTC(), WakeAt: orZero(row.WakeAt), Lock: row.LockKey,
		Lease:           pipelines.Lease{Token: row.LeaseToken, Until: orZero(row.LeaseUntil)},
		CancelRequested: row.CancelRequested, Stalls: row.Stalls, UndoneBy: row.UndoneBy,
	}, nil
}

func fromRunStep(row *ent.RunStep) (pipelines.Step, error) {
	failure, err := decodeFault(row.Failure)
	if err != nil {
		return pipelines.Step{}, fmt.Errorf("read failure of step %s of run %s: %w", row.Name, row.RunID, err)
	}
	return pipelines.Step{
		Name: row.Name, Title: row.Title, State: pipelines.StepState(row.State),
		StartedAt: orZero(row.StartedAt), FinishedAt: orZero(row.FinishedAt),
		Failure: failure, Result: row.Result, Note: row.Note,
	}, nil
}

func fromRunEvent(row *ent.RunEvent) pipelines.Event {
	return pipelines.Event{
		Seq: row.Seq, Type: pipelines.EventType(row.Type), Time: row.Time.UTC(),
		Step: row.Step, State: row.State, Level: pipelines.Level(row.Level), Text: row.Text,
	}
}

// storedFault is the form in which a fault is kept. Its cause is for logs and
// stays out.
type storedFault struct {
	Code    fault.Code    `json:"code"`
	Message string        `json:"message"`
	Hint    string        `json:"hint,omitempty"`
	Fields  []fault.Field `json:"fields,omitempty"`
}

func encodeFault(f *fault.Error) ([]byte, error) {
	if f == nil {
		return nil, nil
	}
	data, err := json.Marshal(storedFault{Code: f.Code, Message: f.Message, Hint: f.Hint, Fields: f.Fields})
	if err != nil {
		return nil, fmt.Errorf("write fault: %w", err)
	}
	return data, nil
}

func decodeFault(data []byte) (*fault.Error, error) {
	if len(data) == 0 {
		return nil, nil
	}
	var s storedFault
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, err
	}
	return &fault.Error{Code: s.Code, Message: s.Message, Hint: s.Hint, Fields: s.Fields}, nil
}

// heldLock is the lock of a run that has not ended. A null is held by nobody.
func heldLock(r pipelines.Run) *string {
	if r.Lock == "" || r.State.Ended() {
		return nil
	}
	return &r.Lock
}

// lockTaken makes a conflict of a violated lock.
func lockTaken(r pipelines.Run, err error) error {
	if !ent.IsConstraintError(err) || heldLock(r) == nil {
		return err
	}
	return fault.New(fault.Conflict, "Another run is at work on %s already.", r.Subject).
		WithHint("See it: platform runs list --subject %s", r.Subject).WithCause(err)
}

// nillable is nil for the zero time, which databases keep as null.
func nillable(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// setOrClear writes a time, or null for the zero time.
func setOrClear(t time.Time, set func(time.Time), clear func()) {
	if t.IsZero() {
		clear()
		return
	}
	set(t.UTC())
}
