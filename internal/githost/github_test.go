package githost_test

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/internal/githost"
	"github.com/goldenpath/platform/internal/githost/githosttest"
	"github.com/goldenpath/platform/pipelines"
)

var today = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

func newGitHub(t *testing.T, fake *githosttest.GitHub, owner string) *githost.GitHub {
	t.Helper()
	host, err := githost.NewGitHub(githost.GitHubOptions{
		Token: githosttest.Token, Owner: owner, APIURL: fake.URL(), Private: true,
		PublicURL: "https://platform.example.com", Now: func() time.Time { return today },
	})
	if err != nil {
		t.Fatal(err)
	}
	return host
}

func orders(key string) pipelines.NewRepository {
	return pipelines.NewRepository{Name: "orders", Description: "Takes orders.\nAnd more. " + strings.Repeat("x", 400), Key: key}
}

func TestGitHubTakesANewRepository(t *testing.T) {
	t.Parallel()
	for owner, create := range map[string]string{"": "POST /user/repos", "octocat": "POST /user/repos", "acme": "POST /orgs/acme/repos"} {
		t.Run("owner "+owner, func(t *testing.T) {
			t.Parallel()
			fake := githosttest.NewGitHub(t)
			host := newGitHub(t, fake, owner)
			if _, ok, err := host.Find(t.Context(), "orders"); ok || err != nil {
				t.Fatalf("Find before = %t, %v", ok, err)
			}
			made, err := host.Create(t.Context(), orders("run/host"))
			if err != nil {
				t.Fatal(err)
			}
			found, ok, err := host.Find(t.Context(), "ORDERS")
			if err != nil || !ok || found != made {
				t.Errorf("Find = %v, %t, %v, want %v", found, ok, err, made)
			}
			id, err := push(t, host, made, commit())
			if err != nil {
				t.Fatal(err)
			}
			remote := strings.Replace(made.CloneURL, "http://", "http://x-access-token:"+githosttest.Token+"@", 1)
			if got := mustGit(t, t.TempDir(), "ls-remote", remote, "refs/heads/main"); !strings.HasPrefix(got, id) {
				t.Errorf("ls-remote = %s, want %s", got, id)
			}
			if !strings.Contains(strings.Join(fake.Requests(), "\n"), create) {
				t.Errorf("requests = %v, want %s among them", fake.Requests(), create)
			}
			if err := host.Delete(t.Context(), made); err != nil {
				t.Fatal(err)
			}
			if err := host.Delete(t.Context(), made); err != nil {
				t.Errorf("second Delete: %v", err)
			}
			if fake.Repositories() != 0 {
				t.Errorf("%d repositories left", fake.Repositories())
			}
		})
	}
}

func TestGitHubFindsTheRepositoryWhoseAnswerWasLost(t *testing.T) {
	t.Parallel()
	fake := githosttest.NewGitHub(t)
	host := newGitHub(t, fake, "acme")
	fake.Fail(githosttest.Failure{Method: http.MethodPost, After: true})
	if _, err := host.Create(t.Context(), orders("run/host")); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("Create = %v, want unavailable", err)
	}
	made, err := host.Create(t.Context(), orders("run/host"))
	if err != nil || made.Name != "orders" {
		t.Errorf("Create again = %v, %v", made, err)
	}
	if _, err := host.Create(t.Context(), orders("other/host")); !fault.Is(err, fault.Conflict) {
		t.Errorf("Create with another key = %v, want a conflict", err)
	}
	if fake.Repositories() != 1 {
		t.Errorf("%d repositories, want 1", fake.Repositories())
	}
}

func TestGitHubNeverRemovesANamesake(t *testing.T) {
	t.Parallel()
	fake := githosttest.NewGitHub(t)
	fake.Put("acme", "orders")
	host := newGitHub(t, fake, "acme")
	if err := host.Delete(t.Context(), pipelines.Repository{Name: "orders", ID: "1"}); err != nil {
		t.Fatal(err)
	}
	if fake.Repositories() != 1 {
		t.Error("a repository with another id was removed")
	}
}

