package store

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/database"
	"github.com/goldenpath/platform/internal/store/ent"
	"github.com/goldenpath/platform/internal/store/ent/branch"
	"github.com/goldenpath/platform/internal/store/ent/branchversion"
	"github.com/goldenpath/platform/internal/store/ent/pacticipantversion"
	"github.com/goldenpath/platform/internal/store/ent/versiontag"
)

// EnsureVersion implements contracts.VersionStore.
func (c *Contracts) EnsureVersion(ctx context.Context, pacticipantID int64, number string, now time.Time) (contracts.Version, bool, error) {
	// Looking afterwards, and not before, because most versions are told of once.
	id, created, err := c.query(ctx).insert(`INSERT INTO pacticipant_versions (pacticipant_id, number, build_url, created_at) VALUES (?, ?, '', ?)
		ON CONFLICT (pacticipant_id, number)`, pacticipantID, number, now)
	if err != nil {
		return contracts.Version{}, false, fmt.Errorf("insert version %s: %w", number, err)
	}
	if created {
		v := contracts.Version{ID: id, PacticipantID: pacticipantID, Number: number, CreatedAt: now.UTC()}
		return v, true, c.rememberPacts(ctx, v)
	}
	list, err := c.Versions(ctx, contracts.VersionFilter{PacticipantIDs: []int64{pacticipantID}, Numbers: []string{number}})
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("version %s is neither inserted nor there", number)
	}
	return first(list), false, err
}

// Versions implements contracts.VersionStore.
func (c *Contracts) Versions(ctx context.Context, f contracts.VersionFilter) ([]contracts.Version, error) {
	if there := (contracts.VersionFilter{PacticipantIDs: f.PacticipantIDs, EnvironmentID: f.EnvironmentID, Short: true}); f.EnvironmentID != "" && reflect.DeepEqual(f, there) {
		return c.versionsThere(ctx, f)
	}
	if heads := (contracts.VersionFilter{PacticipantIDs: f.PacticipantIDs, Branch: f.Branch, MainBranch: f.MainBranch, Latest: true, Short: true}); (f.Branch != "" || f.MainBranch) && reflect.DeepEqual(f, heads) {
		return c.headVersions(ctx, f)
	}
	q := c.query(ctx)
	from := `pacticipant_versions v JOIN pacticipants p ON p.id = v.pacticipant_id`
	switch {
	case f.Branch != "" || f.MainBranch:
		from = `branches b JOIN pacticipants p ON p.id = b.pacticipant_id`
		if f.Latest && f.Tag == "" && f.EnvironmentID == "" && f.Numbers == nil && f.IDs == nil {
			// The head is kept, so the versions of the branch need not be read.
			from += ` JOIN pacticipant_versions v ON v.id = b.head_version_id`
			f.Latest = false
		} else {
			from += ` JOIN branch_versions bv ON bv.branch_id = b.id JOIN pacticipant_versions v ON v.id = bv.version_id`
		}
		if f.MainBranch {
			q.and(`b.name = p.main_branch`)
		}
		if f.Branch != "" {
			q.and(`b.name = ?`, f.Branch)
		}
		q.in(`b.pacticipant_id`, f.PacticipantIDs)
	case f.Latest && f.Tag == "" && f.EnvironmentID == "" && f.Numbers == nil && f.IDs == nil:
		// One look at the end of an index for each service.
		from = `pacticipants p JOIN pacticipant_versions v ON v.id = (SELECT max(n.id) FROM pacticipant_versions n WHERE n.pacticipant_id = p.id)`
		q.in(`p.id`, f.PacticipantIDs)
		f.Latest = false
	case f.EnvironmentID != "" && f.PacticipantIDs != nil: // named below
	default:
		q.in(`v.pacticipant_id`, f.PacticipantIDs)
	}
	if f.Tag != "" {
		from += ` JOIN version_tags t ON t.version_id = v.id`
		q.and(`t.name = ?`, f.Tag)
	}
	q.in(`v.id`, f.IDs)
	q.inTexts(`v.number`, f.Numbers)
	q.inTexts(`p.name`, f.Pacticipants)
	if f.EnvironmentID != "" {
		there := `SELECT d.version_id FROM deployments d WHERE d.current AND d.environment_id = ?`
		args := []any{f.EnvironmentID}
		if f.PacticipantIDs != nil {
			condition, arg := q.anyOf(`d.pacticipant_id`, f.PacticipantIDs)
			there, args = there+` AND `+condition, append(args, arg)
		}
		q.and(`v.id IN (`+there+`)`, args...)
	}
	columns := `v.id, v.pacticipant_id, p.name, v.number, v.build_url, ` + q.timeColumn(`v.created_at`) + `, ` + q.timeColumn(`v.updated_at`)
	text := `SELECT ` + columns + ` FROM ` + from + q.where()
	if f.Latest {
		text = `SELECT ` + columns + ` FROM pacticipant_versions v JOIN pacticipants p ON p.id = v.pacticipant_id
			WHERE v.id IN (SELECT max(v.id) FROM ` + from + q.where() + ` GROUP BY v.pacticipant_id)`
	}
	list, err := rowsOf(q, text+` ORDER BY v.id DESC`, func(rows database.Rows, v *contracts.Version) error {
		return rows.Scan(&v.ID, &v.PacticipantID, &v.Pacticipant, &v.Number, &v.BuildURL, (*stamp)(&v.CreatedAt), (*stamp)(&v.UpdatedAt))
	})
	if len(list) == 1 { // what is asked about by its number is soon asked for by its id
		c.names.versions.keep(ctx, c, map[int64]name{list[0].ID: {list[0].Number, list[0].PacticipantID}})
	}
	return list, err
}

