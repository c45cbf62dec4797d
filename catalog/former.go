package catalog

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

// Former is what is known of a name that no entity has any more.
type Former struct {
	Ref     Ref
	Now     Ref      // what the entity is called by now; zero when it is gone
	Changes []Change // of that entity, newest first
}

// FormerOf returns what became of the entity that had a name last, false when
// none ever had it, or one has it.
func (c *Catalog) FormerOf(ctx context.Context, ref Ref) (Former, bool, error) {
	ref = NewRef(ref.Kind, ref.Namespace, ref.Name)
	changes, err := c.store.History(ctx, ref, MaxLimit)
	if err != nil {
		return Former{}, false, fmt.Errorf("read the history of %s: %w", ref, err)
	}
	if len(changes) == 0 {
		return Former{}, false, nil
	}
	tellWhat(changes, len(changes) == MaxLimit)
	uid := changes[0].UID // every one of them had the name, be it longer ago than is read
	if i := slices.IndexFunc(changes, func(change Change) bool { return change.Ref == ref || change.PreviousRef == ref }); i >= 0 {
		uid = changes[i].UID
	}
	f := Former{Ref: ref, Changes: slices.DeleteFunc(changes, func(change Change) bool { return change.UID != uid })}
	if last := f.Changes[0]; last.Operation != OperationDelete {
		f.Now = last.Ref
	}
	return f, f.Now != ref, nil
}

// Gone reports whether the entity is not there under another name either.
func (f Former) Gone() bool { return f.Now == Ref{} }

// fault says what became of the entity to whoever asks for its name.
func (f Former) fault() error {
	if !f.Gone() {
		return fault.New(fault.NotFound, "%s is not in the catalog any more: it is called %s now.", f.Ref, f.Now).
			WithHint("platform catalog get %s", f.Now)
	}
	last, called := f.Changes[0], ""
	if last.Ref != f.Ref {
		called = "it was called " + last.Ref.String() + " when "
	}
	return fault.New(fault.NotFound, "%s is not in the catalog any more: %s%s deleted it at %s.",
		f.Ref, called, last.Who(), last.Author.At.UTC().Format(time.DateTime+" MST")).
		WithHint("See what happened to it: platform catalog history %s", f.Ref)
}
