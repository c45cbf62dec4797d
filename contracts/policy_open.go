package contracts

import (
	"fmt"
	"slices"
)

// unasked tells of what a query leaves open, without which the gate cannot be asked, nor
// anybody know what a version will meet: which one of a service, and, unless versions are
// compared with each other, where it is to go.
func (m *matrix) unasked() (texts []string) {
	open, compared := map[string]bool{}, map[string]bool{}
	for i := range m.specified {
		s := &m.specified[i]
		if s.all && !s.ignored && !open[s.Pacticipant] {
			open[s.Pacticipant] = true
			texts = append(texts, fmt.Sprintf("which version of %s? Name one, or a branch or tag of which to take the latest.", s.Pacticipant))
		}
		compared[s.Pacticipant] = true
	}
	for i := range m.specified {
		s := &m.specified[i]
		if q := m.questionOf(s); !s.all && !s.missing && (len(compared) == 1 || m.infers()) && given(q.Environment != "", q.ToTag != "", q.MainBranches) != 1 {
			return append(texts, fmt.Sprintf("where would %s go? Name an environment, or the latest versions with a tag or on main branches.", s.Pacticipant))
		}
	}
	return texts
}

// leftOut tells of services that a query asks about and ignores: nothing is left to judge,
// and the gate refuses it. A Pact Broker says yes. Who is there, and not going there, may
// be ignored.
func (m *matrix) leftOut() (texts []string) {
	var names []string
	for i := range m.specified {
		if s := &m.specified[i]; s.ignored && s.Environment == "" && !slices.Contains(names, s.Pacticipant) {
			names = append(names, s.Pacticipant)
			texts = append(texts, s.Pacticipant+" is asked about and ignored, so its pacts were not judged.")
		}
	}
	return texts
}
