package contracts

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/goldenpath/platform/internal/fault"
)

// The ways an interaction can differ between two pacts.
const (
	Added   = "added"
	Removed = "removed"
	Changed = "changed"
)

// InteractionChange is an interaction that differs between two pacts.
type InteractionChange struct {
	Kind        string // added, removed or changed
	Description string
	State       string
	Sentence    string   // what the consumer relies on, after the change; before it for a removed one
	Details     []string // of a changed one, what differs, a line each
}

// Comparison is how the pact of one consumer version differs from that of another.
type Comparison struct {
	Consumer, Provider string
	From, To           Pact
	Changes            []InteractionChange // in the order of To, then what was removed
	Specification      string              // in words, when another specification is followed; else ""
}

// Side names one pact of a comparison: that of a version or of a branch's head.
// An empty side is the default.
type Side struct {
	Version, Branch string
}

// Compare tells how the pact between two services changed. By default To is the
// latest pact and From the newest before To that says something else.
func (b *Broker) Compare(ctx context.Context, consumer, provider string, from, to Side) (Comparison, error) {
	out := Comparison{Consumer: consumer, Provider: provider}
	pacts, err := b.pactsOfPair(ctx, consumer, provider)
	if err != nil {
		return out, err
	}
	out.From, out.To, err = b.sides(ctx, pacts, from, to)
	if fault.Is(err, fault.NotFound) {
		err = b.noSides(ctx, pacts, from, to, err)
	}
	if err != nil {
		return out, err
	}
	return out, b.compare(ctx, &out)
}

// sides finds the pacts to compare among those of a pair.
func (b *Broker) sides(ctx context.Context, pacts []Pact, from, to Side) (before, after Pact, err error) {
	if after, err = b.side(ctx, pacts, to); err != nil {
		return before, after, err
	}
	if from == (Side{}) {
		before, err = earlier(pacts, after)
	} else {
		before, err = b.side(ctx, pacts, from)
	}
	return before, after, err
}

// side finds the pact that a side names among those of a pair; the latest for none.
func (b *Broker) side(ctx context.Context, pacts []Pact, s Side) (Pact, error) {
	consumer, provider := pacts[0].Consumer, pacts[0].Provider
	f := VersionFilter{PacticipantIDs: []int64{pacts[0].ConsumerID}}
	var none, subject string
	switch {
	case s.Branch != "":
		f.Branch, f.Latest = s.Branch, true
		none, subject = "branch "+s.Branch, ", the newest on branch "+s.Branch+","
	case s.Version != "":
		f.Numbers = []string{s.Version}
		none = "version " + s.Version
	default:
		return pacts[0], nil
	}
	versions, err := b.store.Versions(ctx, f)
	if err != nil {
		return Pact{}, err
	}
	if len(versions) == 0 {
		return Pact{}, fault.New(fault.NotFound, "%s has no %s.", consumer, none)
	}
	at := slices.IndexFunc(pacts, func(p Pact) bool { return p.ConsumerVersionID == versions[0].ID })
	if at < 0 {
		return Pact{}, fault.New(fault.NotFound, "Version %s of %s%s has no pact with %s.", versions[0].Number, consumer, subject, provider)
	}
	return pacts[at], nil
}

// earlier is the newest pact before p that says something else.
func earlier(pacts []Pact, p Pact) (Pact, error) {
	for _, before := range pacts {
		if before.ConsumerVersionID < p.ConsumerVersionID && before.ContentID != p.ContentID {
			return before, nil
		}
	}
	return Pact{}, fault.New(fault.NotFound, "Before version %s, %s had no other pact with %s to compare with.", p.ConsumerVersion, p.Consumer, p.Provider)
}

