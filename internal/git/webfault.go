package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

// isHTML reports whether what came is a page for people.
func isHTML(data []byte) bool {
	start := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(data[:min(len(data), 512)], []byte("\ufeff")), " \t\r\n"))
	return bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
}

// namesHTML reports whether a page is what somebody wanted.
func namesHTML(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (strings.HasSuffix(u.Path, ".html") || strings.HasSuffix(u.Path, ".htm"))
}

// htmlFault says what to type instead of the address of a page.
func htmlFault(address string) error {
	f := fault.New(fault.Invalid, "%s is a page for people, and not the file itself.", address)
	page, ok := catalog.ParseGitPage(address)
	switch {
	case !ok || page.Path == "":
		return f.WithHint("Give the address of the file itself, which most hosts show behind a button Raw, or of its repository: " +
			"platform catalog register https://HOST/OWNER/REPOSITORY.git --path FILE")
	case page.Branch == "":
		return f.WithHint("It may be where one logs in. Register its repository: platform catalog register %s --path %s", page.Repository, page.Path)
	}
	return f.WithHint("It may be where one logs in. Register its repository: platform catalog register %s --branch %s --path %s",
		page.Repository, page.Branch, page.Path)
}

// webFault says in a sentence why nothing came back.
func webFault(ctx context.Context, address string, err error) error {
	var noHost *net.DNSError
	switch refused := refusal(err); {
	case refused != nil:
		return refused
	case errors.Is(err, errOtherHost):
		return fault.New(fault.Forbidden, "%s leads on to a place that may not be read.", address).
			WithHint("Name that place itself, or allow its host in the server's settings: PLATFORM_CATALOG_READ_HOSTS").WithCause(err)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fault.New(fault.Unavailable, "%s took longer than %s.", address, webTime).WithHint("Try again later.").WithCause(err)
	case ctx.Err() != nil:
		return fmt.Errorf("get %s: %w", address, ctx.Err())
	case errors.As(err, &noHost):
		return fault.New(fault.Unavailable, "There is no host %s.", noHost.Name).WithHint("Check how the address is written.").WithCause(err)
	}
	return fault.New(fault.Unavailable, "%s could not be reached.", address).
		WithHint("Check the address and that the host is up, then try again.").WithCause(err)
}

// statusFault says in a sentence what a refusal means to somebody who logged in,
// or did not.
func statusFault(status int, address string, loggedIn bool) error {
	switch {
	case loggedIn && (status == http.StatusNotFound || status == http.StatusUnauthorized || status == http.StatusForbidden):
		return fault.New(fault.NotFound, "There is nothing at %s that the platform's token may read (%d).", address, status).
			WithHint("Check how it is written, and that the token may read the repository (right: Contents, read).")
	case status == http.StatusNotFound || status == http.StatusGone:
		return fault.New(fault.NotFound, "There is nothing at %s.", address).
			WithHint("Check how it is written. A file in a private repository is read through its repository: platform catalog register %s", repositoryOf(address))
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fault.New(fault.Forbidden, "The host does not let us read %s (%d).", address, status).
			WithHint("It is read without logging in. Register the repository it is in instead: platform catalog register %s", repositoryOf(address))
	case status == http.StatusTooManyRequests || status >= http.StatusInternalServerError:
		return fault.New(fault.Unavailable, "The host of %s has trouble itself (%d).", address, status).WithHint("Try again later.")
	}
	return fault.New(fault.Invalid, "The host answers %d to %s.", status, address).WithHint("Open it in a browser: it must be the file itself.")
}

// repositoryOf returns what to type for the repository of a file.
func repositoryOf(address string) string {
	page, ok := catalog.ParseGitPage(address)
	switch {
	case !ok:
		return "URL_OF_THE_REPOSITORY"
	case page.Branch == "":
		return page.Repository
	}
	return page.Repository + " --branch " + page.Branch
}
