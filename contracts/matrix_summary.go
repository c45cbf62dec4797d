package contracts

import (
	"fmt"
	"slices"
	"time"
)

func (r *Row) verified() bool { return r.VerificationID != 0 }

// lastAction is when the row last changed.
func (r *Row) lastAction() time.Time {
	if r.verified() && r.VerifiedAt.After(r.PublishedAt) {
		return r.VerifiedAt
	}
	return r.PublishedAt
}

// The reasons of a matrix, in the Pact Broker's words: pipelines grep for them.
const (
	adviseEnvironment = "WARN: It is recommended to specify the environment into which you are deploying. Without the environment, this result will not be reliable."
	adviseVersion     = "WARN: It is recommended to specify the version number (rather than the tag or branch) of the pacticipant you wish to deploy to avoid race conditions. Without a version number, this result will not be reliable."
	allSuccessful     = "All required verification results are published and successful"
	nothingMissing    = "There are no missing dependencies"
)

// summarise judges all rows, ignored ones aside.
func (m *matrix) summarise(rows []Row) Matrix {
	out := Matrix{}
	missing := slices.Concat(m.requiredWithoutRow(rows), m.unverifiedResidents(rows))
	for i := range rows {
		switch r := &rows[i]; {
		case r.Ignored:
			out.Ignored++
		case !r.verified():
			out.Unknowns++
		case r.Success:
			out.Successes++
		default:
			out.Failures++
		}
	}
	out.Unknowns += len(missing)
	nonexistent := slices.ContainsFunc(m.specified, func(s resolved) bool { return s.missing && !s.ignored })
	yes, no := true, false
	switch {
	case nonexistent:
		out.Deployable = &no
	case out.Unknowns > 0:
	case out.Failures > 0:
		out.Deployable = &no
	default:
		out.Deployable = &yes
	}
	out.Reasons = m.reasons(rows, missing)
	return out
}

// unmet is a consumer and a provider without a verification between them.
type unmet struct{ consumer, provider string }

func (m *matrix) requiredWithoutRow(rows []Row) []unmet {
	if !slices.ContainsFunc(m.integrations, func(i requiredIntegration) bool { return i.required }) {
		return nil
	}
	there := make(map[[2]int64]bool, len(rows))
	for i := range rows {
		there[[2]int64{rows[i].ConsumerID, rows[i].ProviderID}] = true
	}
	var out []unmet
	for _, i := range m.integrations {
		if i.required && !there[[2]int64{i.ConsumerID, i.ProviderID}] {
			out = append(out, unmet{m.describe(i.ConsumerID, 0, i.Consumer, ""), m.describe(i.ProviderID, 0, i.Provider, "")})
		}
	}
	return out
}

// unverifiedResidents finds provider versions that are in the environment beside
// one that has verified the pact, and have not verified it themselves. They have
// no row, and the Pact Broker overlooks them: a yes by mistake that is not copied.
func (m *matrix) unverifiedResidents(rows []Row) []unmet {
	residents := map[int64][]*resolved{}
	for s := range m.resolved() {
		if s.Environment != "" && s.many && !s.ignored {
			residents[s.service.ID] = append(residents[s.service.ID], s)
		}
	}
	if len(residents) == 0 {
		return nil
	}
	type promise struct{ consumerVersion, provider int64 }
	verified := map[promise][]int64{}
	var order []Row
	for i := range rows {
		r := &rows[i]
		key := promise{r.ConsumerVersionID, r.ProviderID}
		if !r.verified() || residents[r.ProviderID] == nil || m.ignores(r.ConsumerID, r.ConsumerVersionID) {
			continue // an ignored provider version speaks for none beside it
		}
		if len(verified[key]) == 0 {
			order = append(order, *r)
		}
		verified[key] = append(verified[key], r.ProviderVersionID)
	}
	var out []unmet
	for _, r := range order {
		for _, s := range residents[r.ProviderID] {
			if !slices.Contains(verified[promise{r.ConsumerVersionID, r.ProviderID}], s.version.ID) {
				out = append(out, unmet{m.describe(r.ConsumerID, r.ConsumerVersionID, r.Consumer, r.ConsumerVersion), s.describe()})
			}
		}
	}
	return out
}

