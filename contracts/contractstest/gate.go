package contractstest

import (
	"slices"
	"strings"
	"time"

	"github.com/goldenpath/platform/contracts"
)

// in lists the versions of a service that are in the environment.
func (w *world) in(service string) []string {
	var out []string
	for version := range w.versions {
		name, number, _ := strings.Cut(version, "/")
		if name != service {
			continue
		}
		there := w.released[service+"/"+number]
		for slot, running := range w.deployed {
			there = there || (strings.HasPrefix(slot, service+"/") && running == number)
		}
		if there {
			out = append(out, number)
		}
	}
	return out
}

// last is the newest verdict of a provider version about a content, and whether
// it is old.
func (w *world) last(consumer, provider, content, providerVersion string) (verdict contracts.Verdict, old bool) {
	verdict = contracts.Unknown
	for _, v := range w.verdicts {
		if v.consumer == consumer && v.provider == provider && v.content == content && v.providerVersion == providerVersion {
			verdict, old = v.verdict, v.old
		}
	}
	return verdict, old
}

// content is what a consumer version promised to rely on.
func (w *world) content(consumer, version, provider string) (string, bool) {
	for _, p := range w.pacts {
		if p.consumer == consumer && p.version == version && p.provider == provider {
			return p.content, true
		}
	}
	return "", false
}

// slowQuestion is what the slow gate is asked.
type slowQuestion struct {
	service              string
	version, branch, tag string // one of them
	merge                bool   // against the heads of main branches, not the environment
	toTag                bool   // against the newest versions with the tag, not the environment
	fresh                bool   // verdicts that are old do not count
	ignore               []contracts.IgnoreRule
}

// there lists the versions of a service that the version would meet.
func (w *world) there(q slowQuestion, service string) []string {
	switch {
	case q.merge:
		return w.newest(service, w.branches, "main")
	case q.toTag:
		return w.newest(service, w.tags, worldTag)
	}
	return w.in(service)
}

// newest is the version of a service first heard of last among those that carry a
// name; none when no version does.
func (w *world) newest(service string, names map[string][]string, name string) []string {
	head := []string{}
	for _, v := range w.order { // in the order in which they were first heard of
		if of, number, _ := strings.Cut(v, "/"); of == service && slices.Contains(names[v], name) {
			head = []string{number}
		}
	}
	return head
}

// chosen is the version that a question is about, "" for none.
func (w *world) chosen(q slowQuestion) string {
	list := []string{}
	switch {
	case q.branch != "":
		list = w.newest(q.service, w.branches, q.branch)
	case q.tag != "":
		list = w.newest(q.service, w.tags, q.tag)
	case w.versions[q.service+"/"+q.version]:
		list = []string{q.version}
	}
	return strings.Join(list, "")
}

// slowFinding is a verdict, and which services at which versions it is about;
// rules can only ignore what is about others.
type slowFinding struct {
	verdict contracts.Verdict
	about   []contracts.IgnoreRule // service and version
	lacks   bool                   // what the version asked about has not done, or has no longer
}

// ignored reports whether each subject is ignored by some rule.
func (w *world) ignored(q slowQuestion, f slowFinding) bool {
	for _, a := range f.about {
		some := false
		for _, rule := range slices.Concat(q.ignore, w.counting()) {
			some = some || (rule.Service == a.Service && (rule.Version == "" || rule.Version == a.Version))
		}
		if !some || a.Service == q.service {
			return false
		}
	}
	return len(f.about) > 0
}

// counting are the stored rules that have not ended.
func (w *world) counting() (out []contracts.IgnoreRule) {
	for _, r := range w.rules {
		if time.Now().Before(r.ExpiresAt) {
			out = append(out, r)
		}
	}
	return out
}

// slowGate is the gate written from its text: one sentence, one loop.
func (w *world) slowGate(q slowQuestion) contracts.Verdict {
	if q.version = w.chosen(q); q.version == "" {
		return contracts.Unknown // nobody published or verified it
	}
	answer := contracts.Yes
	for _, f := range w.slowFindings(q) {
		switch {
		case w.ignored(q, f):
		case f.verdict == contracts.No:
			return contracts.No
		case f.verdict == contracts.Unknown:
			answer = contracts.Unknown
		}
	}
	return answer
}

// verdict is what counts of what a provider version said last about a content.
func (w *world) verdict(q slowQuestion, consumer, provider, content, providerVersion string) contracts.Verdict {
	v, old := w.last(consumer, provider, content, providerVersion)
	if v == contracts.Yes && old && q.fresh {
		return contracts.Unknown
	}
	return v
}

