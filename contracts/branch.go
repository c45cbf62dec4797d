package contracts

import (
	"context"
	"slices"

	"github.com/goldenpath/platform/internal/fault"
)

// mainBranches are the names that become a service's main branch when it has
// none and a version of it appears on one.
func mainBranches() []string { return []string{"develop", "main", "master"} }

// addToBranch puts v on branch, and makes it the service's main branch when the
// service has none and the name is one of the usual.
func (b *Broker) addToBranch(ctx context.Context, p Pacticipant, v Version, branch string) (created bool, err error) {
	if err := checkName("branch", branch); err != nil {
		return false, err
	}
	now := b.clock()
	created, err = b.store.EnsureBranchVersion(ctx, v, branch, now)
	if err != nil || p.MainBranch != "" || !slices.Contains(mainBranches(), branch) {
		return created, err
	}
	return created, b.store.NameMainBranch(ctx, p.ID, branch, now)
}

// AddToBranch puts a version on a branch, making both if need be, and reports
// whether it was there already.
func (b *Broker) AddToBranch(ctx context.Context, service, branch, number string) (created bool, err error) {
	err = b.add(ctx, func(ctx context.Context) error {
		v, _, err := b.ensureVersion(ctx, service, number, "", "")
		if err != nil {
			return err
		}
		p, err := b.pacticipantByID(ctx, v.PacticipantID)
		if err != nil {
			return err
		}
		created, err = b.addToBranch(ctx, p, v, branch)
		return err
	})
	return created, err
}

// RemoveFromBranch takes a version off a branch; the version stays.
func (b *Broker) RemoveFromBranch(ctx context.Context, service, branch, number string) error {
	return b.remove(ctx, func(ctx context.Context) error {
		v, err := b.Version(ctx, service, number)
		if err != nil {
			return err
		}
		deleted, err := b.store.DeleteBranchVersion(ctx, v.ID, branch)
		if err == nil && !deleted {
			err = fault.New(fault.NotFound, "Version %s of %s is not on branch %s.", number, service, branch)
		}
		return err
	})
}

// Branches lists the branches of a service by name.
func (b *Broker) Branches(ctx context.Context, service string) ([]Branch, error) {
	p, err := b.Pacticipant(ctx, service)
	if err != nil {
		return nil, err
	}
	return b.store.Branches(ctx, []int64{p.ID}, "")
}

// Branch returns one branch of a service, or fault.NotFound.
func (b *Broker) Branch(ctx context.Context, service, name string) (Branch, error) {
	p, err := b.Pacticipant(ctx, service)
	if err != nil {
		return Branch{}, err
	}
	branches, err := b.store.Branches(ctx, []int64{p.ID}, name)
	if err == nil && len(branches) == 0 {
		err = fault.New(fault.NotFound, "%s has no branch %s.", service, name)
	}
	if err != nil {
		return Branch{}, err
	}
	return branches[0], nil
}

// DeleteBranch removes a branch; its versions stay.
func (b *Broker) DeleteBranch(ctx context.Context, service, name string) error {
	return b.remove(ctx, func(ctx context.Context) error {
		branch, err := b.Branch(ctx, service, name)
		if err != nil {
			return err
		}
		return b.store.DeleteBranch(ctx, branch.ID)
	})
}

// DeleteBranches removes the branches of a service but the main one and those to
// keep, and returns how many went and the names of those that stay, oldest first.
func (b *Broker) DeleteBranches(ctx context.Context, service string, keep []string) (deleted int, left []string, err error) {
	err = b.remove(ctx, func(ctx context.Context) error {
		p, err := b.Pacticipant(ctx, service)
		if err != nil {
			return err
		}
		branches, err := b.store.Branches(ctx, []int64{p.ID}, "")
		if err != nil {
			return err
		}
		slices.SortStableFunc(branches, func(x, y Branch) int { return x.CreatedAt.Compare(y.CreatedAt) })
		for _, branch := range branches {
			if branch.Name == p.MainBranch || slices.Contains(keep, branch.Name) {
				left = append(left, branch.Name)
				continue
			}
			if err := b.store.DeleteBranch(ctx, branch.ID); err != nil {
				return err
			}
			deleted++
		}
		return nil
	})
	return deleted, left, err
}
