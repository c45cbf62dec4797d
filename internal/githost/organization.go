package githost

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

const (
	perPage = 100
	// maxPages bounds an organisation: 20,000 repositories.
	maxPages = 200
	// shortWait is how long a limit is waited for in place. A longer one is left
	// to whoever asked.
	shortWait = 5 * time.Second
)

// Organizations finds the repositories of organisations that have a catalog
// file, with as few requests as that takes.
//
// GitHub's search of code would answer for a hundred repositories at once, but
// it knows no forks, lags behind pushes, leaves out what it finds too large, and
// allows ten requests a minute. So repositories are listed a hundred at a time,
// each page asked for only if it changed (an answer that it did not is free),
// and only in a repository that was pushed to since is the file looked for: one
// request each. For a pattern of files it is one, too: the whole tree.
type Organizations struct{ github *GitHub }

var _ catalog.Organizations = (*Organizations)(nil)

// NewOrganizations returns what finds them with the token of a host.
func NewOrganizations(g *GitHub) *Organizations { return &Organizations{github: g} }

// listed is what is kept between two calls. Its JSON form is stored.
type listed struct {
	Path   string       `json:"path"`             // for which files it was looked
	Branch string       `json:"branch,omitempty"` // and on which branch; each one's default when empty
	Form   int          `json:"form"`             // what is kept of a repository
	Pages  []listedPage `json:"pages"`
}

// listedForm is raised when more is kept of a repository, so that it is asked
// for again.
const listedForm = 1

type listedPage struct {
	Etag  string       `json:"etag"`
	Next  bool         `json:"next,omitempty"` // there is another page
	Repos []listedRepo `json:"repos"`
}

type listedRepo struct {
	ID       int64     `json:"id"`
	Name     string    `json:"name"`
	Address  string    `json:"address"`
	Branch   string    `json:"branch,omitempty"`
	Topics   []string  `json:"topics,omitempty"`
	Seen     string    `json:"seen,omitempty"` // by whom: its visibility
	Pushed   time.Time `json:"pushed"`
	Archived bool      `json:"archived,omitempty"`
	Fork     bool      `json:"fork,omitempty"`
	Looked   bool      `json:"looked,omitempty"` // whether it has a file is known
	Has      bool      `json:"has,omitempty"`
}

// Repositories returns the repositories that the settings take and that have a
// catalog file.
func (o *Organizations) Repositories(ctx context.Context, organization string, s catalog.OrganizationSettings, state string) (catalog.Discovery, error) {
	out := catalog.Discovery{State: state}
	name, err := o.nameOf(organization)
	if err != nil {
		return out, err
	}
	var before listed
	if json.Unmarshal([]byte(state), &before) != nil || before.Path != s.Path || before.Branch != s.Branch || before.Form != listedForm {
		before = listed{}
	}
	now := listed{Path: s.Path, Branch: s.Branch, Form: listedForm}
	known := map[int64]listedRepo{}
	for _, page := range before.Pages {
		for _, r := range page.Repos {
			known[r.ID] = r
		}
	}
	now.Pages, err = o.pages(ctx, name, before.Pages)
	for i := range now.Pages {
		out.All += len(now.Pages[i].Repos)
		for j := range now.Pages[i].Repos {
			r := &now.Pages[i].Repos[j]
			if k, ok := known[r.ID]; ok && k.Looked && k.Pushed.Equal(r.Pushed) && k.Branch == r.Branch {
				r.Looked, r.Has = true, k.Has
			}
			repository := r.found()
			if !s.Takes(repository) {
				continue
			}
			out.Looked++
			if err == nil && !r.Looked { // after trouble, what is known is kept for the next call
				r.Has, err = o.has(ctx, name, r.Name, cmp.Or(s.Branch, r.Branch), s.Path)
				r.Looked = err == nil
			}
			if r.Has {
				out.Repositories = append(out.Repositories, repository)
			}
		}
	}
	next, encodeErr := json.Marshal(now)
	if encodeErr != nil {
		return out, fmt.Errorf("encode what is known of %s: %w", organization, encodeErr)
	}
	if err == nil || len(now.Pages) >= len(before.Pages) {
		out.State = string(next)
	}
	return out, err
}

func (r listedRepo) found() catalog.FoundRepository {
	return catalog.FoundRepository{
		ID: r.ID, Name: r.Name, Address: r.Address, Branch: r.Branch, Topics: r.Topics, Visibility: r.Seen, Pushed: r.Pushed,
		Archived: r.Archived, Fork: r.Fork, Empty: r.Branch == "" || r.Pushed.IsZero(),
	}
}

