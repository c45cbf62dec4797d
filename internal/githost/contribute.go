package githost

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

// writePause is how long GitHub's guide asks to wait between requests that
// change something.
const writePause = time.Second

// Contributor opens pull requests in the repositories of organisations. One
// after the other: GitHub limits what is made at the same time, too.
type Contributor struct {
	*Organizations

	// Pause is how long it waits between two writes; a second.
	Pause time.Duration

	writing   sync.Mutex
	lastWrite time.Time
}

var _ catalog.Contributor = (*Contributor)(nil)

// NewContributor returns what opens them with the token of a host.
func NewContributor(g *GitHub) *Contributor {
	return &Contributor{Organizations: NewOrganizations(g), Pause: writePause}
}

// ListPage returns a page of an organisation's repositories.
func (c *Contributor) ListPage(ctx context.Context, organization string, page int) ([]catalog.FoundRepository, bool, error) {
	name, err := c.nameOf(organization)
	if err != nil {
		return nil, false, err
	}
	found, err := c.page(ctx, name, max(page, 1), listedPage{})
	if err != nil {
		return nil, false, err
	}
	out := make([]catalog.FoundRepository, len(found.Repos))
	for i, r := range found.Repos {
		out[i] = r.found()
	}
	return out, found.Next, nil
}

// at is a repository as requests name it.
func (c *Contributor) at(r catalog.HostedRepository) (owner, name string, err error) {
	owner, err = c.nameOf(r.Organization)
	return url.PathEscape(owner), url.PathEscape(r.Name), err
}

// DefaultBranch returns the branch that pull requests go to.
func (c *Contributor) DefaultBranch(ctx context.Context, r catalog.HostedRepository) (string, error) {
	owner, name, err := c.at(r)
	if err != nil {
		return "", err
	}
	branch := ""
	_, err = c.patiently(ctx, func() (*github.Response, error) {
		found, response, err := c.github.client.Repositories.Get(ctx, owner, name)
		branch = found.GetDefaultBranch()
		return response, err
	})
	return branch, c.refused(err, "look for "+r.Address())
}

// Files lists the files of a repository with one request, and reads the start
// of one with another.
func (c *Contributor) Files(ctx context.Context, r catalog.HostedRepository) (catalog.HostedFiles, error) {
	owner, name, err := c.at(r)
	if err != nil {
		return catalog.HostedFiles{}, err
	}
	var tree *github.Tree
	_, err = c.patiently(ctx, func() (response *github.Response, err error) {
		tree, response, err = c.github.client.Git.GetTree(ctx, owner, name, url.PathEscape(r.Branch), true)
		return response, err
	})
	if isStatus(err, http.StatusConflict) { // an empty repository has no tree
		return catalog.HostedFiles{}, nil
	}
	if err != nil {
		return catalog.HostedFiles{}, c.refused(err, "list the files of "+r.Address())
	}
	out := catalog.HostedFiles{Cut: tree.GetTruncated()}
	blobs := map[string]string{}
	for _, entry := range tree.Entries {
		switch entry.GetMode() {
		case "100644", "100755":
			blobs[entry.GetPath()] = entry.GetSHA()
			out.Names = append(out.Names, entry.GetPath())
		case "120000":
			out.Links = append(out.Links, entry.GetPath())
		}
	}
	out.Head = func(ctx context.Context, file string, limit int64) ([]byte, error) {
		sha, known := blobs[file]
		if !known {
			return nil, fault.New(fault.NotFound, "There is no file %s.", file)
		}
		start, err := c.blob(ctx, "repos/"+owner+"/"+name+"/git/blobs/"+url.PathEscape(sha), limit)
		return start, c.refused(err, "read "+file+" in "+r.Address())
	}
	return out, nil
}

