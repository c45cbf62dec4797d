package catalog

import (
	"net/url"
	"strings"
)

// branchPrefix and tagPrefix are how git itself writes that a name is that of a
// branch or a tag.
const branchPrefix, tagPrefix = "refs/heads/", "refs/tags/"

// cutPage cuts the address of a page of a git host into the repository and what
// comes after it: a branch or tag, and a path. Both stay escaped.
func cutPage(u *url.URL) (repository, rest string, found bool) {
	marks := []string{"/-/blob/", "/-/tree/", "/blob/", "/tree/"} // GitLab, GitHub
	marks = append(marks, "/src/branch/", "/src/tag/")            // Gitea, Forgejo
	if strings.EqualFold(u.Hostname(), "bitbucket.org") {
		marks = append(marks, "/src/")
	}
	for _, mark := range marks {
		repository, rest, found = strings.Cut(u.EscapedPath(), mark)
		if found && strings.Count(strings.Trim(repository, "/"), "/") > 0 && rest != "" {
			if mark == "/src/tag/" {
				rest = tagPrefix + rest
			}
			return repository, rest, true
		}
	}
	return "", "", false
}

// fromPage turns the address of a file's page into repository, branch and path.
// A branch that is named otherwise may have slashes; in an address one ends at
// the next slash, unless its own are written as %2F.
func (l Location) fromPage(u *url.URL) Location {
	repository, rest, found := cutPage(u)
	if !found {
		return l
	}
	prefix := ""
	for _, full := range []string{branchPrefix, tagPrefix} {
		if after, ok := strings.CutPrefix(rest, full); ok {
			prefix, rest = full, after
		}
	}
	ref, path, _ := strings.Cut(rest, "/")
	ref, path = unescaped(ref), unescaped(path)
	if whole := unescaped(rest); l.Branch != "" {
		name := strings.TrimPrefix(l.Branch, tagPrefix)
		if after, ok := strings.CutPrefix(whole+"/", name+"/"); ok {
			path = strings.TrimSuffix(after, "/")
		}
	} else {
		l.Branch = strings.TrimPrefix(prefix+ref, branchPrefix)
	}
	l.Path = strings.Trim(path, "/")
	u.Path, u.RawPath, u.RawQuery, u.Fragment = unescaped(repository), "", "", ""
	l.Target = u.String()
	return l
}

func unescaped(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

// page returns the web page of a file or folder on the hosts whose addresses we
// know, for a branch that is known by name. A host of one's own tells by its name
// what it runs, as gitlab.acme.io does.
func (l Location) page(path, view string) string {
	u, err := url.Parse(l.Target)
	if err != nil || l.Branch == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return ""
	}
	mark := pageMark(strings.ToLower(u.Hostname()), view)
	if mark == "" {
		return ""
	}
	return strings.TrimSuffix(l.Target, ".git") + mark + l.Branch + "/" + path
}

func pageMark(host, view string) string {
	switch {
	case host == "bitbucket.org":
		return "/src/"
	case host == "codeberg.org", strings.Contains(host, "gitea"), strings.Contains(host, "forgejo"):
		return "/src/branch/"
	case strings.Contains(host, "gitlab"):
		return "/-/" + view + "/"
	case strings.Contains(host, "github"):
		return "/" + view + "/"
	}
	return ""
}
