package pipelines

import (
	"context"
	"slices"
	"strings"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

// registered is the checkpoint of the step that registers.
type registered struct {
	Entities []string `json:"entities"`
}

// registerNote is written down before the first entity is: which group and
// system did not exist, so that only those are taken back.
type registerNote struct {
	Made []string `json:"made"`
}

// origin is the location that the new repository is in the catalog.
func origin(made Repository) catalog.Location {
	return catalog.Location{Type: catalog.LocationGit, Target: made.CloneURL, Branch: MainBranch}
}

func (c *Creation) register(ctx context.Context, w *Work) (Outcome, error) {
	var r resolved
	var made Repository
	var pushed commitResult
	for step, into := range map[string]any{stepCheck: &r, stepHost: &made, stepPush: &pushed} {
		if err := w.Need(step, into); err != nil {
			return Outcome{}, err
		}
	}
	tree, err := c.tree(ctx, w)
	if err != nil {
		return Outcome{}, err
	}
	entities, err := entitiesOf(tree, pushed.Commit)
	if err != nil {
		return Outcome{}, err
	}
	ctx = catalog.WithActor(ctx, w.Actor())
	refs, err := c.putMade(ctx, w, r)
	if err != nil {
		return Outcome{}, err
	}
	own, err := c.o.Catalog.Put(ctx, origin(made), entities)
	if err != nil {
		return Outcome{}, err
	}
	result := registered{}
	for _, ref := range append(refs, own...) {
		w.Log.Info("%s", ref)
		result.Entities = append(result.Entities, ref.String())
	}
	return Outcome{Result: result}, nil
}

// putMade registers the group and the system that are made along with it.
// Somebody may have written one of them down in the meantime; then it is theirs.
func (c *Creation) putMade(ctx context.Context, w *Work, r resolved) ([]catalog.Ref, error) {
	var note registerNote
	noted, err := w.Noted(stepRegister, &note)
	if err != nil {
		return nil, err
	}
	if !noted {
		note.Made = []string{}
		for _, e := range r.made() {
			_, there, err := c.o.Catalog.Find(ctx, e.Ref())
			if err != nil {
				return nil, err
			}
			if !there {
				note.Made = append(note.Made, e.Ref().String())
			}
		}
		if err := w.Note(ctx, note); err != nil {
			return nil, err
		}
	}
	var refs []catalog.Ref
	for _, e := range r.made() {
		if !slices.Contains(note.Made, e.Ref().String()) {
			continue
		}
		put, err := c.o.Catalog.Put(ctx, catalog.OriginMade(), []catalog.Entity{e})
		if fault.Is(err, fault.Conflict) {
			continue
		}
		if err != nil {
			return nil, err
		}
		refs = append(refs, put...)
	}
	return refs, nil
}

// mayWithdraw refuses while others call the service.
func (c *Creation) mayWithdraw(ctx context.Context, w *Work) error {
	var r resolved
	if err := w.Need(stepCheck, &r); err != nil {
		return err
	}
	groups, err := c.o.Catalog.Relations(ctx, catalog.NewRef(catalog.KindAPI, "", r.Answers.Name))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(groups, func(g catalog.RelationGroup) bool { return g.Type == catalog.RelationAPIConsumedBy })
	if i < 0 {
		return nil
	}
	names := make([]string, len(groups[i].Neighbours))
	for j, n := range groups[i].Neighbours {
		names[j] = n.Name
	}
	return fault.New(fault.Conflict, "%s is consumed by %s, so it cannot be taken back.", r.Answers.Name, strings.Join(names, ", ")).
		WithHint("Take those back first, or remove the dependency from their catalog-info.yaml.")
}

// withdraw takes the service out of the catalog, and then what was made for it
// alone. The system goes before the group that owns it.
func (c *Creation) withdraw(ctx context.Context, w *Work) error {
	ctx = catalog.WithActor(ctx, w.Actor())
	var made Repository
	there, err := w.Result(stepHost, &made)
	if err != nil || !there {
		return err
	}
	if err := c.o.Catalog.Remove(ctx, origin(made)); err != nil {
		return err
	}
	var note registerNote
	if _, err := w.Noted(stepRegister, &note); err != nil {
		return err
	}
	slices.Reverse(note.Made)
	for _, name := range note.Made {
		ref, err := catalog.ParseRef(name, catalog.RefDefaults{})
		if err != nil {
			return err
		}
		related, err := c.o.Catalog.Relations(ctx, ref)
		if err != nil {
			return err
		}
		if onlyOwned(related) {
			if err := c.o.Catalog.Withdraw(ctx, catalog.OriginMade(), ref); err != nil {
				return err
			}
			w.Log.Info("%s is taken out of the catalog.", ref)
		} else {
			w.Log.Info("%s stays: others refer to it by now.", ref)
		}
	}
	return nil
}

// onlyOwned reports whether nobody else refers to an entity: all it has is the
// owner it names itself.
func onlyOwned(related []catalog.RelationGroup) bool {
	return !slices.ContainsFunc(related, func(g catalog.RelationGroup) bool { return g.Type != catalog.RelationOwnedBy })
}

// output says what was made.
func (c *Creation) output(w *Work) (any, error) {
	var made Repository
	var pushed commitResult
	var done registered
	for step, into := range map[string]any{stepHost: &made, stepPush: &pushed, stepRegister: &done} {
		if err := w.Need(step, into); err != nil {
			return nil, err
		}
	}
	return CreateServiceOutput{
		Repository: made.Name, CloneURL: made.CloneURL, LocalPath: made.LocalPath, WebURL: made.WebURL,
		Commit: pushed.Commit, Entities: done.Entities,
	}, nil
}
