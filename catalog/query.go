package catalog

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
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
	result := x.Find(found)
	items, err := c.model.load(ctx, result.Hits)
	if err != nil {
		return Page{}, err
	}
	for i := range items {
		items[i].Relations = relationsFrom(x.Edges(items[i].Ref().String()))
	}
	page := Page{Items: items, Total: result.Total}
	if result.After {
		page.Next, err = writeCursor(q.Order, result.Last)
	}
	return page, err
}

// Facets counts the values of keys among the entities that match. The query's
// filter on a key does not narrow the counts of that same key, so that the
// other values stay to choose from.
func (c *Catalog) Facets(ctx context.Context, q Query, keys ...string) (map[string][]FacetCount, error) {
	for _, key := range keys {
		if termOf(key) == "" {
			return nil, fault.New(fault.Invalid, "There is no facet %q.", key).
				WithHint("Use one of: %s.", strings.Join(facetKeys(), ", "))
		}
	}
	x, err := c.model.index(ctx)
	if err != nil {
		return nil, err
	}
	q.Cursor = ""
	found, err := q.find()
	if err != nil {
		return nil, err
	}
	out := make(map[string][]FacetCount, len(keys))
	var together []string
	for _, key := range keys {
		if !q.narrows(key) {
			together = append(together, termOf(key))
			continue
		}
		others := found
		others.Where = q.where(key)
		out[key] = facetsOf(key, x.Counts(others, []string{termOf(key)})[termOf(key)])
	}
	if len(together) == 0 {
		return out, nil
	}
	counts := x.Counts(found, together)
	for _, key := range keys {
		if !q.narrows(key) {
			out[key] = facetsOf(key, counts[termOf(key)])
		}
	}
	return out, nil
}

// facetsOf adds up values that differ only in case, under the most frequent one.
func facetsOf(key string, counts []index.Count) []FacetCount {
	at := make(map[string]int, len(counts))
	list := make([]FacetCount, 0, len(counts))
	for _, v := range counts {
		value := strings.ToLower(v.Value)
		if i, twice := at[value]; twice {
			list[i].Count += v.Count
			continue
		}
		at[value] = len(list)
		list = append(list, FacetCount{Value: value, Label: facetLabel(key, v.Value), Count: v.Count})
	}
	if len(list) < len(counts) {
		slices.SortStableFunc(list, func(a, b FacetCount) int { return cmp.Compare(b.Count, a.Count) })
	}
	return list
}

func facetKeys() []string {
	return []string{
		FacetKind, FacetType, FacetOwner, FacetSystem, FacetLifecycle, FacetTag, FacetNamespace, FacetLocation,
	}
}

// facetLabel shortens references: group:default/checkout is checkout.
func facetLabel(key, value string) string {
	var d RefDefaults
	switch key {
	case FacetOwner:
		d.Kind = KindGroup
	case FacetSystem:
		d.Kind = KindSystem
	default:
		return value
	}
	ref, err := ParseRef(value, d)
	if err != nil {
		return value
	}
	return ref.Short(d)
}

// find translates q for the index.
func (q Query) find() (index.Query, error) {
	out := index.Query{Limit: q.Limit, Words: strings.Fields(strings.ToLower(q.Text)), Where: q.where("")}
	if out.Limit <= 0 {
		out.Limit = DefaultLimit
	}
	out.Limit = min(out.Limit, MaxLimit)
	key, descending := strings.CutPrefix(q.Order, "-")
	switch {
	case key == "" || key == "name":
	case key == "updated":
		out.Order = []index.By{{Key: index.ByUpdated, Descending: descending}}
	case slices.Contains(orders(), key):
		out.Order = []index.By{{Key: termOf(key), Descending: descending}}
	default:
		return index.Query{}, fault.New(fault.Invalid, "The list cannot be ordered by %q.", q.Order).
			WithHint("Use one of %s, or one of them with a leading minus.", strings.Join(orders(), ", "))
	}
	out.Order = append(out.Order, index.By{Key: "metadata.name", Descending: descending},
		index.By{Key: index.ByRef, Descending: descending})
	from, err := readCursor(q.Cursor, q.Order, len(out.Order))
	out.From = from
	return out, err
}

// termOf returns the key of the index by the name that a Query has for it, ""
// when there is none.
func termOf(key string) string {
	switch key {
	case FacetKind:
		return "kind"
	case FacetType:
		return "spec.type"
	case FacetLifecycle:
		return "spec.lifecycle"
	case FacetTag:
		return "metadata.tags"
	case FacetNamespace:
		return "metadata.namespace"
	case FacetOwner:
		return termOwner
	case FacetSystem:
		return termSystem
	case FacetLocation:
		return termLocation
	}
	return ""
}

// filter returns the values of q for a key.
func (q Query) filter(key string) []string {
	switch key {
	case FacetKind:
		return q.Kinds
	case FacetType:
		return q.Types
	case FacetOwner:
		return canonical(q.Owners, KindGroup)
	case FacetSystem:
		return canonical(q.Systems, KindSystem)
	case FacetLifecycle:
		return q.Lifecycles
	case FacetTag:
		return q.Tags
	case FacetNamespace:
		return q.Namespaces
	case FacetLocation:
		return q.Locations
	}
	return nil
}

func (q Query) narrows(key string) bool { return len(q.filter(key)) > 0 }

// where is what all filters of q but one say.
func (q Query) where(but string) index.Condition {
	var all index.AllOf
	for _, key := range facetKeys() {
		values := q.filter(key)
		if key == but || len(values) == 0 {
			continue
		}
		trimmed := make([]string, len(values))
		for i, v := range values {
			trimmed[i] = strings.TrimSpace(v)
		}
		all = append(all, index.Has{Key: termOf(key), Values: trimmed})
	}
	return all
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

// listCursor is a place in a list, as its reader hands it back.
type listCursor struct {
	Order string `json:"o"`
	index.Place
}

func writeCursor(order string, at *index.Place) (string, error) {
	text, err := json.Marshal(listCursor{Order: order, Place: *at})
	if err != nil {
		return "", fmt.Errorf("write a cursor: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(text), nil
}

// readCursor returns the place a cursor holds, nil when there is no cursor.
func readCursor(cursor, order string, keys int) (*index.Place, error) {
	if cursor == "" {
		return nil, nil //nolint:nilnil // no cursor is the first page, not an error
	}
	foreign := fault.New(fault.Invalid, "The cursor does not belong to this list.").
		WithHint("Start again from the first page.")
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, foreign.WithCause(err)
	}
	var at listCursor
	if err := json.Unmarshal(text, &at); err != nil {
		return nil, foreign.WithCause(err)
	}
	if at.Order != order || at.ID == "" || len(at.Values) != keys {
		return nil, foreign
	}
	return &at.Place, nil
}
