package git

import (
	"container/heap"
	"context"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// Ancestors returns at most limit commits before the newest one of the
// repository at a folder, in the order of `git log`: as far as its history is
// there. Of the oldest commit that is there its parents are still known, so a
// clone of one commit tells where it comes from.
func Ancestors(ctx context.Context, dir string, limit int) ([]string, error) {
	repository, err := openAround(dir)
	if err != nil {
		return nil, err
	}
	head, err := repository.Head()
	if err != nil {
		return nil, err
	}
	h := newHistory(repository.Storer)
	var out []string
	seen := map[plumbing.Hash]bool{head.Hash(): true}
	todo := &byDate{}
	visit := func(commit *object.Commit) {
		for _, id := range commit.ParentHashes {
			if seen[id] {
				continue
			}
			seen[id] = true
			if parent := h.commit(id); parent != nil {
				heap.Push(todo, parent)
			} else if len(out) < limit {
				out = append(out, id.String())
			}
		}
	}
	if newest := h.commit(head.Hash()); newest != nil {
		visit(newest)
	}
	for todo.Len() > 0 && len(out) < limit && ctx.Err() == nil {
		commit := heap.Pop(todo).(*object.Commit) //nolint:forcetypeassert // nothing else is in there
		out = append(out, commit.Hash.String())
		visit(commit)
	}
	return out, nil
}

// byDate is a heap of commits, the newest on top.
type byDate []*object.Commit

func (b byDate) Len() int           { return len(b) }
func (b byDate) Less(i, j int) bool { return b[i].Committer.When.After(b[j].Committer.When) }
func (b byDate) Swap(i, j int)      { b[i], b[j] = b[j], b[i] }

// Push adds a commit.
func (b *byDate) Push(x any) { *b = append(*b, x.(*object.Commit)) } //nolint:forcetypeassert // as above

// Pop takes the last one.
func (b *byDate) Pop() any {
	old := *b
	last := old[len(old)-1]
	*b = old[:len(old)-1]
	return last
}
