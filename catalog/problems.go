package catalog

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/goldenpath/platform/catalog/index"
)

// ProblemQuery narrows problems; what is empty narrows nothing.
type ProblemQuery struct {
	// Owner keeps what somebody who owns something should know: problems of
	// documents that name the owner, or a group below it, and problems that
	// concern what it owns, such as another file that defines it too.
	Owner *Ref
	// Ref keeps the problems of one entity, also of one that never was in the
	// catalog.
	Ref        *Ref
	LocationID string
}

// Problems returns what is wrong in the files of all locations, in the order of
// locations and files: also in files whose entities never became visible.
func (c *Catalog) Problems(ctx context.Context, q ProblemQuery) ([]Problem, error) {
	locations, err := c.Locations(ctx)
	if err != nil {
		return nil, err
	}
	concerns := func(Problem) bool { return true }
	if q.Owner != nil {
		if concerns, err = c.concernOf(ctx, *q.Owner); err != nil {
			return nil, err
		}
	}
	about := func(Problem) bool { return true }
	if q.Ref != nil {
		if about, err = c.about(ctx, *q.Ref); err != nil {
			return nil, err
		}
	}
	var out []Problem
	for _, l := range locations {
		if q.LocationID != "" && l.ID != q.LocationID {
			continue
		}
		found := slices.Clone(l.Errors)
		slices.SortStableFunc(found, func(a, b Problem) int {
			return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
		})
		for _, p := range found {
			p.LocationID = l.ID
			if about(p) && concerns(p) {
				out = append(out, p)
			}
		}
	}
	return out, nil
}

// about returns which problems are about an entity: those that name it, and
// those of its file that nobody could read.
func (c *Catalog) about(ctx context.Context, ref Ref) (func(Problem) bool, error) {
	ref = NewRef(ref.Kind, ref.Namespace, ref.Name)
	found, err := c.store.EntitiesByRef(ctx, []Ref{ref})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", ref, err)
	}
	var from Source
	if len(found) > 0 {
		from = found[0].Source
	}
	return func(p Problem) bool { return p.Concerns(ref, from) }, nil
}

// concernOf returns which problems an owner should know.
func (c *Catalog) concernOf(ctx context.Context, owner Ref) (func(Problem) bool, error) {
	x, err := c.model.index(ctx)
	if err != nil {
		return nil, err
	}
	owners := groupsBelow(x, NewRef(owner.Kind, owner.Namespace, owner.Name).String())
	refs, err := c.OwnedBy(ctx, owner, true)
	if err != nil {
		return nil, err
	}
	owned := map[string]bool{}
	for _, ref := range refs {
		owned[ref.String()] = true
	}
	for name := range owners {
		owned[name] = true // a group's own file concerns it
	}
	atLocation := ownersAt(x, owners)
	return func(p Problem) bool {
		switch {
		case owners[p.Owner] || owned[p.Ref]:
			return true
		case p.Owner == "" && p.Ref == "":
			return atLocation[p.LocationID] // a file nobody can read, beside what they own
		}
		return false
	}, nil
}

// groupsBelow returns a group and all groups below it.
func groupsBelow(x *index.Index, group string) map[string]bool {
	below := map[string]bool{group: true}
	for next := []string{group}; len(next) > 0; {
		var found []string
		for _, name := range next {
			for _, e := range x.Edges(name) {
				if e.Type == RelationParentOf && !below[e.Target] {
					below[e.Target] = true
					found = append(found, e.Target)
				}
			}
		}
		next = found
	}
	return below
}

// ownersAt returns the locations at which one of the owners owns something.
func ownersAt(x *index.Index, owners map[string]bool) map[string]bool {
	names := make([]string, 0, len(owners))
	for name := range owners {
		names = append(names, name)
	}
	where := index.Has{Key: termOwner, Values: names}
	out := map[string]bool{}
	for _, count := range x.Counts(index.Query{Where: where}, []string{termLocation})[termLocation] {
		out[count.Value] = true
	}
	return out
}
