package contracts

import (
	"cmp"
	"slices"
	"strings"
)

// byVersions is the order of an answer: services by name, versions newest first.
func byVersions(rows []Row) []Row {
	return inOrder(rows, func(a, b *Row) int {
		return cmp.Or(
			strings.Compare(a.Consumer, b.Consumer), cmp.Compare(b.ConsumerVersionID, a.ConsumerVersionID), cmp.Compare(b.Revision, a.Revision),
			strings.Compare(a.Provider, b.Provider), cmp.Compare(b.ProviderVersionID, a.ProviderVersionID), cmp.Compare(b.VerificationID, a.VerificationID),
			cmp.Compare(b.PactID, a.PactID),
		)
	})
}

// byLastAction puts the last action first.
func byLastAction(rows []Row) []Row {
	type action struct {
		at  int64
		row *Row
	}
	actions := make([]action, len(rows))
	for i := range rows {
		actions[i] = action{rows[i].lastAction().UnixNano(), &rows[i]}
	}
	slices.SortFunc(actions, func(a, b action) int {
		return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(b.row.PactID, a.row.PactID), cmp.Compare(b.row.VerificationID, a.row.VerificationID))
	})
	out := make([]Row, len(rows))
	for i, a := range actions {
		out[i] = *a.row
	}
	return out
}

// anyRow reports whether there is a row that is; rows are large, and stay where
// they are.
func anyRow(rows []Row, is func(*Row) bool) bool {
	for i := range rows {
		if is(&rows[i]) {
			return true
		}
	}
	return false
}

// inOrder returns the rows in an order. What is moved about while sorting are
// pointers: a row is thirty times as large.
func inOrder(rows []Row, order func(a, b *Row) int) []Row {
	pointers := make([]*Row, len(rows))
	for i := range rows {
		pointers[i] = &rows[i]
	}
	if slices.IsSortedFunc(pointers, order) {
		return rows
	}
	slices.SortFunc(pointers, order)
	out := make([]Row, len(rows))
	for i, r := range pointers {
		out[i] = *r
	}
	return out
}

// latestBy keeps one row per group: the one with the newest provider version (and
// for cp the newest consumer version), then the newest verification. By cvpv there
// is no other row, unless every result was asked for.
func latestBy(rows []Row, by string) []Row {
	var group func(*Row) [4]int64
	switch by {
	case "cvp":
		group = func(r *Row) [4]int64 { return [4]int64{r.ConsumerID, r.ConsumerVersionID, r.ProviderID} }
	case "cp":
		group = func(r *Row) [4]int64 { return [4]int64{r.ConsumerID, 0, r.ProviderID} }
	default:
		return rows
	}
	best := make(map[[4]int64]int, len(rows)) // places of rows
	for i := range rows {
		r := &rows[i]
		at, ok := best[group(r)]
		if ok {
			before := &rows[at]
			ok = cmp.Or(
				cmp.Compare(r.ConsumerVersionID, before.ConsumerVersionID), cmp.Compare(r.ProviderVersionID, before.ProviderVersionID),
				cmp.Compare(r.VerificationID, before.VerificationID), cmp.Compare(r.PactID, before.PactID),
			) <= 0
		}
		if !ok {
			best[group(r)] = i
		}
	}
	if len(best) == len(rows) {
		return rows
	}
	kept := make([]Row, 0, len(best))
	for i := range rows {
		if best[group(&rows[i])] == i {
			kept = append(kept, rows[i])
		}
	}
	return kept
}

// wants reports whether a row is to be shown.
func (q MatrixQuery) wants(r *Row) bool {
	return q.Success == nil || slices.ContainsFunc(q.Success, func(w *bool) bool {
		if w == nil {
			return !r.verified()
		}
		return r.verified() && r.Success == *w
	})
}

func countRows(rows []Row, wanted func(*Row) bool) int {
	n := 0
	for i := range rows {
		if wanted(&rows[i]) {
			n++
		}
	}
	return n
}

// wantedFirst moves the rows that are not to be shown behind the others. They stay,
// because they are judged all the same.
func wantedFirst(rows []Row, wanted func(*Row) bool) []Row {
	if countRows(rows, wanted) == len(rows) {
		return rows
	}
	out := make([]Row, 0, len(rows))
	for _, shown := range []bool{true, false} {
		for i := range rows {
			if wanted(&rows[i]) == shown {
				out = append(out, rows[i])
			}
		}
	}
	return out
}