func TestGitHubRefusalsAreSentences(t *testing.T) {
	t.Parallel()
	reset := today.Add(20 * time.Minute)
	for _, tc := range []struct {
		name    string
		failure githosttest.Failure
		owner   string
		want    fault.Code
		says    string
		hint    string
		wait    time.Time
	}{
		{name: "a bad token", failure: githosttest.Failure{Status: 401, Message: "Bad credentials"}, want: fault.Unauthenticated, says: "does not accept the token", hint: "PLATFORM_GITHUB_TOKEN"},
		{name: "missing rights", failure: githosttest.Failure{Method: "POST", Status: 403, Message: "Resource not accessible by personal access token"}, want: fault.Forbidden, says: "Resource not accessible", hint: "Administration"},
		{name: "single sign-on", failure: githosttest.Failure{Method: "POST", Status: 403, Header: map[string]string{"X-GitHub-SSO": "required; url=https://x"}, Message: "Resource protected by organization SAML enforcement."}, want: fault.Forbidden, says: "single sign-on", hint: "Authorise"},
		{name: "no right to see the organisation's repositories", failure: githosttest.Failure{Method: "POST", Status: 404, Message: "Not Found"}, want: fault.Forbidden, says: "acme", hint: "Administration"},
		{name: "an unknown organisation", owner: "nobody", want: fault.NotFound, says: `no account "nobody"`, hint: "organisation"},
		{name: "a rule of the host", failure: githosttest.Failure{Method: "POST", Status: 422, Message: "Repository creation failed."}, want: fault.Invalid, says: "Repository creation failed"},
		{name: "trouble of GitHub", failure: githosttest.Failure{Method: "POST", Status: 502, Message: "Bad gateway"}, want: fault.Unavailable, says: "502", hint: "githubstatus"},
		{name: "no connection", failure: githosttest.Failure{Times: 9}, want: fault.Unavailable, says: "could not be reached", hint: "network"},
		{name: "the hourly limit", failure: githosttest.Failure{Method: "POST", Status: 403, Header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": strconv.FormatInt(reset.Unix(), 10)}, Message: "API rate limit exceeded"}, wait: reset},
		{name: "the newer status for it", failure: githosttest.Failure{Method: "POST", Status: 429, Header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": strconv.FormatInt(reset.Unix(), 10)}, Message: "API rate limit exceeded"}, wait: reset},
		{name: "the secondary limit", failure: githosttest.Failure{Method: "POST", Status: 403, Header: map[string]string{"Retry-After": "90"}, Message: "You have exceeded a secondary rate limit"}, wait: today.Add(90 * time.Second)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			fake := githosttest.NewGitHub(t)
			if tc.failure.Status != 0 || tc.failure.Times != 0 {
				fake.Fail(tc.failure)
			}
			owner := tc.owner
			if owner == "" {
				owner = "acme"
			}
			_, err := newGitHub(t, fake, owner).Create(t.Context(), orders("run/host"))
			var wait *pipelines.WaitError
			if errors.As(err, &wait) || !tc.wait.IsZero() {
				if wait == nil || !wait.Until.Equal(tc.wait) {
					t.Errorf("err = %v, want to wait until %s", err, tc.wait)
				}
				return
			}
			f := fault.From(err)
			if f.Code != tc.want || !strings.Contains(f.Message, tc.says) || !strings.Contains(f.Hint, tc.hint) {
				t.Errorf("err = %s %q, hint %q; want %s, %q and %q", f.Code, f.Message, f.Hint, tc.want, tc.says, tc.hint)
			}
			if strings.Contains(f.Message+f.Hint+fmt.Sprint(errors.Unwrap(f)), githosttest.Token) {
				t.Error("the token is in the error")
			}
		})
	}
}

func TestGitHubIsAskedAgainOnlyWhatMayBeAskedTwice(t *testing.T) {
	t.Parallel()
	fake := githosttest.NewGitHub(t)
	host := newGitHub(t, fake, "acme")
	fake.Fail(githosttest.Failure{Method: "GET", Status: 503, Times: 2}, githosttest.Failure{Method: "POST", Status: 503})
	if _, err := host.Create(t.Context(), orders("run/host")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("Create = %v, want unavailable", err)
	}
	want := []string{"GET /users/acme", "GET /users/acme", "GET /users/acme", "POST /orgs/acme/repos"}
	if diff := cmp.Diff(want, fake.Requests()); diff != "" {
		t.Errorf("requests differ (-want +got):\n%s", diff)
	}
}

func TestTheTokenGoesToGitHubOnly(t *testing.T) {
	t.Parallel()
	host, err := githost.NewGitHub(githost.GitHubOptions{Token: githosttest.Token})
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]bool{
		"https://github.com/acme/orders.git":           true,
		"http://github.com/acme/orders.git":            false,
		"https://github.com.example.com/acme/x.git":    false,
		"https://example.com/github.com/orders.git":    false,
		"https://github.com@example.com/orders.git":    false,
		"https://raw.githubusercontent.com/acme/x.git": false,
	} {
		if _, password := host.Login(address); (password != "") != want {
			t.Errorf("Login(%q) gives the token: %t, want %t", address, password != "", want)
		}
	}
}

func TestAPushWithABadTokenSaysSo(t *testing.T) {
	t.Parallel()
	fake := githosttest.NewGitHub(t)
	made, err := newGitHub(t, fake, "acme").Create(t.Context(), orders("run/host"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := githost.NewGitHub(githost.GitHubOptions{Token: "ghp_wrong", APIURL: fake.URL()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := push(t, other, made, commit()); !fault.Is(err, fault.Forbidden) {
		t.Errorf("Push = %v, want forbidden", err)
	}
}