// UpdateVersion implements contracts.VersionStore.
func (c *Contracts) UpdateVersion(ctx context.Context, v contracts.Version) error {
	err := c.client(ctx).PacticipantVersion.Update().Where(pacticipantversion.ID(v.ID)).
		SetBuildURL(v.BuildURL).SetNillableUpdatedAt(when(v.UpdatedAt)).Exec(ctx)
	return wrap(err, "update version "+v.Number)
}

// EnsureBranchVersion implements contracts.VersionStore.
func (c *Contracts) EnsureBranchVersion(ctx context.Context, v contracts.Version, name string, now time.Time) (bool, error) {
	b, err := c.ensureBranch(ctx, v.PacticipantID, name, now)
	if err != nil {
		return false, err
	}
	created := false
	insert := func(ctx context.Context) (err error) {
		_, created, err = c.query(ctx).insert(`INSERT INTO branch_versions (branch_id, version_id, created_at) VALUES (?, ?, ?)
			ON CONFLICT (branch_id, version_id)`, b.ID, v.ID, now)
		return wrap(err, "insert version "+v.Number+" on branch "+name)
	}
	raise := func(ctx context.Context) error {
		// Only ever forward: of two writers, the one with the newer version wins. It
		// waits, also where it has nothing to say, for who looks for another head.
		head := database.Question{Text: `UPDATE branches SET head_version_id = CASE WHEN head_version_id < ? THEN ? ELSE head_version_id END WHERE id = ?`, Args: []any{v.ID, v.ID, b.ID}}
		return wrap(c.s.db.Ask(ctx, head), "update head of branch "+name)
	}
	if b.HeadID < v.ID {
		err = c.Together(ctx, insert, raise)
	} else if err = insert(ctx); err == nil && created {
		err = raise(ctx)
	}
	return created, err
}

func (c *Contracts) ensureBranch(ctx context.Context, pacticipantID int64, name string, now time.Time) (contracts.Branch, error) {
	list, err := c.Branches(ctx, []int64{pacticipantID}, name)
	if err != nil || len(list) > 0 {
		return first(list), err
	}
	if _, _, err = c.query(ctx).insert(`INSERT INTO branches (pacticipant_id, name, head_version_id, created_at) VALUES (?, ?, 0, ?)
		ON CONFLICT (pacticipant_id, name)`, pacticipantID, name, now); err != nil {
		return contracts.Branch{}, fmt.Errorf("insert branch %s: %w", name, err)
	}
	list, err = c.Branches(ctx, []int64{pacticipantID}, name)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("branch %s is neither inserted nor there", name)
	}
	return first(list), err
}

// findHead sets the head of a branch to its newest version. Who puts a version on
// it meanwhile is waited for, or waits.
func (c *Contracts) findHead(ctx context.Context, branchID int64) error {
	if err := c.lock(ctx, `branches`, branchID); err != nil {
		return err
	}
	head, err := c.client(ctx).BranchVersion.Query().Where(branchversion.BranchID(branchID)).
		Order(branchversion.ByVersionID(descending())).First(ctx)
	id := int64(0)
	switch {
	case ent.IsNotFound(err):
	case err != nil:
		return fmt.Errorf("select head of branch %d: %w", branchID, err)
	default:
		id = head.VersionID
	}
	return wrap(c.client(ctx).Branch.Update().Where(branch.ID(branchID)).SetHeadVersionID(id).Exec(ctx), "update head of branch")
}

