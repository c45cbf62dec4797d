package git

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync/atomic"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/storer"
	"github.com/go-git/go-git/v5/storage/filesystem"

	"github.com/goldenpath/platform/catalog"
)

const (
	// historyDepth is how many commits back it is fetched who changed a file.
	historyDepth = 100
	// historyBytes bounds what that may take on disk.
	historyBytes = 64 << 20
	// maxSteps bounds how many commits one question looks at.
	maxSteps = 20_000
)

// history finds in a repository which commits changed files last.
type history struct {
	objects storer.EncodedObjectStorer
	commits map[plumbing.Hash]*object.Commit // nil for those that are not there
	trees   map[plumbing.Hash]*object.Tree
	left    int
}

func newHistory(objects storer.EncodedObjectStorer) *history {
	return &history{objects: objects, commits: map[plumbing.Hash]*object.Commit{}, trees: map[plumbing.Hash]*object.Tree{}, left: maxSteps}
}

// lastCommits returns the commits since another one that changed files last, as
// seen from head. Files that none of them changed are left out, and those whose
// commit is older than what the repository holds of its history.
func (h *history) lastCommits(ctx context.Context, head, since plumbing.Hash, files []string) map[string]catalog.Commit {
	found := map[string]catalog.Commit{}
	for _, file := range files {
		if commit := h.lastCommit(ctx, head, since, file); commit != nil {
			found[file] = describeCommit(commit)
		}
	}
	return found
}

// lastCommit goes back from head as `git log -1 -- FILE` does: through a merge
// along the side that the file is from. Nil when that is not known.
func (h *history) lastCommit(ctx context.Context, head, since plumbing.Hash, file string) *object.Commit {
	at := head
next:
	for at != since {
		if h.left--; h.left < 0 || ctx.Err() != nil {
			return nil
		}
		commit := h.commit(at)
		if commit == nil {
			return nil
		}
		here := h.entry(commit, file)
		for _, id := range commit.ParentHashes {
			parent := h.commit(id)
			if parent == nil {
				return nil // it may have been so there already
			}
			if h.entry(parent, file) == here {
				at = id
				continue next
			}
		}
		return commit
	}
	return nil
}

func (h *history) commit(id plumbing.Hash) *object.Commit {
	commit, seen := h.commits[id]
	if !seen {
		commit, _ = object.GetCommit(h.objects, id) // it is not there, or cannot be read: the same to us
		h.commits[id] = commit
	}
	return commit
}

// entry returns the number of a file in a commit, zero when it has none.
func (h *history) entry(commit *object.Commit, file string) plumbing.Hash {
	at := commit.TreeHash
	for name := range strings.SplitSeq(file, "/") {
		tree, seen := h.trees[at]
		if !seen {
			tree, _ = object.GetTree(h.objects, at)
			if len(h.trees) < maxTrees {
				h.trees[at] = tree
			}
		}
		if tree == nil {
			return plumbing.ZeroHash
		}
		entry, err := tree.FindEntry(name)
		if err != nil {
			return plumbing.ZeroHash
		}
		at = entry.Hash
	}
	return at
}

// subjectShown bounds how many letters of a commit's first line are told.
const subjectShown = 200

func describeCommit(c *object.Commit) catalog.Commit {
	subject, _, _ := strings.Cut(strings.TrimSpace(c.Message), "\n")
	if letters := []rune(subject); len(letters) > subjectShown {
		subject = string(letters[:subjectShown-1]) + "…"
	}
	clean := func(s string) string { return strings.ToValidUTF8(strings.TrimSpace(s), "\ufffd") }
	return catalog.Commit{
		ID: c.Hash.String(), Author: clean(c.Author.Name), Email: clean(c.Author.Email), At: c.Committer.When.UTC(), Subject: clean(subject),
	}
}

// LastCommits returns the commits that changed files last, by their path in the
// repository at a folder, as far as its history is there. A file whose content
// is not that of the newest commit was changed since, by nobody knows whom.
func LastCommits(ctx context.Context, dir string, files map[string][]byte) (map[string]catalog.Commit, error) {
	repository, err := openAround(dir)
	if err != nil {
		return nil, err
	}
	head, err := repository.Head()
	if err != nil {
		return nil, err
	}
	h := newHistory(repository.Storer)
	newest := h.commit(head.Hash())
	if newest == nil {
		return nil, plumbing.ErrObjectNotFound
	}
	var committed []string
	for file, content := range files {
		if h.entry(newest, file) == plumbing.ComputeHash(plumbing.BlobObject, content) {
			committed = append(committed, file)
		}
	}
	return h.lastCommits(ctx, head.Hash(), plumbing.ZeroHash, committed), nil
}

// lastCommits answers for a location. A clone holds only its newest commit:
// unless that is the only new one, those before it are fetched, without files.
func (r *CatalogReader) lastCommits(l catalog.Location, objects storer.EncodedObjectStorer, head plumbing.Hash) func(context.Context, string, []string) map[string]catalog.Commit {
	return func(ctx context.Context, since string, files []string) map[string]catalog.Commit {
		last := plumbing.NewHash(since)
		newest, err := object.GetCommit(objects, head)
		if err != nil {
			return nil
		}
		if _, local := r.localFolder(l.Target); local {
			return newHistory(objects).lastCommits(ctx, head, last, files)
		}
		if len(newest.ParentHashes) == 1 && newest.ParentHashes[0] == last {
			found := map[string]catalog.Commit{}
			for _, file := range files { // whatever changed, this commit did it
				found[file] = describeCommit(newest)
			}
			return found
		}
		found, err := r.fetchHistory(ctx, l, head, last, files)
		if err != nil {
			return nil // it is only told, and the reading went well
		}
		return found
	}
}

func (r *CatalogReader) fetchHistory(ctx context.Context, l catalog.Location, head, since plumbing.Hash, files []string) (_ map[string]catalog.Commit, err error) {
	from, err := r.connect(ctx, l.Target)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, from.session.Close()) }()
	folder, err := os.MkdirTemp("", "platform-history-*")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	limited := &limitedFS{Filesystem: osfs.New(folder), left: new(atomic.Int64)}
	limited.left.Store(min(r.options.MaxBytes, historyBytes))
	objects := filesystem.NewStorage(limited, cache.NewObjectLRU(16*cache.MiByte))
	request, err := from.request(head, historyDepth, packp.FilterBlobNone())
	if err != nil {
		return nil, err
	}
	if !request.Capabilities.Supports(capability.Shallow) {
		return nil, errNoHistory
	}
	if err := from.receive(ctx, objects, request); err != nil {
		return nil, err
	}
	return newHistory(objects).lastCommits(ctx, head, since, files), nil
}

var errNoHistory = errors.New("the host sends all of a history or none")
