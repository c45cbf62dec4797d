package store

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/store/ent"
	"github.com/goldenpath/platform/internal/store/ent/predicate"
	"github.com/goldenpath/platform/internal/store/ent/run"
	"github.com/goldenpath/platform/internal/store/ent/runstep"
	"github.com/goldenpath/platform/pipelines"
)

// Runs keeps runs of pipelines.
type Runs struct{ *Store }

// Runs returns the store of runs.
func (s *Store) Runs() *Runs { return &Runs{s} }

var _ pipelines.Store = (*Runs)(nil)

// Insert adds a run with its steps.
func (s *Runs) Insert(ctx context.Context, r pipelines.Run) error {
	failure, err := encodeFault(r.Failure)
	if err != nil {
		return err
	}
	err = s.client(ctx).Run.Create().
		SetID(r.ID).SetKind(r.Kind).SetSubject(r.Subject).SetTitle(r.Title).SetActor(r.Actor).
		SetState(string(r.State)).SetAttempt(r.Attempt).
		SetInput(r.Input).SetOutput(r.Output).SetFailure(failure).
		SetCreatedAt(r.CreatedAt).SetNillableStartedAt(nillable(r.StartedAt)).SetNillableFinishedAt(nillable(r.FinishedAt)).
		SetQueuedAt(r.QueuedAt).SetNillableWakeAt(nillable(r.WakeAt)).
		SetLockKey(r.Lock).SetNillableHeldLock(heldLock(r)).
		SetLeaseToken(r.Lease.Token).SetNillableLeaseUntil(nillable(r.Lease.Until)).
		SetCancelRequested(r.CancelRequested).SetStalls(r.Stalls).SetUndoneBy(r.UndoneBy).
		SetLastEvent(0).SetLogBytes(0).
		Exec(ctx)
	if err != nil {
		return lockTaken(r, fmt.Errorf("insert run %s: %w", r.ID, err))
	}
	return s.saveSteps(ctx, r)
}

// Save writes a run and its steps.
func (s *Runs) Save(ctx context.Context, r pipelines.Run) error {
	failure, err := encodeFault(r.Failure)
	if err != nil {
		return err
	}
	update := s.client(ctx).Run.UpdateOneID(r.ID).
		SetState(string(r.State)).SetAttempt(r.Attempt).SetOutput(r.Output).SetFailure(failure).
		SetQueuedAt(r.QueuedAt).
		SetLeaseToken(r.Lease.Token).SetCancelRequested(r.CancelRequested).SetStalls(r.Stalls).SetUndoneBy(r.UndoneBy)
	m := update.Mutation()
	setOrClear(r.StartedAt, m.SetStartedAt, m.ClearStartedAt)
	setOrClear(r.FinishedAt, m.SetFinishedAt, m.ClearFinishedAt)
	setOrClear(r.WakeAt, m.SetWakeAt, m.ClearWakeAt)
	setOrClear(r.Lease.Until, m.SetLeaseUntil, m.ClearLeaseUntil)
	if lock := heldLock(r); lock != nil {
		m.SetHeldLock(*lock)
	} else {
		m.ClearHeldLock()
	}
	if err := update.Exec(ctx); ent.IsNotFound(err) {
		return noRun(r.ID)
	} else if err != nil {
		return lockTaken(r, fmt.Errorf("update run %s: %w", r.ID, err))
	}
	return s.saveSteps(ctx, r)
}

// saveSteps writes all steps with one statement.
func (s *Runs) saveSteps(ctx context.Context, r pipelines.Run) error {
	if len(r.Steps) == 0 {
		return nil
	}
	client := s.client(ctx)
	rows := make([]*ent.RunStepCreate, len(r.Steps))
	for i, step := range r.Steps {
		failure, err := encodeFault(step.Failure)
		if err != nil {
			return err
		}
		rows[i] = client.RunStep.Create().
			SetRunID(r.ID).SetPosition(i).SetName(step.Name).SetTitle(step.Title).SetState(string(step.State)).
			SetNillableStartedAt(nillable(step.StartedAt)).SetNillableFinishedAt(nillable(step.FinishedAt)).
			SetFailure(failure).SetResult(step.Result).SetNote(step.Note)
	}
	err := client.RunStep.CreateBulk(rows...).
		OnConflictColumns(runstep.FieldRunID, runstep.FieldPosition).
		Update(func(u *ent.RunStepUpsert) {
			u.UpdateState().UpdateStartedAt().UpdateFinishedAt().UpdateFailure().UpdateResult().UpdateNote()
		}).Exec(ctx)
	if err != nil {
		return fmt.Errorf("save steps of run %s: %w", r.ID, err)
	}
	return nil
}

