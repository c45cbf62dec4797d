package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/store/ent"
	"github.com/goldenpath/platform/internal/store/ent/branch"
	"github.com/goldenpath/platform/internal/store/ent/branchversion"
	"github.com/goldenpath/platform/internal/store/ent/deployment"
	"github.com/goldenpath/platform/internal/store/ent/integration"
	"github.com/goldenpath/platform/internal/store/ent/pactcontent"
	"github.com/goldenpath/platform/internal/store/ent/pacticipant"
	"github.com/goldenpath/platform/internal/store/ent/pacticipantlabel"
	"github.com/goldenpath/platform/internal/store/ent/pacticipantversion"
	"github.com/goldenpath/platform/internal/store/ent/pactpublication"
	"github.com/goldenpath/platform/internal/store/ent/predicate"
	"github.com/goldenpath/platform/internal/store/ent/verification"
	"github.com/goldenpath/platform/internal/store/ent/verificationdetail"
	"github.com/goldenpath/platform/internal/store/ent/versiontag"
)

// Contracts stores the contracts domain. Rows are written through ent; lists that
// join tables are SQL, because the gate lives on them.
type Contracts struct {
	s     *Store
	names *names
	many  int       // how many consumers are many
	hubs  *sync.Map // ids of services that were seen to have many consumers

	// besides is held by whoever reads places beside the rest. One at a time: all
	// connections could be held by those who wait for another one.
	besides *sync.Mutex
}

// manyConsumers is from how many on a list of all that is in an environment is sooner
// read than what each of them has there.
const manyConsumers = 500

var _ contracts.Store = (*Contracts)(nil)

// Contracts returns the store of the contracts domain.
func (s *Store) Contracts() *Contracts {
	return &Contracts{s: s, names: newNames(), many: manyConsumers, hubs: &sync.Map{}, besides: &sync.Mutex{}}
}

// Together implements contracts.Store.
func (c *Contracts) Together(ctx context.Context, functions ...func(ctx context.Context) error) error {
	return c.s.db.Together(ctx, functions...)
}

// removalLock is the number of PostgreSQL's advisory lock between those who add to
// contracts and those who remove. A lock of each row would be written to disk.
const removalLock = 7_266_514_002

// Begin implements contracts.Store. SQLite has one writer.
func (c *Contracts) Begin(ctx context.Context, removes bool) error {
	if c.s.db.Dialect() == database.SQLite {
		return nil
	}
	lock := database.Question{Text: `SELECT pg_advisory_xact_lock_shared(?)`, Args: []any{int64(removalLock)}}
	if removes {
		lock.Text = `SELECT pg_advisory_xact_lock(?)`
	}
	return wrap(c.s.db.Ask(ctx, lock), "wait for who adds or removes")
}

// Moment implements contracts.Store.
func (c *Contracts) Moment(ctx context.Context, fn func(ctx context.Context) error) error {
	return c.s.db.Moment(ctx, fn)
}

func (c *Contracts) client(ctx context.Context) *ent.Client { return c.s.client(ctx) }

// made tells what an insert that gives way to an existing row did.
func made(_ int64, err error) (bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// EnsurePacticipant implements contracts.PacticipantStore.
func (c *Contracts) EnsurePacticipant(ctx context.Context, name string, now time.Time) (contracts.Pacticipant, bool, error) {
	// Looking first keeps a known name, the usual case, from taking a write lock
	// and from drawing an id.
	list, err := c.Pacticipants(ctx, contracts.PacticipantFilter{Names: []string{name}})
	if err != nil || len(list) > 0 {
		return first(list), false, err
	}
	created, err := made(c.client(ctx).Pacticipant.Create().SetName(name).SetCreatedAt(now).
		OnConflictColumns(pacticipant.FieldName).DoNothing().ID(ctx))
	if err != nil {
		return contracts.Pacticipant{}, false, fmt.Errorf("insert pacticipant %s: %w", name, err)
	}
	list, err = c.Pacticipants(ctx, contracts.PacticipantFilter{Names: []string{name}})
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("pacticipant %s is neither inserted nor there", name)
	}
	return first(list), created, err
}

func first[T any](list []T) T {
	var zero T
	if len(list) == 0 {
		return zero
	}
	return list[0]
}

