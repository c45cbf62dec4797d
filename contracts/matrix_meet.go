package contracts

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// meets reports whether a query is the one of pipelines: of one version, and an
// environment it is to go to. All that it is answered from can be asked for at once.
func (m *matrix) meets() bool {
	return len(m.specified) == 1 && !m.specified[0].missing && !m.specified[0].all && m.q.LatestBy != "" &&
		m.q.Environment != "" && m.others() == MatrixSelector{Environment: m.q.Environment}
}

// meet finds what resolveOthers finds, and the rows with it. Who consumes the
// service and is not there is left out, because nothing depends on it.
func (m *matrix) meet(ctx context.Context) error {
	self := &m.specified[0]
	environment, _ := m.environment(m.q.Environment)
	found, err := m.b.store.Meetings(ctx, MeetingQuery{
		PacticipantID: self.service.ID, VersionID: self.version.ID, Environment: environment, Pacts: true, Places: m.q.Limit == 0,
	})
	if err != nil {
		return err
	}
	if other := func(met Meeting) bool { return met.There.PacticipantID != self.service.ID }; len(found.List) > 0 && !slices.ContainsFunc(found.List, other) {
		return m.resolveOthers(ctx) // a version that meets itself alone is compared with everything
	}
	m.rows, m.places = make([]Row, 0, len(found.List)), found.Places
	for list := found.List; len(list) > 0; {
		if !list[0].Promised {
			m.consume(self, &list[0])
			list = list[1:]
			continue
		}
		n := 1 // versions of one provider
		for n < len(list) && list[n].Promised && list[n].There.PacticipantID == list[0].There.PacticipantID {
			n++
		}
		m.promise(self, list[:n])
		list = list[n:]
	}
	m.inferMet(self, found.List)
	return nil
}

// promise adds what versions of one provider said of the specified version's pact.
func (m *matrix) promise(self *resolved, provider []Meeting) {
	there := &provider[0].There
	m.integrations = append(m.integrations, requiredIntegration{Integration{
		ConsumerID: self.service.ID, Consumer: self.service.Name, ProviderID: there.PacticipantID, Provider: there.Service,
	}, true})
	before := len(m.rows)
	for i := range provider {
		p := &provider[i]
		if p.VerificationID != 0 {
			m.rows = append(m.rows, p.row(self.service, self.version, known{p.There.PacticipantID, p.There.Service}, known{p.There.VersionID, p.There.Version}))
		}
	}
	if before == len(m.rows) {
		m.rows = append(m.rows, provider[0].row(self.service, self.version, known{there.PacticipantID, there.Service}, known{}))
	}
}

// consume adds what the specified version said of the pact of a consumer's version,
// if that published one.
func (m *matrix) consume(self *resolved, c *Meeting) {
	if c.PactID == 0 {
		return
	}
	by := self.version
	if c.VerificationID == 0 {
		by = known{}
	}
	m.rows = append(m.rows, c.row(known{c.There.PacticipantID, c.There.Service}, known{c.There.VersionID, c.There.Version}, self.service, by))
}

// row is a meeting as a matrix shows it.
func (m *Meeting) row(consumer, consumerVersion, provider, providerVersion known) Row {
	return Row{
		PactID: m.PactID, ContentID: m.ContentID, SHA: m.SHA, PublishedAt: m.PublishedAt, Revision: m.Revision,
		ConsumerID: consumer.ID, Consumer: consumer.Name, ConsumerVersionID: consumerVersion.ID, ConsumerVersion: consumerVersion.Name,
		ProviderID: provider.ID, Provider: provider.Name, ProviderVersionID: providerVersion.ID, ProviderVersion: providerVersion.Name,
		VerificationID: m.VerificationID, Success: m.Success, Incomplete: m.Incomplete, VerifiedAt: m.VerifiedAt,
	}
}

// inferMet resolves the counterparts to their versions that are there: services by
// name, versions newest first, each once.
func (m *matrix) inferMet(self *resolved, list []Meeting) {
	met := make([]*Deployment, 0, len(list))
	for i := range list {
		if there := &list[i].There; there.PacticipantID != self.service.ID {
			met = append(met, there)
		}
	}
	slices.SortFunc(met, func(a, b *Deployment) int {
		return cmp.Or(strings.Compare(a.Service, b.Service), cmp.Compare(b.VersionID, a.VersionID))
	})
	met = slices.CompactFunc(met, func(a, b *Deployment) bool { return a.PacticipantID == b.PacticipantID && a.VersionID == b.VersionID })
	m.inferred = make([]resolved, 0, len(met))
	for i, there := range met {
		beside := func(at int) bool { return at >= 0 && at < len(met) && met[at].PacticipantID == there.PacticipantID }
		selector := m.others()
		selector.Pacticipant = there.Service
		m.inferred = append(m.inferred, resolved{
			MatrixSelector: selector, service: known{there.PacticipantID, there.Service}, version: known{there.VersionID, there.Version},
			missing: there.VersionID == 0, many: beside(i-1) || beside(i+1), ignored: m.ignores(there.PacticipantID, there.VersionID),
		})
	}
}
