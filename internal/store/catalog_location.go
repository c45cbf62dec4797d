package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/store/ent"
	"github.com/goldenpath/platform/internal/store/ent/location"
	"github.com/goldenpath/platform/internal/store/ent/locationfile"
	"github.com/goldenpath/platform/internal/store/ent/locationproblem"
	"github.com/goldenpath/platform/internal/store/ent/predicate"
	"github.com/goldenpath/platform/internal/store/ent/pushedfile"
)

// Locations returns all, oldest first, with their problems.
func (c *Catalog) Locations(ctx context.Context) ([]catalog.Location, error) {
	return c.locations(ctx)
}

// LocationByID returns one with its problems.
func (c *Catalog) LocationByID(ctx context.Context, id string) (catalog.Location, bool, error) {
	return oneLocation(c.locations(ctx, location.ID(id)))
}

// LocationByKey returns the one that points at the same place.
func (c *Catalog) LocationByKey(ctx context.Context, l catalog.Location) (catalog.Location, bool, error) {
	return oneLocation(c.locations(ctx,
		location.Type(string(l.Type)), location.Target(l.Target), location.Branch(l.Branch), location.Path(l.Path)))
}

// LocationsNaming returns those whose target contains part, without problems.
func (c *Catalog) LocationsNaming(ctx context.Context, part string) ([]catalog.Location, error) {
	found, err := c.s.client(ctx).Location.Query().Where(location.TargetContainsFold(part)).
		Order(location.ByCreatedAt(), location.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("select locations with %q in their target: %w", part, err)
	}
	out := make([]catalog.Location, len(found))
	for i, row := range found {
		out[i] = fromLocation(row)
	}
	return out, nil
}

func oneLocation(found []catalog.Location, err error) (catalog.Location, bool, error) {
	if err != nil || len(found) == 0 {
		return catalog.Location{}, false, err
	}
	return found[0], true, nil
}

