package catalog

import (
	"context"
	"slices"

	"github.com/goldenpath/platform/internal/fault"
)

// Entities of one name may come from several places. Some of those only speak
// until somebody with a better right does, who then takes the entity over, with
// uid and history, and is told of no conflict.

// rank is whose word counts more.
type rank int

const (
	rankSelf    rank = iota // what the platform says of itself
	rankMade                // what the platform made for somebody who asked
	rankCopy                // what was copied from another catalog
	rankWritten             // what somebody wrote down in a place that is read, or sends
)

func (l Location) rank() rank {
	switch {
	case l.String() == OriginSelf().String():
		return rankSelf
	case l.String() == OriginMade().String():
		return rankMade
	case l.Type == LocationCopy:
		return rankCopy
	}
	return rankWritten
}

func (s Source) rank() rank { return Location{Type: s.Type, Target: s.Target}.rank() }

// givesWay reports whether l may take over an entity that another location has.
// Nobody speaks for an orphan, but its name stays with whoever had it: the
// platform does not take it for itself.
func (h Header) givesWay(l Location) bool {
	if h.orphan() {
		return l.rank() > rankSelf
	}
	return h.Source.rank() < l.rank()
}

// silent reports whether nobody needs to know that l does not get an entity: that
// there is something better than a copy is why it is one.
func (h Header) silent(l Location) bool {
	return l.rank() == rankCopy && h.Source.rank() == rankWritten
}

// AboutPlatform reports whether the platform says this of itself. Elsewhere
// another platform says its own.
func (e Entity) AboutPlatform() bool { return e.Source.rank() == rankSelf }

// PutSelf takes in what the platform says of itself, all of it: what it said
// before and says no longer goes. What others have under the same names is theirs.
func (c *Catalog) PutSelf(ctx context.Context, entities []Entity) error {
	refs := make([]Ref, len(entities))
	for i, e := range entities {
		refs[i] = e.Ref()
		if _, err := c.Put(ctx, OriginSelf(), []Entity{e}); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return c.drop(ctx, OriginSelf(), func(h Header) bool { return !slices.Contains(refs, h.Ref) }, false)
}