// DeleteBranchVersion implements contracts.VersionStore.
func (c *Contracts) DeleteBranchVersion(ctx context.Context, versionID int64, name string) (bool, error) {
	client := c.client(ctx)
	v, err := client.PacticipantVersion.Get(ctx, versionID)
	if err != nil {
		return false, fmt.Errorf("select version %d: %w", versionID, err)
	}
	b, err := client.Branch.Query().Where(branch.PacticipantID(v.PacticipantID), branch.Name(name)).Only(ctx)
	if ent.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("select branch %s: %w", name, err)
	}
	n, err := client.BranchVersion.Delete().Where(branchversion.BranchID(b.ID), branchversion.VersionID(versionID)).Exec(ctx)
	if err != nil || n == 0 {
		return false, wrap(err, "delete branch version")
	}
	return true, c.findHead(ctx, b.ID)
}

// Branches implements contracts.VersionStore.
func (c *Contracts) Branches(ctx context.Context, pacticipantIDs []int64, name string) ([]contracts.Branch, error) {
	q := c.query(ctx)
	q.in(`pacticipant_id`, pacticipantIDs)
	if name != "" {
		q.and(`name = ?`, name)
	}
	return rowsOf(q, `SELECT id, pacticipant_id, name, head_version_id, `+q.timeColumn(`created_at`)+` FROM branches`+q.where()+` ORDER BY name, id`,
		func(rows database.Rows, b *contracts.Branch) error {
			return rows.Scan(&b.ID, &b.PacticipantID, &b.Name, &b.HeadID, (*stamp)(&b.CreatedAt))
		})
}

// DeleteBranch implements contracts.VersionStore.
func (c *Contracts) DeleteBranch(ctx context.Context, id int64) error {
	if err := c.lock(ctx, `branches`, id); err != nil {
		return err
	}
	if _, err := c.client(ctx).BranchVersion.Delete().Where(branchversion.BranchID(id)).Exec(ctx); err != nil {
		return fmt.Errorf("delete versions of branch %d: %w", id, err)
	}
	_, err := c.client(ctx).Branch.Delete().Where(branch.ID(id)).Exec(ctx)
	return wrap(err, "delete branch")
}

// EnsureTag implements contracts.VersionStore.
func (c *Contracts) EnsureTag(ctx context.Context, v contracts.Version, name string, now time.Time) (contracts.VersionTag, bool, error) {
	_, created, err := c.query(ctx).insert(`INSERT INTO version_tags (version_id, pacticipant_id, name, created_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (version_id, name)`, v.ID, v.PacticipantID, name, now)
	if err != nil {
		return contracts.VersionTag{}, false, fmt.Errorf("insert tag %s: %w", name, err)
	}
	if created {
		return contracts.VersionTag{Name: name, CreatedAt: now.UTC()}, true, nil
	}
	row, err := c.client(ctx).VersionTag.Query().Where(versiontag.VersionID(v.ID), versiontag.Name(name)).Only(ctx)
	if err != nil {
		return contracts.VersionTag{}, false, fmt.Errorf("select tag %s: %w", name, err)
	}
	return contracts.VersionTag{Name: name, CreatedAt: row.CreatedAt.UTC()}, created, nil
}

// DeleteTag implements contracts.VersionStore.
func (c *Contracts) DeleteTag(ctx context.Context, versionID int64, name string) (bool, error) {
	n, err := c.client(ctx).VersionTag.Delete().Where(versiontag.VersionID(versionID), versiontag.Name(name)).Exec(ctx)
	return n > 0, wrap(err, "delete tag "+name)
}

// FirstTagged implements contracts.VersionStore.
func (c *Contracts) FirstTagged(ctx context.Context, pacticipantID int64, name string) (time.Time, bool, error) {
	row, err := c.client(ctx).VersionTag.Query().Where(versiontag.PacticipantID(pacticipantID), versiontag.Name(name)).
		Order(versiontag.ByID()).First(ctx)
	if ent.IsNotFound(err) {
		return time.Time{}, false, nil
	}
	if err != nil {
		return time.Time{}, false, fmt.Errorf("select first tag %s: %w", name, err)
	}
	return row.CreatedAt.UTC(), true, nil
}
