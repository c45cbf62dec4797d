package catalog

import (
	"context"
	"maps"
	"slices"
)

// openAgain opens the source of a known location. It counts as changed when files
// elsewhere did that its own name.
func (c *Catalog) openAgain(ctx context.Context, l Location, before *past) (*Tree, error) {
	tree, err := c.open(ctx, l)
	if err != nil || !tree.Unchanged {
		return tree, err
	}
	known := before.versions()
	if len(known) == 0 {
		return tree, nil
	}
	if tree.Fetch != nil {
		before.web = newWeb(ctx, tree, c.limits)
		before.web.known = known
		if before.web.same() {
			return tree, nil
		}
	}
	c.close(ctx, l, tree)
	l.Version = ""
	return c.open(ctx, l)
}

// rememberWeb makes what is known of files elsewhere count, and asks about all of
// them at once.
func (r *reader) rememberWeb() {
	if r.past == nil || r.files.web == nil {
		return
	}
	if r.past.web == nil {
		r.past.web = r.files.web
		r.past.web.known = r.past.versions()
		r.past.web.same()
	}
	r.files.web = r.past.web
}

// remembersElsewhere reports whether the version is remembered of every file
// elsewhere that was asked about. When not, one may change without a sign here.
func (r *reader) remembersElsewhere() bool {
	if r.files.web == nil {
		return true
	}
	remembered := map[string]bool{}
	note := func(f FileRecord) {
		for address := range f.Notes.Versions {
			remembered[address] = true
		}
	}
	for _, f := range r.out.records {
		note(f)
	}
	if r.past != nil {
		for name := range r.out.unchanged {
			note(r.past.files[name])
		}
	}
	return !slices.ContainsFunc(r.files.web.asked(), func(address string) bool { return !remembered[address] })
}

// versions returns the versions of the files elsewhere that were read last.
func (p *past) versions() map[string]string {
	out := map[string]string{}
	for _, record := range p.files {
		maps.Copy(out, record.Notes.Versions)
	}
	return out
}

// lookedAt returns the versions of those files that lie elsewhere.
func (f *files) lookedAt(names ...string) map[string]string {
	var out map[string]string
	for _, name := range names {
		if !isAddress(name) || f.web == nil {
			continue
		}
		if version, ok := f.web.versionOf(name); ok {
			if out == nil {
				out = map[string]string{}
			}
			out[name] = version
		}
	}
	return out
}
