package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/store/ent"
	"github.com/goldenpath/platform/internal/store/ent/deployment"
	"github.com/goldenpath/platform/internal/store/ent/environment"
)

// Environments implements contracts.EnvironmentStore.
func (c *Contracts) Environments(ctx context.Context) ([]contracts.Environment, error) {
	q := c.query(ctx)
	return rowsOf(q, `SELECT id, name, display_name, production, contacts, `+q.timeColumn(`created_at`)+`, `+q.timeColumn(`updated_at`)+` FROM environments ORDER BY name`,
		func(rows database.Rows, e *contracts.Environment) error {
			var contacts string
			err := rows.Scan(&e.ID, &e.Name, &e.DisplayName, &e.Production, &contacts, (*stamp)(&e.CreatedAt), (*stamp)(&e.UpdatedAt))
			e.Contacts = rawJSON(contacts)
			return err
		})
}

// InsertEnvironment implements contracts.EnvironmentStore.
func (c *Contracts) InsertEnvironment(ctx context.Context, e contracts.Environment) error {
	err := c.client(ctx).Environment.Create().SetID(e.ID).SetName(e.Name).SetDisplayName(e.DisplayName).SetProduction(e.Production).
		SetContacts(string(e.Contacts)).SetCreatedAt(e.CreatedAt).Exec(ctx)
	if ent.IsConstraintError(err) {
		return fault.New(fault.Conflict, "There is an environment called %q already.", e.Name).WithField("name", "is taken").WithCause(err)
	}
	return wrap(err, "insert environment "+e.Name)
}

// UpdateEnvironment implements contracts.EnvironmentStore.
func (c *Contracts) UpdateEnvironment(ctx context.Context, e contracts.Environment) error {
	err := c.client(ctx).Environment.Update().Where(environment.ID(e.ID)).SetName(e.Name).SetDisplayName(e.DisplayName).
		SetProduction(e.Production).SetContacts(string(e.Contacts)).SetNillableUpdatedAt(when(e.UpdatedAt)).Exec(ctx)
	return wrap(err, "update environment "+e.Name)
}

// DeleteEnvironment implements contracts.EnvironmentStore.
func (c *Contracts) DeleteEnvironment(ctx context.Context, id string) error {
	if _, err := c.client(ctx).Deployment.Delete().Where(deployment.EnvironmentID(id)).Exec(ctx); err != nil {
		return fmt.Errorf("delete deployments in environment %s: %w", id, err)
	}
	_, err := c.client(ctx).Environment.Delete().Where(environment.ID(id)).Exec(ctx)
	return wrap(err, "delete environment "+id)
}

// InsertDeployment implements contracts.EnvironmentStore.
func (c *Contracts) InsertDeployment(ctx context.Context, d contracts.Deployment) error {
	err := c.client(ctx).Deployment.Create().SetID(d.ID).SetKind(string(d.Kind)).SetPacticipantID(d.PacticipantID).SetVersionID(d.VersionID).
		SetEnvironmentID(d.EnvironmentID).SetApplicationInstance(d.ApplicationInstance).SetCurrent(d.Current).SetCreatedAt(d.CreatedAt).Exec(ctx)
	if ent.IsConstraintError(err) {
		return fault.New(fault.Conflict, "Another deployment of %s to %s was recorded at the same time.", d.Service, d.Environment).
			WithHint("Record it again, if %s is what runs there now.", d.Version).WithCause(err)
	}
	return wrap(err, "insert deployment of "+d.Service)
}

// EndDeployments implements contracts.EnvironmentStore.
func (c *Contracts) EndDeployments(ctx context.Context, f contracts.DeploymentFilter, at time.Time) (int, error) {
	f.Current = true
	n, err := c.client(ctx).Deployment.Update().Where(deploymentsThat(f)...).SetCurrent(false).SetEndedAt(at).Save(ctx)
	return n, wrap(err, "end deployments")
}

// Deployments implements contracts.EnvironmentStore.
func (c *Contracts) Deployments(ctx context.Context, f contracts.DeploymentFilter) ([]contracts.Deployment, error) {
	q := c.query(ctx)
	if f.ID != "" {
		q.and(`d.id = ?`, f.ID)
	}
	if f.Kind != "" {
		q.and(`d.kind = ?`, string(f.Kind))
	}
	q.in(`d.pacticipant_id`, f.PacticipantIDs)
	q.in(`d.version_id`, f.VersionIDs)
	if f.EnvironmentID != "" {
		q.and(`d.environment_id = ?`, f.EnvironmentID)
	}
	if f.Instance != nil {
		q.and(`d.application_instance = ?`, *f.Instance)
	}
	if f.Current {
		q.and(`d.current`)
	}
	list, err := rowsOf(q, `SELECT d.id, d.kind, e.name, d.application_instance, d.current, d.pacticipant_id, d.version_id, d.environment_id, `+
		q.timeColumn(`d.created_at`)+`, `+q.timeColumn(`d.ended_at`)+` FROM deployments d JOIN environments e ON e.id = d.environment_id`+q.where()+` ORDER BY d.id`,
		func(rows database.Rows, d *contracts.Deployment) error {
			return rows.Scan(&d.ID, &d.Kind, &d.Environment, &d.ApplicationInstance, &d.Current, &d.PacticipantID, &d.VersionID, &d.EnvironmentID,
				(*stamp)(&d.CreatedAt), (*stamp)(&d.EndedAt))
		})
	if err != nil {
		return nil, err
	}
	err = c.name(ctx,
		naming{&c.names.services, len(list), func(i int) int64 { return list[i].PacticipantID }, func(i int, n name) { list[i].Service = n.text }},
		naming{&c.names.versions, len(list), func(i int) int64 { return list[i].VersionID }, func(i int, n name) { list[i].Version = n.text }},
	)
	return slices.DeleteFunc(list, func(d contracts.Deployment) bool { return d.Service == "" || d.Version == "" }), err
}
