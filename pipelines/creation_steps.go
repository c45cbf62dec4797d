package pipelines

import (
	"context"
	"fmt"
	"strings"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

// check resolves again what may have changed while the run was queued.
func (c *Creation) check(ctx context.Context, w *Work) (Outcome, error) {
	var in CreateServiceInput
	if err := w.Input(&in); err != nil {
		return Outcome{}, err
	}
	r, err := c.resolve(ctx, in)
	if err != nil {
		return Outcome{}, err
	}
	for _, notice := range r.Notices {
		w.Log.Info("%s", notice)
	}
	w.Log.Info("The name %s is free on %s and in the catalog.", r.Answers.Name, r.Host)
	return Outcome{Result: r}, nil
}

func (c *Creation) render(_ context.Context, w *Work) (Outcome, error) {
	var r resolved
	err := w.Need(stepCheck, &r)
	if err != nil {
		return Outcome{}, err
	}
	if r.golden, err = c.o.Paths(r.Path); err != nil {
		return Outcome{}, err
	}
	tree, err := r.render()
	if err != nil {
		return Outcome{}, err
	}
	kept, err := keepTree(tree)
	if err != nil {
		return Outcome{}, err
	}
	for _, f := range tree.Files {
		w.Log.Info("%s", f.Path)
	}
	return Outcome{Result: map[string]int{"files": len(tree.Files)}, Files: map[string][]byte{filesOfTree: kept}}, nil
}

// commitResult is the checkpoint of the step that makes the commit.
type commitResult struct {
	Commit string `json:"commit"`
}

func (c *Creation) commit(ctx context.Context, w *Work) (Outcome, error) {
	first, err := c.firstCommit(ctx, w)
	if err != nil {
		return Outcome{}, err
	}
	id, err := c.o.Repositories.ID(ctx, first)
	if err != nil {
		return Outcome{}, err
	}
	w.Log.Info("Commit %s", id)
	return Outcome{Result: commitResult{id}}, nil
}

// firstCommit puts the commit together. Everything its id depends on comes from
// the run, so that every try makes the same one.
func (c *Creation) firstCommit(ctx context.Context, w *Work) (Commit, error) {
	tree, err := c.tree(ctx, w)
	if err != nil {
		return Commit{}, err
	}
	var r resolved
	if err := w.Need(stepCheck, &r); err != nil {
		return Commit{}, err
	}
	files := make([]CommitFile, len(tree.Files))
	for i, f := range tree.Files {
		files[i] = CommitFile{Path: f.Path, Body: f.Body, Executable: f.Executable}
	}
	return Commit{
		Files: files, Time: w.CreatedAt(), Author: author(w.Actor()),
		Message: fmt.Sprintf("Create %s from the golden path %s", r.Answers.Name, r.Path),
	}, nil
}

// author is who the first commit is by. The address leads nowhere on purpose:
// the platform does not know people's addresses.
func author(actor string) Signature {
	name := actor
	if ref, err := catalog.ParseRef(actor, catalog.RefDefaults{Kind: catalog.KindUser}); err == nil {
		name = ref.Name
	}
	name = strings.Map(func(r rune) rune {
		if r == '<' || r == '>' || r < ' ' {
			return -1
		}
		return r
	}, name)
	if strings.TrimSpace(name) == "" {
		name = "Platform"
	}
	return Signature{Name: name, Email: "platform@invalid.example"}
}

// newRepository is what the host is asked for.
func (c *Creation) newRepository(w *Work) (Host, NewRepository, error) {
	var r resolved
	if err := w.Need(stepCheck, &r); err != nil {
		return nil, NewRepository{}, err
	}
	host, err := c.host(r.Host)
	return host, NewRepository{Name: r.Answers.Name, Description: r.Answers.Description, Key: w.Key(stepHost)}, err
}

// created looks whether an earlier try made the repository.
func (c *Creation) created(ctx context.Context, w *Work) (Outcome, bool, error) {
	host, wanted, err := c.newRepository(w)
	if err != nil {
		return Outcome{}, false, err
	}
	made, there, err := host.Made(ctx, wanted)
	return Outcome{Result: made}, there, err
}

func (c *Creation) create(ctx context.Context, w *Work) (Outcome, error) {
	host, wanted, err := c.newRepository(w)
	if err != nil {
		return Outcome{}, err
	}
	made, err := host.Create(ctx, wanted)
	if err != nil {
		return Outcome{}, err
	}
	w.Log.Info("Repository %s", made.CloneURL)
	return Outcome{Result: made}, nil
}

func (c *Creation) push(ctx context.Context, w *Work) (Outcome, error) {
	remote, err := c.remote(ctx, w)
	if err != nil {
		return Outcome{}, err
	}
	first, err := c.firstCommit(ctx, w)
	if err != nil {
		return Outcome{}, err
	}
	id, err := c.o.Repositories.Push(ctx, first, MainBranch, remote)
	if err != nil {
		return Outcome{}, err
	}
	w.Log.Info("Branch %s is at %s", MainBranch, id)
	return Outcome{Result: commitResult{id}}, nil
}

// remote returns where the repository of this run is pushed to.
func (c *Creation) remote(ctx context.Context, w *Work) (Remote, error) {
	var made Repository
	if err := w.Need(stepHost, &made); err != nil {
		return Remote{}, err
	}
	host, err := c.host(made.Host)
	if err != nil {
		return Remote{}, err
	}
	return host.Remote(ctx, made)
}

// mayDelete refuses to remove a repository in which somebody has worked.
func (c *Creation) mayDelete(ctx context.Context, w *Work) error {
	host, wanted, err := c.newRepository(w)
	if err != nil {
		return err
	}
	made, there, err := host.Made(ctx, wanted)
	if err != nil || !there {
		return err
	}
	var ours commitResult
	if _, err := w.Result(stepCommit, &ours); err != nil {
		return err
	}
	remote, err := host.Remote(ctx, made)
	if err != nil {
		return err
	}
	refs, err := c.o.Repositories.Refs(ctx, remote)
	if err != nil {
		return err
	}
	for name, id := range refs {
		if name == "HEAD" || (name == "refs/heads/"+MainBranch && id == ours.Commit) {
			continue
		}
		return fault.New(fault.Conflict, "Somebody has pushed to %s since (%s); taking the run back would delete that work.", made.CloneURL, name).
			WithHint("Keep the repository, or delete it yourself.")
	}
	return nil
}

func (c *Creation) delete(ctx context.Context, w *Work) error {
	host, wanted, err := c.newRepository(w)
	if err != nil {
		return err
	}
	made, there, err := host.Made(ctx, wanted)
	if err != nil || !there {
		return err
	}
	if err := host.Delete(ctx, made); err != nil {
		return err
	}
	w.Log.Info("Repository %s is deleted.", made.CloneURL)
	return nil
}
