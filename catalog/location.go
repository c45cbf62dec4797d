package catalog

import (
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

// LocationType says how a location is read.
type LocationType string

// The types of location.
const (
	LocationFile      LocationType = "file"       // a file or folder on the server's machine
	LocationGit       LocationType = "git"        // a repository
	LocationURL       LocationType = "url"        // a file on the web
	LocationGitHubOrg LocationType = "github-org" // the repositories of an organisation on GitHub
	LocationPush      LocationType = "push"       // what pipelines send; never read
	LocationCopy      LocationType = "copy"       // what an import took as it is from another catalog; never read
	LocationPlatform  LocationType = "platform"   // what the platform itself put into the catalog; never read
)

// Location is where entities come from. Type, Target, Branch and Path together
// are its identity; the rest is what the catalog knows of it.
type Location struct {
	ID     string
	Type   LocationType
	Target string // absolute path, or address of a repository
	Branch string // of a repository; empty means its default branch
	Path   string // file or folder inside a repository; empty means all of it

	CreatedAt     time.Time
	CreatedBy     string
	LastRefreshed time.Time // zero: never read
	Commit        string    // what was read last
	Errors        []Problem // what was wrong when it was read last

	// Version is by what its source says that nothing changed: a commit, or ETags.
	// Empty means that it has to be read to know.
	Version  string
	ParentID string // the location that found this one
	Settings string // JSON: how its source is searched, and what is known of it there; of a push, commits before it

	// RefreshEvery is what somebody said of this location, InheritedEvery of the
	// organisation it was found in: 0 is nothing, Never only when asked.
	RefreshEvery, InheritedEvery time.Duration

	RefreshAt     time.Time // when it is due; zero: never by itself
	LastSucceeded time.Time // when it could be read last
	Failures      int       // how often it could not be read since
}

// Registration is what reading a location brought.
type Registration struct {
	Location Location
	Created  bool  // the location was not known before
	Entities []Ref // everything it now defines, sorted
	Added    []Ref
	Changed  []Ref
	Removed  []Ref
	Orphaned []Ref       // no file defines them any more; the policy for orphans says how long they stay
	Renamed  map[Ref]Ref // names that changed: the new one of each old one
	Problems []Problem
	// Discovery is how many repositories an organisation has; nil for other locations.
	Discovery *Discovery
	// Found are the entities themselves, where nothing was stored: of a preview.
	Found []Entity
	// Elsewhere are entities of a preview that another location defines already.
	Elsewhere []Entity
}

// String returns the location as annotations do, <type>:<target>.
func (l Location) String() string {
	s := string(l.Type) + ":" + l.Target
	if l.Branch != "" {
		s += "#" + l.Branch
	}
	if l.Path != "" {
		s += ":" + l.Path
	}
	return s
}

// key is the identity of a location.
func (l Location) key() Location {
	return Location{Type: l.Type, Target: l.Target, Branch: l.Branch, Path: l.Path}
}

// maxTarget bounds each part of a location's identity.
const maxTarget = 2000

// ParseLocation understands what people type after "catalog register": the
// address of a repository, the page of a file on a git host, or a path, which is
// taken from folder when it is relative.
func ParseLocation(s, branch, folder string) (Location, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return Location{}, fault.New(fault.Invalid, "No location is given.").
			WithHint("platform catalog register PATH_OR_URL")
	}
	return Location{Target: s, Branch: branch}.normal(folder)
}

// OnThisMachine reports whether reading l reads the server's own disk, which
// only somebody who may do so anyway may ask for.
func (l Location) OnThisMachine() bool {
	if l.Type == "" {
		l.Type = typeOf(strings.TrimSpace(l.Target))
	}
	switch l.Type {
	case LocationFile:
		return true
	case LocationGit:
		return !isRemote(strings.TrimSpace(l.Target))
	default:
		return false
	}
}

// isRemote reports whether a repository's address leads to another machine.
func isRemote(target string) bool {
	if scheme, _, found := strings.Cut(target, "://"); found {
		return !strings.EqualFold(scheme, "file")
	}
	return isSSH(target)
}

// normal finds out the type when it is not given and writes the target in its
// one form, so that the same place is never registered under two names.
func (l Location) normal(folder string) (Location, error) {
	l.Target = strings.TrimSpace(l.Target)
	if l.Target == "" {
		return l, fault.New(fault.Invalid, "The location names no target.").
			WithHint("platform catalog register PATH_OR_URL")
	}
	for _, part := range []string{l.Target, l.Branch, l.Path} {
		if len(part) > maxTarget || printable(part) != part {
			return l, fault.New(fault.Invalid, "The location's target, branch or path is no readable text of up to 2,000 characters.").
				WithHint("Write a path or an address: platform catalog register PATH_OR_URL")
		}
	}
	if l.Type == "" {
		l.Type = typeOf(l.Target)
	}
	l.Target = strings.TrimPrefix(l.Target, organizationPrefix)
	if l.Settings != "" && l.Type != LocationGitHubOrg {
		return l, fault.New(fault.Invalid, "%s is no organisation; only one has settings for its repositories.", l.Target).
			WithHint("Write it like github-org:https://github.com/acme, or leave the settings out.")
	}
	switch l.Type {
	case LocationPlatform:
		return l, nil
	case LocationFile:
		return l.normalFile(folder)
	case LocationGit, LocationPush, LocationCopy:
		return l.normalGit()
	case LocationURL:
		return l.normalURL()
	case LocationGitHubOrg:
		return l.normalOrganization()
	}
	return l, fault.New(fault.Invalid, "There is no location type %q.", string(l.Type)).
		WithHint("Use file for a file or folder, git for a repository, url for a file on the web, github-org for an organisation.")
}

