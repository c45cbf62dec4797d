package contractstest

import (
	"slices"
	"time"

	"github.com/goldenpath/platform/contracts"
)

// pickWorld is what happened, as plain facts, to consumers and providers of which
// somebody asks what a provider has to verify. The slow selection reads only these.
type pickWorld struct {
	consumers []string
	providers []string
	order     []pickVersion // as they were first heard of
	madeAt    map[pickVersion]time.Time
	main      map[string]string // main branches
	branches  map[pickVersion][]string
	tags      map[pickVersion][]string
	began     map[pickName]time.Time // when a service first had a branch
	tagged    map[pickName]time.Time // when a version of a service first got a tag
	pacts     []pickPact
	gone      []pickPact // deleted, and not published again
	verdicts  []pickVerdict
	places    []pickPlace
	promised  map[string]bool   // providers that somebody published a pact with
	names     map[string]string // of contents, by consumer, provider and SHA

	now  time.Time
	seed int
}

type pickVersion struct{ service, number string }

type pickName struct{ service, name string }

type pickPact struct {
	version           pickVersion
	provider, content string
	at                time.Time
}

type pickVerdict struct {
	consumer, content string
	by                pickVersion
	success, wip      bool
	at                time.Time
}

// pickPlace is a version that is in an environment now.
type pickPlace struct {
	version               pickVersion
	environment, instance string
	released              bool
}

// pickKey is a content of a consumer.
type pickKey struct{ consumer, content string }

// slowPick is a content with all that the answer says of it.
type slowPick struct {
	versions    []string // sorted
	pending     bool
	wip         bool
	pendingTags []string // provider tags in the order in which they were asked for
}

// slowPicks is the choice of pacts for verification written from its text: one
// sentence, one loop.
func (w *pickWorld) slowPicks(q contracts.PactQuery) map[pickKey]slowPick {
	out := map[pickKey]slowPick{}
	selectors := q.Selectors
	if len(selectors) == 0 {
		selectors = w.slowDefaults()
	}
	for _, sel := range selectors { // results are merged by content
		for _, p := range w.slowSelected(q, sel) {
			addPick(out, p, slowPick{})
		}
	}
	for key, p := range out {
		p.pending, p.pendingTags = w.slowPending(q, key, false)
		out[key] = p
	}
	if q.IncludeWIPSince.IsZero() || (q.ProviderBranch == "" && len(q.ProviderTags) == 0) {
		return out
	}
	wip := map[pickKey]slowPick{}
	for _, p := range w.pacts { // heads of branches and of tags, created after the date
		if p.provider == q.Provider && p.at.After(q.IncludeWIPSince) && w.isHead(p.version) {
			addPick(wip, p, slowPick{wip: true})
		}
	}
	for key, p := range wip { // but what was selected, and what is settled already
		_, selected := out[key]
		p.pending, p.pendingTags = w.slowPending(q, key, true)
		if !selected && p.pending {
			out[key] = p
		}
	}
	return out
}

func addPick(out map[pickKey]slowPick, p pickPact, kind slowPick) {
	key := pickKey{p.version.service, p.content}
	if known, ok := out[key]; ok {
		kind = known
	}
	if !slices.Contains(kind.versions, p.version.number) {
		kind.versions = slices.Sorted(slices.Values(append(slices.Clone(kind.versions), p.version.number)))
	}
	out[key] = kind
}

// slowDefaults are, for each consumer, the head of its main branch, else the latest
// tagged with the main branch's name, else the latest; what is deployed; what is
// released.
func (w *pickWorld) slowDefaults() []contracts.Selector {
	out := []contracts.Selector{{Deployed: true}, {Released: true}}
	for _, consumer := range w.consumers {
		main := w.main[consumer]
		switch {
		case main != "" && len(w.newestOf(consumer, w.branches, main)) > 0:
			out = append(out, contracts.Selector{Consumer: consumer, MainBranch: true})
		case main != "" && len(w.newestOf(consumer, w.tags, main)) > 0:
			out = append(out, contracts.Selector{Consumer: consumer, Tag: main, Latest: true})
		default:
			out = append(out, contracts.Selector{Consumer: consumer, Latest: true})
		}
	}
	return out
}

