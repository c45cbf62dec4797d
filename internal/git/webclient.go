package git

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/retrypolicy"

	"github.com/goldenpath/platform/internal/fault"
)

const (
	// webTime bounds one file from the web, webRedirects how often it may be
	// somewhere else.
	webTime, webRedirects = 30 * time.Second, 5
	// notModified is how a server answers when the version asked about is its own.
	notModified = http.StatusNotModified
)

// webFile is what was got from an address.
type webFile struct {
	data      []byte
	version   string // by which the server, or the content, tells versions apart
	unchanged bool   // the server still has the version asked about; there is no data
}

// answer is what came back for a request.
type answer struct{ *http.Response }

// stumbled reports whether trying again may help.
func stumbled(a answer, err error) bool {
	var refused *refusedError
	if err != nil {
		return !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) &&
			!errors.As(err, &refused) && !errors.Is(err, errOtherHost)
	}
	return a.Response != nil && a.StatusCode >= http.StatusBadGateway && a.StatusCode <= http.StatusGatewayTimeout
}

var errOtherHost = errors.New("redirect to a host that may not be read from")

// get gets a file; known is the version that somebody has, "" for none. May says
// which hosts a redirect may lead to; nil for every one the guard lets through.
func (r *CatalogReader) get(ctx context.Context, address string, limit int64, known string, may func(*url.URL) bool) (webFile, error) {
	ctx, cancel := context.WithTimeout(ctx, webTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return webFile{}, fault.New(fault.Invalid, "%s is not an address.", address).WithHint("Write it like https://HOST/PATH").WithCause(err)
	}
	request.Header.Set("User-Agent", "platform")
	request.Header.Set("Accept", "application/yaml, text/yaml, text/plain, */*;q=0.5")
	if tag, ok := strings.CutPrefix(known, "etag:"); ok {
		request.Header.Set("If-None-Match", tag)
	} else if date, ok := strings.CutPrefix(known, "date:"); ok {
		request.Header.Set("If-Modified-Since", date)
	}
	client := &http.Client{Transport: r.web, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		switch {
		case len(via) > webRedirects:
			return http.ErrUseLastResponse
		case next.URL.Scheme != "https" && (next.URL.Scheme != "http" || via[0].URL.Scheme == "https"),
			may != nil && !may(next.URL):
			return fmt.Errorf("%w: %s", errOtherHost, next.URL.Redacted())
		}
		return nil
	}}
	again := retrypolicy.NewBuilder[answer]().HandleIf(stumbled).ReturnLastFailure().
		WithBackoff(200*time.Millisecond, 2*time.Second).WithJitterFactor(0.25).WithMaxRetries(2).Build()
	got, err := failsafe.With[answer](again).WithContext(ctx).GetWithExecution(func(e failsafe.Execution[answer]) (answer, error) {
		if last := e.LastResult(); last.Response != nil {
			_ = last.Body.Close() // the answer is given up
		}
		response, err := client.Do(request) //nolint:bodyclose // closed below
		return answer{response}, err
	})
	if err != nil {
		return webFile{}, webFault(ctx, address, err)
	}
	defer got.Body.Close()
	return fileOf(got.Response, address, limit, known)
}

// fileOf reads an answer.
func fileOf(response *http.Response, address string, limit int64, known string) (webFile, error) {
	if response.StatusCode == notModified && known != "" {
		return webFile{version: known, unchanged: true}, nil
	}
	if response.StatusCode != http.StatusOK {
		return webFile{}, statusFault(response.StatusCode, address)
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	if err != nil {
		return webFile{}, fault.New(fault.Unavailable, "%s broke off while it was read.", address).WithHint("Try again.").WithCause(err)
	}
	if int64(len(data)) > limit {
		return webFile{}, fault.New(fault.TooLarge, "%s is larger than %d MB.", address, limit>>20).WithHint("Split it into several files.")
	}
	file := webFile{data: data}
	switch tag, date := response.Header.Get("Etag"), response.Header.Get("Last-Modified"); {
	case tag != "":
		file.version = "etag:" + tag
	case date != "":
		file.version = "date:" + date
	default:
		sum := sha256.Sum256(data)
		file.version = "sum:" + hex.EncodeToString(sum[:])
	}
	return file, nil
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

// statusFault says in a sentence what a refusal means.
func statusFault(status int, address string) error {
	switch {
	case status == http.StatusNotFound || status == http.StatusGone:
		return fault.New(fault.NotFound, "There is nothing at %s.", address).
			WithHint("Check how it is written. A file in a private repository is read through its repository: platform catalog register URL_OF_THE_REPOSITORY")
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fault.New(fault.Forbidden, "The host does not let us read %s (%d).", address, status).
			WithHint("Files are read without logging in. Register the repository it is in instead.")
	case status == http.StatusTooManyRequests || status >= http.StatusInternalServerError:
		return fault.New(fault.Unavailable, "The host of %s has trouble itself (%d).", address, status).WithHint("Try again later.")
	}
	return fault.New(fault.Invalid, "The host answers %d to %s.", status, address).WithHint("Open it in a browser: it must be the file itself.")
}

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
func (r *CatalogReader) fetcher(target string) func(ctx context.Context, address string, limit int64) ([]byte, error) {
	location, err := url.Parse(target)
	if err != nil || location.Host == "" {
		location = nil
	}
	return func(ctx context.Context, address string, limit int64) ([]byte, error) {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" {
			return nil, fault.New(fault.Invalid, "%s is not an address.", address).WithHint("Write it like https://HOST/PATH")
		}
		if !r.mayFetch(location, u) {
			return nil, fault.New(fault.Forbidden, "%s is on another host than the location.", address).
				WithHint("Keep a copy of it beside the catalog file, or allow its host in the server's settings: PLATFORM_CATALOG_READ_HOSTS=%s", u.Hostname())
		}
		content := contentAddress(u)
		file, err := r.get(ctx, content.String(), limit, "", func(next *url.URL) bool {
			return r.mayFetch(location, next) || strings.EqualFold(next.Host, content.Host)
		})
		return file.data, err
	}
}

// contentAddress returns where the content is of a file whose page people copy
// from their browser.
func contentAddress(u *url.URL) *url.URL {
	out := *u
	out.Fragment = ""
	if path, found := replaceOnce(u.Path, "/-/blob/", "/-/raw/"); found {
		out.Path, out.RawPath = path, ""
		return &out
	}
	parts := strings.SplitN(strings.TrimPrefix(u.Path, "/"), "/", 4)
	switch {
	case len(parts) < 4 || parts[2] != "blob" && parts[2] != "raw":
	case strings.EqualFold(u.Hostname(), "github.com"):
		out.Host, out.Path, out.RawPath = "raw.githubusercontent.com", "/"+parts[0]+"/"+parts[1]+"/"+parts[3], ""
	default: // an enterprise's own
		parts[2] = "raw"
		out.Path, out.RawPath = "/"+strings.Join(parts, "/"), ""
	}
	return &out
}

func replaceOnce(s, old, by string) (string, bool) {
	before, after, found := strings.Cut(s, old)
	return before + by + after, found
}
