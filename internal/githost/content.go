package githost

import (
	"net/url"
	"strings"

	"github.com/goldenpath/platform/catalog"
)

const (
	// gitHubDotCom is open to everybody, as a company's own GitHub is not.
	gitHubDotCom = "github.com"
	// contentDotCom is where it keeps the content of files.
	contentDotCom = "raw.githubusercontent.com"
)

// Token returns what to log in with to read the file at an address that a file
// of some location names, "" where the token has no business: it goes to GitHub,
// for locations that are there, too, or on this machine, which is the empty
// location. Anybody may write what is on github.com, and must not read other
// people's repositories through the platform: there both have to be of one owner.
func (g *GitHub) Token(location, address string) string {
	owner, ours := g.ownerAt(address)
	if !ours {
		return ""
	}
	if location != "" {
		at, ours := g.ownerAt(location)
		if !ours || g.webHost() == gitHubDotCom && !strings.EqualFold(at, owner) {
			return ""
		}
	}
	return g.token.Reveal()
}

// ownerAt returns who owns what is at an address, and whether that is on this
// host: its pages, the content of its files, or its API.
func (g *GitHub) ownerAt(address string) (owner string, ours bool) {
	if user, rest, ssh := strings.Cut(address, "@"); ssh && !strings.ContainsAny(user, ":/") {
		host, path, found := strings.Cut(rest, ":")
		owner, _, _ = strings.Cut(strings.TrimPrefix(path, "/"), "/")
		return owner, found && strings.EqualFold(host, g.webHost())
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", false
	}
	api := strings.EqualFold(u.Host, g.client.BaseURL.Host) && strings.HasPrefix(u.Path, g.client.BaseURL.Path+"repos/")
	path := u.Path
	switch {
	case u.Scheme == "ssh" && strings.EqualFold(u.Hostname(), g.webHost()):
	case u.Scheme != g.client.BaseURL.Scheme:
		return "", false
	case api:
		path = strings.TrimPrefix(u.Path, g.client.BaseURL.Path+"repos")
	case strings.EqualFold(u.Host, g.webHost()), strings.EqualFold(u.Host, "raw."+g.webHost()):
	case g.webHost() == gitHubDotCom && strings.EqualFold(u.Host, contentDotCom):
	default:
		return "", false
	}
	owner, _, _ = strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return owner, owner != ""
}

// ContentAddress returns under which address the API hands out a file, "" when
// it is not on this host.
func (g *GitHub) ContentAddress(page catalog.GitPage) string {
	u, err := url.Parse(strings.TrimSuffix(page.Repository, ".git"))
	if err != nil || u.Scheme != g.client.BaseURL.Scheme || !strings.EqualFold(u.Host, g.webHost()) || page.Path == "" {
		return ""
	}
	at := *g.client.BaseURL
	at.Path += "repos" + u.Path + "/contents/" + page.Path
	if page.Branch != "" {
		at.RawQuery = url.Values{"ref": {page.Branch}}.Encode()
	}
	return at.String()
}
