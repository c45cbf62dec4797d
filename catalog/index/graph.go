package index

import (
	"slices"
	"strings"
)

// graph keeps the edges of every name, also of names no document has. Names
// and types are numbered once; an edge is then one number, its type above its
// target, and a name's edges are a sorted list of them. Several documents may
// bring the same edge, so an edge may be in the list several times.
type graph struct {
	names    map[string]uint32
	nameList []string
	types    map[string]uint32
	typeList []string
	out      [][]uint64 // by name
	stamps   []uint32   // by name: counts the changes of its edges
}

// emitted is an edge a document brought.
type emitted struct {
	source uint32
	edge   uint64
}

func newGraph() graph {
	return graph{names: map[string]uint32{}, types: map[string]uint32{}}
}

// add appends edges; settle must follow before anybody reads.
func (g *graph) add(edges []Edge, touched map[uint32]bool) []emitted {
	if len(edges) == 0 {
		return nil
	}
	brought := make([]emitted, len(edges))
	for i, e := range edges {
		source, target := g.name(e.Source), g.name(e.Target)
		edge := uint64(g.relation(e.Type))<<32 | uint64(target)
		g.out[source] = append(g.out[source], edge)
		g.stamps[source]++
		touched[source] = true
		brought[i] = emitted{source: source, edge: edge}
	}
	return brought
}

// settle sorts the lists that add made longer.
func (g *graph) settle(touched map[uint32]bool) {
	for source := range touched {
		slices.Sort(g.out[source])
	}
}

func (g *graph) remove(edges []emitted) {
	for _, e := range edges {
		list := g.out[e.source]
		at, found := slices.BinarySearch(list, e.edge)
		if !found { // not settled yet: brought earlier in the same call
			at = slices.Index(list, e.edge)
		}
		if at >= 0 && at < len(list) && list[at] == e.edge {
			g.out[e.source] = slices.Delete(list, at, at+1)
			g.stamps[e.source]++
		}
	}
}

func (g *graph) edges(ref string) []Edge {
	source, known := g.names[ref]
	if !known {
		return nil
	}
	list := slices.Compact(slices.Clone(g.out[source]))
	edges := make([]Edge, len(list))
	for i, e := range list {
		edges[i] = Edge{Source: ref, Type: g.typeList[e>>32], Target: g.nameList[e&0xffffffff]}
	}
	slices.SortFunc(edges, compareEdges)
	return edges
}

func (g *graph) name(s string) uint32 {
	n, ok := g.names[s]
	if !ok {
		s = strings.Clone(s)
		n = uint32(len(g.nameList)) //nolint:gosec // four billion names do not fit in memory
		g.names[s] = n
		g.nameList = append(g.nameList, s)
		g.out = append(g.out, nil)
		g.stamps = append(g.stamps, 0)
	}
	return n
}

func (g *graph) relation(s string) uint32 {
	n, ok := g.types[s]
	if !ok {
		s = strings.Clone(s)
		n = uint32(len(g.typeList)) //nolint:gosec // there are a few dozen types
		g.types[s] = n
		g.typeList = append(g.typeList, s)
	}
	return n
}