func (c *Catalog) locations(ctx context.Context, where ...predicate.Location) ([]catalog.Location, error) {
	client := c.s.client(ctx)
	found, err := client.Location.Query().Where(where...).
		Order(location.ByCreatedAt(), location.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("select locations: %w", err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	problems := client.LocationProblem.Query()
	if len(found) == 1 {
		problems = problems.Where(locationproblem.LocationID(found[0].ID))
	}
	wrong, err := problems.Order(locationproblem.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("select the problems of locations: %w", err)
	}
	byLocation := map[string][]catalog.Problem{}
	for _, row := range wrong {
		byLocation[row.LocationID] = append(byLocation[row.LocationID], fromProblem(row))
	}
	out := make([]catalog.Location, len(found))
	for i, row := range found {
		out[i] = fromLocation(row)
		out[i].Errors = byLocation[row.ID]
	}
	return out, nil
}

// ProblemsOf returns the problems of all locations that concern the entity.
func (c *Catalog) ProblemsOf(ctx context.Context, ref catalog.Ref, from catalog.Source) ([]catalog.Problem, error) {
	concerns := locationproblem.Ref(ref.String())
	if from.LocationID != "" {
		concerns = locationproblem.Or(concerns, locationproblem.And(locationproblem.LocationID(from.LocationID),
			locationproblem.Ref(""), locationproblem.FileIn("", from.Path)))
	}
	found, err := c.s.client(ctx).LocationProblem.Query().
		Where(concerns).Order(locationproblem.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("select the problems of %s: %w", ref, err)
	}
	out := make([]catalog.Problem, len(found))
	for i, row := range found {
		out[i] = fromProblem(row)
	}
	return out, nil
}

// AllProblems returns the problems of all locations.
func (c *Catalog) AllProblems(ctx context.Context) ([]catalog.Problem, error) {
	found, err := c.s.client(ctx).LocationProblem.Query().
		Order(locationproblem.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("select all problems: %w", err)
	}
	out := make([]catalog.Problem, len(found))
	for i, row := range found {
		out[i] = fromProblem(row)
	}
	return out, nil
}

// ProblemsVersion returns how many problems there are and the highest number
// one has: numbers are never used again, and problems never changed.
func (c *Catalog) ProblemsVersion(ctx context.Context) (string, error) {
	var highest, count int64
	err := c.s.db.Reader(ctx).QueryRowContext(ctx, "SELECT COALESCE(MAX(id), 0), COUNT(*) FROM location_problems").Scan(&highest, &count)
	if err != nil {
		return "", fmt.Errorf("count problems: %w", err)
	}
	return fmt.Sprintf("%d of %d", count, highest), nil
}

// SaveLocation inserts or replaces by ID, problems included.
func (c *Catalog) SaveLocation(ctx context.Context, l catalog.Location) error {
	client := c.s.client(ctx)
	create := client.Location.Create().SetID(l.ID).
		SetType(string(l.Type)).SetTarget(l.Target).SetBranch(l.Branch).SetPath(l.Path).
		SetCreatedAt(l.CreatedAt.UTC()).SetCreatedBy(l.CreatedBy).SetCommit(l.Commit).
		SetVersion(l.Version).SetParentID(l.ParentID).SetSettings(l.Settings).
		SetRefreshEvery(seconds(l.RefreshEvery)).SetInheritedEvery(seconds(l.InheritedEvery)).SetFailures(l.Failures)
	if !l.RefreshAt.IsZero() {
		create = create.SetRefreshAt(l.RefreshAt.UTC())
	}
	if !l.LastSucceeded.IsZero() {
		create = create.SetLastSucceeded(l.LastSucceeded.UTC())
	}
	if !l.LastRefreshed.IsZero() {
		create = create.SetLastRefreshed(l.LastRefreshed.UTC())
	}
	err := create.OnConflict(sql.ConflictColumns(location.FieldID), sql.ResolveWithNewValues(),
		sql.ResolveWith(func(u *sql.UpdateSet) {
			u.SetIgnore(location.FieldCreatedAt)
			if l.RefreshAt.IsZero() { // a value that is not set would stay
				u.SetNull(location.FieldRefreshAt)
			}
		})).Exec(ctx)
	if err != nil {
		return fmt.Errorf("upsert location %s: %w", l.ID, err)
	}
	if err := c.deleteProblems(ctx, client, l.ID); err != nil {
		return err
	}
	for part := range slices.Chunk(l.Errors, catalogBatch) {
		rows := make([]*ent.LocationProblemCreate, len(part))
		for i, p := range part {
			rows[i] = client.LocationProblem.Create().SetLocationID(l.ID).
				SetFile(p.File).SetLine(p.Line).SetCol(p.Column).SetRef(p.Ref).SetField(p.Field).
				SetMessage(p.Message).SetHint(p.Hint).SetOwner(p.Owner)
		}
		if err := client.LocationProblem.CreateBulk(rows...).Exec(ctx); err != nil {
			return fmt.Errorf("insert %d problems of location %s: %w", len(part), l.ID, err)
		}
	}
	return nil
}

// DeleteLocation forgets a location and its problems.
func (c *Catalog) DeleteLocation(ctx context.Context, id string) error {
	client := c.s.client(ctx)
	if err := c.deleteProblems(ctx, client, id); err != nil {
		return err
	}
	if _, err := client.LocationFile.Delete().Where(locationfile.LocationID(id)).Exec(ctx); err != nil {
		return fmt.Errorf("delete the files of location %s: %w", id, err)
	}
	if _, err := client.PushedFile.Delete().Where(pushedfile.LocationID(id)).Exec(ctx); err != nil {
		return fmt.Errorf("delete what was pushed to location %s: %w", id, err)
	}
	if _, err := client.Location.Delete().Where(location.ID(id)).Exec(ctx); err != nil {
		return fmt.Errorf("delete location %s: %w", id, err)
	}
	return nil
}

func (*Catalog) deleteProblems(ctx context.Context, client *ent.Client, locationID string) error {
	_, err := client.LocationProblem.Delete().Where(locationproblem.LocationID(locationID)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("delete the problems of location %s: %w", locationID, err)
	}
	return nil
}

func fromLocation(row *ent.Location) catalog.Location {
	l := catalog.Location{
		ID: row.ID, Type: catalog.LocationType(row.Type), Target: row.Target, Branch: row.Branch, Path: row.Path,
		CreatedAt: row.CreatedAt.UTC(), CreatedBy: row.CreatedBy, Commit: row.Commit,
		Version: row.Version, ParentID: row.ParentID, Settings: row.Settings,
		RefreshEvery: time.Duration(row.RefreshEvery) * time.Second, InheritedEvery: time.Duration(row.InheritedEvery) * time.Second, Failures: row.Failures,
	}
	if row.RefreshAt != nil {
		l.RefreshAt = row.RefreshAt.UTC()
	}
	if row.LastSucceeded != nil {
		l.LastSucceeded = row.LastSucceeded.UTC()
	}
	if row.LastRefreshed != nil {
		l.LastRefreshed = row.LastRefreshed.UTC()
	}
	return l
}

func fromProblem(row *ent.LocationProblem) catalog.Problem {
	return catalog.Problem{
		LocationID: row.LocationID, File: row.File, Line: row.Line, Column: row.Col,
		Ref: row.Ref, Field: row.Field, Message: row.Message, Hint: row.Hint, Owner: row.Owner,
	}
}
