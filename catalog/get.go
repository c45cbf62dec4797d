package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
)

// Get returns one entity with its relations and the problems of its file. When
// there is none the fault says what became of it, or names what is written
// almost the same.
func (c *Catalog) Get(ctx context.Context, ref Ref) (Entity, error) {
	e, found, err := c.lookup(ctx, ref)
	if err != nil {
		return Entity{}, err
	}
	if !found {
		return Entity{}, c.notFound(ctx, ref)
	}
	return e, nil
}

// Find returns one entity as Get does, or false when it is not in the catalog.
func (c *Catalog) Find(ctx context.Context, ref Ref) (Entity, bool, error) {
	return c.lookup(ctx, ref)
}

// lookup reads the entity from the store, so that a transaction sees what it
// wrote itself.
func (c *Catalog) lookup(ctx context.Context, ref Ref) (Entity, bool, error) {
	found, err := c.store.EntitiesByRef(ctx, []Ref{NewRef(ref.Kind, ref.Namespace, ref.Name)})
	if err != nil {
		return Entity{}, false, fmt.Errorf("read %s: %w", ref, err)
	}
	if len(found) == 0 {
		return Entity{}, false, nil
	}
	e := found[0]
	x, err := c.model.index(ctx)
	if err != nil {
		return Entity{}, false, err
	}
	e.Relations = relationsFrom(x.Edges(e.Ref().String()))
	if known, ok := x.Lookup(e.Ref().String()); !ok || known.Etag != e.Etag {
		// Written in this transaction, so not in the index yet.
		e.Relations = sortRelations(append(e.Relations, RelationsOf(e)...))
	}
	problems, err := c.ProblemsOf(ctx, e)
	if err != nil {
		return Entity{}, false, err
	}
	for _, p := range problems {
		e.Status.Items = append(e.Status.Items, p.statusItem())
	}
	return e, true, nil
}

// notFound says what became of an entity that there was, and otherwise what is
// written almost the same.
func (c *Catalog) notFound(ctx context.Context, ref Ref) error {
	if former, was, err := c.FormerOf(ctx, ref); err == nil && was {
		return former.fault()
	}
	err := fault.New(fault.NotFound, "%s is not in the catalog.", ref)
	near, nearErr := c.meant(ctx, ref)
	if nearErr != nil || len(near) == 0 {
		return err.WithHint("Register its file: platform catalog register PATH_OR_URL")
	}
	names := make([]string, len(near))
	for i, n := range near {
		names[i] = n.String()
	}
	return err.WithHint("Did you mean %s? Or register its file: platform catalog register PATH_OR_URL",
		strings.Join(names, " or "))
}

// meant returns what may be meant by a ref that is not in the catalog: what is
// called so and of another kind, then names of its kind that are written almost the
// same, else such names of any kind.
func (c *Catalog) meant(ctx context.Context, ref Ref) ([]Ref, error) {
	near, err := c.Nearest(ctx, ref.Kind, ref.Name)
	if err != nil {
		return nil, err
	}
	others, err := c.Nearest(ctx, "", ref.Name)
	if err != nil || len(near) == 0 {
		return others, err
	}
	var same []Ref
	for _, other := range others {
		if strings.EqualFold(other.Name, ref.Name) && !slices.Contains(near, other) {
			same = append(same, other)
		}
	}
	near = append(same, near...)
	return near[:min(len(near), 3)], nil
}

// Nearest returns up to three entities of a kind (of any kind when it is
// empty) whose names are written almost like name, nearest first.
func (c *Catalog) Nearest(ctx context.Context, kind, name string) ([]Ref, error) {
	x, err := c.model.index(ctx)
	if err != nil {
		return nil, err
	}
	var refs []Ref
	for _, s := range x.Nearest(FacetKind, strings.ToLower(kind), name, 3) {
		if ref, err := ParseRef(s.Ref, RefDefaults{}); err == nil {
			refs = append(refs, ref)
		}
	}
	return refs, nil
}

// ProblemsOf returns the problems in the files of all locations that concern
// one entity: those of its own file, also where nobody could read which entity
// they are about, and those of others that define it too.
func (c *Catalog) ProblemsOf(ctx context.Context, e Entity) ([]Problem, error) {
	problems, err := c.store.ProblemsOf(ctx, e.Ref(), e.Source)
	if err != nil {
		return nil, fmt.Errorf("read the problems of %s: %w", e.Ref(), err)
	}
	return problems, nil
}

// Definition returns the document an API entity defines.
func (c *Catalog) Definition(ctx context.Context, api Ref) ([]byte, error) {
	e, err := c.Get(ctx, api)
	if err != nil {
		return nil, err
	}
	definition := e.SpecString("definition")
	if definition == "" {
		return nil, fault.New(fault.NotFound, "%s has no definition.", e.Ref()).
			WithHint("Only API entities have one; see: platform catalog list --kind api")
	}
	return []byte(definition), nil
}

// APIOf returns the first OpenAPI API that a component provides, by name, and
// false when it provides none that is in the catalog.
func (c *Catalog) APIOf(ctx context.Context, component Ref) (Entity, bool, error) {
	e, err := c.Get(ctx, component)
	if err != nil {
		return Entity{}, false, err
	}
	refs := e.Related(RelationProvidesAPI)
	if len(refs) == 0 {
		return Entity{}, false, nil
	}
	apis, err := c.store.EntitiesByRef(ctx, refs)
	if err != nil {
		return Entity{}, false, fmt.Errorf("read the APIs of %s: %w", component, err)
	}
	for _, ref := range refs {
		for _, api := range apis {
			if api.Ref() == ref && strings.EqualFold(api.SpecString("type"), "openapi") {
				return api, true, nil
			}
		}
	}
	return Entity{}, false, nil
}
