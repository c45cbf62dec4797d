package catalog

import (
	"context"
	"slices"

	"github.com/goldenpath/platform/catalog/index"
)

// Neighbour is an entity at the other end of a relation. Exists is false when
// it is named but not in the catalog.
type Neighbour struct {
	Ref    Ref
	Kind   string // as written: Component, API
	Name   string // as written
	Title  string
	Exists bool
}

// RelationGroup is the neighbours of one type of relation.
type RelationGroup struct {
	Type       string
	Neighbours []Neighbour
}

// Relations returns what an entity is related to, grouped by type of relation
// and ordered by type and ref. It answers also for a ref that others name but
// that is not in the catalog.
func (c *Catalog) Relations(ctx context.Context, ref Ref) ([]RelationGroup, error) {
	x, err := c.model.index(ctx)
	if err != nil {
		return nil, err
	}
	var groups []RelationGroup
	for _, edge := range x.Edges(ref.String()) {
		if n := len(groups); n == 0 || groups[n-1].Type != edge.Type {
			groups = append(groups, RelationGroup{Type: edge.Type})
		}
		last := &groups[len(groups)-1]
		last.Neighbours = append(last.Neighbours, neighbour(x, edge.Target))
	}
	return groups, nil
}

// Neighbours returns what an entity is related to by one type of relation.
func (c *Catalog) Neighbours(ctx context.Context, ref Ref, relationType string) ([]Neighbour, error) {
	groups, err := c.Relations(ctx, ref)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(groups, func(g RelationGroup) bool { return g.Type == relationType })
	if i < 0 {
		return nil, nil
	}
	return groups[i].Neighbours, nil
}

// OwnerOf returns who owns e, and false when e names no owner.
func (c *Catalog) OwnerOf(ctx context.Context, e Entity) (Neighbour, bool, error) {
	owner := e.target("owner")
	if owner == "" {
		return Neighbour{}, false, nil
	}
	x, err := c.model.index(ctx)
	if err != nil {
		return Neighbour{}, false, err
	}
	return neighbour(x, owner), true, nil
}

// SystemOf returns the system e belongs to, and false when it names none.
func (c *Catalog) SystemOf(ctx context.Context, e Entity) (Neighbour, bool, error) {
	system := e.target("system")
	if system == "" {
		return Neighbour{}, false, nil
	}
	x, err := c.model.index(ctx)
	if err != nil {
		return Neighbour{}, false, err
	}
	return neighbour(x, system), true, nil
}

// MembersOf returns the users of a group, ordered by ref.
func (c *Catalog) MembersOf(ctx context.Context, group Ref) ([]Neighbour, error) {
	return c.Neighbours(ctx, group, RelationHasMember)
}

// GroupsOf returns the groups a user is in, directly or through the parents of
// those groups, nearest first.
func (c *Catalog) GroupsOf(ctx context.Context, user Ref) ([]Neighbour, error) {
	x, err := c.model.index(ctx)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var groups []Neighbour
	next := []string{user.String()}
	up := RelationMemberOf
	for len(next) > 0 {
		var found []string
		for _, ref := range next {
			for _, edge := range x.Edges(ref) {
				if edge.Type == up && !seen[edge.Target] {
					seen[edge.Target] = true
					found = append(found, edge.Target)
					groups = append(groups, neighbour(x, edge.Target))
				}
			}
		}
		next, up = found, RelationChildOf
	}
	return groups, nil
}

// HasGroups reports whether the catalog has any group: before it has one,
// nobody can be told which owners there are.
func (c *Catalog) HasGroups(ctx context.Context) (bool, error) {
	x, err := c.model.index(ctx)
	if err != nil {
		return false, err
	}
	return x.Number(index.Has{Key: "kind", Values: []string{KindGroup}}) > 0, nil
}

// Exists reports whether ref is in the catalog.
func (c *Catalog) Exists(ctx context.Context, ref Ref) (bool, error) {
	_, found, err := c.lookup(ctx, ref)
	return found, err
}

func neighbour(x *index.Index, ref string) Neighbour {
	parsed, _ := ParseRef(ref, RefDefaults{}) // the index holds canonical refs only
	n := Neighbour{Ref: parsed, Kind: parsed.Kind, Name: parsed.Name, Title: parsed.Name}
	if s, ok := x.Lookup(ref); ok {
		n.Kind, n.Name, n.Title, n.Exists = s.Kind, s.Name, s.Title, true
	}
	return n
}
