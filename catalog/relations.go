package catalog

import (
	"cmp"
	"slices"

	"github.com/goldenpath/platform/catalog/index"
)

// The types of relation, always in pairs: one from each end.
const (
	RelationOwnedBy       = "ownedBy"
	RelationOwnerOf       = "ownerOf"
	RelationPartOf        = "partOf"
	RelationHasPart       = "hasPart"
	RelationProvidesAPI   = "providesApi"
	RelationAPIProvidedBy = "apiProvidedBy"
	RelationConsumesAPI   = "consumesApi"
	RelationAPIConsumedBy = "apiConsumedBy"
	RelationDependsOn     = "dependsOn"
	RelationDependencyOf  = "dependencyOf"
	RelationMemberOf      = "memberOf"
	RelationHasMember     = "hasMember"
	RelationParentOf      = "parentOf"
	RelationChildOf       = "childOf"
)

// reference is a spec field that names other entities.
type reference struct {
	field       string
	list        bool
	defaultKind string // "" means that the kind must be written
	out, in     string // relation from this entity, and from the other one
}

// references lists the fields of a kind that relate it to others. A kind we do
// not know may still say who owns it and which system it belongs to.
func references(kind string) []reference {
	owner := reference{field: "owner", defaultKind: KindGroup, out: RelationOwnedBy, in: RelationOwnerOf}
	system := reference{field: "system", defaultKind: KindSystem, out: RelationPartOf, in: RelationHasPart}
	dependsOn := reference{field: "dependsOn", list: true, out: RelationDependsOn, in: RelationDependencyOf}
	dependency := reference{field: dependencyOf, list: true, out: RelationDependencyOf, in: RelationDependsOn}
	switch kind {
	case KindComponent:
		return []reference{
			owner, system,
			{field: "subcomponentOf", defaultKind: KindComponent, out: RelationPartOf, in: RelationHasPart},
			{field: "providesApis", list: true, defaultKind: KindAPI, out: RelationProvidesAPI, in: RelationAPIProvidedBy},
			{field: "consumesApis", list: true, defaultKind: KindAPI, out: RelationConsumesAPI, in: RelationAPIConsumedBy},
			dependsOn, dependency,
		}
	case KindAPI:
		return []reference{owner, system}
	case KindResource:
		return []reference{owner, system, dependsOn, dependency}
	case KindSystem:
		return []reference{owner, {field: "domain", defaultKind: KindDomain, out: RelationPartOf, in: RelationHasPart}}
	case KindDomain:
		return []reference{owner, {field: "subdomainOf", defaultKind: KindDomain, out: RelationPartOf, in: RelationHasPart}}
	case KindGroup:
		return []reference{
			{field: "parent", defaultKind: KindGroup, out: RelationChildOf, in: RelationParentOf},
			{field: "children", list: true, defaultKind: KindGroup, out: RelationParentOf, in: RelationChildOf},
			{field: "members", list: true, defaultKind: KindUser, out: RelationHasMember, in: RelationMemberOf},
		}
	case KindUser:
		return []reference{
			{field: "memberOf", list: true, defaultKind: KindGroup, out: RelationMemberOf, in: RelationHasMember},
		}
	case KindTemplate:
		return []reference{owner}
	case KindLocation:
		return nil
	default:
		return []reference{owner, system}
	}
}

// targets returns what a reference field of e names, in the order written.
func (r reference) targets(e Entity) []string {
	if list := e.SpecStrings(r.field); r.list && len(list) > 0 {
		return list
	}
	if s := e.SpecString(r.field); s != "" {
		return []string{s}
	}
	return nil
}

// edgesOf returns both directions of every relation that e's file states.
// References that cannot be read are reported when the file is.
func edgesOf(e Entity) []index.Edge {
	self := e.Ref()
	var edges []index.Edge
	for _, r := range references(e.Kind) {
		for _, target := range r.targets(e) {
			ref, err := ParseRef(target, RefDefaults{Kind: r.defaultKind, Namespace: self.Namespace})
			if err != nil {
				continue
			}
			edges = append(edges,
				index.Edge{Source: self.String(), Type: r.out, Target: ref.String()},
				index.Edge{Source: ref.String(), Type: r.in, Target: self.String()})
		}
	}
	return edges
}

// RelationsOf returns the relations that e's own file states, ordered by type
// and target. In the catalog an entity also has those that others state.
func RelationsOf(e Entity) []Relation {
	self := e.Ref().String()
	var out []Relation
	for _, edge := range edgesOf(e) {
		if edge.Source == self {
			out = append(out, Relation{Type: edge.Type, TargetRef: edge.Target})
		}
	}
	return sortRelations(out)
}

// sortRelations orders relations by type and target and keeps each once.
func sortRelations(relations []Relation) []Relation {
	slices.SortFunc(relations, func(a, b Relation) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.TargetRef, b.TargetRef))
	})
	return slices.Compact(relations)
}

func relationsFrom(edges []index.Edge) []Relation {
	out := make([]Relation, len(edges))
	for i, e := range edges {
		out[i] = Relation{Type: e.Type, TargetRef: e.Target}
	}
	return out
}
