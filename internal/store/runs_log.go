package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/store/ent"
	"github.com/goldenpath/platform/internal/store/ent/run"
	"github.com/goldenpath/platform/internal/store/ent/runevent"
	"github.com/goldenpath/platform/internal/store/ent/runfile"
	"github.com/goldenpath/platform/pipelines"
)

// Due returns runs that somebody should take up again, oldest first.
func (s *Runs) Due(ctx context.Context, now, lost time.Time, limit int) ([]string, error) {
	ids, err := s.client(ctx).Run.Query().Where(run.Or(
		run.And(run.State(string(pipelines.Running)), run.LeaseUntilLTE(now.UTC())),
		run.And(run.State(string(pipelines.Waiting)), run.WakeAtLTE(now.UTC())),
		run.And(run.State(string(pipelines.Queued)), run.QueuedAtLT(lost.UTC())),
	)).Order(run.ByID()).Limit(limit).IDs(ctx)
	if err != nil {
		return nil, fmt.Errorf("select runs nobody works on: %w", err)
	}
	return ids, nil
}

// eventBatch is how many events one statement inserts.
const eventBatch = 500

// Append numbers events and adds them to a run. The row of the run is locked
// first, so the order of the numbers is the order of commits.
func (s *Runs) Append(ctx context.Context, runID string, events []pipelines.Event) error {
	last, size, err := s.logEnd(ctx, runID)
	if err != nil {
		return err
	}
	kept, size := pipelines.Bounded(events, size, pipelines.MaxLogBytes)
	client := s.client(ctx)
	rows := make([]*ent.RunEventCreate, len(kept))
	for i, e := range kept {
		last++
		rows[i] = client.RunEvent.Create().
			SetRunID(runID).SetSeq(last).SetType(string(e.Type)).SetTime(e.Time.UTC()).
			SetStep(e.Step).SetState(e.State).SetLevel(string(e.Level)).SetText(e.Text)
	}
	for batch := range slices.Chunk(rows, eventBatch) {
		if err := client.RunEvent.CreateBulk(batch...).Exec(ctx); err != nil {
			return fmt.Errorf("insert %d events of run %s: %w", len(batch), runID, err)
		}
	}
	if err := client.Run.UpdateOneID(runID).SetLastEvent(last).SetLogBytes(int64(size)).Exec(ctx); err != nil {
		return fmt.Errorf("update log of run %s: %w", runID, err)
	}
	return nil
}

// logEnd returns the number of a run's last event and the size of its log.
func (s *Runs) logEnd(ctx context.Context, runID string) (last int64, size int, err error) {
	query := "SELECT last_event, log_bytes FROM runs WHERE id = ?"
	if s.db.Dialect() == database.Postgres {
		query += " FOR UPDATE"
	}
	err = s.db.Writer(ctx).QueryRowContext(ctx, s.db.Rebind(query), runID).Scan(&last, &size)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, 0, noRun(runID)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("select log of run %s: %w", runID, err)
	}
	return last, size, nil
}

// Events returns up to limit events of a run that came after a number.
func (s *Runs) Events(ctx context.Context, runID string, after int64, limit int) ([]pipelines.Event, error) {
	rows, err := s.client(ctx).RunEvent.Query().
		Where(runevent.RunID(runID), runevent.SeqGT(after)).
		Order(runevent.BySeq()).Limit(limit).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("select events of run %s: %w", runID, err)
	}
	events := make([]pipelines.Event, len(rows))
	for i, row := range rows {
		events[i] = fromRunEvent(row)
	}
	return events, nil
}

// PutFile keeps a file for later steps of a run.
func (s *Runs) PutFile(ctx context.Context, runID, name string, data []byte) error {
	err := s.client(ctx).RunFile.Create().SetRunID(runID).SetName(name).SetData(data).
		OnConflictColumns(runfile.FieldRunID, runfile.FieldName).UpdateData().Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep file %s of run %s: %w", name, runID, err)
	}
	return nil
}

// File returns a file of a run.
func (s *Runs) File(ctx context.Context, runID, name string) ([]byte, error) {
	row, err := s.client(ctx).RunFile.Query().Where(runfile.RunID(runID), runfile.Name(name)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.NotFound, "Run %s has no file %q.", runID, name)
	}
	if err != nil {
		return nil, fmt.Errorf("select file %s of run %s: %w", name, runID, err)
	}
	return row.Data, nil
}

// DropFiles forgets the files of a run.
func (s *Runs) DropFiles(ctx context.Context, runID string) error {
	if _, err := s.client(ctx).RunFile.Delete().Where(runfile.RunID(runID)).Exec(ctx); err != nil {
		return fmt.Errorf("delete files of run %s: %w", runID, err)
	}
	return nil
}
