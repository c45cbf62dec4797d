package catalog

import (
	"net/url"
	"path"
	"strings"
)

// gitHost is how a git host writes the addresses of its pages.
type gitHost int

const (
	unknownHost gitHost = iota
	gitHub
	gitLab
	bitbucket
	bitbucketServer // Data Center, which a company runs itself
	gitea           // and Forgejo
	azure
)

// contentHost is where github.com keeps the content of files.
const contentHost = "raw.githubusercontent.com"

// hostOf tells by a repository's address how its host writes those of pages.
// Companies call their own hosts after what they run.
func hostOf(u *url.URL) gitHost {
	host := strings.ToLower(u.Hostname())
	switch {
	case strings.Contains(u.Path, "/_git/"):
		return azure
	case host == "bitbucket.org":
		return bitbucket
	case strings.Contains(u.Path, "/scm/"):
		return bitbucketServer
	case strings.Contains(host, "github"):
		return gitHub
	case strings.Contains(host, "gitlab"):
		return gitLab
	case strings.Contains(host, "gitea"), strings.Contains(host, "forgejo"), strings.Contains(host, "codeberg"):
		return gitea
	}
	return unknownHost
}

// pageIn returns the page of all of a repository, false when it is not known how
// its host writes those.
func pageIn(target, branch string) (GitPage, bool) {
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return GitPage{}, false
	}
	p := GitPage{Repository: target, Branch: branch, host: hostOf(u)}
	return p, p.host != unknownHost
}

// Page returns the page of what is read of a repository by its branch. Where it
// is not known how its host writes those, it is written as GitHub does.
func (l Location) Page() (GitPage, bool) {
	p, _ := pageIn(l.Target, l.Branch)
	return p.In(l.Path), p.Repository != "" && l.Branch != ""
}

// In returns the page of another file of the same repository and branch.
func (p GitPage) In(file string) GitPage {
	p.Path = file
	return p
}

// File returns the address of the page of a file.
func (p GitPage) File() string { return p.address("blob") }

// Folder returns the address of the page of a folder.
func (p GitPage) Folder() string { return p.address("tree") }

// Content returns the address of a file's content.
func (p GitPage) Content() string { return p.address("raw") }

// address returns the address of a view: blob, tree or raw.
func (p GitPage) address(view string) string {
	u, err := url.Parse(strings.TrimSuffix(p.Repository, ".git"))
	if err != nil {
		return p.Repository
	}
	under := func(parts ...string) {
		u.Path = strings.TrimSuffix(u.Path, "/") + "/" + strings.Join(parts, "/")
	}
	name, tag := strings.CutPrefix(p.Branch, tagPrefix)
	shown := map[string]string{"blob": "src", "tree": "src", "raw": "raw"}[view]
	switch p.host {
	case gitLab:
		under("-", view, name, p.Path)
	case bitbucket:
		under(shown, name, p.Path)
	case gitea:
		under(shown, p.oneOf(tag, "branch", "tag", "commit"), name, p.Path)
	case azure:
		p.inAzure(u, view)
	case bitbucketServer:
		p.inBitbucketServer(u, view)
	case gitHub, unknownHost:
		if view == "raw" && strings.EqualFold(u.Host, "github.com") {
			u.Host = contentHost
			under(name, p.Path)
		} else {
			under(view, name, p.Path)
		}
	}
	return u.String()
}

// oneOf returns what stands for a branch, a tag or a commit.
func (p GitPage) oneOf(isTag bool, branch, tag, commit string) string {
	switch {
	case p.commit:
		return commit
	case isTag:
		return tag
	}
	return branch
}

func (p GitPage) inAzure(u *url.URL, view string) {
	query := url.Values{"path": {"/" + p.Path}}
	name, tag := strings.CutPrefix(p.Branch, tagPrefix)
	if view != "raw" {
		query.Set("version", p.oneOf(tag, "GB", "GT", "GC")+name)
	} else {
		before, repository := path.Split(u.Path)
		u.Path = path.Join(path.Dir(path.Clean(before)), "_apis/git/repositories", repository, "items")
		query.Set("api-version", "6.0")
		query.Set("versionDescriptor.version", name)
		query.Set("versionDescriptor.versionType", p.oneOf(tag, "branch", "tag", "commit"))
	}
	if p.Branch == "" {
		query.Del("version")
		query.Del("versionDescriptor.version")
		query.Del("versionDescriptor.versionType")
	}
	u.RawQuery = strings.ReplaceAll(query.Encode(), "%2F", "/") // as people know it
}

func (p GitPage) inBitbucketServer(u *url.URL, view string) {
	before, repository := path.Split(u.Path)
	owner := path.Base(before)
	if user, ok := strings.CutPrefix(owner, "~"); ok {
		owner = "users/" + user
	} else {
		owner = "projects/" + strings.ToUpper(owner)
	}
	if view != "raw" {
		view = "browse"
	}
	u.Path = path.Join("/", path.Dir(path.Dir(path.Clean(before))), owner, "repos", repository, view) + "/" + p.Path
	at := p.Branch
	if !strings.HasPrefix(at, tagPrefix) {
		at = branchPrefix + at
	}
	if p.Branch != "" {
		u.RawQuery = "at=" + strings.ReplaceAll(url.QueryEscape(at), "%2F", "/")
	}
}
