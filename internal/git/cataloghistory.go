package git

import (
	"container/heap"
	"context"
	"errors"
	"io"
	"os"
	"slices"
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
	// maxVersion bounds the files whose versions are compared.
	maxVersion = 1 << 20
)

// history finds in a repository which commits changed files.
type history struct {
	objects storer.EncodedObjectStorer
	commits map[plumbing.Hash]*object.Commit // nil for those that are not there
	trees   map[plumbing.Hash]*object.Tree
}

func newHistory(objects storer.EncodedObjectStorer) *history {
	return &history{objects: objects, commits: map[plumbing.Hash]*object.Commit{}, trees: map[plumbing.Hash]*object.Tree{}}
}

// newest is a queue of commits, those made last first.
type newest []*object.Commit

// Len, Less, Swap, Push and Pop are heap.Interface.
func (q newest) Len() int           { return len(q) }
func (q newest) Less(i, j int) bool { return q[i].Committer.When.After(q[j].Committer.When) }
func (q newest) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push adds a commit.
func (q *newest) Push(x any) {
	if c, ok := x.(*object.Commit); ok {
		*q = append(*q, c)
	}
}

// Pop takes the last one.
func (q *newest) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// walk calls visit with commits that can be reached from one, each once, newest
// first, until it returns false. Whole is false when some are not there, or are
// too many.
func (h *history) walk(ctx context.Context, from plumbing.Hash, skip map[plumbing.Hash]bool, visit func(c *object.Commit) bool) (whole bool) {
	first := h.commit(from)
	if first == nil {
		return false
	}
	whole = true
	seen := map[plumbing.Hash]bool{from: true}
	queue := &newest{first}
	for steps := 0; queue.Len() > 0; steps++ {
		c, ok := heap.Pop(queue).(*object.Commit)
		if !ok || steps > maxSteps || ctx.Err() != nil {
			return false
		}
		if skip[c.Hash] {
			continue
		}
		if !visit(c) {
			return whole
		}
		for _, id := range c.ParentHashes {
			if seen[id] || skip[id] {
				continue
			}
			seen[id] = true
			if parent := h.commit(id); parent != nil {
				heap.Push(queue, parent)
			} else {
				whole = false
			}
		}
	}
	return whole
}

// changes returns by which commits files were changed that head has and since
// has not, the newest first: `git log SINCE..HEAD -- FILE`. Nil when that cannot
// be told, because one of them is not there or the history between is not whole.
func (h *history) changes(ctx context.Context, head, since plumbing.Hash, files []string) map[string][]catalog.FileCommit {
	known := map[plumbing.Hash]bool{}
	if !since.IsZero() {
		h.walk(ctx, since, nil, func(c *object.Commit) bool { known[c.Hash] = true; return true })
		if !known[since] {
			return nil
		}
	}
	found := map[string][]catalog.FileCommit{}
	follows := since.IsZero() || head == since
	whole := h.walk(ctx, head, known, func(c *object.Commit) bool {
		follows = follows || slices.Contains(c.ParentHashes, since)
		for _, file := range files {
			if change, changed := h.change(c, file); changed {
				found[file] = append(found[file], change)
			}
		}
		return true
	})
	if !whole {
		return nil
	}
	if !follows { // the branch was set back, which is no commit: without versions nobody knows what that changed
		for file, list := range found {
			if _, known := list[0].After(); !known {
				delete(found, file)
			}
		}
	}
	return found
}

// change returns what a commit did to a file, false when it did nothing.
func (h *history) change(c *object.Commit, file string) (catalog.FileCommit, bool) {
	before, after, changed := h.changed(c, file)
	if !changed {
		return catalog.FileCommit{}, false
	}
	out := catalog.FileCommit{Commit: describeCommit(c), After: h.version(after)}
	for _, id := range before {
		out.Before = append(out.Before, h.version(id))
	}
	return out, true
}

// changed reports whether a commit changed a file: a merge only where it has
// another version than each of its parents. A parent that is not there may have
// had the same.
func (h *history) changed(c *object.Commit, file string) (before []plumbing.Hash, after plumbing.Hash, changed bool) {
	after = h.entry(c, file)
	for _, id := range c.ParentHashes {
		parent := h.commit(id)
		if parent == nil {
			return nil, after, false
		}
		entry := h.entry(parent, file)
		if entry == after {
			return nil, after, false
		}
		before = append(before, entry)
	}
	if len(before) == 0 { // the first commit
		before = []plumbing.Hash{plumbing.ZeroHash}
	}
	return before, after, before[0] != after
}

