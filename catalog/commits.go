package catalog

import (
	"context"
	"slices"
	"time"
)

const (
	// attributed bounds of how many files it is asked who changed them last: more
	// change at once when a repository is moved or formatted.
	attributed = 200
	// attributeTime bounds how long that may take. It is only told, so nothing
	// fails when there is no answer.
	attributeTime = 20 * time.Second
)

// commits tells which commit changed a file last.
type commits struct {
	byFile   map[string]Commit
	included map[string][]string
}

// of returns the commit that changed the file of an entity, or what it includes,
// last.
func (c commits) of(s Source) Commit {
	last := c.byFile[s.Path]
	for _, file := range c.included[s.Path] {
		if other := c.byFile[file]; other.At.After(last.At) {
			last = other
		}
	}
	return last
}

// commitsOf asks who changed the files that changed since a location was read
// before. Of what was never read nobody asks: whoever registered it brought it.
func commitsOf(ctx context.Context, tree *Tree, since string, found reading, before []Header) commits {
	if tree.Commits == nil || since == "" || since == tree.Commit {
		return commits{}
	}
	out := commits{included: found.includes()}
	changed := map[string]bool{}
	for _, e := range found.entities {
		changed[e.Source.Path] = true
	}
	for _, record := range found.records {
		for _, file := range record.Notes.Included {
			changed[file] = true
		}
	}
	for _, h := range before { // files that are gone
		if !found.unchanged[h.Source.Path] {
			changed[h.Source.Path] = true
		}
	}
	var files []string
	for file := range changed {
		if !isAddress(file) {
			files = append(files, file)
		}
	}
	if len(files) == 0 || len(files) > attributed {
		return commits{}
	}
	slices.Sort(files)
	ctx, cancel := context.WithTimeout(ctx, attributeTime)
	defer cancel()
	out.byFile = tree.Commits(ctx, since, files)
	return out
}

// includes returns which files those that were read include.
func (r reading) includes() map[string][]string {
	out := make(map[string][]string, len(r.records))
	for _, record := range r.records {
		out[record.Path] = record.Notes.Included
	}
	return out
}

// commits are those that a pipeline names.
func (p PushRequest) commits(sent reading) commits {
	out := commits{byFile: make(map[string]Commit, len(p.Commits)), included: sent.includes()}
	for file, c := range p.Commits {
		for _, text := range []*string{&c.ID, &c.Author, &c.Email, &c.Subject} {
			*text = shortened(printable(*text))
		}
		if c.Known() {
			out.byFile[file] = c
		}
	}
	return out
}