func (b *Broker) compare(ctx context.Context, c *Comparison) error {
	old, err := b.ContentByID(ctx, c.From.ContentID)
	if err != nil {
		return err
	}
	now, err := b.ContentByID(ctx, c.To.ContentID)
	if err != nil {
		return err
	}
	x, err := ParsePact("", old.Body)
	if err != nil {
		return err
	}
	y, err := ParsePact("", now.Body)
	if err != nil {
		return err
	}
	c.Changes = changesBetween(x, y)
	if x.Specification != y.Specification {
		c.Specification = fmt.Sprintf("specification %s became %s", cmp.Or(x.Specification, "none"), cmp.Or(y.Specification, "none"))
	}
	return nil
}

// changesBetween compares interactions by description and state.
func changesBetween(old, now *Document) []InteractionChange {
	before, after := old.interactions(), now.interactions()
	oldWords, newWords := old.People(), now.People()
	if len(oldWords) != len(before) || len(newWords) != len(after) {
		return nil // not interactions, but something else in a list
	}
	byAddress := map[string][]int{} // of those that have no counterpart yet
	for j := range before {
		byAddress[address(before[j])] = append(byAddress[address(before[j])], j)
	}
	matched := make([]bool, len(before))
	var out []InteractionChange
	for i, item := range after {
		left := byAddress[address(item)]
		if len(left) == 0 {
			out = append(out, changeOf(Added, newWords[i], nil))
			continue
		}
		at := left[0]
		byAddress[address(item)] = left[1:]
		matched[at] = true
		if details := differences(before[at], item); len(details) > 0 {
			out = append(out, changeOf(Changed, newWords[i], details))
		}
	}
	for j, in := range oldWords {
		if !matched[j] {
			out = append(out, changeOf(Removed, in, nil))
		}
	}
	return out
}

func changeOf(kind string, in Interaction, details []string) InteractionChange {
	return InteractionChange{Kind: kind, Description: in.Description, State: join(in.States), Sentence: in.Sentence, Details: details}
}

// maxDifferences bounds the lines about one interaction.
const maxDifferences = 50

// differences says in a line each what differs between two interactions.
func differences(a, b any) []string {
	var lines []string
	walk("", a, b, func(path string, x, y any, hadX, hasY bool) {
		switch {
		case !hadX:
			lines = append(lines, fmt.Sprintf("%s is new: %s", path, brief(y)))
		case !hasY:
			lines = append(lines, fmt.Sprintf("%s is gone; it was %s", path, brief(x)))
		default:
			lines = append(lines, fmt.Sprintf("%s was %s and is %s", path, brief(x), brief(y)))
		}
	})
	if len(lines) > maxDifferences {
		lines = append(lines[:maxDifferences], fmt.Sprintf("and %d more", len(lines)-maxDifferences))
	}
	return lines
}

// walk calls found for every place at which a and b differ.
func walk(path string, a, b any, found func(path string, x, y any, hadX, hasY bool)) {
	x, isX := a.(object)
	y, isY := b.(object)
	if isX && isY {
		keys := make([]string, 0, len(x)+len(y))
		for _, m := range slices.Concat(x, y) {
			keys = append(keys, m.key)
		}
		slices.Sort(keys)
		before, after := x.index(), y.index()
		for _, key := range slices.Compact(keys) {
			old, had := before[key]
			now, has := after[key]
			below := key
			if path != "" {
				below = path + "." + key
			}
			switch {
			case key == "_id" && path == "":
			case had && has:
				walk(below, old, now, found)
			default:
				found(below, old, now, had, has)
			}
		}
		return
	}
	listX, isX := a.([]any)
	listY, isY := b.([]any)
	if isX && isY {
		for i := range max(len(listX), len(listY)) {
			below := path + "[" + strconv.Itoa(i) + "]"
			switch {
			case i >= len(listX):
				found(below, nil, listY[i], false, true)
			case i >= len(listY):
				found(below, listX[i], nil, true, false)
			default:
				walk(below, listX[i], listY[i], found)
			}
		}
		return
	}
	if !equal(a, b) {
		found(path, a, b, true, true)
	}
}

// brief is a value as JSON, not more than fits a line.
func brief(v any) string {
	const most = 120
	text := []rune(string(appendJSON(nil, v)))
	if len(text) > most {
		return string(text[:most]) + "…"
	}
	return string(text)
}
