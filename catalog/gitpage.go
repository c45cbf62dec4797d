package catalog

import (
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"
)

// GitPage is a file or folder of a repository, as the pages of its git host name
// it: by the address that people copy from their browser.
type GitPage struct {
	Repository string // its address, which git takes
	Branch     string // or tag, see Location; empty means the default branch
	Path       string // empty means all of the repository

	host   gitHost
	commit bool   // Branch is a commit
	raw    bool   // the address is that of the content
	rest   string // branch and path, where nobody sees in which a slash is
}

// branchPrefix and tagPrefix are how git itself writes that a name is that of a
// branch or a tag.
const branchPrefix, tagPrefix = "refs/heads/", "refs/tags/"

// ParseGitPage understands the address of a file's or folder's page on GitHub,
// GitLab, Bitbucket, Gitea and Azure DevOps. False is any other address.
func ParseGitPage(address string) (GitPage, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return GitPage{}, false
	}
	at := pageAddress{URL: u, parts: strings.Split(strings.Trim(u.EscapedPath(), "/"), "/"), query: u.Query()}
	for i, part := range at.parts { // a slash that is written as %2F separates nothing
		if at.parts[i], err = url.PathUnescape(part); err != nil {
			return GitPage{}, false
		}
	}
	for _, read := range []func(pageAddress) (GitPage, bool){azurePage, bitbucketServerPage, gitLabPage, giteaPage, bitbucketPage, gitHubContent, gitHubPage} {
		if p, ok := read(at); ok {
			p.Path = strings.Trim(p.Path, "/")
			return p, p.Path == "" || fs.ValidPath(p.Path)
		}
	}
	return GitPage{}, false
}

// pageAddress is an address that may be that of a page.
type pageAddress struct {
	*url.URL

	parts []string // of its path
	query url.Values
}

// repository returns the address of what stands before the n-th part.
func (a pageAddress) repository(n int, parts ...string) string {
	u := url.URL{Scheme: a.Scheme, User: a.User, Host: a.Host, Path: "/" + path.Join(append(slices.Clone(a.parts[:n]), parts...)...)}
	return u.String()
}

// part returns the n-th part, "" when there is none.
func (a pageAddress) part(n int) string {
	if n < 0 || n >= len(a.parts) {
		return ""
	}
	return a.parts[n]
}

// rest returns what stands from the n-th part on.
func (a pageAddress) rest(n int) string {
	return strings.Join(a.parts[min(n, len(a.parts)):], "/")
}

// find returns where one of some words stands after an owner and a name, -1 when
// nowhere.
func (a pageAddress) find(words ...string) int {
	for i := 2; i < len(a.parts); i++ {
		if slices.Contains(words, a.parts[i]) {
			return i
		}
	}
	return -1
}

// azurePage reads ORGANISATION/PROJECT/_git/REPOSITORY?path=/PATH&version=GBmain,
// where the project may be left out or another one stand before it.
func azurePage(a pageAddress) (GitPage, bool) {
	i := slices.Index(a.parts, "_git")
	if i < 1 || a.part(i+1) == "" {
		return GitPage{}, false
	}
	p := GitPage{host: azure, Repository: a.repository(i + 2), Path: a.query.Get("path")}
	if version := a.query.Get("version"); len(version) > 2 {
		p.Branch = version[2:]
		if version[:2] == "GT" {
			p.Branch = tagPrefix + p.Branch
		}
		p.commit = version[:2] == "GC"
	}
	return p, true
}

// bitbucketServerPage reads projects/KEY/repos/REPOSITORY/browse/PATH?at=refs/heads/main.
func bitbucketServerPage(a pageAddress) (GitPage, bool) {
	i := slices.Index(a.parts, "repos")
	owner := strings.ToLower(a.part(i - 1))
	switch {
	case i < 2 || a.part(i+1) == "":
		return GitPage{}, false
	case a.part(i-2) == "users":
		owner = "~" + owner
	case a.part(i-2) != "projects":
		return GitPage{}, false
	}
	view := a.part(i + 2)
	if view != "" && view != "browse" && view != "raw" {
		return GitPage{}, false
	}
	p := GitPage{host: bitbucketServer, Repository: a.repository(i-2, "scm", owner, a.part(i+1)) + ".git", Path: a.rest(i + 3), raw: view == "raw"}
	p.Branch = strings.TrimPrefix(a.query.Get("at"), branchPrefix)
	return p, true
}