// blob reads the start of a blob, however large it is.
func (c *Contributor) blob(ctx context.Context, address string, limit int64) ([]byte, error) {
	client := c.github.client
	var start []byte
	_, err := c.patiently(ctx, func() (*github.Response, error) {
		request, err := client.NewRequest(http.MethodGet, address, nil)
		if err != nil {
			return nil, err
		}
		request.Header.Set("Accept", "application/vnd.github.raw+json")
		response, err := client.BareDo(ctx, request)
		if err != nil {
			return response, err
		}
		defer response.Body.Close()
		start, err = io.ReadAll(io.LimitReader(response.Body, limit))
		return response, err
	})
	return start, err
}

// FileOn returns a file on a branch.
func (c *Contributor) FileOn(ctx context.Context, r catalog.HostedRepository, branch, path string) ([]byte, bool, error) {
	content, _, err := c.file(ctx, r, branch, path)
	if isStatus(err, http.StatusNotFound) {
		return nil, false, nil
	}
	return content, err == nil, c.refused(err, "read "+path+" in "+r.Address())
}

// file returns a file on a branch, and by which name git knows it.
func (c *Contributor) file(ctx context.Context, r catalog.HostedRepository, branch, path string) (content []byte, sha string, err error) {
	owner, name, err := c.at(r)
	if err != nil {
		return nil, "", err
	}
	_, err = c.patiently(ctx, func() (*github.Response, error) {
		found, _, response, err := c.github.client.Repositories.GetContents(ctx, owner, name, path, &github.RepositoryContentGetOptions{Ref: branch})
		if err != nil {
			return response, err
		}
		if found == nil {
			return response, fault.New(fault.Invalid, "%s in %s is a folder.", path, r.Address())
		}
		text, err := found.GetContent()
		content, sha = []byte(text), found.GetSHA()
		return response, err
	})
	return content, sha, err
}

// LastPullRequest returns the newest pull request from a branch of the
// repository itself.
func (c *Contributor) LastPullRequest(ctx context.Context, r catalog.HostedRepository, from string) (catalog.PullRequest, bool, error) {
	owner, name, err := c.at(r)
	if err != nil {
		return catalog.PullRequest{}, false, err
	}
	var found []*github.PullRequest
	_, err = c.patiently(ctx, func() (response *github.Response, err error) {
		found, response, err = c.github.client.PullRequests.List(ctx, owner, name, &github.PullRequestListOptions{
			State: "all", Head: owner + ":" + from, ListOptions: github.ListOptions{PerPage: perPage},
		})
		return response, err
	})
	if err != nil {
		return catalog.PullRequest{}, false, c.refused(err, "look for pull requests in "+r.Address())
	}
	var last *github.PullRequest
	for _, pull := range found { // GitHub takes no notice of a head that it does not understand
		if pull.GetHead().GetRef() == from && (last == nil || pull.GetState() == "open" && last.GetState() != "open") {
			last = pull
		}
	}
	if last == nil {
		return catalog.PullRequest{}, false, nil
	}
	return fromPull(last), true, nil
}

func fromPull(p *github.PullRequest) catalog.PullRequest {
	out := catalog.PullRequest{Number: p.GetNumber(), URL: p.GetHTMLURL(), State: catalog.PullRequestClosed, Body: p.GetBody()}
	switch {
	case p.GetState() == "open":
		out.State = catalog.PullRequestOpen
	case p.GetMerged() || !p.GetMergedAt().IsZero():
		out.State = catalog.PullRequestMerged
	}
	return out
}

// refused says in a sentence why GitHub did not do something, and which rights
// that takes.
func (c *Contributor) refused(err error, doing string) error {
	var said *fault.Error
	if err == nil || errors.As(err, &said) {
		return err
	}
	err = c.explain(err, doing)
	if f := (*fault.Error)(nil); errors.As(err, &f) && (f.Code == fault.Forbidden || f.Code == fault.NotFound) && strings.Contains(f.Hint, tokenHint) {
		return f.WithHint("%s", catalog.ContributorHint)
	}
	return err
}
