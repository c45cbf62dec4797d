package contracts

import (
	"context"
	"slices"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

// firstTagWindow is how long after its creation a version's first tag still
// names its branch. Clients older than branches publish first and tag next.
const firstTagWindow = 10 * time.Second

// ensureVersion makes a service and a version of it known, puts it on the branch
// and remembers the build, when those are given.
func (b *Broker) ensureVersion(ctx context.Context, service, number, branch, buildURL string) (Version, bool, error) {
	p, _, err := b.ensurePacticipant(ctx, service)
	if err != nil {
		return Version{}, false, err
	}
	return b.ensureVersionOf(ctx, p, number, branch, buildURL)
}

func (b *Broker) ensureVersionOf(ctx context.Context, p Pacticipant, number, branch, buildURL string) (Version, bool, error) {
	if err := checkName("version", number); err != nil {
		return Version{}, false, err
	}
	if err := checkText("buildUrl", buildURL); err != nil {
		return Version{}, false, err
	}
	now := b.clock()
	v, created, err := b.store.EnsureVersion(ctx, p.ID, number, now)
	if err != nil {
		return Version{}, false, err
	}
	v.Pacticipant = p.Name
	if buildURL != "" && buildURL != v.BuildURL {
		v.BuildURL = buildURL
		if !created {
			v.UpdatedAt = now
		}
		if err := b.store.UpdateVersion(ctx, v); err != nil {
			return Version{}, false, err
		}
	}
	if branch != "" {
		if _, err := b.addToBranch(ctx, p, v, branch); err != nil {
			return Version{}, false, err
		}
	}
	return v, created, nil
}

// tagVersion adds tags. A tag also names the branch of a fresh version that has
// none, the main branch of a service that has none when it is one of the usual, and
// records a deployment when an environment is called like it: pipelines from before
// branches and environments rely on all three.
func (b *Broker) tagVersion(ctx context.Context, v Version, tags []string, onBranch bool) error {
	if len(tags) == 0 {
		return nil
	}
	envs, err := b.store.Environments(ctx)
	if err != nil {
		return err
	}
	_, _, err = b.addTags(ctx, v, tags, envs, tagging{onBranch: onBranch})
	return err
}

// tagging says more about tags that are added.
type tagging struct {
	onBranch bool // the version is known to be on a branch
	// deploys: a tag called like an environment records a deployment also when the
	// version has it already, as of a version that comes back. Whoever publishes once
	// more with the tags it had does not say that.
	deploys bool
}

// addTags adds them in the order of names, because others may add the same ones, and
// returns the first. envs are all environments.
func (b *Broker) addTags(ctx context.Context, v Version, tags []string, envs []Environment, how tagging) (first VersionTag, created bool, err error) {
	now := b.clock()
	allNew, added := true, []string{}
	sorted := slices.Compact(slices.Sorted(slices.Values(tags)))
	for _, name := range sorted {
		if err := checkName("tag", name); err != nil {
			return VersionTag{}, false, err
		}
		tag, isNew, err := b.store.EnsureTag(ctx, v, name, now)
		if err != nil {
			return VersionTag{}, false, err
		}
		if allNew = allNew && isNew; isNew {
			added = append(added, name)
		}
		if name == tags[0] {
			first, created = tag, isNew
		}
	}
	if allNew && !how.onBranch && now.Sub(v.CreatedAt) < firstTagWindow {
		if err := b.branchAsTagged(ctx, v, tags[0], len(sorted)); err != nil {
			return VersionTag{}, false, err
		}
	}
	for _, name := range added { // after the branch, as whoever publishes to one does: both lock in this order
		if !slices.Contains(mainBranches(), name) {
			continue
		}
		if err := b.store.NameMainBranch(ctx, v.PacticipantID, name, now); err != nil {
			return VersionTag{}, false, err
		}
	}
	if how.deploys {
		added = sorted
	}
	for _, name := range added {
		if at := slices.IndexFunc(envs, func(e Environment) bool { return e.Name == name }); at >= 0 {
			if _, err := b.deploy(ctx, v, envs[at], ""); err != nil {
				return VersionTag{}, false, err
			}
		}
	}
	return first, created, nil
}

// branchAsTagged puts a version that has no branch, and no more than so many tags, on
// a branch called like one of them.
func (b *Broker) branchAsTagged(ctx context.Context, v Version, tag string, tags int) error {
	places, err := b.store.VersionPlaces(ctx, []int64{v.ID})
	if err != nil {
		return err
	}
	if d := places[v.ID]; len(d.Tags) > tags || len(d.Branches) > 0 {
		return nil
	}
	p, err := b.pacticipantByID(ctx, v.PacticipantID)
	if err != nil {
		return err
	}
	_, err = b.addToBranch(ctx, p, v, tag)
	return err
}

// Version returns a version of a service, or fault.NotFound.
func (b *Broker) Version(ctx context.Context, service, number string) (Version, error) {
	p, err := b.Pacticipant(ctx, service)
	if err != nil {
		return Version{}, err
	}
	versions, err := b.store.Versions(ctx, VersionFilter{PacticipantIDs: []int64{p.ID}, Numbers: []string{number}})
	if err != nil {
		return Version{}, err
	}
	if len(versions) == 0 {
		return Version{}, errNoVersion(service, number)
	}
	return versions[0], nil
}

func errNoVersion(service, number string) error {
	return fault.New(fault.NotFound, "Version %s of %s is not known: nothing was published for it, and nothing verified.", number, service).
		WithHint("Publish its pacts or verify it first: platform contracts publish pacts --service %s --version %s, or platform contracts verify --provider %s --provider-url URL --version %s",
			quote(service), quote(number), quote(service), quote(number))
}

// Versions lists the versions f keeps, newest first.
func (b *Broker) Versions(ctx context.Context, f VersionFilter) ([]Version, error) {
	return b.store.Versions(ctx, f)
}

// VersionDetails returns branches, tags and current deployments by version id.
func (b *Broker) VersionDetails(ctx context.Context, ids []int64) (map[int64]VersionDetail, error) {
	if len(ids) == 0 {
		return map[int64]VersionDetail{}, nil
	}
	return b.store.VersionDetails(ctx, ids)
}

// VersionPlaces is VersionDetails without dates, and of deployments with nothing
// but their ids and environments' ids.
func (b *Broker) VersionPlaces(ctx context.Context, ids []int64) (map[int64]VersionDetail, error) {
	return b.store.VersionPlaces(ctx, ids)
}

// VersionChange is what SaveVersion sets; empty fields are left alone, unless
// Replace.
type VersionChange struct {
	Branch   string
	BuildURL string
	Tags     []string
	Replace  bool
}

// SaveVersion makes a version, or changes it, and reports whether it was new.
func (b *Broker) SaveVersion(ctx context.Context, service, number string, c VersionChange) (v Version, created bool, err error) {
	err = b.add(ctx, func(ctx context.Context) error {
		if v, created, err = b.ensureVersion(ctx, service, number, c.Branch, c.BuildURL); err != nil {
			return err
		}
		if err := b.tagVersion(ctx, v, c.Tags, c.Branch != ""); err != nil {
			return err
		}
		if !created {
			v.UpdatedAt = b.clock()
			if c.Replace {
				v.BuildURL = c.BuildURL
			}
			return b.store.UpdateVersion(ctx, v)
		}
		return nil
	})
	return v, created, err
}

// DeleteVersion removes a version with its pacts and the verifications by it. One
// that is in an environment is a fault.Conflict.
func (b *Broker) DeleteVersion(ctx context.Context, service, number string) error {
	return b.remove(ctx, func(ctx context.Context) error {
		v, err := b.Version(ctx, service, number)
		if err != nil {
			return err
		}
		if err := b.refuseWhileThere(ctx, DeploymentFilter{VersionIDs: []int64{v.ID}}, "Version "+number+" of "+service); err != nil {
			return err
		}
		pacts, err := b.store.Pacts(ctx, PactFilter{ConsumerVersionIDs: []int64{v.ID}})
		if err != nil {
			return err
		}
		for _, p := range pacts { // it may be made again
			if err := b.store.WithdrawPacts(ctx, Withdrawal{p.ConsumerID, p.ProviderID, p.ConsumerVersionID}, b.clock()); err != nil {
				return err
			}
		}
		return b.store.DeleteVersion(ctx, v.ID)
	})
}

// AddTag tags a version, making it if need be, and reports whether the tag is new.
func (b *Broker) AddTag(ctx context.Context, service, number, name string) (tag VersionTag, created bool, err error) {
	err = b.add(ctx, func(ctx context.Context) error {
		v, _, err := b.ensureVersion(ctx, service, number, "", "")
		if err != nil {
			return err
		}
		envs, err := b.store.Environments(ctx)
		if err != nil {
			return err
		}
		tag, created, err = b.addTags(ctx, v, []string{name}, envs, tagging{deploys: true})
		return err
	})
	return tag, created, err
}

// Tag returns a tag of a version, or fault.NotFound.
func (b *Broker) Tag(ctx context.Context, service, number, name string) (VersionTag, error) {
	v, err := b.Version(ctx, service, number)
	if err != nil {
		return VersionTag{}, err
	}
	details, err := b.store.VersionDetails(ctx, []int64{v.ID})
	if err != nil {
		return VersionTag{}, err
	}
	for _, tag := range details[v.ID].Tags {
		if tag.Name == name {
			return tag, nil
		}
	}
	return VersionTag{}, fault.New(fault.NotFound, "Version %s of %s has no tag %s.", number, service, name)
}

// RemoveTag takes a tag off a version.
func (b *Broker) RemoveTag(ctx context.Context, service, number, name string) error {
	return b.unit.InTx(ctx, func(ctx context.Context) error {
		v, err := b.Version(ctx, service, number)
		if err != nil {
			return err
		}
		deleted, err := b.store.DeleteTag(ctx, v.ID, name)
		if err == nil && !deleted {
			err = fault.New(fault.NotFound, "Version %s of %s has no tag %s.", number, service, name)
		}
		return err
	})
}
