package contracts

import (
	"slices"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
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

// similar returns up to three of names that are close to name or hold it,
// closest first.
func similar(names []string, name string) []string {
	most := min(max(2, len(name)/3), len(name)-1) // a name that shares no letter is not like it
	out := fault.Nearest(name, names, most)
	for _, n := range names {
		if len(name) > 2 && strings.Contains(n, name) && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out[:min(3, len(out))]
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
