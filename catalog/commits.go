package catalog

import (
	"bytes"
	"context"
	"path"
	"slices"
	"strings"
	"time"
)

const (
	// attributed bounds of how many files it is asked who changed them: more
	// change at once when a repository is moved or formatted.
	attributed = 200
	// attributeTime bounds how long that may take. It is only told, so nothing
	// fails when there is no answer.
	attributeTime = 20 * time.Second
	// maxCommits bounds of how many commits a change tells.
	maxCommits = 20
)

// FileCommit is a commit that changed a file. Before and After return the file,
// nothing when there was none; false when nobody has that version. A merge has
// several before it.
type FileCommit struct {
	Commit Commit
	Before []func() ([]byte, bool)
	After  func() ([]byte, bool)
}

// commits tells by which commits files were changed.
type commits struct {
	byFile map[string][]FileCommit
	every  []FileCommit              // that may have changed any file, also one that is gone
	parsed map[string]map[Ref][]byte // raw entities by content of a file
}

// of returns the commits that changed an entity, or what it includes, the newest
// first. Where versions of its file are at hand, those that changed only other
// entities of the file do not count.
func (c commits) of(ref, previous Ref, s Source, raw []byte) []Commit {
	own := slices.Concat(c.byFile[s.Path], c.every)
	var others []FileCommit
	for _, file := range includedBy(s.Path, raw) {
		others = append(others, c.byFile[file]...)
	}
	own = slices.DeleteFunc(own, func(change FileCommit) bool { return !c.changed(change, s.Path, ref, previous) })
	return distinct(own, others)
}

// distinct returns the commits of lists, each once, the newest first; not more
// than are told.
func distinct(lists ...[]FileCommit) []Commit {
	found := slices.Concat(lists...)
	if len(lists) > 1 && len(lists[1]) > 0 { // each list is in order
		slices.SortStableFunc(found, func(a, b FileCommit) int { return b.Commit.At.Compare(a.Commit.At) })
	}
	var out []Commit
	for _, change := range found {
		same := func(other Commit) bool { return other.ID == change.Commit.ID }
		if len(out) < maxCommits && !slices.ContainsFunc(out, same) {
			out = append(out, change.Commit)
		}
	}
	return out
}

// changed reports whether a commit may have changed an entity of a file.
func (c commits) changed(change FileCommit, file string, refs ...Ref) bool {
	if change.After == nil {
		return true
	}
	after, known := change.After()
	if !known {
		return true
	}
	for _, version := range change.Before { // a merge that took over what one side says changed nothing
		before, known := version()
		if !known {
			return true
		}
		same := func(ref Ref) bool { return bytes.Equal(c.entity(file, before, ref), c.entity(file, after, ref)) }
		if !slices.ContainsFunc(refs, func(ref Ref) bool { return !same(ref) }) {
			return false
		}
	}
	return true
}

// entity returns an entity as a version of its file says it, nil when it does not.
func (c commits) entity(file string, content []byte, ref Ref) []byte {
	entities, known := c.parsed[string(content)]
	if !known {
		entities = map[Ref][]byte{}
		list, _ := parseFile(file, content, nil, DefaultLimits()) // what is wrong in it says nothing of the others
		for _, e := range list {
			entities[e.Ref()] = e.Raw
		}
		c.parsed[string(content)] = entities
	}
	return entities[ref]
}

// includedBy returns the files that the placeholders of an entity name.
func includedBy(file string, raw []byte) []string {
	if !bytes.Contains(raw, []byte(`{"$`)) {
		return nil
	}
	doc, err := parseJSON(raw, DefaultLimits())
	if err != nil {
		return nil
	}
	var files []string
	var look func(v *value)
	look = func(v *value) {
		if v.kind == kindObject && len(v.keys) == 1 && strings.HasPrefix(v.keys[0], "$") && v.items[0].kind == kindString {
			files = append(files, path.Join(path.Dir(file), v.items[0].text))
		}
		for _, item := range v.items {
			look(item)
		}
	}
	look(doc)
	return files
}

// commitsOf asks who changed the files that changed since a location was read
// before. Of what was never read nobody asks: whoever registered it brought it.
func commitsOf(ctx context.Context, tree *Tree, since string, found reading, before []Header) commits {
	if tree.Commits == nil || since == "" || since == tree.Commit {
		return commits{}
	}
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
	return commits{byFile: tree.Commits(ctx, since, files), parsed: map[string]map[Ref][]byte{}}
}

// commits are those that a pipeline names, since the commit that was sent before.
func (p PushRequest) commits(known Location) commits {
	out := commits{byFile: map[string][]FileCommit{}}
	add := func(file string, c Commit) {
		for _, text := range []*string{&c.ID, &c.Author, &c.Email, &c.Subject} {
			*text = shortened(printable(*text))
		}
		if c.Known() {
			out.byFile[file] = append(out.byFile[file], FileCommit{Commit: c})
		}
	}
	at := slices.IndexFunc(p.Ancestors, func(id string) bool { return strings.EqualFold(id, known.Commit) })
	switch {
	case known.Commit == "" || strings.EqualFold(known.Commit, p.Commit):
		for file, list := range p.Commits {
			if len(list) > 0 { // of what was never sent, the one that made it what it is
				add(file, list[0])
			}
		}
	case at == 0 && p.Newest.Known(): // it follows the other, so it did whatever changed
		add("", p.Newest)
		out.every, out.byFile = out.byFile[""], nil
	case at >= 0:
		since := map[string]bool{strings.ToLower(p.Commit): true}
		for _, id := range p.Ancestors[:at] {
			since[strings.ToLower(id)] = true
		}
		for file, list := range p.Commits {
			for _, c := range list {
				if since[strings.ToLower(c.ID)] {
					add(file, c)
				}
			}
		}
	}
	return out
}
