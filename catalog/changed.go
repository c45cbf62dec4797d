package catalog

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
)

// RepositoryEvent is what a git host tells of a repository.
type RepositoryEvent struct {
	Target        string   // its address, as people or git write it
	Branch        string   // that was pushed to; empty when it is the repository itself that changed
	DefaultBranch string   // empty when unknown
	Files         []string // that changed; nil when not all are known
	Listed        bool     // it was made, deleted, renamed, moved or archived: its organisation has other repositories now
}

// Changed makes the locations due that a change of a repository concerns, and
// returns their ids. They are read by the schedule, at once where it runs. A
// push that touches no file of theirs concerns nobody.
func (c *Catalog) Changed(ctx context.Context, event RepositoryEvent) ([]string, error) {
	locations, err := c.Locations(ctx)
	if err != nil {
		return nil, err
	}
	repository := sameRepository(event.Target)
	covered := false
	var due []string
	for _, l := range locations {
		if l.Type != LocationGit || sameRepository(l.Target) != repository {
			continue
		}
		covered = true
		if !event.concerns(l) {
			continue
		}
		touched, err := c.touches(ctx, l, event.Files)
		if err != nil {
			return nil, err
		}
		if touched {
			due = append(due, l.ID)
		}
	}
	for _, l := range locations {
		// A repository that no location covers may have got its first catalog file.
		if l.Type == LocationGitHubOrg && (event.Listed || !covered && namesCatalog(event.Files)) &&
			strings.HasPrefix(repository, sameRepository(l.Target)+"/") {
			due = append(due, l.ID)
		}
	}
	if len(due) == 0 {
		return nil, nil
	}
	if err := c.store.SetDue(ctx, due, c.now()); err != nil {
		return nil, fmt.Errorf("make what %s changed due: %w", event.Target, err)
	}
	c.Nudge()
	return due, nil
}

// concerns reports whether a push is to the branch that a location reads.
func (e RepositoryEvent) concerns(l Location) bool {
	switch {
	case e.Branch == "":
		return true
	case l.Branch != "":
		return strings.TrimPrefix(l.Branch, tagPrefix) == e.Branch
	}
	return e.DefaultBranch == "" || e.DefaultBranch == e.Branch
}

// touches reports whether one of the files that changed means something to a
// location: it read or included it, or it may become a catalog file or document.
func (c *Catalog) touches(ctx context.Context, l Location, files []string) (bool, error) {
	if files == nil || slices.ContainsFunc(files, func(f string) bool { return isYAML(f) || isMarkdown(f) }) {
		return true, nil
	}
	records, err := c.store.LocationFiles(ctx, l.ID)
	if err != nil {
		return false, fmt.Errorf("read what the files of %s were like: %w", l, err)
	}
	changed := map[string]bool{}
	for _, f := range files {
		changed[f] = true
	}
	for _, record := range records {
		if changed[record.Path] || slices.ContainsFunc(record.Notes.Included, func(f string) bool { return changed[f] }) {
			return true, nil
		}
	}
	return l.Version == "", nil // nothing is remembered that could be compared
}

// namesCatalog reports whether files may hold the first entities of a repository.
func namesCatalog(files []string) bool { return files == nil || slices.ContainsFunc(files, isYAML) }

// isMarkdown knows the endings that MkDocs knows.
func isMarkdown(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".markdown", ".mdown", ".mkdn", ".mkd":
		return true
	}
	return false
}
