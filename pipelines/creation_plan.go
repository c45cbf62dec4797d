package pipelines

import (
	"cmp"
	"context"
	"fmt"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/scaffolds"
)

// resolved is what is asked for with everything looked up. It is the checkpoint
// of the first step: later steps ask the catalog nothing again.
type resolved struct {
	Path    string            `json:"path"`
	Host    string            `json:"host"`
	Answers scaffolds.Answers `json:"answers"`
	// Make are the group and the system that are made along with the service.
	Make      []madeEntity `json:"make,omitempty"`
	Providers []providerOf `json:"providers,omitempty"`
	Notices   []string     `json:"-"`

	golden GoldenPath
}

// madeEntity is a group or system that nobody has written down yet.
type madeEntity struct {
	Kind  string `json:"kind"`
	Name  string `json:"name"`
	Owner string `json:"owner,omitempty"` // of a system
}

// providerOf is a service to be called. Document is the API it had when the
// service was asked for.
type providerOf struct {
	Name     string `json:"name"`
	API      string `json:"api"`
	Document string `json:"document"`
}

// Plan checks everything and says what would be made. Nothing is changed.
func (c *Creation) Plan(ctx context.Context, in CreateServiceInput) (Plan, error) {
	r, err := c.resolve(ctx, in)
	if err != nil {
		return Plan{}, err
	}
	tree, err := r.render()
	if err != nil {
		return Plan{}, err
	}
	entities, err := entitiesOf(tree, "")
	if err != nil {
		return Plan{}, err
	}
	plan := Plan{Files: tree.Files, Notices: r.Notices}
	for _, e := range append(r.made(), entities...) {
		plan.Entities = append(plan.Entities, e.Ref().String())
	}
	return plan, nil
}

// Preview makes the files of answers that may still have owners and systems the
// catalog does not know, and a name that is taken.
func (c *Creation) Preview(ctx context.Context, in CreateServiceInput) (*scaffolds.Tree, error) {
	r, err := c.checked(in)
	if err != nil {
		return nil, err
	}
	p := &problems{}
	if err := c.resolveProviders(ctx, &r, p); err != nil {
		return nil, err
	}
	if err := p.fault(); err != nil {
		return nil, err
	}
	return r.render()
}

// checked looks at the answers alone.
func (c *Creation) checked(in CreateServiceInput) (resolved, error) {
	r := resolved{Path: cmp.Or(in.Path, defaultGoldenPath)}
	var err error
	if r.golden, err = c.o.Paths(r.Path); err != nil {
		return r, err
	}
	r.Answers, err = r.golden.Check(in.Answers)
	return r, err
}

// resolve looks everything up and refuses what cannot be made. What is wrong
// with the answers is said all at once; a name that is taken comes after that.
func (c *Creation) resolve(ctx context.Context, in CreateServiceInput) (resolved, error) {
	r, err := c.checked(in)
	if err != nil {
		return r, err
	}
	host, err := c.host(in.Host)
	if err != nil {
		return r, err
	}
	r.Host = host.Name()
	p := &problems{}
	for _, look := range []func() error{
		func() error { return c.resolveOwner(ctx, &r, in.CreateOwner, p) },
		func() error { return c.resolveSystem(ctx, &r, in.CreateSystem, p) },
		func() error { return c.resolveProviders(ctx, &r, p) },
	} {
		if err := look(); err != nil {
			return r, err
		}
	}
	if err := p.fault(); err != nil {
		return r, err
	}
	return r, c.free(ctx, r, host)
}

// free refuses a name that something has already.
func (c *Creation) free(ctx context.Context, r resolved, host Host) error {
	name := r.Answers.Name
	for _, kind := range []string{catalog.KindComponent, catalog.KindAPI} {
		e, taken, err := c.o.Catalog.Find(ctx, catalog.NewRef(kind, "", name))
		if err != nil {
			return err
		}
		if taken {
			return fault.New(fault.Conflict, "The name %q is taken: %s is in the catalog.", name, e.Ref()).
				WithField("name", "%q is taken", name).
				WithHint("Choose another name, or look at what has it: platform catalog get %s", e.Ref())
		}
	}
	repository, taken, err := host.Find(ctx, name)
	if err != nil {
		return err
	}
	if !taken {
		return nil
	}
	return c.repositoryTaken(ctx, name, repository)
}

// repositoryTaken says who has the name, and how to go on when an earlier try
// left it behind.
func (c *Creation) repositoryTaken(ctx context.Context, name string, repository Repository) error {
	f := fault.New(fault.Conflict, "The name %q is taken: there is a repository %s.", name, cmp.Or(repository.WebURL, repository.LocalPath)).
		WithField("name", "%q is taken", name).WithHint("Choose another name.")
	earlier, err := c.o.Past.List(ctx, RunQuery{Kinds: []string{KindCreateService}, Subject: name, States: []State{Failed, Cancelled}, Limit: 1})
	if err != nil {
		return fmt.Errorf("look for earlier runs: %w", err)
	}
	if len(earlier.Items) == 1 && earlier.Items[0].UndoneBy == "" {
		id := earlier.Items[0].ID
		f = f.WithHint("Run %s stopped while it made it. Go on: platform runs retry %s. Or take it back: platform runs undo %s", id, id, id)
	}
	return f
}

// render makes the files.
func (r resolved) render() (*scaffolds.Tree, error) {
	providers := make([]scaffolds.Provider, len(r.Providers))
	for i, p := range r.Providers {
		providers[i] = scaffolds.Provider{Name: p.Name, OpenAPI: []byte(p.Document), API: p.API}
	}
	return r.golden.Render(r.Answers, providers)
}

// made returns the entities that are made along with the service.
func (r resolved) made() []catalog.Entity {
	entities := make([]catalog.Entity, len(r.Make))
	for i, m := range r.Make {
		entities[i] = catalog.Entity{Kind: m.Kind, Metadata: catalog.Metadata{Name: m.Name}}
		if m.Kind == catalog.KindGroup {
			entities[i].Spec = map[string]any{"type": "team", "children": []any{}}
		} else {
			entities[i].Spec = map[string]any{"owner": m.Owner}
		}
	}
	return entities
}

// catalogFile is where a repository says what it is.
const catalogFile = "catalog-info.yaml"

// entitiesOf reads what the files say about themselves, as the catalog would.
func entitiesOf(tree *scaffolds.Tree, commit string) ([]catalog.Entity, error) {
	entities, err := catalog.ParseFS(tree.FS(), catalogFile)
	if err != nil {
		return nil, err
	}
	for i := range entities {
		entities[i].Source.Commit = commit
	}
	return entities, nil
}
