package contracts

import (
	"fmt"
	"slices"
)

// describe says how a version of a row came into the query.
func (m *matrix) describe(pacticipant, version int64, name, number string) string {
	if m.byVersion == nil {
		m.byVersion = map[[2]int64]resolved{}
		for _, s := range slices.Backward(slices.Concat(m.specified, m.inferred)) { // the first wins
			m.byVersion[[2]int64{s.service.ID, s.version.ID}], m.byVersion[[2]int64{s.service.ID, anyVersion}] = s, s
		}
	}
	s, found := m.byVersion[[2]int64{pacticipant, version}]
	if !found || version == 0 {
		s, found = m.byVersion[[2]int64{pacticipant, anyVersion}]
		if version != 0 && !s.all { // a service that talks to itself has rows with other versions than were selected
			found = false
		}
	}
	switch {
	case found:
		return s.describe()
	case number != "":
		return fmt.Sprintf("version %s of %s", number, name)
	default:
		return "any version of " + name
	}
}

// describeOwn says which versions of a service have not verified what it expects of
// itself.
func (m *matrix) describeOwn(pacticipant int64, name string) string {
	selected := map[int64]bool{}
	for s := range m.resolved() {
		if s.service.ID == pacticipant {
			selected[s.version.ID] = true
		}
	}
	switch {
	case len(m.specified)+len(m.inferred) == 1: // it was compared with everything
		return "any version of " + name
	case len(selected) == 1:
		return m.describe(pacticipant, 0, name, "")
	default:
		return "any of the selected versions of " + name
	}
}

// anyVersion stands for whichever version of a service is resolved first.
const anyVersion = -1

func (s resolved) describe() string {
	found, number := !s.missing && !s.all, s.version.Name
	none := "no such version exists"
	in := number
	if !found {
		in = none
	}
	name := s.Pacticipant
	switch {
	case s.Tag != "" && s.Latest:
		return fmt.Sprintf("the latest version of %s with tag %s (%s)", name, s.Tag, in)
	case s.Branch != "" && s.Latest:
		return fmt.Sprintf("the latest version of %s from branch %s (%s)", name, s.Branch, in)
	case s.MainBranch:
		return fmt.Sprintf("the latest version of %s from its main branch (%s)", name, in)
	case s.Latest:
		return fmt.Sprintf("the latest version of %s (%s)", name, in)
	case s.Tag != "":
		return fmt.Sprintf("a version of %s with tag %s (%s)", name, s.Tag, in)
	case s.Branch != "":
		return fmt.Sprintf("a version of %s from branch %s (%s)", name, s.Branch, in)
	case s.Environment != "" && !found:
		return fmt.Sprintf("a version of %s currently in %s (no version is currently recorded as deployed/released in this environment)", name, s.Environment)
	case s.Environment != "" && s.many:
		return fmt.Sprintf("one of the versions of %s currently in %s (%s)", name, s.Environment, number)
	case s.Environment != "":
		return fmt.Sprintf("the version of %s currently in %s (%s)", name, s.Environment, number)
	case s.Version != "" && s.missing:
		return fmt.Sprintf("version %s of %s (%s)", s.Version, name, none)
	case found:
		return fmt.Sprintf("version %s of %s", number, name)
	case s.service.ID == -1:
		return fmt.Sprintf("any version of %s (no such pacticipant exists)", name)
	default:
		return "any version of " + name
	}
}
