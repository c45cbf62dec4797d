package catalog

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

const (
	// maxAnyFolders is how many ** a pattern may hold, maxAlternatives how many
	// ways its braces can be read: each multiplies the ways a path can match.
	maxAnyFolders, maxAlternatives = 3, 200
)

// IsPattern reports whether a path stands for several files.
func IsPattern(name string) bool { return strings.ContainsAny(name, "*?[{") }

// MatchPattern reports whether a pattern names a path, as the targets of
// Location entities do: * is any part of a name, ** any number of folders,
// {a,b} either, [ab] one of the characters.
func MatchPattern(pattern, name string) bool {
	return wrongPattern(pattern) == "" && doublestar.MatchUnvalidated(pattern, name)
}

// wrongPattern says why a pattern is not looked for, "" when it is.
func wrongPattern(pattern string) string {
	switch {
	case !doublestar.ValidatePattern(pattern):
		return "A bracket or brace of the pattern " + pattern + " is not closed."
	case strings.Count(pattern, "**") > maxAnyFolders:
		return "The pattern " + pattern + " has more than " + thousands(maxAnyFolders) + " times **."
	case alternatives(pattern) > maxAlternatives:
		return "The braces of the pattern " + pattern + " stand for more than " + thousands(maxAlternatives) + " patterns."
	}
	return ""
}

// alternatives returns in how many ways braces can be read, or more.
func alternatives(pattern string) int {
	ways, open := 1, []int{}
	for _, c := range pattern {
		switch {
		case c == '{':
			open = append(open, 1)
		case c == ',' && len(open) > 0:
			open[len(open)-1]++
		case c == '}' && len(open) > 0:
			ways = min(ways*open[len(open)-1], maxAlternatives+1)
			open = open[:len(open)-1]
		}
	}
	return ways
}

// glob returns the files that a pattern names.
func (f *files) glob(pattern string, l Limits) []string {
	if wrongPattern(pattern) != "" {
		return nil
	}
	root, _ := doublestar.SplitPattern(pattern)
	levels := strings.Count(pattern, "/")
	deep := strings.Contains(pattern, "**")
	var found []string
	_ = fs.WalkDir(f.fs, root, func(name string, entry fs.DirEntry, err error) error {
		if !f.walked.step() {
			return fs.SkipAll
		}
		switch {
		case err != nil:
			return nil //nolint:nilerr // a folder nobody may read does not hide the others
		case entry.IsDir() && name != root && (skipped(entry.Name()) || !deep && strings.Count(name, "/") >= levels):
			return fs.SkipDir
		case !entry.IsDir() && doublestar.MatchUnvalidated(pattern, path.Clean(name)):
			found = append(found, name)
		}
		if len(found) > l.Files {
			return fs.SkipAll
		}
		return nil
	})
	slices.Sort(found)
	return found
}