// nameOf returns the name of an organisation at an address of this host.
func (o *Organizations) nameOf(organization string) (string, error) {
	u, err := url.Parse(organization)
	if err != nil || !strings.EqualFold(u.Host, o.github.webHost()) {
		return "", fault.New(fault.Invalid, "%s is not on %s, for which the platform has a token.", organization, o.github.webHost()).
			WithHint("For an enterprise's own GitHub set PLATFORM_GITHUB_URL and PLATFORM_GITHUB_TOKEN.").WithCause(err)
	}
	return strings.Trim(u.Path, "/"), nil
}

// pages lists all repositories. Pages that did not change come from before.
func (o *Organizations) pages(ctx context.Context, name string, before []listedPage) ([]listedPage, error) {
	var out []listedPage
	for len(out) < maxPages {
		var old listedPage
		if len(out) < len(before) {
			old = before[len(out)]
		}
		page, err := o.page(ctx, name, len(out)+1, old)
		if err != nil {
			return out, err
		}
		out = append(out, page)
		if !page.Next {
			return out, nil
		}
	}
	return out, fault.New(fault.TooLarge, "%s has more than %d repositories.", name, maxPages*perPage).
		WithHint("Register parts of it: settings with a pattern of names.")
}

func (o *Organizations) page(ctx context.Context, name string, number int, old listedPage) (listedPage, error) {
	client := o.github.client
	// Sorted by name, a push changes one page and moves nothing to another.
	address := fmt.Sprintf("orgs/%s/repos?type=all&sort=full_name&direction=asc&per_page=%d&page=%d", url.PathEscape(name), perPage, number)
	var repos []*github.Repository
	response, err := o.patiently(ctx, func() (*github.Response, error) {
		request, err := client.NewRequest(http.MethodGet, address, nil)
		if err != nil {
			return nil, err
		}
		if old.Etag != "" {
			request.Header.Set("If-None-Match", old.Etag)
		}
		repos = nil
		return client.Do(ctx, request, &repos)
	})
	switch {
	case isStatus(err, http.StatusNotModified):
		return old, nil
	case isStatus(err, http.StatusNotFound):
		return listedPage{}, fault.New(fault.NotFound, "GitHub knows no organisation %q, or the token may not see it.", name).
			WithHint("Check how it is written: github-org:https://github.com/ORGANISATION. The token needs the rights Contents and Metadata: read.").WithCause(err)
	case err != nil:
		return listedPage{}, o.explain(err, "list the repositories of "+name)
	}
	page := listedPage{Etag: response.Header.Get("Etag"), Next: response.NextPage != 0}
	for _, r := range repos {
		page.Repos = append(page.Repos, listedRepo{
			ID: r.GetID(), Name: r.GetName(), Address: r.GetCloneURL(), Branch: r.GetDefaultBranch(), Topics: r.Topics, Seen: r.GetVisibility(),
			Pushed: r.GetPushedAt().UTC(), Archived: r.GetArchived(), Fork: r.GetFork(),
		})
	}
	return page, nil
}

// has reports whether a repository has a catalog file on a branch.
func (o *Organizations) has(ctx context.Context, owner, name, branch, file string) (bool, error) {
	has := false
	_, err := o.patiently(ctx, func() (*github.Response, error) {
		if !catalog.IsPattern(file) {
			content, _, response, err := o.github.client.Repositories.GetContents(ctx, owner, name, file, &github.RepositoryContentGetOptions{Ref: branch})
			has = err == nil && content.GetType() == "file"
			return response, err
		}
		tree, response, err := o.github.client.Git.GetTree(ctx, owner, name, branch, true)
		if err != nil {
			return response, err
		}
		has = tree.GetTruncated() // too many files to tell: reading it will
		for _, entry := range tree.Entries {
			if entry.GetType() == "blob" && catalog.MatchPattern(file, entry.GetPath()) {
				has = true
			}
		}
		return response, nil
	})
	// An empty repository is a conflict for trees.
	if isStatus(err, http.StatusNotFound) || isStatus(err, http.StatusConflict) {
		return false, nil
	}
	if err != nil {
		return false, o.explain(err, "look for "+file+" in "+owner+"/"+name)
	}
	return has, nil
}

// patiently asks, and asks once more when a limit of GitHub ends soon.
func (o *Organizations) patiently(ctx context.Context, ask func() (*github.Response, error)) (*github.Response, error) {
	response, err := ask()
	until, limited := o.github.patience(err)
	if !limited {
		return response, err
	}
	wait := until.Sub(o.github.now())
	if wait > shortWait {
		return response, err
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-timer.C:
		return ask()
	}
}

// explain says in a sentence why GitHub did not do something.
func (o *Organizations) explain(err error, doing string) error {
	if until, ok := o.github.patience(err); ok {
		return &catalog.WaitError{
			Until:  until,
			Reason: "GitHub limits how many requests we may make; going on at " + until.UTC().Format("15:04:05 MST") + ".",
		}
	}
	return o.github.explain(err, doing)
}
