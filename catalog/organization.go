package catalog

import (
	"context"
	"encoding/json"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goldenpath/platform/internal/fault"
)

// organizationPrefix is how people write that all repositories of an
// organisation are meant: github-org:https://github.com/acme.
const organizationPrefix = string(LocationGitHubOrg) + ":"

// defaultCatalogFile is what is read of each repository when nothing else is said.
const defaultCatalogFile = "catalog-info.yaml"

// OrganizationSettings say which repositories of an organisation are read. The
// JSON form is what people send and what is stored.
type OrganizationSettings struct {
	// Path is the catalog file, or a pattern of such; catalog-info.yaml when empty.
	Path string `json:"path,omitempty"`
	// Branch is read of each repository, where there is one of that name; each
	// one's default branch when empty.
	Branch string `json:"branch,omitempty"`
	// Repositories is a pattern of names with * and ?; all when empty.
	Repositories string `json:"repositories,omitempty"`
	// Expression is a regular expression for whole names; all when empty.
	Expression string `json:"expression,omitempty"`
	// Topics are those of which a repository must have one; any when empty. One of
	// WithoutTopics keeps it out.
	Topics        []string `json:"topics,omitempty"`
	WithoutTopics []string `json:"without_topics,omitempty"`
	// Visibility is public, private or internal; any when empty.
	Visibility []string `json:"visibility,omitempty"`
	// Archived and Forks take in those, too.
	Archived bool `json:"archived,omitempty"`
	Forks    bool `json:"forks,omitempty"`

	names *regexp.Regexp // what Expression says
}

// parseOrganization reads settings and fills in what they leave out.
func parseOrganization(settings string) (OrganizationSettings, error) {
	var s OrganizationSettings
	if settings != "" {
		decoder := json.NewDecoder(strings.NewReader(settings))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&s); err != nil {
			return s, fault.New(fault.Invalid, "The settings of the location cannot be read: %s.", err).
				WithHint(`Write them like {"path":"catalog-info.yaml","repositories":"team-*","topics":["platform"],"archived":false,"forks":false}`).WithCause(err)
		}
	}
	if s.Path == "" {
		s.Path = defaultCatalogFile
	}
	_, err := path.Match(s.Repositories, "")
	if err != nil {
		return s, fault.New(fault.Invalid, "%q is no pattern.", s.Repositories).WithHint("Write it like team-*").WithCause(err)
	}
	if s.names, err = regexp.Compile("^(?:" + s.Expression + ")$"); err != nil {
		return s, fault.New(fault.Invalid, "%q is no regular expression: %s.", s.Expression, err).
			WithHint("Write it without looking ahead or back, like ^(team|shop)-.*$").WithCause(err)
	}
	for _, v := range s.Visibility {
		if !slices.Contains([]string{"public", "private", "internal"}, v) {
			return s, fault.New(fault.Invalid, "No repository is %q to others.", v).WithHint("Write public, private or internal.")
		}
	}
	if len(s.Branch) > maxTarget || printable(s.Branch) != s.Branch {
		return s, fault.New(fault.Invalid, "The branch is no readable text of up to 2,000 characters.").WithHint("Write it like main.")
	}
	if wrong := wrongPattern(s.Path); wrong != "" {
		return s, fault.New(fault.Invalid, "%s", wrong).WithHint("Write it like services/*/catalog-info.yaml")
	}
	return s, nil
}

// Organization returns which repositories are read of an organisation.
func (l Location) Organization() (OrganizationSettings, error) { return parseOrganization(l.Settings) }

// Takes reports whether a repository is meant.
func (s OrganizationSettings) Takes(r FoundRepository) bool {
	if r.Archived && !s.Archived || r.Fork && !s.Forks || r.Empty {
		return false
	}
	if s.Repositories != "" {
		if ok, err := path.Match(strings.ToLower(s.Repositories), strings.ToLower(r.Name)); err != nil || !ok {
			return false
		}
	}
	if s.names != nil && s.Expression != "" && !s.names.MatchString(r.Name) || len(s.Visibility) > 0 && !slices.Contains(s.Visibility, r.Visibility) {
		return false
	}
	has := func(t string) bool { return slices.Contains(r.Topics, strings.ToLower(t)) }
	return (len(s.Topics) == 0 || slices.ContainsFunc(s.Topics, has)) && !slices.ContainsFunc(s.WithoutTopics, has)
}

// FoundRepository is a repository that an organisation has.
type FoundRepository struct {
	ID      int64 // stays when it is renamed
	Name    string
	Address string // to clone it from
	Branch  string // the default one
	Topics  []string
	// Visibility is public, private or internal; empty when the host does not say.
	Visibility string
	Pushed     time.Time // when something was pushed last
	Archived   bool
	Fork       bool
	Empty      bool
}

// Organizations knows which repositories organisations on a git host have.
type Organizations interface {
	// Repositories returns those that the settings take and that have a catalog
	// file. State is what the last call returned, with which the host is asked
	// only for what changed; it is returned also when something went wrong midway.
	// Errors are faults, or a WaitError.
	Repositories(ctx context.Context, organization string, s OrganizationSettings, state string) (Discovery, error)
}

// Discovery is what was found in an organisation.
type Discovery struct {
	Repositories []FoundRepository // that have a catalog file
	Looked       int               // how many the settings take, with a file or without
	All          int               // how many there are
	State        string            // to be handed over the next time
}

// WithOrganizations returns a catalog that reads organisations, too, and shares
// everything else with c.
func (c *Catalog) WithOrganizations(o Organizations) *Catalog {
	other := *c
	other.organizations = o
	return &other
}

func (l Location) normalOrganization() (Location, error) {
	u, err := url.Parse(strings.TrimSuffix(l.Target, "/"))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.Count(u.Path, "/") != 1 || len(u.Path) < 2 {
		return l, fault.New(fault.Invalid, "%s is no address of an organisation.", l.Target).
			WithHint("Write it with its host, like github-org:https://github.com/%s", organizationIn(l.Target)).WithCause(err)
	}
	if u.User != nil || l.Branch != "" || l.Path != "" {
		return l, fault.New(fault.Invalid, "An organisation has no name to log in with, no branch and no path.").
			WithHint("Write it like github-org:https://github.com/acme; its settings say which files are read.")
	}
	u.RawQuery, u.Fragment = "", ""
	l.Target = u.String()
	_, err = parseOrganization(l.Settings)
	return l, err
}

// organizationIn guesses which organisation somebody meant.
func organizationIn(target string) string {
	if name := target[strings.LastIndexByte(target, '/')+1:]; ValidName(name) {
		return name
	}
	return "acme"
}
