package catalog

import (
	"context"
	"encoding/json"

	"github.com/goldenpath/platform/catalog/index"
)

// Condition narrows a search. A key is a dotted path into an entity, such as
// spec.type, metadata.annotations.github.com/project-slug or relations.ownedBy;
// keys and values are compared without regard to case. A list holds each of
// its items (metadata.tags = java), and each text in it is a key of its own
// (metadata.tags.java = true). Values of more than 200 characters exist and
// equal nothing.
type Condition = index.Condition

type (
	// AllOf holds where every condition does; an empty one always holds.
	AllOf = index.AllOf
	// AnyOf holds where one of the conditions does; an empty one never holds.
	AnyOf = index.AnyOf
	// Not holds where the condition does not.
	Not = index.Not
	// Has holds where the entity has one of the values for the key.
	Has = index.Has
	// Exists holds where the entity has the key.
	Exists = index.Exists
	// HasPrefix holds where a value of the key starts with the prefix.
	HasPrefix = index.HasPrefix
)

// OrderKey is a key to sort by.
type OrderKey = index.By

// Place is where an entity stands, or stood, in the order of a search.
type Place = index.Place

// Search asks for entities by any of their keys: the query of Backstage's API.
type Search struct {
	Where Condition // nil is everything
	// Text must be part of a value of one of TextKeys, case ignored; "" is in
	// everything. No TextKeys means metadata.uid.
	Text     string
	TextKeys []string
	// Order sorts by keys, the first counting most. Entities without a value
	// come last in either direction; what is equal is sorted by uid.
	Order  []OrderKey
	Offset int
	Limit  int // 0 is all of them
	// From is a place in the order: what follows it is returned, or, with
	// Backward, what stands before it. Nil is the start.
	From     *Place
	Backward bool
	// CountOnly leaves the items out.
	CountOnly bool
}

// SearchPage is a part of what a search finds, always in the order asked for,
// also when it was read backward.
type SearchPage struct {
	Items []json.RawMessage // as Backstage shows an entity: with uid, etag, relations and status
	Total int               // of all pages
	// First and Last are the places of the first and last item; nil without items.
	First, Last *Place
	// Before and After say whether there are items on that side.
	Before, After bool
}

// Search returns the entities that match as JSON.
func (c *Catalog) Search(ctx context.Context, s Search) (SearchPage, error) {
	x, err := c.model.index(ctx)
	if err != nil {
		return SearchPage{}, err
	}
	if s.Text != "" && len(s.TextKeys) == 0 {
		s.TextKeys = []string{"metadata.uid"}
	}
	found := x.Find(index.Query{
		Where: s.Where, Text: s.Text, TextKeys: s.TextKeys, Order: s.Order, Offset: s.Offset, Limit: s.Limit,
		From: s.From, Backward: s.Backward, CountOnly: s.CountOnly,
	})
	page := SearchPage{Total: found.Total, First: found.First, Last: found.Last, Before: found.Before, After: found.After}
	page.Items, err = c.model.documents(ctx, found.Hits)
	return page, err
}

// CountValues counts the values that entities which match have for keys, as
// they are written, most frequent first. A key is a dotted path, as in a
// Condition; a value that exists and equals nothing is not counted.
func (c *Catalog) CountValues(ctx context.Context, where Condition, keys []string) (map[string][]FacetCount, error) {
	x, err := c.model.index(ctx)
	if err != nil {
		return nil, err
	}
	counts := x.Counts(index.Query{Where: where}, keys)
	out := make(map[string][]FacetCount, len(counts))
	for key, values := range counts {
		list := make([]FacetCount, len(values))
		for i, v := range values {
			list[i] = FacetCount{Value: v.Value, Label: v.Value, Count: v.Count}
		}
		out[key] = list
	}
	return out, nil
}

// Documents returns entities as JSON in the order of refs, nil for those that
// are not in the catalog.
func (c *Catalog) Documents(ctx context.Context, refs []Ref) ([]json.RawMessage, error) {
	x, err := c.model.index(ctx)
	if err != nil {
		return nil, err
	}
	at := make([]int, 0, len(refs))
	hits := make([]index.Summary, 0, len(refs))
	for i, ref := range refs {
		if hit, ok := x.Lookup(NewRef(ref.Kind, ref.Namespace, ref.Name).String()); ok {
			at, hits = append(at, i), append(hits, hit)
		}
	}
	found, err := c.model.documentsByID(ctx, hits)
	if err != nil {
		return nil, err
	}
	out := make([]json.RawMessage, len(refs))
	for i, hit := range hits {
		out[at[i]] = found[hit.ID]
	}
	return out, nil
}

// DocumentByUID returns one entity as JSON, false when there is none.
func (c *Catalog) DocumentByUID(ctx context.Context, uid string) (json.RawMessage, bool, error) {
	x, err := c.model.index(ctx)
	if err != nil {
		return nil, false, err
	}
	hit, ok := x.LookupID(uid)
	if !ok {
		return nil, false, nil
	}
	found, err := c.model.documentsByID(ctx, []index.Summary{hit})
	if err != nil {
		return nil, false, err
	}
	document, ok := found[uid]
	return document, ok, nil
}
