package catalog

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/goldenpath/platform/catalog/index"
	"github.com/goldenpath/platform/internal/fault"
)

// Direction says along which relations a graph is walked. Relations come in
// pairs; the one that a file states points out, the other one points in.
type Direction string

// The directions.
const (
	DirectionBoth Direction = "both"
	DirectionOut  Direction = "out"
	DirectionIn   Direction = "in"
)

// Bounds of a graph.
const (
	DefaultGraphDepth = 1
	MaxGraphDepth     = 10
	DefaultGraphLimit = 500
	MaxGraphLimit     = 10_000
)

// GraphQuery says where to start and which way to go. Types and Kinds narrow,
// case ignored, when they are not empty; roots are always shown.
type GraphQuery struct {
	Roots     []Ref
	Depth     int // steps from the roots; 0 means DefaultGraphDepth
	Direction Direction
	Types     []string
	Kinds     []string
	Limit     int // nodes; 0 means DefaultGraphLimit
}

// Graph is what is related to some entities, nearest first.
type Graph struct {
	Nodes []GraphNode
	Edges []GraphEdge
	// Cut says that there is more than the limit of nodes.
	Cut bool
}

// GraphNode is an entity, or a name that others refer to.
type GraphNode struct {
	Ref     Ref
	Kind    string // as written: Component, API
	Title   string
	Missing bool // it is named but not in the catalog
	Depth   int  // steps from the nearest root
}

// GraphEdge is one pair of relations, told from the side that points out.
type GraphEdge struct {
	Source Ref
	Type   string
	Target Ref
}

// Graph walks from the roots along relations.
func (c *Catalog) Graph(ctx context.Context, q GraphQuery) (Graph, error) {
	q, err := q.checked()
	if err != nil {
		return Graph{}, err
	}
	x, err := c.model.index(ctx)
	if err != nil {
		return Graph{}, err
	}
	w := graphWalk{x: x, q: q, seen: map[string]bool{}, edges: map[index.Edge]bool{}}
	for _, root := range q.Roots {
		w.visit(root.String(), 0)
	}
	for at := 0; at < len(w.order); at++ {
		if node := w.out.Nodes[at]; node.Depth < q.Depth {
			w.step(w.order[at], node.Depth+1)
		}
	}
	slices.SortFunc(w.out.Edges, func(a, b GraphEdge) int {
		return cmp.Or(strings.Compare(a.Source.String(), b.Source.String()),
			strings.Compare(a.Type, b.Type), strings.Compare(a.Target.String(), b.Target.String()))
	})
	return w.out, nil
}

func (q GraphQuery) checked() (GraphQuery, error) {
	if len(q.Roots) == 0 {
		return q, fault.New(fault.Invalid, "The graph has no root.").WithHint("Name an entity: platform catalog graph component:orders")
	}
	q.Depth = cmp.Or(q.Depth, DefaultGraphDepth)
	if q.Depth < 0 || q.Depth > MaxGraphDepth {
		return q, fault.New(fault.Invalid, "A graph is %d levels deep at most.", MaxGraphDepth).WithHint("Use a depth from 1 to %d.", MaxGraphDepth)
	}
	if q.Limit <= 0 {
		q.Limit = DefaultGraphLimit
	}
	q.Limit = min(q.Limit, MaxGraphLimit)
	switch q.Direction {
	case "":
		q.Direction = DirectionBoth
	case DirectionBoth, DirectionIn, DirectionOut:
	default:
		return q, fault.New(fault.Invalid, "There is no direction %q.", string(q.Direction)).WithHint("Use both, out or in.")
	}
	return q, nil
}

type graphWalk struct {
	x     *index.Index
	q     GraphQuery
	seen  map[string]bool
	order []string // of the nodes
	edges map[index.Edge]bool
	out   Graph
}

// visit adds a node once and says whether it is there.
func (w *graphWalk) visit(ref string, depth int) bool {
	if w.seen[ref] {
		return true
	}
	n := neighbour(w.x, ref)
	if depth > 0 && !contains(w.q.Kinds, n.Kind) {
		return false
	}
	if len(w.order) >= w.q.Limit {
		w.out.Cut = true
		return false
	}
	w.seen[ref] = true
	w.order = append(w.order, ref)
	w.out.Nodes = append(w.out.Nodes, GraphNode{Ref: n.Ref, Kind: n.Kind, Title: n.Title, Missing: !n.Exists, Depth: depth})
	return true
}

