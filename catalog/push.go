package catalog

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"testing/fstest"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

// PushRequest is what a pipeline sends of a repository: catalog files, and the
// files that they include. Paths are those in the repository.
type PushRequest struct {
	Target string // address of the repository
	Branch string
	// Commit has the files. Empty, they are a draft that gives way to any commit of
	// the repository.
	Commit string
	// Ancestors are commits before it, those nearest to it first, as far as they
	// are known: a commit that comes before the one sent last is refused, because
	// pipelines overtake each other. Where neither is known to come before the
	// other, CommittedAt decides: when the commit was made, zero when not known.
	Ancestors   []string
	CommittedAt time.Time
	Files       map[string][]byte
	// Commits are those by which a file was changed, the newest first, of the files
	// where that is known. Newest is the commit itself, when it follows one only.
	Commits map[string][]Commit
	Newest  Commit
	// Entries are the catalog files among Files. Without any, all of them are
	// those of the repository, and what they do not define is gone.
	Entries []string
	// Force takes the commit whatever was sent before: a branch was set back.
	Force bool
	// Copies says that this is what an import found in another catalog, whose
	// address is the target: it gives way to whoever defines the same entities.
	Copies bool
}

// Push takes in what a pipeline sends. Where the repository is read anyway, it
// is read now instead, because then it can speak for itself.
func (c *Catalog) Push(ctx context.Context, p PushRequest) (Registration, error) {
	r, err := c.push(ctx, p)
	if errors.Is(err, errOtherAddress) {
		r, err = c.push(ctx, p)
	}
	return r, err
}

func (c *Catalog) push(ctx context.Context, p PushRequest) (Registration, error) {
	kind := LocationPush
	if p.Copies {
		kind = LocationCopy
	}
	l, err := Location{Type: kind, Target: p.Target, Branch: p.Branch}.normal("")
	if err != nil {
		return Registration{}, err
	}
	if err := p.checkOrigin(l); err != nil {
		return Registration{}, err
	}
	if err := p.check(); err != nil {
		return Registration{}, err
	}
	if !p.Copies {
		git, anyway, err := c.readAnyway(ctx, l, p)
		if err != nil {
			return Registration{}, err
		}
		if anyway {
			return c.Refresh(ctx, git.ID)
		}
	}
	known, exists, err := c.registered(ctx, l)
	if err != nil {
		return Registration{}, err
	}
	if exists && !p.Copies && p.Commit == "" && !known.draft() {
		return Registration{}, fault.New(fault.Conflict, "A pipeline has sent the catalog files of %s already, at %s.", known.Target, known.Commit).
			WithHint("Commit the files and let the pipeline send them, or send them with their commit: platform catalog push catalog-info.yaml")
	}
	if exists {
		l = known
		if err := p.overtaken(known); err != nil {
			return Registration{}, err
		}
	}
	tree := p.tree()
	found, err := read(ctx, l, tree, c.limits, c.parsers, nil)
	if err != nil {
		return Registration{}, err
	}
	if !exists && len(found.entities) == 0 && len(found.problems) == 0 {
		return Registration{}, fault.New(fault.Invalid, "The files that were sent hold no catalog entity.").
			WithHint("Send the catalog files: platform catalog push catalog-info.yaml")
	}
	found.commits = p.commits(known)
	found.sent = p.sent(found)
	return c.takeIn(ctx, l, tree, found)
}

// check refuses what cannot be files of a repository.
func (p PushRequest) check() error {
	if len(p.Files) == 0 {
		return fault.New(fault.Invalid, "No file was sent.").WithHint("platform catalog push catalog-info.yaml")
	}
	for _, name := range slices.Sorted(maps.Keys(p.Files)) {
		if !fs.ValidPath(name) || name == "." || len(name) > maxTarget || printable(name) != name {
			return fault.New(fault.Invalid, "%q is no path of a file in a repository.", printable(name)).
				WithHint("Write it from the top of the repository, like services/orders/catalog-info.yaml")
		}
	}
	for _, name := range p.Entries {
		if _, sent := p.Files[name]; !sent {
			return fault.New(fault.Invalid, "The catalog file %s is not among the files that were sent.", printable(name)).
				WithHint("Send it: platform catalog push %s", printable(name))
		}
	}
	return nil
}

// tree is what was sent as something to read.
func (p PushRequest) tree() *Tree {
	files := fstest.MapFS{}
	for name, content := range p.Files {
		files[name] = &fstest.MapFile{Data: content, Mode: 0o444}
	}
	return &Tree{
		FS: files, Entry: ".", Entries: p.Entries, Commit: p.Commit, Branch: p.Branch,
		Version: func() string {
			if p.CommittedAt.IsZero() {
				return ""
			}
			return p.CommittedAt.UTC().Format(time.RFC3339Nano)
		},
	}
}

// pushedAt returns when the commit was made that was sent last, zero when that
// is not known.
func pushedAt(l Location) time.Time {
	at, _ := versionIn(l.Version)
	t, err := time.Parse(time.RFC3339Nano, at)
	if err != nil {
		return time.Time{}
	}
	return t
}

// readAnyway returns the location that reads the branch a pipeline sends from.
func (c *Catalog) readAnyway(ctx context.Context, pushed Location, p PushRequest) (Location, bool, error) {
	locations, err := c.ofRepository(ctx, pushed.Target)
	if err != nil {
		return Location{}, false, err
	}
	for _, l := range locations {
		if l.Type == LocationGit && (l.Branch == pushed.Branch || l.Branch == "") && l.covers(p) {
			return l, true, nil
		}
	}
	return Location{}, false, nil
}
