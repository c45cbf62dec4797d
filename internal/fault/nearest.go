package fault

import (
	"cmp"
	"slices"
	"strings"
)

// Nearest returns those of names that are written almost like typed, nearest
// first: at most that many letters changed, added or dropped, case ignored.
// Hints ask with it whether that was meant.
func Nearest(typed string, names []string, most int) []string {
	type near struct {
		name     string
		distance int
	}
	typed = strings.ToLower(typed)
	var found []near
	for _, name := range names {
		if d := distance(typed, strings.ToLower(name)); d <= most {
			found = append(found, near{name: name, distance: d})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int { return cmp.Compare(a.distance, b.distance) })
	out := make([]string, len(found))
	for i, n := range found {
		out[i] = n.name
	}
	return out
}

// distance counts the letters to change, add or drop to make b of a: the
// Levenshtein distance.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost = 1 + min(diagonal, row[j], row[j-1])
			}
			diagonal, row[j] = row[j], cost
		}
	}
	return row[len(b)]
}
