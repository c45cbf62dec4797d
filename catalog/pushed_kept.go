package catalog

import (
	"context"
	"fmt"
	"slices"
	"testing/fstest"
)

// Some of the catalog files of a repository are sent, and all that they need. Of
// what was kept before, the files of others stay; those that only these needed
// are in no commit any more, and reading what is kept must not bring them back.

// settleKept works out what is kept of a push besides the files that were sent,
// and which files it no longer needs.
func (c *Catalog) settleKept(ctx context.Context, l Location, found *reading) error {
	if found.sent == nil || found.sent.whole {
		return nil
	}
	kept, err := c.store.PushedFiles(ctx, l.ID)
	if err != nil {
		return fmt.Errorf("read what is kept of %s: %w", l, err)
	}
	k := newKeeper(kept, found.sent.push, c.limits)
	size := k.size()
	if err := k.missing(ctx); err != nil {
		return err
	}
	// Where something is wrong, what is not named may still be there.
	if len(found.problems) == 0 && !found.cut {
		if err := k.unneeded(ctx, found.seen, len(l.Errors) > 0); err != nil {
			return err
		}
	}
	if k.cut {
		k.gone, k.left = nil, nil
	}
	found.left = k.left
	for name := range k.gone {
		found.sent.forget = append(found.sent.forget, name)
		size -= len(k.before[name].Data)
	}
	slices.Sort(found.sent.forget)
	for i, f := range found.sent.files {
		found.sent.files[i].Entry = f.Entry || k.roots[f.Path]
	}
	if size > maxKept { // what was sent longest ago may not be there any more
		found.sent.whole, found.sent.forget = true, nil
	}
	return nil
}

// keeper knows what is kept of a repository and what is sent of it now.
type keeper struct {
	limits  Limits
	entries []string        // that are sent
	roots   map[string]bool // kept catalog files by themselves, without those
	before  fstest.MapFS    // what was kept
	sent    map[string][]byte
	all     fstest.MapFS    // what is kept now, as far as it is settled
	gone    map[string]bool // files that were kept and are not any more
	left    map[string]bool // files that are no catalog files any more, or gone
	cut     bool            // a limit ended a reading: nobody knows
}

func newKeeper(kept []PushedFile, p PushRequest, limits Limits) *keeper {
	k := &keeper{
		limits: limits, entries: p.Entries, roots: map[string]bool{}, before: fstest.MapFS{}, sent: p.Files,
		all: fstest.MapFS{}, gone: map[string]bool{}, left: map[string]bool{},
	}
	for _, f := range kept {
		file := &fstest.MapFile{Data: f.Content, Mode: 0o444}
		k.before[f.Path], k.all[f.Path] = file, file
		if f.Entry && !slices.Contains(p.Entries, f.Path) {
			k.roots[f.Path] = true
		}
	}
	for name, content := range p.Files {
		k.all[name] = &fstest.MapFile{Data: content, Mode: 0o444}
	}
	return k
}

func (k *keeper) size() int {
	size := 0
	for _, f := range k.all {
		size += len(f.Data)
	}
	return size
}

// read reads catalog files of fsys.
func (k *keeper) read(ctx context.Context, fsys fstest.MapFS, entries []string) (reading, error) {
	if len(entries) == 0 {
		return reading{}, nil // nothing is not everything
	}
	found, err := readSources(ctx, fsys, k.limits, entries)
	if err != nil {
		return reading{}, fmt.Errorf("read what is kept: %w", err)
	}
	k.cut = k.cut || found.cut
	return found, nil
}

func (k *keeper) forget(name string) {
	delete(k.all, name)
	delete(k.roots, name)
	k.gone[name], k.left[name] = true, true
}

// missing forgets what the entries need and was not sent with them: it is not
// there, whoever else needs it. Without one file others may count, so it looks
// until all that the entries find was sent.
func (k *keeper) missing(ctx context.Context) error {
	for before := -1; before != len(k.gone); {
		before = len(k.gone)
		found, err := k.read(ctx, k.all, k.entries)
		if err != nil {
			return err
		}
		for name := range found.needed() {
			_, sent := k.sent[name]
			if _, kept := k.all[name]; kept && !sent {
				k.forget(name)
			}
		}
	}
	return nil
}

// unneeded forgets what the entries needed before and nobody needs any more.
// Where something was wrong before, they may have needed anything.
func (k *keeper) unneeded(ctx context.Context, seen map[string]bool, anything bool) error {
	before, err := k.read(ctx, k.before, k.entries)
	if err != nil {
		return err
	}
	needed := before.needed()
	var files, catalogs []string
	for name := range k.all {
		if _, sent := k.sent[name]; !sent && !k.roots[name] && (anything || needed[name]) {
			files = append(files, name)
		}
	}
	for name := range before.seen {
		if !seen[name] && !k.roots[name] && !k.gone[name] {
			catalogs = append(catalogs, name)
		}
	}
	if len(files)+len(catalogs) == 0 {
		return nil // that is most often so, and spares reading what others sent
	}
	var others []string
	for name := range k.roots {
		others = append(others, name)
	}
	slices.Sort(others)
	rest, err := k.read(ctx, k.all, others)
	if err != nil {
		return err
	}
	needed = rest.needed()
	for _, name := range files {
		if !needed[name] {
			k.forget(name)
		}
	}
	for _, name := range catalogs {
		if !rest.seen[name] {
			k.left[name] = true
		}
	}
	return nil
}
