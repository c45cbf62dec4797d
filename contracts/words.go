package contracts

import (
	"slices"
	"strings"
)

// quote makes s safe to paste into a shell; plain words stay as they are.
func quote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-/:@+", r)
	}
	if s != "" && !strings.HasPrefix(s, "-") && !strings.ContainsFunc(s, func(r rune) bool { return !plain(r) }) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// similar returns up to three of names that are close to name, closest first.
func similar(names []string, name string) []string {
	type near struct {
		name     string
		distance int
	}
	var list []near
	limit := max(2, len(name)/3)
	for _, n := range names {
		d := distance(strings.ToLower(n), strings.ToLower(name))
		if d <= limit || (len(name) > 2 && strings.Contains(n, name)) {
			list = append(list, near{n, d})
		}
	}
	slices.SortStableFunc(list, func(a, b near) int { return a.distance - b.distance })
	out := make([]string, 0, 3)
	for _, n := range list[:min(3, len(list))] {
		out = append(out, n.name)
	}
	return out
}

// distance counts the letters to insert, delete or replace between a and b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost++
			}
			before = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// join lists words as people do: a, b and c.
func join(words []string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	default:
		return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
	}
}