// step goes along all relations of one node.
func (w *graphWalk) step(ref string, depth int) {
	for _, e := range w.x.Edges(ref) {
		outward, direction := e, DirectionOut
		if pointsIn(e.Type) {
			outward, direction = index.Edge{Source: e.Target, Type: pairOf(e.Type), Target: e.Source}, DirectionIn
		}
		if w.q.Direction != DirectionBoth && w.q.Direction != direction {
			continue
		}
		if len(w.q.Types) > 0 && !contains(w.q.Types, e.Type) && !contains(w.q.Types, pairOf(e.Type)) {
			continue
		}
		if !w.visit(e.Target, depth) || w.edges[outward] {
			continue
		}
		w.edges[outward] = true
		source, target := neighbour(w.x, outward.Source).Ref, neighbour(w.x, outward.Target).Ref
		w.out.Edges = append(w.out.Edges, GraphEdge{Source: source, Type: outward.Type, Target: target})
	}
}

// contains reports whether a list that narrows lets a value pass.
func contains(list []string, value string) bool {
	return len(list) == 0 || slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, value) })
}

// relationPairs lists both ends of each relation, the one that points out first.
func relationPairs() [][2]string {
	return [][2]string{
		{RelationOwnedBy, RelationOwnerOf},
		{RelationPartOf, RelationHasPart},
		{RelationProvidesAPI, RelationAPIProvidedBy},
		{RelationConsumesAPI, RelationAPIConsumedBy},
		{RelationDependsOn, RelationDependencyOf},
		{RelationMemberOf, RelationHasMember},
		{RelationChildOf, RelationParentOf},
	}
}

// pairOf returns the relation that goes the other way; of one that we do not
// know, itself.
func pairOf(relation string) string {
	for _, pair := range relationPairs() {
		switch relation {
		case pair[0]:
			return pair[1]
		case pair[1]:
			return pair[0]
		}
	}
	return relation
}

func pointsIn(relation string) bool {
	return slices.ContainsFunc(relationPairs(), func(pair [2]string) bool { return pair[1] == relation })
}

// Owner is somebody who owns an entity: the owner its file names, then, with
// the way that leads there, the groups that this owner is part of.
type Owner struct {
	Ref     Ref
	Title   string
	Missing bool  // it is named but not in the catalog
	Via     []Ref // from the owner the file names to the one before this; empty for that owner
}

// OwnersOf returns who owns an entity, nearest first. It is empty when nobody
// is named.
func (c *Catalog) OwnersOf(ctx context.Context, ref Ref) ([]Owner, error) {
	x, err := c.model.index(ctx)
	if err != nil {
		return nil, err
	}
	name := NewRef(ref.Kind, ref.Namespace, ref.Name).String()
	if _, ok := x.Lookup(name); !ok {
		return nil, c.notFound(ctx, ref)
	}
	var owners []Owner
	seen := map[string]bool{}
	add := func(target string, via []Ref) {
		if seen[target] {
			return
		}
		seen[target] = true
		n := neighbour(x, target)
		owners = append(owners, Owner{Ref: n.Ref, Title: n.Title, Missing: !n.Exists, Via: via})
	}
	for _, e := range x.Edges(name) {
		if e.Type == RelationOwnedBy {
			add(e.Target, nil)
		}
	}
	for at := 0; at < len(owners); at++ {
		via := append(slices.Clone(owners[at].Via), owners[at].Ref)
		for _, e := range x.Edges(owners[at].Ref.String()) {
			if e.Type == RelationChildOf || e.Type == RelationMemberOf {
				add(e.Target, via)
			}
		}
	}
	return owners, nil
}

// OwnedBy returns what a group or user owns, ordered by ref. Transitively, it is
// all of which OwnersOf names a group: also what the groups below it own, and
// what their users do; and of a user, what the user's groups own.
func (c *Catalog) OwnedBy(ctx context.Context, owner Ref, transitive bool) ([]Ref, error) {
	x, err := c.model.index(ctx)
	if err != nil {
		return nil, err
	}
	seed := NewRef(owner.Kind, owner.Namespace, owner.Name)
	owners := []string{seed.String()}
	seen := map[string]bool{owners[0]: true}
	var owned []string
	for at := 0; at < len(owners); at++ {
		for _, e := range x.Edges(owners[at]) {
			switch {
			case e.Type == RelationOwnerOf:
				owned = append(owned, e.Target)
			case transitive && !seen[e.Target] && leadsDown(e.Type, seed, at == 0):
				seen[e.Target] = true
				owners = append(owners, e.Target)
			}
		}
	}
	slices.Sort(owned)
	var refs []Ref
	for _, name := range slices.Compact(owned) {
		refs = append(refs, neighbour(x, name).Ref)
	}
	return refs, nil
}

// leadsDown reports whether what somebody owns counts to the seed, by how that
// one is related to it. What a user's colleagues own is not the user's.
func leadsDown(relation string, seed Ref, first bool) bool {
	if strings.EqualFold(seed.Kind, KindUser) {
		return relation == RelationParentOf || first && relation == RelationMemberOf
	}
	return relation == RelationParentOf || relation == RelationHasMember
}
