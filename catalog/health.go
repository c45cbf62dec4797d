package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goldenpath/platform/catalog/index"
)

// CheckName names something that should be true of an entity.
type CheckName string

// The checks of ownership.
const (
	CheckOwnerExists         CheckName = "owner-exists"
	CheckOwnerHasMembers     CheckName = "owner-has-members"
	CheckReferencesResolve   CheckName = "references-resolve"
	CheckRepositoryReachable CheckName = "repository-reachable"
)

// State is what a check found. Unknown is not pass: nobody could tell. Stale was
// true once, too long ago to rely on.
type State string

// The states.
const (
	StatePass    State = "pass"
	StateFail    State = "fail"
	StateUnknown State = "unknown"
	StateStale   State = "stale"
)

const (
	// fileFreshFor is how long what a file said counts after it was read.
	fileFreshFor = 7 * 24 * time.Hour
	// repositoryFreshFor is how long a look at a repository counts.
	repositoryFreshFor = 3 * checkEvery
	// sentFreshFor is how long it counts that a pipeline sent its files: it does so
	// only when something changes.
	sentFreshFor = 30 * 24 * time.Hour
)

// Finding is what one check says of one entity.
type Finding struct {
	Ref     Ref
	Check   CheckName
	State   State
	Message string
	Hint    string
	// Source is where that is known from, and At since when; zero when nobody has
	// looked.
	Source string
	At     time.Time
}

// HealthQuery says of which entities: one, or all that somebody owns, also
// through groups below. Without either it is all, and then only what is open.
type HealthQuery struct {
	Ref   *Ref
	Owner *Ref
	Open  bool // leave out what passes
}

// Health checks who owns entities and what they refer to.
func (c *Catalog) Health(ctx context.Context, q HealthQuery) ([]Finding, error) {
	refs, err := c.examined(ctx, q)
	if err != nil {
		return nil, err
	}
	x, err := c.model.index(ctx)
	if err != nil {
		return nil, err
	}
	h := examiner{ctx: ctx, lines: lineFinder{store: c.store, files: map[string]referenceLines{}}, x: x, now: c.now(), read: map[string]time.Time{}, drafts: map[string]bool{}, repositories: map[string]RepositoryCheck{}}
	locations, err := c.Locations(ctx)
	if err != nil {
		return nil, err
	}
	for _, l := range locations {
		h.read[l.ID], h.drafts[l.ID] = l.LastSucceeded, l.draft()
	}
	checks, err := c.store.RepositoryChecks(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the checks of repositories: %w", err)
	}
	for _, check := range checks {
		h.repositories[sameRepository(check.Address)] = check
	}
	open := q.Open || q.Ref == nil && q.Owner == nil
	var out []Finding
	for part := range slices.Chunk(refs, MaxLimit) {
		entities, err := c.store.EntitiesByRef(ctx, part)
		if err != nil {
			return nil, fmt.Errorf("read %d entities: %w", len(part), err)
		}
		slices.SortFunc(entities, func(a, b Entity) int { return strings.Compare(a.Ref().String(), b.Ref().String()) })
		for _, e := range entities {
			for _, f := range h.examine(e) {
				if !open || f.State != StatePass {
					out = append(out, f)
				}
			}
		}
	}
	if h.lines.err != nil {
		return nil, h.lines.err
	}
	return out, nil
}

func (c *Catalog) examined(ctx context.Context, q HealthQuery) ([]Ref, error) {
	switch {
	case q.Ref != nil:
		e, err := c.Get(ctx, *q.Ref)
		return []Ref{e.Ref()}, err
	case q.Owner != nil:
		return c.OwnedBy(ctx, *q.Owner, true)
	}
	x, err := c.model.index(ctx)
	if err != nil {
		return nil, err
	}
	var refs []Ref
	for _, hit := range x.Find(index.Query{Order: []index.By{{Key: index.ByRef}}}).Hits {
		if ref, err := ParseRef(hit.Ref, RefDefaults{}); err == nil {
			refs = append(refs, ref)
		}
	}
	return refs, nil
}

// examiner knows what the checks of many entities need.
type examiner struct {
	ctx          context.Context // of the one question that it answers
	lines        lineFinder
	x            *index.Index
	now          time.Time
	read         map[string]time.Time       // locations, when they were read last
	drafts       map[string]bool            // those that hold what no commit has yet
	repositories map[string]RepositoryCheck // by address, however it is written
}

func (h *examiner) examine(e Entity) []Finding {
	read, ours := h.read[e.Source.LocationID], e.Source.Type == LocationPlatform
	if ours {
		read = e.UpdatedAt // there is no file: what the platform put in is so until it puts in something else
	}
	from := Finding{Ref: e.Ref(), Source: "catalog file", At: read}
	if where := (Problem{File: e.Source.Path, Line: e.Source.Line}).Where(); where != "" {
		from.Source = where
	}
	var out []Finding
	line := 0
	note := func(check CheckName, state State, message, hint string) {
		f := from
		if state == StateFail && line > 0 {
			f.Source = Problem{File: e.Source.Path, Line: line}.Where()
		}
		f.Check, f.State, f.Message, f.Hint = check, state, message, hint
		switch {
		case state == StatePass && !e.OrphanedAt.IsZero():
			f.State, f.At = StateStale, e.OrphanedAt
			f.Hint = "No file defines it any more, so nobody can say whether that is still so."
		case state == StatePass && read.IsZero():
			f.State = StateUnknown
		case state == StatePass && !ours && h.now.Sub(read) > fileFreshFor:
			f.State, f.Hint = StateStale, "Read its file again: platform catalog refresh "+e.Ref().String()
		}
		out = append(out, f)
	}
	if isOwned(e.Kind) {
		line = h.lineOf(e, "owner", e.SpecString("owner"))
		h.owner(e, note)
	}
	if len(references(e.Kind)) > 0 {
		line = h.firstOpen(e)
		h.references(e, note)
	}
	if isOwned(e.Kind) {
		out = append(out, h.repository(e))
	}
	return out
}

