package catalog

import (
	"context"
	"slices"
	"strings"

	"github.com/goldenpath/platform/catalog/index"
	"github.com/goldenpath/platform/internal/fault"
)

// The keys by which entities are filtered and counted.
const (
	FacetKind      = "kind"
	FacetType      = "type"
	FacetOwner     = "owner"
	FacetSystem    = "system"
	FacetLifecycle = "lifecycle"
	FacetTag       = "tag"
	FacetNamespace = "namespace"
	FacetLocation  = "location"
)

// Page sizes of List.
const (
	DefaultLimit = 50
	MaxLimit     = 500
)

// Query narrows a list. Values of one field are alternatives, different fields
// narrow further; matching ignores case. Owners and Systems are references and
// may be bare names. Every word of Text must be in name, title or description.
type Query struct {
	Kinds, Types, Owners, Systems, Lifecycles, Tags []string
	Namespaces, Locations                           []string
	Text                                            string
	Limit                                           int
	Cursor                                          string
	// Order is name (the default), kind, type, owner, system, lifecycle or
	// updated; a leading minus turns it around.
	Order string
}

// Page is a part of a list. Total counts all pages; Next is empty on the last.
type Page struct {
	Items []Entity
	Total int
	Next  string
}

// FacetCount says how many entities have a value. Value is what a Query takes;
// Label is how to show it.
type FacetCount struct {
	Value string
	Label string
	Count int
}

// List returns one page of the entities that match.
func (c *Catalog) List(ctx context.Context, q Query) (Page, error) {
	x, err := c.model.index(ctx)
	if err != nil {
		return Page{}, err
	}
	found, err := q.find()
	if err != nil {
		return Page{}, err
	}
	result, err := x.Find(found)
	if err != nil {
		return Page{}, fault.New(fault.Invalid, "The cursor does not belong to this list.").
			WithHint("Start again from the first page.").WithCause(err)
	}
	items, err := c.model.load(ctx, result.Hits)
	if err != nil {
		return Page{}, err
	}
	for i := range items {
		items[i].Relations = relationsFrom(x.Edges(items[i].Ref().String()))
	}
	return Page{Items: items, Total: result.Total, Next: result.Next}, nil
}

// Facets counts the values of keys among the entities that match. The query's
// filter on a key does not narrow the counts of that same key, so that the
// other values stay to choose from.
func (c *Catalog) Facets(ctx context.Context, q Query, keys ...string) (map[string][]FacetCount, error) {
	for _, key := range keys {
		if !slices.Contains(facetKeys(), key) {
			return nil, fault.New(fault.Invalid, "There is no facet %q.", key).
				WithHint("Use one of: %s.", strings.Join(facetKeys(), ", "))
		}
	}
	x, err := c.model.index(ctx)
	if err != nil {
		return nil, err
	}
	found, err := q.find()
	if err != nil {
		return nil, err
	}
	counts := x.Facets(found, keys)
	out := make(map[string][]FacetCount, len(keys))
	for key, values := range counts {
		list := make([]FacetCount, len(values))
		for i, v := range values {
			list[i] = FacetCount{Value: v.Value, Label: facetLabel(key, v), Count: v.Count}
		}
		out[key] = list
	}
	return out, nil
}

func facetKeys() []string {
	return []string{
		FacetKind, FacetType, FacetOwner, FacetSystem, FacetLifecycle, FacetTag, FacetNamespace, FacetLocation,
	}
}

// facetLabel shortens references: group:default/checkout is checkout.
func facetLabel(key string, v index.Count) string {
	var d RefDefaults
	switch key {
	case FacetOwner:
		d.Kind = KindGroup
	case FacetSystem:
		d.Kind = KindSystem
	default:
		return v.Label
	}
	ref, err := ParseRef(v.Value, d)
	if err != nil {
		return v.Label
	}
	return ref.Short(d)
}

// find translates q for the index.
func (q Query) find() (index.Query, error) {
	out := index.Query{Limit: q.Limit, Cursor: q.Cursor, Words: strings.Fields(strings.ToLower(q.Text))}
	if out.Limit <= 0 {
		out.Limit = DefaultLimit
	}
	out.Limit = min(out.Limit, MaxLimit)
	out.Order, out.Descending = strings.CutPrefix(q.Order, "-")
	if out.Order == "" {
		out.Order = "name"
	}
	if !slices.Contains(orders(), out.Order) {
		return index.Query{}, fault.New(fault.Invalid, "The list cannot be ordered by %q.", q.Order).
			WithHint("Use one of %s, or one of them with a leading minus.", strings.Join(orders(), ", "))
	}
	add := func(key string, values []string) {
		if len(values) == 0 {
			return
		}
		lower := make([]string, len(values))
		for i, v := range values {
			lower[i] = strings.ToLower(strings.TrimSpace(v))
		}
		out.Filters = append(out.Filters, index.Filter{Key: key, Values: lower})
	}
	add(FacetKind, q.Kinds)
	add(FacetType, q.Types)
	add(FacetOwner, canonical(q.Owners, KindGroup))
	add(FacetSystem, canonical(q.Systems, KindSystem))
	add(FacetLifecycle, q.Lifecycles)
	add(FacetTag, q.Tags)
	add(FacetNamespace, q.Namespaces)
	add(FacetLocation, q.Locations)
	return out, nil
}

func orders() []string {
	return []string{"name", FacetKind, FacetType, FacetOwner, FacetSystem, FacetLifecycle, "updated"}
}

// canonical writes references in their one form; what is no reference matches nothing.
func canonical(values []string, kind string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		if ref, err := ParseRef(strings.TrimSpace(v), RefDefaults{Kind: kind}); err == nil {
			v = ref.String()
		}
		out[i] = v
	}
	return out
}
