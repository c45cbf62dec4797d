package contracts

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
)

// isPattern tells a pattern, which the shell left as it is, from a name.
func isPattern(path string) bool { return strings.ContainsAny(path, "*?[") }

// expand lists the files below dir that a pattern means, ** for any folders. It
// does not look into .git and node_modules, which are large and hold nobody's pacts.
func expand(dir, pattern string) ([]string, error) {
	if _, err := filepath.Match(pattern, ""); err != nil {
		return nil, fault.New(fault.Invalid, "%q is not a pattern for files.", pattern).WithHint("It looks like 'build/**/pacts/*.json'.")
	}
	steps := strings.Split(filepath.ToSlash(filepath.Clean(pattern)), "/")
	fixed := 0
	for fixed < len(steps)-1 && !isPattern(steps[fixed]) {
		fixed++
	}
	start := strings.Join(steps[:fixed], "/")
	if strings.HasPrefix(pattern, "/") {
		start = "/" + strings.TrimPrefix(start, "/")
	}
	root := absolute(dir, filepath.FromSlash(start))
	var found []string
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil && name == root:
			return fs.SkipAll
		case err != nil:
			return fs.SkipDir
		case entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "node_modules") && name != root:
			return fs.SkipDir
		}
		below, err := filepath.Rel(root, name)
		if err == nil && entry.Type().IsRegular() && matches(steps[fixed:], strings.Split(filepath.ToSlash(below), "/")) {
			found = append(found, filepath.Join(filepath.FromSlash(start), below))
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", pattern, err)
	}
	if len(found) == 0 {
		return nil, fault.New(fault.NotFound, "No file is called like %s.", pattern).
			WithHint("The consumer's tests write pacts; run them first, for example: make test")
	}
	return found, nil
}

// matches compares the steps of a path with those of a pattern.
func matches(pattern, path []string) bool {
	switch {
	case len(pattern) == 0:
		return len(path) == 0
	case pattern[0] == "**":
		return matches(pattern[1:], path) || (len(path) > 0 && matches(pattern, path[1:]))
	case len(path) == 0:
		return false
	}
	ok, err := filepath.Match(pattern[0], path[0])
	return err == nil && ok && matches(pattern[1:], path[1:])
}
