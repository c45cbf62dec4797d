package contractstest

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/goldenpath/platform/contracts"
)

// compareSeveral asks for two or three versions at once, also of one service, under a
// policy. The answer is the worst of what a Pact Broker says and of what the gate finds
// about each of them and about each pair of them.
func (w *world) compareSeveral(t *testing.T, b *contracts.Broker, r *rand.Rand) contracts.Verdict {
	t.Helper()
	q := w.anyQuestion(r, slowQuestion{version: "0"})
	q.branch, q.tag, q.fresh = "", "", true
	var several []slowQuestion
	for range 2 + r.IntN(2) {
		q.service, q.version = pick(r, w.services), strconv.Itoa(r.IntN(worldVersions))
		if w.clear(q) {
			several = append(several, q)
		}
	}
	if len(several) < 2 {
		return ""
	}
	comes := map[string]bool{}
	for _, s := range several {
		comes[s.service] = true
	}
	q.ignore = slices.DeleteFunc(slices.Clone(q.ignore), func(r contracts.IgnoreRule) bool { return comes[r.Service] })
	plain, strict := matrixQuery(q), matrixQuery(q)
	plain.Selectors, strict.Selectors = nil, nil
	for i := range several {
		several[i].ignore = q.ignore
		selector := matrixQuery(several[i]).Selectors[0]
		plain.Selectors, strict.Selectors = append(plain.Selectors, selector), append(strict.Selectors, selector)
	}
	for _, rule := range w.counting() {
		if !comes[rule.Service] {
			plain.Ignore = append(plain.Ignore, contracts.MatrixSelector{Pacticipant: rule.Service, Version: rule.Version})
		}
	}
	plain.LatestBy = "cvpv"
	strict.LatestBy = pick(r, []string{"cvpv", "cvp"}) // clients send either; cvp hides nothing from a policy
	want := deployable(wholeMatrix(t, b, plain))
	for _, s := range several {
		for _, f := range w.slowFindings(s) {
			if !w.comesAlong(s, f, comes) && !w.ignored(s, f) {
				want = worst(want, f.verdict)
			}
		}
		for _, other := range several {
			if content, ok := w.content(s.service, s.version, other.service); ok {
				want = worst(want, w.verdict(s, s.service, other.service, content, other.version))
			}
		}
	}
	m := wholeMatrix(t, b.WithPolicy(contracts.Policy{MaxAge: oldAge / 2, AtBroker: true}), strict)
	if got := deployable(m); got != want {
		t.Fatalf("matrix of %+v under a policy: got %s, want %s\n%s\n%+v", several, got, want, m.Reason(), w)
	}
	return want
}

// comesAlong reports whether a finding is about a service of which a version comes
// along and takes the place of what is there: not about what the version asked about
// lacks itself, nor about what is released, or deployed as one of several instances.
func (w *world) comesAlong(q slowQuestion, f slowFinding, comes map[string]bool) bool {
	if f.lacks || len(f.about) != 1 || f.about[0].Service == q.service || !comes[f.about[0].Service] {
		return false
	}
	if q.merge || q.toTag {
		return true
	}
	return !w.stays(f.about[0].Service, f.about[0].Version)
}

func worst(a, b contracts.Verdict) contracts.Verdict {
	for _, v := range []contracts.Verdict{contracts.No, contracts.Unknown} {
		if a == v || b == v {
			return v
		}
	}
	return contracts.Yes
}

func deployable(m contracts.Matrix) contracts.Verdict {
	switch {
	case m.Deployable == nil:
		return contracts.Unknown
	case *m.Deployable:
		return contracts.Yes
	default:
		return contracts.No
	}
}
