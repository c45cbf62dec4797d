package config

import "strconv"

// known reports whether there is a setting of that name. The name of the file
// is one too, though not in the file.
func known(name string) bool {
	if name == fileVariable {
		return true
	}
	for _, s := range settings() {
		if s.name == name {
			return true
		}
	}
	return false
}

// nearest returns the setting whose name is most like name and differs by at
// most that many letters, or "".
func nearest(name string, most int) string {
	best, least := "", most+1
	for _, s := range settings() {
		if d := distance(name, s.name); d < least {
			best, least = s.name, d
		}
	}
	return best
}

// distance counts the letters to change, add or drop to make b of a.
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

func count(problems int) string {
	if problems == 1 {
		return "A setting cannot be used"
	}
	return strconv.Itoa(problems) + " settings cannot be used"
}