// Get returns a run with its steps.
func (s *Runs) Get(ctx context.Context, id string) (pipelines.Run, error) {
	return s.one(ctx, id, s.client(ctx).Run.Query())
}

// Lock returns a run with its steps; nobody else changes it until the
// transaction ends. SQLite has one writer, so there the transaction is enough.
func (s *Runs) Lock(ctx context.Context, id string) (pipelines.Run, error) {
	query := s.client(ctx).Run.Query()
	if s.db.Dialect() == database.Postgres {
		query = query.ForUpdate()
	}
	return s.one(ctx, id, query)
}

func (s *Runs) one(ctx context.Context, id string, query *ent.RunQuery) (pipelines.Run, error) {
	row, err := query.Where(run.ID(id)).Only(ctx)
	if ent.IsNotFound(err) {
		return pipelines.Run{}, noRun(id)
	}
	if err != nil {
		return pipelines.Run{}, fmt.Errorf("select run %s: %w", id, err)
	}
	found, err := s.withSteps(ctx, []*ent.Run{row})
	if err != nil {
		return pipelines.Run{}, err
	}
	return found[0], nil
}

func noRun(id string) error {
	return fault.New(fault.NotFound, "There is no run %q.", id).WithHint("See which there are: platform runs list")
}

// List returns one page of runs, newest first.
func (s *Runs) List(ctx context.Context, q pipelines.RunQuery) (pipelines.RunPage, error) {
	rows, err := s.client(ctx).Run.Query().Where(selected(q)...).
		Order(run.ByID(sql.OrderDesc())).Limit(q.Limit + 1).All(ctx)
	if err != nil {
		return pipelines.RunPage{}, fmt.Errorf("select runs: %w", err)
	}
	var page pipelines.RunPage
	if len(rows) > q.Limit {
		rows = rows[:q.Limit]
		page.Next = rows[q.Limit-1].ID
	}
	page.Items, err = s.withSteps(ctx, rows)
	return page, err
}

func selected(q pipelines.RunQuery) []predicate.Run {
	var where []predicate.Run
	if len(q.Kinds) > 0 {
		where = append(where, run.KindIn(q.Kinds...))
	}
	if q.Subject != "" {
		where = append(where, run.Subject(q.Subject))
	}
	if len(q.States) > 0 {
		states := make([]string, len(q.States))
		for i, state := range q.States {
			states[i] = string(state)
		}
		where = append(where, run.StateIn(states...))
	}
	if q.Cursor != "" {
		where = append(where, run.IDLT(q.Cursor))
	}
	return where
}

// withSteps reads the steps of all rows at once.
func (s *Runs) withSteps(ctx context.Context, rows []*ent.Run) ([]pipelines.Run, error) {
	runs := make([]pipelines.Run, len(rows))
	place := make(map[string]int, len(rows))
	ids := make([]string, len(rows))
	for i, row := range rows {
		var err error
		if runs[i], err = fromRun(row); err != nil {
			return nil, err
		}
		place[row.ID], ids[i] = i, row.ID
	}
	if len(rows) == 0 {
		return runs, nil
	}
	steps, err := s.client(ctx).RunStep.Query().Where(runstep.RunIDIn(ids...)).
		Order(runstep.ByRunID(), runstep.ByPosition()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("select steps of %d runs: %w", len(ids), err)
	}
	for _, row := range steps {
		step, err := fromRunStep(row)
		if err != nil {
			return nil, err
		}
		i := place[row.RunID]
		runs[i].Steps = append(runs[i].Steps, step)
	}
	return runs, nil
}

// Holder returns the id of the run that holds a lock.
func (s *Runs) Holder(ctx context.Context, lock string) (string, error) {
	id, err := s.client(ctx).Run.Query().Where(run.HeldLock(lock)).OnlyID(ctx)
	if ent.IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("select run that holds %s: %w", lock, err)
	}
	return id, nil
}
