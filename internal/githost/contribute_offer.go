package githost

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

// Offer puts a file on a branch and opens or updates the pull request from it.
// Where it ended midway it goes on from there.
func (c *Contributor) Offer(ctx context.Context, r catalog.HostedRepository, o catalog.Offer) (catalog.PullRequest, error) {
	if o.Open == nil {
		if err := c.branch(ctx, r, o); err != nil {
			return catalog.PullRequest{}, err
		}
	}
	if err := c.put(ctx, r, o); err != nil {
		return catalog.PullRequest{}, err
	}
	if o.Open != nil {
		return c.edit(ctx, r, o)
	}
	return c.openPull(ctx, r, o)
}

// branch makes the branch, where the pull request goes to. One that is left
// over keeps what is on it, unless it is to start anew.
func (c *Contributor) branch(ctx context.Context, r catalog.HostedRepository, o catalog.Offer) error {
	owner, name, err := c.at(r)
	if err != nil {
		return err
	}
	var base *github.Reference
	_, err = c.patiently(ctx, func() (response *github.Response, err error) {
		base, response, err = c.github.client.Git.GetRef(ctx, owner, name, "heads/"+r.Branch)
		return response, err
	})
	if err != nil {
		return c.refused(err, "read the branch "+r.Branch+" of "+r.Address())
	}
	ref := &github.Reference{Ref: new("refs/heads/" + o.Branch), Object: base.Object}
	err = c.write(ctx, func() (*github.Response, error) {
		_, response, err := c.github.client.Git.CreateRef(ctx, owner, name, ref)
		return response, err
	})
	if isStatus(err, http.StatusUnprocessableEntity) && strings.Contains(err.Error(), "already exists") {
		if !o.Anew {
			return nil
		}
		err = c.write(ctx, func() (*github.Response, error) {
			_, response, err := c.github.client.Git.UpdateRef(ctx, owner, name, ref, true)
			return response, err
		})
	}
	return c.refused(err, "make the branch "+o.Branch+" in "+r.Address())
}

// put writes the file, unless it is there and says the same.
func (c *Contributor) put(ctx context.Context, r catalog.HostedRepository, o catalog.Offer) error {
	owner, name, err := c.at(r)
	if err != nil {
		return err
	}
	options := &github.RepositoryContentFileOptions{Message: &o.Title, Content: o.Content, Branch: &o.Branch}
	there, sha, err := c.file(ctx, r, o.Branch, o.Path)
	switch {
	case err == nil && bytes.Equal(there, o.Content):
		return nil
	case err == nil:
		options.SHA = &sha
	case !isStatus(err, http.StatusNotFound):
		return c.refused(err, "read "+o.Path+" in "+r.Address())
	}
	err = c.write(ctx, func() (*github.Response, error) {
		_, response, err := c.github.client.Repositories.CreateFile(ctx, owner, name, o.Path, options) // with a sha it updates
		return response, err
	})
	if isStatus(err, http.StatusConflict) {
		return fault.New(fault.Conflict, "Somebody changed %s in %s at the same moment.", o.Path, r.Address()).
			WithHint("Do it again.").WithCause(err)
	}
	return c.refused(err, "write "+o.Path+" in "+r.Address())
}

func (c *Contributor) openPull(ctx context.Context, r catalog.HostedRepository, o catalog.Offer) (catalog.PullRequest, error) {
	owner, name, err := c.at(r)
	if err != nil {
		return catalog.PullRequest{}, err
	}
	var made *github.PullRequest
	err = c.write(ctx, func() (response *github.Response, err error) {
		made, response, err = c.github.client.PullRequests.Create(ctx, owner, name, &github.NewPullRequest{
			Title: &o.Title, Body: &o.Body, Head: &o.Branch, Base: &r.Branch,
		})
		return response, err
	})
	if isStatus(err, http.StatusUnprocessableEntity) { // perhaps somebody was quicker
		if there, exists, findErr := c.LastPullRequest(ctx, r, o.Branch); findErr == nil && exists && there.State == catalog.PullRequestOpen {
			return there, nil
		}
	}
	if err != nil {
		return catalog.PullRequest{}, c.refused(err, "open a pull request in "+r.Address())
	}
	return fromPull(made), nil
}

func (c *Contributor) edit(ctx context.Context, r catalog.HostedRepository, o catalog.Offer) (catalog.PullRequest, error) {
	owner, name, err := c.at(r)
	if err != nil {
		return catalog.PullRequest{}, err
	}
	var edited *github.PullRequest
	err = c.write(ctx, func() (response *github.Response, err error) {
		edited, response, err = c.github.client.PullRequests.Edit(ctx, owner, name, o.Open.Number, &github.PullRequest{Body: &o.Body})
		return response, err
	})
	if err != nil {
		return catalog.PullRequest{}, c.refused(err, "update the pull request "+o.Open.URL)
	}
	return fromPull(edited), nil
}

// write makes a request that changes something, a while after the last one.
func (c *Contributor) write(ctx context.Context, do func() (*github.Response, error)) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	if wait := time.Until(c.lastWrite.Add(c.Pause)); wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
		}
	}
	_, err := c.patiently(ctx, do)
	c.lastWrite = time.Now()
	return err
}
