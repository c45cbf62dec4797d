// Package git speaks git for the platform: it builds commits, pushes them, and
// reads what remotes hold. It is the only importer of go-git. Which host a
// repository lives on, and who may write there, it does not know.
package git

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/plumbing/transport/http"
	"github.com/go-git/go-git/v5/storage/memory"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/pipelines"
)

// Repositories builds commits in memory and pushes them. What a process that dies
// leaves in a folder of ours, the next push of the same commit goes on with.
type Repositories struct{}

// New returns repositories.
func New() *Repositories { return &Repositories{} }

var _ pipelines.Repositories = (*Repositories)(nil)

// ID returns the id of the commit.
func (*Repositories) ID(ctx context.Context, c pipelines.Commit) (string, error) {
	_, id, err := build(ctx, c)
	if err != nil {
		return "", err
	}
	return id.String(), nil
}

// Push makes branch of the remote point at the commit and returns its id.
func (r *Repositories) Push(ctx context.Context, c pipelines.Commit, branch string, to pipelines.Remote) (string, error) {
	storer, id, err := build(ctx, c)
	if err != nil {
		return "", err
	}
	ref := plumbing.NewBranchReferenceName(branch)
	if to.Folder != "" {
		if err := (bare{to.Folder}).push(storer, ref, id); err != nil {
			return "", explainFolder(to, branch, err)
		}
		return id.String(), nil
	}
	there, err := r.Refs(ctx, to)
	if err != nil {
		return "", err
	}
	switch there[ref.String()] {
	case id.String():
		return id.String(), nil
	case "":
	default:
		return "", taken(to, branch)
	}
	if err := storer.SetReference(plumbing.NewHashReference(ref, id)); err != nil {
		return "", fmt.Errorf("name commit %s: %w", id, err)
	}
	err = remote(storer, to).PushContext(ctx, &gogit.PushOptions{
		RemoteName: remoteName, Auth: auth(to), RefSpecs: []config.RefSpec{config.RefSpec(ref + ":" + ref)},
	})
	switch {
	case err == nil, errors.Is(err, gogit.NoErrAlreadyUpToDate):
		return id.String(), nil
	case errors.Is(err, gogit.ErrNonFastForwardUpdate), errors.Is(err, gogit.ErrForceNeeded):
		return "", taken(to, branch)
	}
	return "", explain(to, err)
}

func taken(to pipelines.Remote, branch string) error {
	return fault.New(fault.Conflict, "The branch %s of %s holds other commits already.", branch, to.URL).
		WithHint("Somebody pushed there. Choose another name, or remove that repository first.")
}

// Refs returns the branches and tags of a remote.
func (*Repositories) Refs(ctx context.Context, of pipelines.Remote) (map[string]string, error) {
	if of.Folder != "" {
		list, err := bare{of.Folder}.list()
		if err != nil {
			return nil, explainFolder(of, "", err)
		}
		return branchesAndTags(list), nil
	}
	list, err := remote(memory.NewStorage(), of).ListContext(ctx, &gogit.ListOptions{Auth: auth(of)})
	if errors.Is(err, transport.ErrEmptyRemoteRepository) {
		return map[string]string{}, nil
	}
	if err != nil {
		return nil, explain(of, err)
	}
	return branchesAndTags(list), nil
}

func branchesAndTags(list []*plumbing.Reference) map[string]string {
	refs := make(map[string]string, len(list))
	for _, ref := range list {
		if name := ref.Name(); ref.Type() == plumbing.HashReference && (name.IsBranch() || name.IsTag()) {
			refs[name.String()] = ref.Hash().String()
		}
	}
	return refs
}

const remoteName = "origin"

func remote(s *memory.Storage, to pipelines.Remote) *gogit.Remote {
	return gogit.NewRemote(s, &config.RemoteConfig{Name: remoteName, URLs: []string{to.URL}})
}

func auth(to pipelines.Remote) transport.AuthMethod {
	if to.Password == "" {
		return nil
	}
	return &http.BasicAuth{Username: to.Username, Password: to.Password.Reveal()}
}

// explain says in a sentence why a remote refused.
func explain(to pipelines.Remote, err error) error {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("talk to %s: %w", to.URL, err)
	case errors.Is(err, transport.ErrRepositoryNotFound):
		return fault.New(fault.NotFound, "There is no repository at %s.", to.URL).
			WithHint("It may have been removed, or the token may not see it.").WithCause(err)
	case errors.Is(err, transport.ErrAuthenticationRequired), errors.Is(err, transport.ErrAuthorizationFailed):
		return fault.New(fault.Forbidden, "The git host does not let us write to %s.", to.URL).
			WithHint("Check that the token is valid and may write contents (and workflows) of this repository.").WithCause(err)
	case strings.HasPrefix(err.Error(), "command error on "), strings.HasPrefix(err.Error(), "unpack error: "):
		return fault.New(fault.Forbidden, "The git host refused the push to %s: %s.", to.URL, strings.TrimSuffix(err.Error(), ".")).
			WithHint("A rule of the host or the rights of the token do not allow it; a token needs the right to write workflows too.").WithCause(err)
	case strings.Contains(err.Error(), `executable file not found`):
		return fault.New(fault.MissingTool, "The program git is not installed on the server.").
			WithHint("Install it: apt-get install git").WithCause(err)
	}
	return fault.New(fault.Unavailable, "The git repository at %s could not be reached.", to.URL).
		WithHint("Check that the host is up, then try again.").WithCause(err)
}

// signatureTime is the time git can keep: whole seconds, in one zone.
func signatureTime(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// sortedFiles returns the files ordered by path.
func sortedFiles(files []pipelines.CommitFile) []pipelines.CommitFile {
	return slices.SortedFunc(slices.Values(files), func(a, b pipelines.CommitFile) int { return strings.Compare(a.Path, b.Path) })
}