// gitLabPage reads GROUPS/PROJECT/-/blob/BRANCH/PATH.
func gitLabPage(a pageAddress) (GitPage, bool) {
	i := a.find("-")
	if i < 0 || !slices.Contains([]string{"blob", "tree", "raw", "edit", "blame"}, a.part(i+1)) || a.part(i+2) == "" {
		return GitPage{}, false
	}
	p := GitPage{host: gitLab, Repository: a.repository(i), raw: a.part(i+1) == "raw"}
	p.splitRef(a, i+2)
	if a.query.Get("ref_type") == "tags" {
		p.Branch = tagPrefix + strings.TrimPrefix(p.Branch, tagPrefix)
	}
	return p, true
}

// giteaPage reads OWNER/REPOSITORY/src/branch/BRANCH/PATH, of Gitea and Forgejo.
func giteaPage(a pageAddress) (GitPage, bool) {
	i := a.find("src", "raw")
	kind := a.part(i + 1)
	if i < 0 || !slices.Contains([]string{"branch", "tag", "commit"}, kind) || a.part(i+2) == "" || hostOf(a.URL) == bitbucket {
		return GitPage{}, false
	}
	p := GitPage{host: gitea, Repository: a.repository(i), commit: kind == "commit", raw: a.part(i) == "raw"}
	p.splitRef(a, i+2)
	if kind == "tag" {
		p.Branch = tagPrefix + p.Branch
	}
	return p, true
}

// bitbucketPage reads WORKSPACE/REPOSITORY/src/BRANCH/PATH, where a commit may
// stand in place of the branch, which is then in the query.
func bitbucketPage(a pageAddress) (GitPage, bool) {
	if hostOf(a.URL) != bitbucket || a.part(2) != "src" && a.part(2) != "raw" {
		return GitPage{}, false
	}
	p := GitPage{host: bitbucket, Repository: a.repository(2), raw: a.part(2) == "raw"}
	p.splitRef(a, 3)
	if at := a.query.Get("at"); at != "" {
		p.Branch, p.rest = strings.TrimPrefix(at, branchPrefix), ""
	}
	return p, true
}

// gitHubContent reads raw.githubusercontent.com/OWNER/REPOSITORY/BRANCH/PATH.
func gitHubContent(a pageAddress) (GitPage, bool) {
	if !strings.EqualFold(a.Host, contentHost) || len(a.parts) < 4 {
		return GitPage{}, false
	}
	p := GitPage{host: gitHub, Repository: "https://github.com/" + a.part(0) + "/" + a.part(1), raw: true}
	p.splitRef(a, 2)
	return p, p.Path != ""
}

// gitHubPage reads OWNER/REPOSITORY/blob/BRANCH/PATH, of GitHub, of companies'
// own, and of GitLab as it was.
func gitHubPage(a pageAddress) (GitPage, bool) {
	words := []string{"blob", "tree"}
	host := hostOf(a.URL)
	if host == gitHub || host == gitLab {
		words = append(words, "raw", "edit", "blame") // elsewhere that may be the file itself
	}
	i := a.find(words...)
	if i < 0 || a.part(i+1) == "" {
		return GitPage{}, false
	}
	if host != gitLab {
		host = gitHub
	}
	p := GitPage{host: host, Repository: a.repository(i), raw: a.part(i) == "raw"}
	if file := a.query.Get("path"); file != "" { // so that the name of a branch may have slashes
		p.Branch, p.Path = a.rest(i+1), file
		return p, true
	}
	p.splitRef(a, i+1)
	return p, true
}

// splitRef takes a branch and a path from what stands from the n-th part on.
func (p *GitPage) splitRef(a pageAddress, n int) {
	prefix := ""
	switch full := a.part(n) + "/" + a.part(n+1) + "/"; {
	case a.part(n+2) == "":
	case full == branchPrefix:
		n += 2
	case full == tagPrefix:
		prefix, n = tagPrefix, n+2
	}
	p.Branch, p.Path, p.rest = a.part(n), a.rest(n+1), a.rest(n)
	if p.Branch != "" {
		p.Branch = prefix + p.Branch
	}
}

// pathIn returns the path of a page of a branch that is known by name: it may
// have slashes, which in the address look like those of the path.
func (p GitPage) pathIn(branch string) string {
	if after, ok := strings.CutPrefix(p.rest+"/", strings.TrimPrefix(branch, tagPrefix)+"/"); ok && p.rest != "" {
		return strings.Trim(after, "/")
	}
	return p.Path
}
