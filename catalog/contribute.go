package catalog

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
)

// Contributor looks into the repositories of organisations and proposes changes
// to them as pull requests. Errors are faults, or a WaitError.
type Contributor interface {
	// ListPage returns a page of an organisation's repositories by name, whatever
	// they hold, and whether there is another. The first is 1.
	ListPage(ctx context.Context, organization string, page int) ([]FoundRepository, bool, error)
	// DefaultBranch returns the branch that a repository's pull requests go to.
	DefaultBranch(ctx context.Context, r HostedRepository) (string, error)
	// Files returns the files on the repository's branch.
	Files(ctx context.Context, r HostedRepository) (HostedFiles, error)
	// FileOn returns a file on another branch of the repository, false when there is none.
	FileOn(ctx context.Context, r HostedRepository, branch, path string) ([]byte, bool, error)
	// LastPullRequest returns the newest one from a branch, an open one before
	// others, and false when there never was one.
	LastPullRequest(ctx context.Context, r HostedRepository, from string) (PullRequest, bool, error)
	// Offer puts a file on a branch and opens or updates the pull request from it.
	Offer(ctx context.Context, r HostedRepository, o Offer) (PullRequest, error)
}

// HostedRepository is a repository of an organisation.
type HostedRepository struct {
	Organization string // its address
	Name         string
	Branch       string
}

// Address returns the address of the repository's page.
func (r HostedRepository) Address() string { return r.Organization + "/" + r.Name }

// HostedFiles are the files of a repository by name.
type HostedFiles struct {
	Names []string
	// Links are what stands for something else, which nobody follows.
	Links []string
	// Cut says that the host has more than it lists.
	Cut bool
	// Head reads the start of a file, up to limit bytes.
	Head func(ctx context.Context, name string, limit int64) ([]byte, error)
}

// PullRequestState is what became of a pull request.
type PullRequestState string

// The states of a pull request.
const (
	PullRequestOpen   PullRequestState = "open"
	PullRequestClosed PullRequestState = "closed" // and not merged
	PullRequestMerged PullRequestState = "merged"
)

// PullRequest is a change that somebody is asked to take.
type PullRequest struct {
	Number int
	URL    string
	State  PullRequestState
	Body   string
}

// Offer is a file to be put into a repository.
type Offer struct {
	Branch, Path string // the branch to put it on
	Content      []byte
	Title, Body  string // of the pull request; the title is the message of the commit, too
	// Open is the pull request that is updated; nil opens one.
	Open *PullRequest
	// Anew starts the branch again from the one that the pull request goes to: what
	// is on it was merged or refused.
	Anew bool
}

// WithContributor returns a catalog that proposes catalog files in repositories,
// and shares everything else with c.
func (c *Catalog) WithContributor(host Contributor) *Catalog {
	other := *c
	other.contributor = host
	return &other
}

// ListedRepository is a repository of an organisation before anybody looked into
// it.
type ListedRepository struct {
	FoundRepository

	// Skip says why nothing is proposed in it; empty when it is to be looked into.
	Skip string
}

// RepositoriesOf returns a page of an organisation's repositories by name, and
// whether there is another. The first page is 1.
func (c *Catalog) RepositoriesOf(ctx context.Context, organization string, page int) ([]ListedRepository, bool, error) {
	if c.contributor == nil {
		return nil, false, noContributor()
	}
	organization, err := organizationAddress(organization)
	if err != nil {
		return nil, false, err
	}
	found, more, err := c.contributor.ListPage(ctx, organization, page)
	if wait, ok := errors.AsType[*WaitError](err); ok {
		err = fault.New(fault.Unavailable, "%s", wait.Reason).WithHint("Do the same again then.").WithCause(wait)
	}
	if err != nil {
		return nil, false, err
	}
	out := make([]ListedRepository, len(found))
	for i, r := range found {
		out[i] = ListedRepository{FoundRepository: r}
		switch {
		case r.Archived:
			out[i].Skip = "is archived"
		case r.Fork:
			out[i].Skip = "is a fork"
		case r.Empty:
			out[i].Skip = "is empty"
		}
	}
	return out, more, nil
}

// organizationAddress returns an organisation's address in its one form.
func organizationAddress(s string) (string, error) {
	l, err := Location{Type: LocationGitHubOrg, Target: s}.normal("")
	return l.Target, err
}

// repositoryAddress splits the address of a repository.
func repositoryAddress(s string) (HostedRepository, error) {
	s = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(s), "/"), ".git")
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "" || strings.Count(u.Path, "/") != 2 {
		return HostedRepository{}, fault.New(fault.Invalid, "%s is no address of a repository.", printable(s)).
			WithHint("Write it like https://github.com/acme/orders").WithCause(err)
	}
	at := strings.LastIndexByte(s, '/')
	organization, err := organizationAddress(s[:at])
	if err != nil || s[at+1:] == "" || s[at+1:] == "." || s[at+1:] == ".." {
		return HostedRepository{}, fault.New(fault.Invalid, "%s is no address of a repository.", printable(s)).
			WithHint("Write it like https://github.com/acme/orders").WithCause(err)
	}
	return HostedRepository{Organization: organization, Name: s[at+1:]}, nil
}

func noContributor() error {
	return fault.New(fault.Unauthenticated, "The platform has no token for GitHub, so it cannot open pull requests.").
		WithHint("%s", ContributorHint)
}

// ContributorHint says what the token needs for proposals.
const ContributorHint = "The server needs a token with the rights Metadata: read, Contents and Pull requests: read and write " +
	"(a classic one: repo). Set it as PLATFORM_GITHUB_TOKEN."