// lineOf returns where an entity writes a reference that leads nowhere. Those
// that lead somewhere are not looked up: nobody asks.
func (h *examiner) lineOf(e Entity, field, written string) int {
	for _, r := range references(e.Kind) {
		if r.field != field || written == "" {
			continue
		}
		ref, err := ParseRef(written, RefDefaults{Kind: r.defaultKind, Namespace: e.Metadata.Namespace})
		if _, there := h.x.Lookup(ref.String()); err != nil || !there || field == "owner" && h.members(ref.String()) == 0 {
			return h.lines.line(h.ctx, e, field, written)
		}
	}
	return 0
}

// firstOpen returns the first line with a reference that leads nowhere.
func (h *examiner) firstOpen(e Entity) int {
	found := 0
	for _, r := range references(e.Kind) {
		if r.field == "owner" {
			continue // has a check of its own
		}
		for _, target := range r.targets(e) {
			if line := h.lineOf(e, r.field, target); line > 0 && (found == 0 || line < found) {
				found = line
			}
		}
	}
	return found
}

// isOwned reports whether entities of a kind have an owner.
func isOwned(kind string) bool {
	return slices.ContainsFunc(references(kind), func(r reference) bool { return r.field == "owner" })
}

type noteFunc func(check CheckName, state State, message, hint string)

func (h *examiner) owner(e Entity, note noteFunc) {
	owner := e.target("owner")
	if written := e.SpecString("owner"); owner == "" && written != "" { // only kinds without a schema may say anything
		note(CheckOwnerExists, StateFail, fmt.Sprintf("Its owner %q is no reference to an entity.", written), howToRefer)
		note(CheckOwnerHasMembers, StateUnknown, "Its owner cannot be read.", "")
		return
	}
	if owner == "" {
		note(CheckOwnerExists, StateFail, "It names no owner.", "Write spec.owner: the name of a group.")
		note(CheckOwnerHasMembers, StateUnknown, "It names no owner.", "")
		return
	}
	n := neighbour(h.x, owner)
	if !n.Exists {
		hint := "Register the file of " + owner + ", or correct spec.owner."
		if near := h.x.Nearest("kind", n.Ref.Kind, n.Ref.Name, 1); len(near) > 0 {
			hint = "Did you mean " + near[0].Ref + "? Correct spec.owner, or register the file of " + owner + "."
		}
		note(CheckOwnerExists, StateFail, "Its owner "+owner+" is not in the catalog.", hint)
		note(CheckOwnerHasMembers, StateUnknown, "Its owner "+owner+" is not in the catalog.", "")
		return
	}
	note(CheckOwnerExists, StatePass, "It belongs to "+owner+".", "")
	if !strings.EqualFold(n.Ref.Kind, KindGroup) {
		note(CheckOwnerHasMembers, StatePass, "It belongs to a person, "+owner+".", "")
		return
	}
	if members := h.members(owner); members > 0 {
		note(CheckOwnerHasMembers, StatePass, owner+" has "+counted(members, "member", "members")+".", "")
		return
	}
	note(CheckOwnerHasMembers, StateFail, "Nobody in the catalog is a member of "+owner+".",
		"Write the group into spec.memberOf of its users, or users into its spec.members.")
}

// members counts the users that are in a group or one below it and in the catalog.
func (h *examiner) members(group string) int {
	users := map[string]bool{}
	for name := range groupsBelow(h.x, group) {
		for _, e := range h.x.Edges(name) {
			if e.Type == RelationHasMember && neighbour(h.x, e.Target).Exists {
				users[e.Target] = true
			}
		}
	}
	return len(users)
}

func (h *examiner) references(e Entity, note noteFunc) {
	var missing, unreadable []string
	count := 0
	for _, r := range references(e.Kind) {
		if r.field == "owner" {
			continue // has a check of its own
		}
		for _, target := range r.targets(e) {
			ref, err := ParseRef(target, RefDefaults{Kind: r.defaultKind, Namespace: e.Metadata.Namespace})
			if err != nil {
				unreadable = append(unreadable, fmt.Sprintf("%q (spec.%s)", target, r.field))
				continue
			}
			count++
			if _, ok := h.x.Lookup(ref.String()); !ok {
				missing = append(missing, ref.String()+" (spec."+r.field+")")
			}
		}
	}
	switch {
	case len(unreadable) > 0:
		note(CheckReferencesResolve, StateFail, "No reference to an entity: "+strings.Join(unreadable, ", ")+".", howToRefer)
	case len(missing) > 0:
		note(CheckReferencesResolve, StateFail, "Not in the catalog: "+strings.Join(missing, ", ")+".",
			"Register their files, or correct the names.")
	default:
		message := "It refers to nothing else."
		if count > 0 {
			message = "What it refers to is in the catalog: " + counted(count, "entity", "entities") + "."
		}
		note(CheckReferencesResolve, StatePass, message, "")
	}
}

// counted says how many there are of something.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}
