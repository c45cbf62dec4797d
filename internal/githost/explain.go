package githost

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/pipelines"
)

const tokenHint = "A token needs the rights Administration, Contents and Workflows: read and write " +
	"(a classic one: repo and workflow). Set it as PLATFORM_GITHUB_TOKEN of the server."

// explain says in a sentence why GitHub did not do something, and what helps.
func (g *GitHub) explain(err error, doing string) error {
	if until, ok := g.patience(err); ok {
		return &pipelines.WaitError{
			Until:  until,
			Reason: "GitHub limits how many requests we may make; going on at " + until.UTC().Format("15:04:05 MST") + ".",
		}
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return operation(doing, err)
	}
	cause := operation(doing, err)
	var answer *github.ErrorResponse
	if !errors.As(err, &answer) {
		return fault.New(fault.Unavailable, "GitHub could not be reached to %s.", doing).
			WithHint("Check the network and https://www.githubstatus.com, then try again.").WithCause(cause)
	}
	switch status := answer.Response.StatusCode; {
	case status == http.StatusUnauthorized:
		return fault.New(fault.Unauthenticated, "GitHub does not accept the token.").WithHint(tokenHint).WithCause(cause)
	case status == http.StatusForbidden && answer.Response.Header.Get("X-Github-Sso") != "":
		return fault.New(fault.Forbidden, "The organisation on GitHub asks for single sign-on before it lets the token %s.", doing).
			WithHint("Authorise the token for the organisation: https://github.com/settings/tokens").WithCause(cause)
	case status == http.StatusForbidden:
		return fault.New(fault.Forbidden, "GitHub does not let the token %s: %s", doing, sentence(said(answer))).
			WithHint(tokenHint).WithCause(cause)
	case status == http.StatusNotFound:
		return fault.New(fault.NotFound, "GitHub found nothing to %s.", doing).WithHint(tokenHint).WithCause(cause)
	case status >= 500:
		return fault.New(fault.Unavailable, "GitHub has trouble itself (%d) and did not %s.", status, doing).
			WithHint("See https://www.githubstatus.com, then try again.").WithCause(cause)
	}
	return fault.New(fault.Invalid, "GitHub refused to %s: %s", doing, sentence(said(answer))).WithCause(cause)
}

// said is what GitHub's answer says, with its details.
func said(answer *github.ErrorResponse) string {
	parts := []string{strings.TrimSuffix(answer.Message, ".")}
	for _, e := range answer.Errors {
		if e.Message != "" {
			parts = append(parts, strings.TrimSpace(e.Field+" "+e.Message))
		} else if e.Field != "" {
			parts = append(parts, e.Field+" is "+strings.ReplaceAll(e.Code, "_", " "))
		}
	}
	return strings.Join(parts, "; ")
}

func sentence(s string) string {
	if s == "" {
		return "it gave no reason."
	}
	return strings.TrimSuffix(s, ".") + "."
}

// limited reports whether GitHub refused because of too many requests.
func limited(err error) bool {
	var answer *github.ErrorResponse
	var primary *github.RateLimitError
	var secondary *github.AbuseRateLimitError
	switch {
	case errors.As(err, &primary), errors.As(err, &secondary):
		return true
	case errors.As(err, &answer):
		header := answer.Response.Header
		return answer.Response.StatusCode == http.StatusTooManyRequests ||
			answer.Response.StatusCode == http.StatusForbidden && header.Get("Retry-After") != ""
	}
	return false
}

// patience returns until when GitHub asks us to wait, if it does.
func (g *GitHub) patience(err error) (time.Time, bool) {
	if !limited(err) {
		return time.Time{}, false
	}
	now := g.now()
	until := now.Add(time.Minute) // what GitHub's guide says when it names no time
	var answer *github.ErrorResponse
	var primary *github.RateLimitError
	var secondary *github.AbuseRateLimitError
	switch {
	case errors.As(err, &primary):
		until = primary.Rate.Reset.Time
	case errors.As(err, &secondary) && secondary.RetryAfter != nil:
		until = now.Add(*secondary.RetryAfter)
	case errors.As(err, &answer):
		header := answer.Response.Header
		if seconds, err := strconv.Atoi(header.Get("Retry-After")); err == nil {
			until = now.Add(time.Duration(seconds) * time.Second)
		} else if reset, err := strconv.ParseInt(header.Get("X-Ratelimit-Reset"), 10, 64); err == nil && header.Get("X-Ratelimit-Remaining") == "0" {
			until = time.Unix(reset, 0)
		}
	}
	if until.Before(now) {
		until = now.Add(time.Second)
	}
	return until, true
}
