package git

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
)

// Checkout is what is checked out in a folder.
type Checkout struct {
	Root        string // of the work tree
	Origin      string // address of the remote called origin, without a password; empty when there is none
	Branch      string // empty when none is checked out
	Commit      string
	CommittedAt time.Time
}

// Describe returns what is checked out in the work tree that a folder is in.
func Describe(dir string) (Checkout, error) {
	repository, err := openAround(dir)
	if err != nil {
		return Checkout{}, err
	}
	tree, err := repository.Worktree()
	if err != nil {
		return Checkout{}, fmt.Errorf("open the work tree at %s: %w", dir, err)
	}
	c := Checkout{Root: tree.Filesystem.Root()}
	if origin, err := repository.Remote("origin"); err == nil && len(origin.Config().URLs) > 0 {
		c.Origin = withoutPassword(origin.Config().URLs[0])
	}
	head, err := repository.Head()
	if err != nil {
		if errors.Is(err, plumbing.ErrReferenceNotFound) {
			return c, fmt.Errorf("the work tree at %s has no commit: %w", dir, err)
		}
		return c, fmt.Errorf("read the head of %s: %w", dir, err)
	}
	commit, err := repository.CommitObject(head.Hash())
	if err != nil {
		return c, fmt.Errorf("read the commit %s: %w", head.Hash(), err)
	}
	c.Commit, c.CommittedAt = head.Hash().String(), commit.Committer.When
	if head.Name().IsBranch() {
		c.Branch = head.Name().Short()
	}
	return c, nil
}

// openAround opens the repository that a folder is in.
func openAround(dir string) (*gogit.Repository, error) {
	repository, err := gogit.PlainOpenWithOptions(dir, &gogit.PlainOpenOptions{DetectDotGit: true, EnableDotGitCommonDir: true})
	if err != nil {
		return nil, fmt.Errorf("open the work tree at %s: %w", dir, err)
	}
	return repository, nil
}

// withoutPassword returns an address without what somebody wrote into it to log
// in: pipelines do, and the catalog shows addresses to everybody.
func withoutPassword(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return address
	}
	if u.Scheme == "http" || u.Scheme == "https" {
		u.User = nil
	}
	return u.String()
}