// version returns what reads a version of a file: false when it is not there, as
// in histories that were fetched without files. No file is an empty one.
func (h *history) version(id plumbing.Hash) func() ([]byte, bool) {
	return func() ([]byte, bool) {
		if id.IsZero() {
			return nil, true
		}
		blob, err := object.GetBlob(h.objects, id)
		if err != nil || blob.Size > maxVersion {
			return nil, false
		}
		reader, err := blob.Reader()
		if err != nil {
			return nil, false
		}
		data, err := io.ReadAll(reader)
		return data, errors.Join(err, reader.Close()) == nil
	}
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

// Changes tells which commits made the newest one of a work tree what it is.
type Changes struct {
	// Files are those by which a file was changed, the newest first, at most a few,
	// by its path in the repository. A file is left out when its content is not
	// that of the newest commit, or when the clone does not say who changed it.
	Files map[string][]catalog.Commit
	// Newest is the newest commit, when it follows one commit only: whatever is
	// other than in that one, it changed. The zero commit otherwise.
	Newest catalog.Commit
}

// perFile bounds of how many commits of one file a pipeline tells.
const perFile = 20

// LastCommits returns by which commits files were changed in the repository at a
// folder, as far as its history is there.
func LastCommits(ctx context.Context, dir string, files map[string][]byte) (Changes, error) {
	out := Changes{Files: map[string][]catalog.Commit{}}
	repository, err := openAround(dir)
	if err != nil {
		return out, err
	}
	head, err := repository.Head()
	if err != nil {
		return out, err
	}
	h := newHistory(repository.Storer)
	first := h.commit(head.Hash())
	if first == nil {
		return out, plumbing.ErrObjectNotFound
	}
	if len(first.ParentHashes) == 1 {
		out.Newest = describeCommit(first)
	}
	left := map[string]bool{} // files that more may be told of
	for file, content := range files {
		left[file] = h.entry(first, file) == plumbing.ComputeHash(plumbing.BlobObject, content)
	}
	h.walk(ctx, head.Hash(), nil, func(c *object.Commit) bool {
		more := false
		for file, wanted := range left {
			if !wanted {
				continue
			}
			if _, _, changed := h.changed(c, file); changed {
				out.Files[file] = append(out.Files[file], describeCommit(c))
			}
			left[file] = len(out.Files[file]) < perFile
			more = more || left[file]
		}
		return more
	})
	return out, nil
}

// changesOf answers for a location. A clone holds only its newest commit: unless
// that is the only new one, those before it are fetched, without files.
func (r *CatalogReader) changesOf(l catalog.Location, objects storer.EncodedObjectStorer, head plumbing.Hash) func(context.Context, string, []string) map[string][]catalog.FileCommit {
	return func(ctx context.Context, since string, files []string) map[string][]catalog.FileCommit {
		last := plumbing.NewHash(since)
		first, err := object.GetCommit(objects, head)
		if err != nil {
			return nil
		}
		if _, local := r.localFolder(l.Target); local {
			return newHistory(objects).changes(ctx, head, last, files)
		}
		if len(first.ParentHashes) == 1 && first.ParentHashes[0] == last {
			unread := newHistory(objects).version(last) // nobody asks which of one commit
			found := map[string][]catalog.FileCommit{}
			for _, file := range files { // whatever changed, this commit did it
				found[file] = []catalog.FileCommit{{Commit: describeCommit(first), Before: []func() ([]byte, bool){unread}, After: unread}}
			}
			return found
		}
		// What no branch has any more, after a push by force, a host may not give.
		for _, wants := range [][]plumbing.Hash{{head}, {head, last}} {
			if found, err := r.fetchHistory(ctx, l, wants, last, files); err == nil && found != nil {
				return found
			}
		}
		return nil // it is only told, and the reading went well
	}
}

func (r *CatalogReader) fetchHistory(ctx context.Context, l catalog.Location, wants []plumbing.Hash, since plumbing.Hash, files []string) (_ map[string][]catalog.FileCommit, err error) {
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
	request, err := from.request(wants[0], historyDepth, packp.FilterBlobNone())
	if err != nil {
		return nil, err
	}
	if !request.Capabilities.Supports(capability.Shallow) {
		return nil, errNoHistory
	}
	request.Wants = slices.Clone(wants)
	if err := from.receive(ctx, objects, request); err != nil {
		return nil, err
	}
	return newHistory(objects).changes(ctx, wants[0], since, files), nil
}

var errNoHistory = errors.New("the host sends all of a history or none")
