package catalog

import (
	"context"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Checked is what reading a file or folder without any server told.
type Checked struct {
	Entities  []Entity
	Problems  []Problem
	Elsewhere []string // addresses that it names, which nobody looked at
}

// CheckAll reads what a file or folder defines, as registering it would, and
// returns the entities that are right and every problem. No other catalog is
// asked, so what only it could know, such as a name that is taken, is not told,
// and no other host, so files that are named by address may be anything.
func CheckAll(fsys fs.FS, entry string) Checked {
	elsewhere := map[string]bool{}
	var mu sync.Mutex
	found, err := read(context.Background(), Location{Type: LocationFile}, &Tree{
		FS: fsys, Entry: entry,
		Fetch: func(_ context.Context, address string, _ int64, _ string) (Fetched, error) {
			mu.Lock()
			defer mu.Unlock()
			elsewhere[address] = true
			return Fetched{Data: []byte(nothingKnown)}, nil
		},
	}, DefaultLimits(), nil, nil)
	if err != nil {
		return Checked{Problems: []Problem{{File: entry, Message: err.Error()}}}
	}
	return Checked{Entities: found.entities, Problems: slices.Concat(found.problems, found.docs.problems), Elsewhere: slices.Sorted(maps.Keys(elsewhere))}
}

// nothingKnown stands for a file that was not looked at: a text, one document of
// JSON and of YAML, and no entity.
const nothingKnown = "null\n"

// Check returns the entities and problems of CheckAll.
func Check(fsys fs.FS, entry string) ([]Entity, []Problem) {
	checked := CheckAll(fsys, entry)
	return checked.Entities, checked.Problems
}

// Sources returns the files that catalog files need, sorted: themselves, those
// that their Location entities name, those that they include, and the documents
// of their entities.
func Sources(ctx context.Context, fsys fs.FS, entries ...string) ([]string, []Problem) {
	found, err := readSources(ctx, fsys, DefaultLimits(), entries)
	if err != nil {
		return nil, []Problem{{Message: err.Error()}}
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(found.needed())), isAddress), found.problems
}

// readSources reads catalog files for what they need.
func readSources(ctx context.Context, fsys fs.FS, limits Limits, entries []string) (reading, error) {
	return read(ctx, Location{Type: LocationFile}, &Tree{
		FS: fsys, Entries: entries,
		Signature: func(string) (string, bool) { return "read", true }, // files that include others are noted with them
	}, limits, nil, nil)
}

// needed returns the files that what was read consists of. Some of them may be
// missing.
func (r reading) needed() map[string]bool {
	needed := maps.Clone(r.seen)
	maps.Copy(needed, r.included)
	for _, order := range r.docs.orders {
		needed[order] = true
	}
	for _, plan := range r.docs.plans {
		for _, doc := range plan.docs {
			needed[doc.file] = true
		}
	}
	return needed
}

// ValidateJSON returns what is wrong with an entity that is JSON and would be
// written at a location.
func (c *Catalog) ValidateJSON(_ context.Context, entity []byte, _ string) []Problem {
	doc, err := parseJSON(entity, c.limits)
	if err != nil {
		return []Problem{Problem{Message: "The entity is not valid JSON: " + err.Error() + "."}.cleaned()}
	}
	if doc.kind != kindObject {
		return []Problem{{Message: "Expected object at root, got " + doc.typeName()}}
	}
	problems := validate(doc)
	for i := range problems {
		problems[i] = problems[i].cleaned()
	}
	return problems
}

// Preview reads a location and says what registering it would bring. Nothing is
// stored. Found are the entities as they would be, without uid and relations. A
// location without any entity is ErrNothingThere.
func (c *Catalog) Preview(ctx context.Context, l Location) (Registration, error) {
	l, err := l.normal("")
	if err != nil {
		return Registration{}, err
	}
	if err := readable(l); err != nil {
		return Registration{}, err
	}
	known, exists, err := c.known(ctx, l)
	if err != nil {
		return Registration{}, err
	}
	if exists {
		known.Target = l.Target // by whichever address it is to be read
		l = known
	}
	found, tree, err := c.read(ctx, l)
	if err != nil {
		return Registration{}, err
	}
	c.close(ctx, l, tree)
	if found.nothing() {
		return Registration{}, nothingThere(l)
	}
	diff, err := c.merge(ctx, l, found)
	if err != nil {
		return Registration{}, err
	}
	l.Commit = tree.Commit
	r := Registration{Location: l, Created: !exists, Problems: slices.Concat(found.problems, diff.conflicts)}
	diff.describe(&r)
	taken := map[Ref]bool{}
	for _, ref := range r.Entities {
		taken[ref] = true
	}
	for _, e := range found.entities {
		if taken[e.Ref()] {
			r.Found = append(r.Found, e)
		} else {
			r.Elsewhere = append(r.Elsewhere, e)
		}
	}
	for _, list := range [][]Entity{r.Found, r.Elsewhere} {
		slices.SortFunc(list, func(a, b Entity) int { return strings.Compare(a.Ref().String(), b.Ref().String()) })
	}
	return r, nil
}
