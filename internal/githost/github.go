package githost

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/pipelines"
)

// GitHubName is the name of the host github.com, or of an enterprise's own.
const GitHubName = "github"

// GitHub keeps repositories in one account on GitHub.
type GitHub struct {
	client    *github.Client
	token     pipelines.Secret
	owner     string
	private   bool
	publicURL string
	now       func() time.Time

	mu      sync.Mutex
	account *account
}

// GitHubOptions say which account, and how to get at it. Token is needed.
type GitHubOptions struct {
	Token     pipelines.Secret
	Owner     string // organisation or user; the token's own user when empty
	APIURL    string // https://api.github.com when empty
	Private   bool   // whether new repositories are private
	PublicURL string // where the portal is reached, for links back to it
	Transport http.RoundTripper
	Now       func() time.Time
}

// NewGitHub returns the host. It asks GitHub nothing yet.
func NewGitHub(o GitHubOptions) (*GitHub, error) {
	if o.Token == "" {
		return nil, fault.New(fault.Unauthenticated, "There is no token for GitHub.").WithHint(tokenHint)
	}
	client := github.NewClient(&http.Client{Transport: resilient(o.Transport), Timeout: 30 * time.Second}).
		WithAuthToken(o.Token.Reveal())
	client.UserAgent = "platform"
	if o.APIURL != "" {
		base, err := url.Parse(strings.TrimSuffix(o.APIURL, "/") + "/")
		if err != nil || base.Host == "" {
			return nil, fault.New(fault.Invalid, "%q is no address of GitHub's API.", o.APIURL).
				WithHint("For an enterprise's own it looks like this: https://github.example.com/api/v3")
		}
		client.BaseURL = base
	}
	g := &GitHub{client: client, token: o.Token, owner: o.Owner, private: o.Private, publicURL: strings.TrimSuffix(o.PublicURL, "/"), now: o.Now}
	if g.now == nil {
		g.now = time.Now
	}
	return g, nil
}

var _ pipelines.Host = (*GitHub)(nil)

// Name returns "github".
func (*GitHub) Name() string { return GitHubName }

// account is where repositories are made.
type account struct {
	login        string
	organization bool
}

// whereTo finds out once whose account it is: a user's own repositories are made
// at another address than an organisation's.
func (g *GitHub) whereTo(ctx context.Context) (account, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.account != nil {
		return *g.account, nil
	}
	user, _, err := g.client.Users.Get(ctx, g.owner) // the token's own user when empty
	if isStatus(err, http.StatusNotFound) {
		return account{}, fault.New(fault.NotFound, "GitHub knows no account %q, or the token may not see it.", g.owner).
			WithHint("Check the name of the organisation in the settings of the platform.").WithCause(err)
	}
	if err != nil {
		return account{}, g.explain(err, "find the account")
	}
	g.account = &account{login: user.GetLogin(), organization: user.GetType() == "Organization"}
	return *g.account, nil
}

// Find returns the repository of that name, if the token may see one.
func (g *GitHub) Find(ctx context.Context, name string) (pipelines.Repository, bool, error) {
	found, err := g.find(ctx, name)
	if err != nil || found == nil {
		return pipelines.Repository{}, false, err
	}
	return fromGitHub(found), true, nil
}

func (g *GitHub) find(ctx context.Context, name string) (*github.Repository, error) {
	at, err := g.whereTo(ctx)
	if err != nil {
		return nil, err
	}
	found, _, err := g.client.Repositories.Get(ctx, at.login, name)
	switch {
	case isStatus(err, http.StatusNotFound):
		return nil, nil
	case err != nil:
		return nil, g.explain(err, "look for "+at.login+"/"+name)
	case !strings.EqualFold(found.GetName(), name):
		return nil, nil // renamed: GitHub leads on to the new name, and the old one is free
	}
	return found, nil
}