func (m *matrix) reasons(rows []Row, missing []unmet) []MatrixReason {
	out := m.advice()
	errors := m.versionErrors()
	if len(errors) == 0 {
		errors = m.rowErrors(rows, missing)
	}
	for _, text := range errors {
		out = append(out, MatrixReason{"error", text})
	}
	if len(errors) == 0 {
		text := nothingMissing
		if anyRow(rows, func(r *Row) bool { return !r.Ignored }) {
			text = allSuccessful
		}
		out = append(out, MatrixReason{"success", text})
	}
	for _, s := range m.ignore {
		if s.missing {
			out = append(out, MatrixReason{"warning", "WARN: Cannot ignore " + s.describe()})
		}
	}
	return out
}

// advice warns about questions whose answer may be out of date when it arrives.
func (m *matrix) advice() []MatrixReason {
	var out []MatrixReason
	named := func(s MatrixSelector) bool { return s != MatrixSelector{Pacticipant: s.Pacticipant} }
	destination := m.q.Tag != "" || m.q.Branch != "" || m.q.MainBranch || m.q.Environment != ""
	if len(m.q.Selectors) == 1 && !destination {
		out = append(out, MatrixReason{"warning", adviseEnvironment})
	}
	if slices.ContainsFunc(m.q.Selectors, func(s MatrixSelector) bool { return named(s) && s.Version == "" }) {
		out = append(out, MatrixReason{"warning", adviseVersion})
	}
	return out
}

func (m *matrix) versionErrors() []string {
	var out []string
	for _, s := range m.specified {
		if !s.missing {
			continue
		}
		var text string
		switch {
		case s.Tag != "":
			text = fmt.Sprintf("No version with tag %s exists for %s", s.Tag, s.Pacticipant)
		case s.Branch != "":
			text = fmt.Sprintf("No version from branch %s exists for %s", s.Branch, s.Pacticipant)
		case s.Version != "":
			text = fmt.Sprintf("No pacts or verifications have been published for version %s of %s", s.Version, s.Pacticipant)
		default:
			text = "No pacts or verifications have been published for " + s.Pacticipant
		}
		out = append(out, ignored(s.ignored, text))
	}
	return out
}

// rowErrors explains, in this order: required providers without a row, failures,
// and what nobody verified.
func (m *matrix) rowErrors(rows []Row, missing []unmet) []string {
	const unverified = "There is no verified pact between %s and %s"
	var out []string
	for _, i := range missing {
		out = append(out, fmt.Sprintf(unverified, i.consumer, i.provider))
	}
	for _, failed := range []bool{true, false} {
		for _, wantIgnored := range []bool{false, true} {
			for i := range rows {
				r := &rows[i]
				if r.Ignored != wantIgnored || r.verified() != failed || (failed && r.Success) {
					continue
				}
				format := unverified
				if failed {
					format = "The verification for the pact between %s and %s failed"
				}
				provider := m.describe(r.ProviderID, r.ProviderVersionID, r.Provider, r.ProviderVersion)
				if r.ConsumerID == r.ProviderID && r.ProviderVersionID == 0 {
					provider = m.describeOwn(r.ProviderID, r.Provider)
				}
				out = append(out, ignored(r.Ignored, fmt.Sprintf(format,
					m.describe(r.ConsumerID, r.ConsumerVersionID, r.Consumer, r.ConsumerVersion), provider)))
			}
		}
	}
	// Ignored rows explain an error; alone they are none.
	if !anyRow(rows, func(r *Row) bool { return !r.Ignored && (!r.verified() || !r.Success) }) && len(missing) == 0 {
		return nil
	}
	return out
}

func ignored(is bool, text string) string {
	if is {
		return "[IGNORED] " + text
	}
	return text
}