// wrap adds the operation to err, if there is one.
func wrap(err error, operation string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", operation, err)
}

// when is t to store, nil for zero.
func when(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// UpdatePacticipant implements contracts.PacticipantStore.
func (c *Contracts) UpdatePacticipant(ctx context.Context, id int64, change contracts.PacticipantChange, at time.Time) error {
	err := c.client(ctx).Pacticipant.Update().Where(pacticipant.ID(id)).
		SetNillableDisplayName(change.DisplayName).SetNillableMainBranch(change.MainBranch).SetNillableRepositoryURL(change.RepositoryURL).
		SetNillableRepositoryName(change.RepositoryName).SetNillableRepositoryNamespace(change.RepositoryNamespace).
		SetNillableUpdatedAt(when(at)).Exec(ctx)
	return wrap(err, "update a pacticipant")
}

// NameMainBranch implements contracts.PacticipantStore.
func (c *Contracts) NameMainBranch(ctx context.Context, id int64, branch string, at time.Time) error {
	err := c.client(ctx).Pacticipant.Update().Where(pacticipant.ID(id), pacticipant.MainBranch("")).
		SetMainBranch(branch).SetUpdatedAt(at).Exec(ctx)
	return wrap(err, "name a main branch")
}

// DeletePacticipant implements contracts.PacticipantStore.
func (c *Contracts) DeletePacticipant(ctx context.Context, id int64) error {
	list, err := c.Integrations(ctx, contracts.IntegrationFilter{ConsumerIDs: []int64{id}, ProviderIDs: []int64{id}})
	if err != nil {
		return err
	}
	for _, i := range list {
		if err := c.DeleteIntegration(ctx, i.ConsumerID, i.ProviderID); err != nil {
			return err
		}
	}
	client := c.client(ctx)
	versions, err := client.PacticipantVersion.Query().Where(pacticipantversion.PacticipantID(id)).IDs(ctx)
	if err != nil {
		return fmt.Errorf("select versions of pacticipant %d: %w", id, err)
	}
	for _, version := range versions {
		if err := c.DeleteVersion(ctx, version); err != nil {
			return err
		}
	}
	_, errBranches := client.Branch.Delete().Where(branch.PacticipantID(id)).Exec(ctx)
	_, errLabels := client.PacticipantLabel.Delete().Where(pacticipantlabel.PacticipantID(id)).Exec(ctx)
	_, errItself := client.Pacticipant.Delete().Where(pacticipant.ID(id)).Exec(ctx)
	return wrap(errors.Join(errBranches, errLabels, errItself), fmt.Sprintf("delete pacticipant %d", id))
}

// AddLabel implements contracts.PacticipantStore.
func (c *Contracts) AddLabel(ctx context.Context, pacticipantID int64, name string, now time.Time) (bool, error) {
	created, err := made(c.client(ctx).PacticipantLabel.Create().SetPacticipantID(pacticipantID).SetName(name).SetCreatedAt(now).
		OnConflictColumns(pacticipantlabel.FieldPacticipantID, pacticipantlabel.FieldName).DoNothing().ID(ctx))
	return created, wrap(err, "insert label "+name)
}

// DeleteLabel implements contracts.PacticipantStore.
func (c *Contracts) DeleteLabel(ctx context.Context, pacticipantID int64, name string) (bool, error) {
	n, err := c.client(ctx).PacticipantLabel.Delete().
		Where(pacticipantlabel.PacticipantID(pacticipantID), pacticipantlabel.Name(name)).Exec(ctx)
	return n > 0, wrap(err, "delete label "+name)
}

// EnsureIntegration implements contracts.PacticipantStore.
func (c *Contracts) EnsureIntegration(ctx context.Context, consumerID, providerID int64, now time.Time) (bool, error) {
	there, err := c.client(ctx).Integration.Query().
		Where(integration.ConsumerID(consumerID), integration.ProviderID(providerID)).Exist(ctx)
	if err != nil || there {
		return false, wrap(err, "select integration")
	}
	created, err := made(c.client(ctx).Integration.Create().SetConsumerID(consumerID).SetProviderID(providerID).SetCreatedAt(now).
		OnConflictColumns(integration.FieldConsumerID, integration.FieldProviderID).DoNothing().ID(ctx))
	return created, wrap(err, "insert integration")
}

// DeleteIntegration implements contracts.PacticipantStore.
func (c *Contracts) DeleteIntegration(ctx context.Context, consumerID, providerID int64) error {
	client := c.client(ctx)
	between := verification.And(verification.ConsumerID(consumerID), verification.ProviderID(providerID))
	errVerifications := deleteVerifications(ctx, client, between)
	_, errPacts := client.PactPublication.Delete().Where(pactpublication.ConsumerID(consumerID), pactpublication.ProviderID(providerID)).Exec(ctx)
	_, errContents := client.PactContent.Delete().Where(pactcontent.ConsumerID(consumerID), pactcontent.ProviderID(providerID)).Exec(ctx)
	_, errItself := client.Integration.Delete().Where(integration.ConsumerID(consumerID), integration.ProviderID(providerID)).Exec(ctx)
	return wrap(errors.Join(errVerifications, errPacts, errContents, errItself), "delete integration")
}

// deleteVerifications removes verifications and their details, of which a query
// must not name more than a database takes.
func deleteVerifications(ctx context.Context, client *ent.Client, which predicate.Verification) error {
	ids, err := client.Verification.Query().Where(which).IDs(ctx)
	if err != nil {
		return fmt.Errorf("select verifications: %w", err)
	}
	for chunk := range slices.Chunk(ids, 1000) {
		if _, err := client.VerificationDetail.Delete().Where(verificationdetail.IDIn(chunk...)).Exec(ctx); err != nil {
			return fmt.Errorf("delete verification details: %w", err)
		}
	}
	_, err = client.Verification.Delete().Where(which).Exec(ctx)
	return wrap(err, "delete verifications")
}

// DeleteVersion implements contracts.VersionStore.
func (c *Contracts) DeleteVersion(ctx context.Context, id int64) error {
	client := c.client(ctx)
	branches, err := client.BranchVersion.Query().Where(branchversion.VersionID(id)).All(ctx)
	if err != nil {
		return fmt.Errorf("select branches of version %d: %w", id, err)
	}
	_, errOn := client.BranchVersion.Delete().Where(branchversion.VersionID(id)).Exec(ctx)
	_, errTags := client.VersionTag.Delete().Where(versiontag.VersionID(id)).Exec(ctx)
	_, errPacts := client.PactPublication.Delete().Where(pactpublication.ConsumerVersionID(id)).Exec(ctx)
	errVerifications := deleteVerifications(ctx, client, verification.ProviderVersionID(id))
	errWithdrawn := c.keepWithdrawn(ctx, id)
	_, errDeployments := client.Deployment.Delete().Where(deployment.VersionID(id)).Exec(ctx)
	_, errItself := client.PacticipantVersion.Delete().Where(pacticipantversion.ID(id)).Exec(ctx)
	if err := errors.Join(errOn, errTags, errPacts, errVerifications, errWithdrawn, errDeployments, errItself); err != nil {
		return fmt.Errorf("delete version %d: %w", id, err)
	}
	for _, b := range branches {
		if err := c.findHead(ctx, b.BranchID); err != nil {
			return err
		}
	}
	return nil
}

// deploymentsThat turns a filter into predicates.
func deploymentsThat(f contracts.DeploymentFilter) []predicate.Deployment {
	var out []predicate.Deployment
	if f.ID != "" {
		out = append(out, deployment.ID(f.ID))
	}
	if f.Kind != "" {
		out = append(out, deployment.Kind(string(f.Kind)))
	}
	if f.PacticipantIDs != nil {
		out = append(out, deployment.PacticipantIDIn(f.PacticipantIDs...))
	}
	if f.VersionIDs != nil {
		out = append(out, deployment.VersionIDIn(f.VersionIDs...))
	}
	if f.EnvironmentID != "" {
		out = append(out, deployment.EnvironmentID(f.EnvironmentID))
	}
	if f.Instance != nil {
		out = append(out, deployment.ApplicationInstance(*f.Instance))
	}
	if f.Current {
		out = append(out, deployment.Current(true))
	}
	return out
}