func (w *world) slowFindings(q slowQuestion) []slowFinding {
	var all []slowFinding
	find := func(v contracts.Verdict, about ...contracts.IgnoreRule) {
		all = append(all, slowFinding{verdict: v, about: about})
	}
	lacks := func(about ...contracts.IgnoreRule) { all = append(all, slowFinding{contracts.Unknown, about, true}) }
	providers, consumers := map[string]bool{}, map[string]bool{}
	promised, verified := false, false
	for pair := range w.integrated { // whoever ever had a pact with it
		if pair[0] == q.service {
			providers[pair[1]] = true
		}
		if pair[1] == q.service {
			consumers[pair[0]] = true
		}
	}
	for _, p := range w.pacts {
		promised = promised || (p.consumer == q.service && p.version == q.version)
	}
	for _, p := range w.deleted { // a promise that was deleted was a promise
		if p.consumer == q.service && p.version == q.version {
			promised = true
			lacks(contracts.IgnoreRule{Service: p.provider})
		}
		if p.provider == q.service && p.consumer != q.service && !consumers[p.consumer] && slices.Contains(w.there(q, p.consumer), p.version) {
			find(contracts.Unknown, contracts.IgnoreRule{Service: p.consumer, Version: p.version})
		}
	}
	for _, v := range w.verdicts { // one that did not finish tells nothing
		verified = verified || (v.provider == q.service && v.providerVersion == q.version && v.verdict != contracts.Unknown)
	}
	if len(providers) > 0 && !promised {
		lacks(subjects(providers)...) // a consumer without a pact
	}
	if len(consumers) > 0 && !verified {
		lacks(subjects(consumers)...) // a provider nobody ever verified
	}
	for _, p := range w.pacts { // every provider it needs
		if p.consumer != q.service || p.version != q.version {
			continue
		}
		running := w.there(q, p.provider)
		if p.provider == q.service {
			running = []string{q.version} // it will talk to the version that is to come
		}
		if len(running) == 0 {
			find(contracts.Unknown, contracts.IgnoreRule{Service: p.provider}) // a missing counterpart
		}
		for _, version := range running {
			find(w.verdict(q, q.service, p.provider, p.content, version), contracts.IgnoreRule{Service: p.provider, Version: version})
		}
	}
	if consumers[q.service] && !q.merge && !q.toTag { // its own versions that stay beside it
		for _, version := range w.in(q.service) {
			if version != q.version && w.stays(q.service, version) {
				v := contracts.Unknown
				if content, ok := w.content(q.service, version, q.service); ok {
					v = w.verdict(q, q.service, q.service, content, q.version)
				}
				find(v, contracts.IgnoreRule{Service: q.service, Version: version})
			}
		}
	}
	delete(consumers, q.service) // its promises to itself are judged above
	for consumer := range consumers {
		if q.merge && w.mainUnknown(consumer) {
			find(contracts.Unknown, contracts.IgnoreRule{Service: consumer})
		}
		for _, version := range w.there(q, consumer) {
			v := contracts.Unknown // there without a pact
			if content, ok := w.content(consumer, version, q.service); ok {
				v = w.verdict(q, consumer, q.service, content, q.version)
			}
			find(v, contracts.IgnoreRule{Service: consumer, Version: version})
		}
	}
	return all
}

// mainUnknown reports whether nobody can say what is on a service's main branch: it has
// none that is known, or nothing is on it of a service that runs somewhere, and so is not
// new.
func (w *world) mainUnknown(service string) bool {
	return !w.main[service] || (w.runs(service) && len(w.newest(service, w.branches, "main")) == 0)
}

// stays reports whether a version remains in the environment when another one of the
// service is deployed there: released, or deployed as one of several instances.
func (w *world) stays(service, version string) bool {
	instances, deployed := 0, false
	for slot, running := range w.deployed {
		if strings.HasPrefix(slot, service+"/") {
			instances, deployed = instances+1, deployed || running == version
		}
	}
	return w.released[service+"/"+version] || (deployed && instances > 1)
}

// subjects are services as a whole.
func subjects(services map[string]bool) []contracts.IgnoreRule {
	var out []contracts.IgnoreRule
	for s := range services {
		out = append(out, contracts.IgnoreRule{Service: s})
	}
	return out
}
