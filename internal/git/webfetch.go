package git

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

// mayFetch reports whether a location's files may name what is at an address:
// on the location's own host, or on one that the settings list.
func (r *CatalogReader) mayFetch(location, u *url.URL) bool {
	if location != nil && strings.EqualFold(location.Host, u.Host) {
		return true
	}
	for _, host := range r.options.ReadHosts {
		if strings.EqualFold(host, u.Host) || strings.EqualFold(host, u.Hostname()) {
			return true
		}
		if domain, ok := strings.CutPrefix(host, "*."); ok && strings.HasSuffix(strings.ToLower(u.Hostname()), "."+strings.ToLower(domain)) {
			return true
		}
	}
	return false
}

// fetcher returns what gets files that those of a location name by address.
// Target is the location's own address, "" when it lies on this machine.
func (r *CatalogReader) fetcher(target string) func(ctx context.Context, address string, limit int64, known string) (catalog.Fetched, error) {
	location, err := url.Parse(target)
	if err != nil || location.Host == "" {
		location = nil
	}
	return func(ctx context.Context, address string, limit int64, known string) (catalog.Fetched, error) {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" {
			return catalog.Fetched{}, fault.New(fault.Invalid, "%s is not an address.", address).WithHint("Write it like https://HOST/PATH")
		}
		if !r.mayFetch(location, u) {
			return catalog.Fetched{}, fault.New(fault.Forbidden, "%s is on another host than the location.", address).
				WithHint("Keep a copy of it beside the catalog file, or allow its host in the server's settings: PLATFORM_CATALOG_READ_HOSTS=%s", u.Hostname())
		}
		content := contentAddress(u)
		q := webRequest{
			address: content.String(), shown: address, limit: limit, known: known, accept: acceptFile, token: r.tokenFor(target),
			may: func(next *url.URL) bool {
				return r.mayFetch(location, next) || strings.EqualFold(next.Host, content.Host) || r.tokenFor(target)(next.String()) != ""
			},
		}
		file, err := r.getSomehow(ctx, q)
		return catalog.Fetched{Data: file.data, Version: file.version, Unchanged: file.unchanged}, err
	}
}

// tokenFor returns what to log in with at addresses that the files of a location
// name.
func (r *CatalogReader) tokenFor(target string) func(address string) string {
	if r.options.Token == nil {
		return func(string) string { return "" }
	}
	return func(address string) string { return r.options.Token(target, address) }
}

// byAPI marks the versions of files that only an API hands out.
const byAPI = "api "

// getSomehow gets a file where people get it, and where that is not to be had,
// from the host's API: a company's own GitHub may show those who did not log in
// by their browser nothing but the page to do so.
func (r *CatalogReader) getSomehow(ctx context.Context, q webRequest) (webFile, error) {
	api := ""
	if page, ok := catalog.ParseGitPage(q.shown); ok && r.options.API != nil && q.token(q.address) != "" {
		api = r.options.API(page)
	}
	known, before := strings.CutPrefix(q.known, byAPI)
	if before && api == "" {
		known, before = "", false
	}
	q.known = known
	if !before {
		file, err := r.get(ctx, q)
		if err == nil || api == "" || !withheld(err) {
			return file, err
		}
		q.known = ""
	}
	q.address, q.accept = api, acceptContent
	file, err := r.get(ctx, q)
	if file.version != "" {
		file.version = byAPI + file.version
	}
	return file, err
}

// withheld reports whether a file may be there and was not handed out.
func withheld(err error) bool {
	var refused *refusedError
	return !errors.As(err, &refused) && (fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) || fault.Is(err, fault.Invalid))
}

// contentAddress returns where the content is of a file whose page people copy
// from their browser.
func contentAddress(u *url.URL) *url.URL {
	if page, ok := catalog.ParseGitPage(u.String()); ok && page.Branch != "" {
		if content, err := url.Parse(page.Content()); err == nil {
			return content
		}
	}
	out := *u
	out.Fragment = ""
	return &out
}
