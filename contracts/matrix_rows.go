package contracts

import (
	"cmp"
	"slices"
	"strings"
)

// byVersions is the order of an answer: services by name, versions newest first.
func byVersions(rows []Row) {
	slices.SortStableFunc(rows, func(a, b Row) int {
		return cmp.Or(
			strings.Compare(a.Consumer, b.Consumer), cmp.Compare(b.ConsumerVersionID, a.ConsumerVersionID), cmp.Compare(b.Revision, a.Revision),
			strings.Compare(a.Provider, b.Provider), cmp.Compare(b.ProviderVersionID, a.ProviderVersionID), cmp.Compare(b.VerificationID, a.VerificationID),
		)
	})
}

// sortRows puts the last action first.
func sortRows(rows []Row) {
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(b.lastAction().Compare(a.lastAction()), cmp.Compare(b.PactID, a.PactID), cmp.Compare(b.VerificationID, a.VerificationID))
	})
}

// latestBy keeps one row per group: the one with the newest provider version (and
// for cp the newest consumer version), then the newest verification.
func latestBy(rows []Row, by string) []Row {
	var group func(Row) [4]int64
	switch by {
	case "cvpv":
		group = func(r Row) [4]int64 {
			return [4]int64{r.ConsumerID, r.ConsumerVersionID, r.ProviderID, r.ProviderVersionID}
		}
	case "cvp":
		group = func(r Row) [4]int64 { return [4]int64{r.ConsumerID, r.ConsumerVersionID, r.ProviderID} }
	case "cp":
		group = func(r Row) [4]int64 { return [4]int64{r.ConsumerID, 0, r.ProviderID} }
	default:
		return rows
	}
	best := map[[4]int64]Row{}
	for _, r := range rows {
		before, ok := best[group(r)]
		newer := cmp.Or(
			cmp.Compare(r.ConsumerVersionID, before.ConsumerVersionID), cmp.Compare(r.ProviderVersionID, before.ProviderVersionID),
			cmp.Compare(r.VerificationID, before.VerificationID), cmp.Compare(r.PactID, before.PactID),
		)
		if !ok || newer > 0 {
			best[group(r)] = r
		}
	}
	return slices.DeleteFunc(rows, func(r Row) bool { return best[group(r)] != r })
}

func withSuccess(rows []Row, wanted []*bool) []Row {
	if wanted == nil {
		return rows
	}
	return slices.DeleteFunc(rows, func(r Row) bool {
		return !slices.ContainsFunc(wanted, func(w *bool) bool {
			if w == nil {
				return !r.verified()
			}
			return r.verified() && r.Success == *w
		})
	})
}