// slowSelected are the provider's pacts that a selector chooses.
func (w *pickWorld) slowSelected(q contracts.PactQuery, sel contracts.Selector) []pickPact {
	consumers := w.consumers
	if sel.Consumer != "" { // a consumer narrows
		consumers = []string{sel.Consumer}
	}
	branch := sel.Branch
	if sel.MatchingBranch {
		branch = q.ProviderBranch
	}
	out := []pickPact{}
	choose := func(versions func(consumer string) []pickVersion) {
		for _, consumer := range consumers {
			for _, v := range versions(consumer) {
				out = append(out, w.pactOf(v, q.Provider)...)
			}
		}
	}
	switch {
	case sel.Version != "": // a selector of ours
		choose(func(consumer string) []pickVersion { return []pickVersion{{consumer, sel.Version}} })
	case sel.MainBranch: // the latest version on each consumer's main branch
		choose(func(consumer string) []pickVersion { return w.newestOf(consumer, w.branches, w.main[consumer]) })
	case branch != "": // the head of that branch
		choose(func(consumer string) []pickVersion { return w.newestOf(consumer, w.branches, branch) })
		if len(out) == 0 && sel.FallbackBranch != "" {
			choose(func(consumer string) []pickVersion { return w.newestOf(consumer, w.branches, sel.FallbackBranch) })
		}
	case sel.Tag != "" && sel.Latest: // the latest version with the tag
		choose(func(consumer string) []pickVersion { return w.newestOf(consumer, w.tags, sel.Tag) })
		if len(out) == 0 && sel.FallbackTag != "" { // only if no pact was found for the tag
			choose(func(consumer string) []pickVersion { return w.newestOf(consumer, w.tags, sel.FallbackTag) })
		}
	case sel.Tag != "": // all versions with the tag
		choose(func(consumer string) []pickVersion { return w.allOf(consumer, w.tags, sel.Tag) })
		if len(out) == 0 && sel.FallbackTag != "" {
			choose(func(consumer string) []pickVersion { return w.allOf(consumer, w.tags, sel.FallbackTag) })
		}
	case sel.Deployed || sel.Released || sel.DeployedOrReleased || sel.Environment != "":
		choose(func(consumer string) []pickVersion { return w.placed(consumer, sel) })
	default: // the overall latest pact of each consumer
		choose(func(consumer string) []pickVersion {
			latest := []pickVersion{}
			for _, v := range w.order {
				if v.service == consumer && len(w.pactOf(v, q.Provider)) > 0 {
					latest = []pickVersion{v}
				}
			}
			return latest
		})
	}
	return out
}

// pactOf is what a version has published with a provider, if it has.
func (w *pickWorld) pactOf(v pickVersion, provider string) []pickPact {
	for _, p := range w.pacts {
		if p.version == v && p.provider == provider {
			return []pickPact{p}
		}
	}
	return nil
}

// allOf lists the versions of a service that carry a name, as they were first heard of.
func (w *pickWorld) allOf(service string, names map[pickVersion][]string, name string) []pickVersion {
	out := []pickVersion{}
	for _, v := range w.order {
		if v.service == service && slices.Contains(names[v], name) {
			out = append(out, v)
		}
	}
	return out
}

// newestOf is the one of them that was first heard of last.
func (w *pickWorld) newestOf(service string, names map[pickVersion][]string, name string) []pickVersion {
	all := w.allOf(service, names, name)
	return all[max(0, len(all)-1):]
}

// placed lists the versions of a consumer that are where the selector says.
func (w *pickWorld) placed(consumer string, sel contracts.Selector) []pickVersion {
	out := []pickVersion{}
	for _, p := range w.places {
		switch {
		case p.version.service != consumer:
		case sel.Environment != "" && sel.Environment != p.environment:
		case sel.Deployed && p.released:
		case sel.Released && !p.released:
		default:
			out = append(out, p.version)
		}
	}
	return out
}

// isHead reports whether a version is the newest on some branch, or with some tag.
func (w *pickWorld) isHead(v pickVersion) bool {
	for _, branch := range w.branches[v] {
		if slices.Contains(w.newestOf(v.service, w.branches, branch), v) {
			return true
		}
	}
	for _, tag := range w.tags[v] {
		if slices.Contains(w.newestOf(v.service, w.tags, tag), v) {
			return true
		}
	}
	return false
}

// slowPending reports whether a content is pending, and for which of the provider's
// tags. What succeeded as work in progress does not settle work in progress.
func (w *pickWorld) slowPending(q contracts.PactQuery, key pickKey, wip bool) (pending bool, tags []string) {
	if q.ProviderBranch != "" {
		return !w.settled(q, key, wip, w.branches, w.began, q.ProviderBranch), nil
	}
	for _, tag := range q.ProviderTags { // pending if it is for any tag
		if !w.settled(q, key, wip, w.tags, w.tagged, tag) {
			tags = append(tags, tag)
		}
	}
	if len(q.ProviderTags) > 0 {
		return len(tags) > 0, tags
	}
	for _, v := range w.verdicts {
		if v.by.service == q.Provider && v.consumer == key.consumer && v.content == key.content && v.success {
			return false, nil
		}
	}
	return true, nil
}

// settled reports whether a content has a success by a provider version that carries
// the name, or by one that carries another, from before the name was first used; any
// other counts while it has not been used.
func (w *pickWorld) settled(q contracts.PactQuery, key pickKey, wip bool, names map[pickVersion][]string, first map[pickName]time.Time, name string) bool {
	began, used := first[pickName{q.Provider, name}]
	for _, v := range w.verdicts {
		if v.by.service != q.Provider || v.consumer != key.consumer || v.content != key.content || !v.success || (wip && v.wip) {
			continue
		}
		for _, carried := range names[v.by] {
			if carried == name || !used || v.at.Before(began) {
				return true
			}
		}
	}
	return false
}
