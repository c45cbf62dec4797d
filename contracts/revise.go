package contracts

import (
	"context"
	"slices"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
)

// PublishedContent returns the pact a consumer version has published with a
// provider, or fault.NotFound.
func (b *Broker) PublishedContent(ctx context.Context, consumer, number, provider string) ([]byte, error) {
	v, err := b.Version(ctx, consumer, number)
	if err != nil {
		return nil, err
	}
	p, err := b.Pacticipant(ctx, provider)
	if err != nil {
		return nil, err
	}
	pacts, err := b.pactsOf(ctx, []Version{v}, p.ID)
	if err == nil && len(pacts) == 0 {
		err = fault.New(fault.NotFound, "Version %s of %s has published no pact with %s.", number, consumer, provider)
	}
	if err != nil {
		return nil, err
	}
	content, err := b.ContentByID(ctx, pacts[0].ContentID)
	return content.Body, err
}

// DeletePacts removes publications, all of them or none. Their contents and
// verifications stay for other versions that have the same. The versions do not
// become ones that need nothing: the gate answers unknown until they publish again.
func (b *Broker) DeletePacts(ctx context.Context, list []Pact) error {
	return b.remove(ctx, func(ctx context.Context) error {
		for _, p := range list {
			if err := b.store.WithdrawPacts(ctx, Withdrawal{p.ConsumerID, p.ProviderID, p.ConsumerVersionID}, b.clock()); err != nil {
				return err
			}
		}
		return nil
	})
}

// PactsOnVersions lists a provider's pacts of the consumer versions f keeps.
func (b *Broker) PactsOnVersions(ctx context.Context, provider Pacticipant, f VersionFilter) ([]Pact, error) {
	if len(f.PacticipantIDs) == 0 {
		list, err := b.store.Integrations(ctx, IntegrationFilter{ProviderIDs: []int64{provider.ID}})
		if err != nil || len(list) == 0 {
			return nil, err
		}
		for _, i := range list {
			f.PacticipantIDs = append(f.PacticipantIDs, i.ConsumerID)
		}
	}
	versions, err := b.store.Versions(ctx, f)
	if err != nil {
		return nil, err
	}
	return b.pactsOf(ctx, versions, provider.ID)
}

// ProviderState is a state a provider has to be put into, and who needs it.
type ProviderState struct {
	Name      string
	Consumers []string
}

// ProviderStates lists the states that the pacts of the consumer versions f keeps
// need.
func (b *Broker) ProviderStates(ctx context.Context, provider Pacticipant, f VersionFilter) ([]ProviderState, error) {
	pacts, err := b.PactsOnVersions(ctx, provider, f)
	if err != nil {
		return nil, err
	}
	needs := map[string][]string{}
	for _, p := range pacts {
		content, err := b.ContentByID(ctx, p.ContentID)
		if err != nil {
			return nil, err
		}
		doc, err := ParsePact("", content.Body)
		if err != nil {
			return nil, err
		}
		for _, in := range doc.People() {
			for _, state := range in.States {
				if !slices.Contains(needs[state], p.Consumer) {
					needs[state] = append(needs[state], p.Consumer)
				}
			}
		}
	}
	var out []ProviderState
	for name, consumers := range needs {
		slices.Sort(consumers)
		out = append(out, ProviderState{name, consumers})
	}
	slices.SortFunc(out, func(x, y ProviderState) int { return strings.Compare(x.Name, y.Name) })
	return out, nil
}

// mergeStored adds the interactions of c to those the version has published with
// the provider, and returns which publication that is. Who merges at the same time
// gets a conflict, and tries again.
func (b *Broker) mergeStored(ctx context.Context, v Version, provider Pacticipant, c parsedContract) (out parsedContract, with int64, err error) {
	stored, err := b.pactsOf(ctx, []Version{v}, provider.ID)
	if err != nil || len(stored) == 0 || stored[0].SHA == c.doc.SHA {
		return c, 0, err
	}
	content, err := b.ContentByID(ctx, stored[0].ContentID)
	if err != nil {
		return c, 0, err
	}
	out, err = c.merged(content.Body, true)
	return out, stored[0].ID, err
}

// merged is the contract with the interactions of another pact, which was there
// before it or comes after it.
func (c parsedContract) merged(other []byte, before bool) (parsedContract, error) {
	earlier, later := c.Content, other
	if before {
		earlier, later = other, c.Content
	}
	content, err := MergePacts(earlier, later)
	if err != nil {
		return c, err
	}
	doc, err := ParsePact(c.File, content)
	c.Content, c.doc, c.Overwrite = content, doc, true
	return c, err
}

// MergePacts adds the interactions of a later pact to an earlier one, for test
// suites that write one pact in several runs. The same description and state with
// another content is a conflict, and so is what the earlier has no list for.
func MergePacts(earlier, later []byte) ([]byte, error) {
	a, err := ParsePact("the published pact", earlier)
	if err != nil {
		return nil, err
	}
	b, err := ParsePact("", later)
	if err != nil {
		return nil, err
	}
	if equal(a.root, b.root) {
		return earlier, nil
	}
	rootA, okA := a.root.(object)
	rootB, okB := b.root.(object)
	if !okA || !okB {
		return nil, fault.New(fault.Conflict, "Only JSON objects can be merged.")
	}
	lists := verifiable(rootB)
	if len(lists) == 0 {
		return nil, fault.New(fault.Conflict, "The pact to merge has no interactions and no messages.")
	}
	merged := slices.Clone(rootA)
	for _, list := range lists {
		there, _ := rootA.get(list.key)
		before, okA := there.([]any)
		after, okB := list.value.([]any)
		if !okA || !okB {
			return nil, fault.New(fault.Conflict, "The %s of one pact are no list, or missing, so they cannot be merged with those of another.", list.key)
		}
		items, err := mergeLists(before, after)
		if err != nil {
			return nil, err
		}
		merged = merged.set(list.key, items)
	}
	return appendJSON(nil, merged), nil
}

// mergeLists adds later interactions to earlier ones.
func mergeLists(earlier, later []any) ([]any, error) {
	merged := slices.Clone(earlier)
	places := make(map[string]int, len(merged))
	for i, item := range slices.Backward(merged) {
		places[address(item)] = i
	}
	for _, item := range later {
		at, known := places[address(item)]
		switch {
		case !known:
			places[address(item)] = len(merged)
			merged = append(merged, item)
		case !equal(merged[at], item):
			return nil, fault.New(fault.Conflict, "Both pacts have an interaction %q with another content.", address(item))
		}
	}
	return merged, nil
}

// address tells interactions of a pact apart.
func address(item any) string {
	o, ok := item.(object)
	if !ok {
		return string(appendJSON(nil, item))
	}
	return strings.Join(append([]string{o.text("description")}, statesOf(o)...), " given ")
}
