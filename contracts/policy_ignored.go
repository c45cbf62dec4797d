package contracts

import "slices"

// applyPolicyToIgnored lets a question that leaves out what it asks about have no
// yes: nothing is left to judge, and the gate refuses it. A Pact Broker says yes. Who
// is there, and not going there, may be ignored.
func (m *matrix) applyPolicyToIgnored(out *Matrix) {
	if !m.b.policy.AtBroker {
		return
	}
	var names []string
	for _, s := range m.specified {
		if s.ignored && s.Environment == "" && !slices.Contains(names, s.Pacticipant) {
			names = append(names, s.Pacticipant)
		}
	}
	if len(names) == 0 {
		return
	}
	out.Unknowns += len(names)
	out.setVerdict(worse(verdictOf(out.Deployable), Unknown))
	out.Reasons = slices.DeleteFunc(out.Reasons, func(r MatrixReason) bool { return r.Type == "success" })
	for _, name := range names {
		out.Reasons = append(out.Reasons, MatrixReason{"error", "By this organisation's policy unknown: " + name + " is asked about and ignored, so its pacts were not judged."})
	}
}
