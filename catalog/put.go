package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/goldenpath/platform/internal/fault"
)

// Put takes in entities that no reading brought: those of the platform itself,
// and those of a repository it just made. It adds and replaces, and never
// removes other entities of the origin. Doing it again with the same entities
// changes nothing. An entity that another location defines is a conflict, and
// then nothing is stored.
//
// Entities come from Parse or ParseFS, or are written as struct literals. Inside a
// transaction call Put last: it holds the feed's lock until the end.
func (c *Catalog) Put(ctx context.Context, origin Location, entities []Entity) ([]Ref, error) {
	origin, err := origin.normal("")
	if err != nil {
		return nil, err
	}
	var refs []Ref
	found := reading{}
	commit := ""
	for _, e := range entities {
		tree := &Tree{Commit: e.Source.Commit, Branch: origin.Branch}
		if origin.Type == LocationFile {
			tree.Base = origin.Target
		}
		ready, err := prepare(e, placementOf(e.Source.Path, origin, tree))
		if err != nil {
			return nil, err
		}
		ready.Source = sourceIn(ready.Source, origin, tree)
		refs = append(refs, ready.Ref())
		found.entities = append(found.entities, ready)
		commit = e.Source.Commit
	}
	err = c.unit.InTx(ctx, func(ctx context.Context) error {
		return c.put(ctx, origin, found, commit)
	})
	if err != nil {
		return nil, err
	}
	return refs, nil
}

func (c *Catalog) put(ctx context.Context, origin Location, found reading, commit string) error {
	if err := c.store.LockFeed(ctx); err != nil {
		return fmt.Errorf("lock the catalog's feed: %w", err)
	}
	l, exists, err := c.store.LocationByKey(ctx, origin)
	if err != nil {
		return fmt.Errorf("read location %s: %w", origin, err)
	}
	if !exists {
		l = origin.key()
		l.ID, l.CreatedAt, l.CreatedBy = newID(), c.now(), actorOf(ctx)
	}
	found.cut = true // what is not in the list stays
	diff, err := c.merge(ctx, l, found)
	if err != nil {
		return err
	}
	if len(diff.conflicts) > 0 {
		p := diff.conflicts[0]
		return fault.New(fault.Conflict, "%s", p.Message).WithHint("%s", p.Hint)
	}
	if !exists || commit != l.Commit {
		l.LastRefreshed, l.Commit = c.now(), commit
		if err := c.store.SaveLocation(ctx, l); err != nil {
			return fmt.Errorf("save location %s: %w", l, err)
		}
	}
	return c.write(ctx, diff, Author{Actor: actorOf(ctx), Commit: commit, At: c.now()})
}

// Withdraw removes entities that came from origin; others, and those that are
// not there, are left alone. It undoes a Put.
func (c *Catalog) Withdraw(ctx context.Context, origin Location, refs ...Ref) error {
	return c.drop(ctx, origin, func(h Header) bool { return slices.Contains(refs, h.Ref) }, false)
}

// Remove forgets a location and everything it defines: the undo of a
// registration. A location that is not registered is no error.
func (c *Catalog) Remove(ctx context.Context, l Location) error {
	return c.drop(ctx, l, func(Header) bool { return true }, true)
}

// drop deletes the entities of a location that match, and then the location if
// asked to.
func (c *Catalog) drop(ctx context.Context, l Location, match func(Header) bool, forget bool) error {
	return c.unit.InTx(ctx, func(ctx context.Context) error {
		if err := c.store.LockFeed(ctx); err != nil {
			return fmt.Errorf("lock the catalog's feed: %w", err)
		}
		known, exists, err := c.known(ctx, l)
		if err != nil || !exists {
			return err
		}
		headers, err := c.store.HeadersAt(ctx, known.ID)
		if err != nil {
			return fmt.Errorf("read the entities of %s: %w", known, err)
		}
		headers = slices.DeleteFunc(headers, func(h Header) bool { return !match(h) })
		by := Author{Actor: actorOf(ctx), At: c.now()}
		if err := c.write(ctx, changes{remove: headers}, by); err != nil || !forget {
			return err
		}
		if err := c.dropChildren(ctx, known); err != nil {
			return err
		}
		if err := c.store.DeleteLocation(ctx, known.ID); err != nil {
			return fmt.Errorf("delete location %s: %w", known, err)
		}
		return nil
	})
}

// known finds a location by its id or by what it points at.
func (c *Catalog) known(ctx context.Context, l Location) (Location, bool, error) {
	if l.ID != "" {
		found, exists, err := c.store.LocationByID(ctx, l.ID)
		if err != nil {
			return Location{}, false, fmt.Errorf("read location %s: %w", l.ID, err)
		}
		return found, exists, nil
	}
	l, err := l.normal("")
	if err != nil {
		return Location{}, false, err
	}
	return c.registered(ctx, l)
}

// prepare brings an entity into the form in which files are stored, however it
// was made, says where it is written, and refuses one that a file could not
// hold either.
func prepare(e Entity, at placement) (Entity, error) {
	body := e.Body
	if len(body) == 0 {
		body = e.Raw
	}
	if len(body) == 0 {
		written, err := e.write()
		if err != nil {
			return Entity{}, err
		}
		body = written
	}
	doc, err := parseJSON(body, DefaultLimits())
	if err != nil {
		return Entity{}, fault.New(fault.Invalid, "The entity %s is not valid JSON.", e.Ref()).WithCause(err)
	}
	if problems := validate(doc); len(problems) > 0 {
		return Entity{}, asFault(e.Ref().String(), problems)
	}
	normalize(doc)
	at.mark(doc)
	ready := fromDocument(doc, len(body))
	ready.Raw, ready.Source = e.Raw, e.Source
	if len(ready.Raw) == 0 {
		ready.Raw = body
	}
	return ready, nil
}

// write returns the JSON of an entity made in code.
func (e Entity) write() ([]byte, error) {
	metadata := map[string]any{}
	maps.Copy(metadata, e.Metadata.Extra)
	metadata["name"] = e.Metadata.Name
	for key, s := range map[string]string{
		"namespace": e.Metadata.Namespace, "title": e.Metadata.Title, "description": e.Metadata.Description,
	} {
		if s != "" {
			metadata[key] = s
		}
	}
	if len(e.Metadata.Labels) > 0 {
		metadata["labels"] = e.Metadata.Labels
	}
	if len(e.Metadata.Annotations) > 0 {
		metadata["annotations"] = e.Metadata.Annotations
	}
	if len(e.Metadata.Tags) > 0 {
		metadata["tags"] = e.Metadata.Tags
	}
	if len(e.Metadata.Links) > 0 {
		metadata["links"] = e.Metadata.Links
	}
	version := e.APIVersion
	if version == "" {
		version = CoreVersion
	}
	doc := struct {
		APIVersion string         `json:"apiVersion"`
		Kind       string         `json:"kind"`
		Metadata   map[string]any `json:"metadata"`
		Spec       map[string]any `json:"spec,omitempty"`
	}{APIVersion: version, Kind: e.Kind, Metadata: metadata, Spec: e.Spec}
	body, err := json.Marshal(doc)
	if err != nil {
		return nil, fault.New(fault.Invalid, "The entity %s cannot be written as JSON.", e.Ref()).WithCause(err)
	}
	return body, nil
}
