package proposal

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

// ownerFiles are where hosts look for it, the one that counts first.
func ownerFiles() []string {
	return []string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"}
}

// ownerRules are the lines of a CODEOWNERS, of which the last that matches counts.
type ownerRules []ownerRule

type ownerRule struct{ pattern, owner string }

// OwnerOf returns who owns a folder of a repository, and which file says so.
func OwnerOf(fsys fs.FS, folder string) (owner, because string) {
	l := looker{read: func(name string) string { return head(fsys, name) }}
	for _, name := range ownerFiles() {
		if info, err := fs.Stat(fsys, name); err == nil && info.Mode().IsRegular() {
			l.files = append(l.files, name)
		}
	}
	slices.Sort(l.files)
	rules, file := l.ownerRules()
	if owner = rules.of(path.Clean(folder)); owner == "" {
		owner = rules.mostly()
	}
	return owner, file
}

// ownerRules reads the CODEOWNERS that counts.
func (l *looker) ownerRules() (rules ownerRules, file string) {
	for _, name := range ownerFiles() {
		if l.has(name) {
			if rules = parseOwners(l.head(name)); len(rules) > 0 {
				return rules, name
			}
		}
	}
	return nil, ""
}

func parseOwners(text string) ownerRules {
	var rules ownerRules
	section := "" // who owns what has no owner of its own in a section, on GitLab
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case strings.HasPrefix(strings.TrimPrefix(words[0], "^"), "["):
			section = ownerNamed(strings.Fields(line[strings.LastIndexByte(line, ']')+1:]))
		case len(words) == 1:
			rules = append(rules, ownerRule{words[0], section})
		default:
			rules = append(rules, ownerRule{words[0], ownerNamed(words[1:])})
		}
	}
	return rules
}

func (r ownerRule) all() bool {
	return slices.Contains([]string{"*", "/", "**", "/*", "/**"}, r.pattern)
}

// of returns who owns a folder, "" when no line is about it.
func (r ownerRules) of(folder string) string {
	for _, rule := range slices.Backward(r) {
		if rule.matches(folder) {
			return rule.owner
		}
	}
	return ""
}

// matches reports whether a rule is about all of a folder.
func (r ownerRule) matches(folder string) bool {
	if r.all() {
		return true
	}
	pattern := strings.TrimSuffix(strings.TrimSuffix(r.pattern, "/**"), "/*")
	anywhere := !strings.Contains(strings.TrimSuffix(pattern, "/"), "/")
	pattern = strings.TrimPrefix(strings.Trim(pattern, "/"), "**/")
	if strings.TrimSuffix(r.pattern, "/*") != r.pattern && path.Dir(folder) == pattern {
		return true // services/* is about each folder in it
	}
	for at := folder; at != "."; at = path.Dir(at) {
		if ok, err := path.Match(pattern, at); err == nil && ok {
			return true
		}
		if ok, err := path.Match(pattern, path.Base(at)); err == nil && ok && (anywhere || strings.HasPrefix(r.pattern, "**/")) {
			return true
		}
	}
	return false
}

// all returns who owns everything that no other line is about.
func (r ownerRules) all() string {
	for _, rule := range slices.Backward(r) {
		if rule.all() {
			return rule.owner
		}
	}
	return ""
}

// mostly returns who owns everything, or else the most.
func (r ownerRules) mostly() string {
	if all := r.all(); all != "" {
		return all
	}
	counts := map[string]int{}
	for _, rule := range r {
		if rule.owner != "" {
			counts[rule.owner]++
		}
	}
	owner := ""
	for who, n := range counts {
		if n > counts[owner] || n == counts[owner] && who < owner {
			owner = who
		}
	}
	return owner
}

// ownerNamed prefers a team to a person; an address, or a role as GitLab has
// them (@@maintainer), is nobody in the catalog.
func ownerNamed(words []string) string {
	person := ""
	for _, word := range words {
		name, ok := strings.CutPrefix(word, "@")
		if !ok || strings.HasPrefix(name, "@") {
			continue
		}
		_, team, isTeam := strings.Cut(name, "/")
		if isTeam {
			name = path.Base(team)
		}
		switch name = validName(name); {
		case name == "":
		case isTeam:
			return name
		case person == "":
			person = "user:" + name
		}
	}
	return person
}
