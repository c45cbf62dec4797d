package catalog

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
)

// What somebody registered stays theirs. An organisation that has the same
// repository does not read it a second time; one that has it already hands it
// over, with uid and history.

// registeredByHand returns the repositories that somebody registered, by address,
// however that is written.
func registeredByHand(all []Location) map[string][]Location {
	out := map[string][]Location{}
	for _, l := range all {
		if l.Type == LocationGit && l.ParentID == "" {
			same := sameRepository(l.Target)
			out[same] = append(out[same], l)
		}
	}
	return out
}

// readByHand reports whether somebody registered what an organisation would read
// of a repository. Another branch or path of it is in nobody's way.
func (c *Catalog) readByHand(ctx context.Context, owned map[string][]Location, r FoundRepository, s OrganizationSettings) (bool, error) {
	for _, l := range owned[sameRepository(r.Address)] {
		if cmp.Or(l.Branch, r.Branch) != cmp.Or(s.Branch, r.Branch) || !l.holds(s.Path) {
			continue
		}
		if l.Path != "" || s.Path == defaultCatalogFile {
			return true, nil
		}
		// Whoever reads all of a repository need not read files further down.
		held, err := c.store.HeadersAt(ctx, l.ID)
		if err != nil {
			return false, fmt.Errorf("read the entities of %s: %w", l, err)
		}
		if slices.ContainsFunc(held, func(h Header) bool { return MatchPattern(s.Path, h.Source.Path) }) {
			return true, nil
		}
	}
	return false, nil
}

// holds reports whether a file, or all that a pattern names, lies in what l reads.
func (l Location) holds(file string) bool {
	within := path.Clean(l.Path) // of nothing it is a dot
	file = path.Clean(file)
	return within == "." || file == within || strings.HasPrefix(file, within+"/")
}

// includes reports whether l, which somebody registers, reads what an
// organisation found in the same repository.
func (l Location) includes(child Location) bool {
	if l.Type != LocationGit || l.ParentID != "" || child.Type != LocationGit || child.ParentID == "" || !l.holds(child.Path) {
		return false
	}
	if l.Branch == child.Branch {
		return true
	}
	var s childSettings
	return json.Unmarshal([]byte(child.Settings), &s) == nil && s.Branch != "" && cmp.Or(l.Branch, s.Branch) == cmp.Or(child.Branch, s.Branch)
}