func (l Location) normalFile(folder string) (Location, error) {
	l.Target = strings.TrimPrefix(l.Target, "file://")
	if !filepath.IsAbs(l.Target) {
		if folder == "" {
			return l, fault.New(fault.Invalid, "%s is not an absolute path.", l.Target).
				WithHint("Give the whole path; the server does not know in which folder you are.")
		}
		l.Target = filepath.Join(folder, l.Target)
	}
	if l.Branch != "" {
		return l, fault.New(fault.Invalid, "%s is a path; only a repository has a branch.", l.Target).
			WithHint("Leave the branch out, or give the repository's address.")
	}
	l.Target = filepath.Clean(l.Target)
	return l, nil
}

func (l Location) normalGit() (Location, error) {
	l.Branch = strings.TrimPrefix(l.Branch, branchPrefix)
	l.Target = strings.TrimSuffix(l.Target, "/")
	if !strings.Contains(l.Target, "://") {
		return l, nil // git@host:owner/repo.git, or a path
	}
	u, err := url.Parse(l.Target)
	if err != nil {
		return l, fault.New(fault.Invalid, "%s is not an address.", l.Target).
			WithHint("Use https://HOST/OWNER/REPOSITORY.git or git@HOST:OWNER/REPOSITORY.git").WithCause(err)
	}
	if _, secret := u.User.Password(); secret {
		return l, fault.New(fault.Invalid, "The address holds a password, which everybody who sees the catalog would see.").
			WithHint("Leave it out and configure a token for the git host.")
	}
	return l.fromPage(), nil
}

func (l Location) normalURL() (Location, error) {
	u, err := url.Parse(l.Target)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return l, fault.New(fault.Invalid, "%s is no address of a file on the web.", l.Target).
			WithHint("Write it like https://HOST/catalog-info.yaml").WithCause(err)
	}
	if u.User != nil {
		return l, fault.New(fault.Invalid, "The address holds a name or a password, which everybody who sees the catalog would see.").
			WithHint("Leave it out: files on the web are read without logging in.")
	}
	if l.Branch != "" || l.Path != "" {
		return l, fault.New(fault.Invalid, "%s is a file on the web; only a repository has a branch and a path.", l.Target).
			WithHint("Leave them out, or give the repository's address.")
	}
	u.Fragment = ""
	l.Target = u.String()
	return l, nil
}

// fromPage turns the address of a file's page into repository, branch and path.
func (l Location) fromPage() Location {
	page, ok := ParseGitPage(l.Target)
	if !ok {
		return l
	}
	if l.Branch == "" {
		l.Branch = page.Branch
	}
	l.Target, l.Path = page.Repository, page.pathIn(l.Branch)
	return l
}

// OriginSelf is where the entities come from that describe the platform itself.
func OriginSelf() Location { return Location{Type: LocationPlatform, Target: "self"} }

// OriginMade is where the entities come from that the platform makes because
// somebody asked for them, such as the group of a first owner. A file that
// defines the same entity takes it over.
func OriginMade() Location { return Location{Type: LocationPlatform, Target: "made"} }

// typeOf guesses what a target is.
func typeOf(target string) LocationType {
	if strings.HasPrefix(target, organizationPrefix) {
		return LocationGitHubOrg
	}
	if strings.HasPrefix(target, "file://") && !strings.HasSuffix(target, ".git") {
		return LocationFile
	}
	if isAddress(target) && isWebFile(target) {
		return LocationURL
	}
	if strings.Contains(target, "://") || strings.HasSuffix(target, ".git") {
		return LocationGit
	}
	if isSSH(target) {
		return LocationGit
	}
	return LocationFile
}

// isWebFile reports whether an address is that of a catalog file itself, and not
// of its page on a git host, which leads to the repository.
func isWebFile(target string) bool {
	u, err := url.Parse(target)
	if err != nil || !isYAML(u.Path) {
		return false
	}
	_, page := ParseGitPage(target)
	return !page || strings.EqualFold(u.Host, contentHost)
}

// isSSH recognizes git@host:owner/repo: a colon before any slash.
func isSSH(target string) bool {
	colon, slash := strings.IndexByte(target, ':'), strings.IndexByte(target, '/')
	at := strings.IndexByte(target, '@')
	return at > 0 && colon > at && (slash < 0 || colon < slash)
}

// where returns the address of a file inside the location, in the form that
// the managed-by-location annotation has. base is the folder on this machine
// that path starts from.
func (l Location) where(base, path string) string {
	switch l.Type {
	case LocationFile:
		return "file:" + filepath.Join(base, filepath.FromSlash(path))
	case LocationGit, LocationPush, LocationCopy:
		if page, ok := l.page(path); ok {
			return "url:" + page.File()
		}
		at := l
		at.Path = path
		return at.String()
	case LocationURL:
		u, err := url.Parse(l.Target)
		if err != nil || strings.TrimPrefix(u.Path, "/") == path {
			return l.String()
		}
		u.Path, u.RawPath, u.RawQuery = "/"+path, "", ""
		return "url:" + u.String()
	default:
		return l.String()
	}
}

// page returns the page of a file or folder where it is known how the host
// writes it, for a branch that is known by name.
func (l Location) page(path string) (GitPage, bool) {
	p, ok := pageIn(l.Target, l.Branch)
	return p.In(path), ok && l.Branch != ""
}