// Create makes an empty repository. GitHub takes no key with a request, so the
// key is left in the repository's address of a home page: when an answer was
// lost, the repository that is there already is known by it.
func (g *GitHub) Create(ctx context.Context, n pipelines.NewRepository) (pipelines.Repository, error) {
	at, err := g.whereTo(ctx)
	if err != nil {
		return pipelines.Repository{}, err
	}
	org := ""
	if at.organization {
		org = at.login
	}
	home := g.homepage(n)
	made, _, err := g.client.Repositories.Create(ctx, org, &github.Repository{
		Name: &n.Name, Description: new(shortened(n.Description)), Homepage: &home,
		Private: &g.private, AutoInit: new(false),
	})
	switch {
	case err == nil:
		return fromGitHub(made), nil
	case nameTaken(err):
		made, ok, err := g.Made(ctx, n)
		if err == nil && !ok {
			err = fault.New(fault.Conflict, "There is a repository %s/%s on GitHub already.", at.login, n.Name).
				WithHint("Choose another name, or remove that repository first.")
		}
		return made, err
	case isStatus(err, http.StatusNotFound):
		return pipelines.Repository{}, fault.New(fault.Forbidden, "GitHub does not let the token make repositories in %s.", at.login).
			WithHint(tokenHint).WithCause(err)
	}
	return pipelines.Repository{}, g.explain(err, "make the repository "+at.login+"/"+n.Name)
}

// Made returns the repository that was made with the same key.
func (g *GitHub) Made(ctx context.Context, n pipelines.NewRepository) (pipelines.Repository, bool, error) {
	found, err := g.find(ctx, n.Name)
	if err != nil || found == nil || found.GetHomepage() != g.homepage(n) {
		return pipelines.Repository{}, false, err
	}
	return fromGitHub(found), true, nil
}

func (g *GitHub) homepage(n pipelines.NewRepository) string {
	return g.publicURL + "/catalog/component/default/" + url.PathEscape(n.Name) + "#" + strings.ReplaceAll(n.Key, "/", "-")
}

// Delete removes the repository, when it is still the same one.
func (g *GitHub) Delete(ctx context.Context, r pipelines.Repository) error {
	found, err := g.find(ctx, r.Name)
	if err != nil || found == nil || strconv.FormatInt(found.GetID(), 10) != r.ID {
		return err
	}
	_, err = g.client.Repositories.Delete(ctx, found.GetOwner().GetLogin(), found.GetName())
	switch {
	case err == nil, isStatus(err, http.StatusNotFound):
		return nil
	case isStatus(err, http.StatusForbidden) && !limited(err):
		return fault.New(fault.Forbidden, "GitHub does not let the token remove %s.", found.GetFullName()).
			WithHint("Remove it by hand at %s/settings, then try again.", found.GetHTMLURL()).WithCause(err)
	}
	return g.explain(err, "remove the repository "+found.GetFullName())
}

// Remote returns the address to push to, with the token.
func (g *GitHub) Remote(_ context.Context, r pipelines.Repository) (pipelines.Remote, error) {
	return pipelines.Remote{URL: r.CloneURL, Username: "x-access-token", Password: g.token}, nil
}

// Login returns what to log in with at an address, for reading: the token, at
// GitHub's own address, and nothing anywhere else.
func (g *GitHub) Login(address string) (username, password string) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != g.client.BaseURL.Scheme || u.Host != g.webHost() {
		return "", ""
	}
	return "x-access-token", g.token.Reveal()
}

// webHost returns the host that people and git reach, not the API's.
func (g *GitHub) webHost() string { return strings.TrimPrefix(g.client.BaseURL.Host, "api.") }

func fromGitHub(r *github.Repository) pipelines.Repository {
	return pipelines.Repository{
		Host: GitHubName, Name: r.GetName(), ID: strconv.FormatInt(r.GetID(), 10),
		CloneURL: r.GetCloneURL(), WebURL: r.GetHTMLURL(),
	}
}

// shortened is a description as GitHub takes it: one line of 350 characters.
func shortened(s string) string {
	runes := []rune(clean(firstLine(s, "")))
	if len(runes) > 350 {
		return string(runes[:349]) + "…"
	}
	return string(runes)
}

// nameTaken reports whether GitHub refused because of the name.
func nameTaken(err error) bool {
	var answer *github.ErrorResponse
	if !errors.As(err, &answer) || answer.Response.StatusCode != http.StatusUnprocessableEntity {
		return false
	}
	for _, e := range answer.Errors {
		if e.Field == "name" && (e.Code == "already_exists" || strings.Contains(e.Message, "already exists")) {
			return true
		}
	}
	return false
}

func isStatus(err error, status int) bool {
	var answer *github.ErrorResponse
	return errors.As(err, &answer) && answer.Response.StatusCode == status
}

// operation names what was being done, for the cause in the log.
func operation(doing string, err error) error { return fmt.Errorf("%s: %w", doing, err) }
