package git

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
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
	// acceptFile is what is accepted of any host, acceptContent of GitHub's API.
	acceptFile    = "application/yaml, text/yaml, text/plain, */*;q=0.5"
	acceptContent = "application/vnd.github.raw+json"
)

// webRequest asks for a file.
type webRequest struct {
	address string // where it is got
	shown   string // its address as people know it
	limit   int64
	known   string // the version that somebody has, "" for none
	accept  string
	// may says where a redirect may lead; nil for wherever the guard lets through.
	may func(*url.URL) bool
	// token returns what to log in with at an address.
	token func(address string) string
}

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
	return a.Response != nil && a.StatusCode >= http.StatusBadGateway && a.StatusCode <= http.StatusGatewayTimeout &&
		a.Header.Get("Retry-After") == ""
}

var errOtherHost = errors.New("redirect to a host that may not be read from")

// get gets a file when it is its host's turn. A host that wants to be left alone
// for a moment is; for longer, that is the error.
func (r *CatalogReader) get(ctx context.Context, q webRequest) (webFile, error) {
	u, err := url.Parse(q.address)
	if err != nil || u.Host == "" {
		return webFile{}, fault.New(fault.Invalid, "%s is not an address.", q.shown).WithHint("Write it like https://HOST/PATH").WithCause(err)
	}
	host := r.hosts.of(u.Host)
	for range webRounds {
		leave, err := host.enter(ctx)
		if err != nil {
			return webFile{}, err
		}
		file, until, err := r.getOnce(ctx, q)
		if !until.IsZero() {
			host.pause(until)
		}
		leave()
		if until.IsZero() {
			return file, err
		}
	}
	return webFile{}, host.patience()
}

// getOnce sends one request, and again when the host stumbles. Until is when the
// host wants to be asked again.
func (r *CatalogReader) getOnce(ctx context.Context, q webRequest) (_ webFile, until time.Time, _ error) {
	ctx, cancel := context.WithTimeout(ctx, webTime)
	defer cancel()
	request, err := q.request(ctx)
	if err != nil {
		return webFile{}, until, err
	}
	client := &http.Client{Transport: r.web, CheckRedirect: q.redirect}
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
		return webFile{}, until, webFault(ctx, q.shown, err)
	}
	defer got.Body.Close()
	if until = patienceOf(got.Response, time.Now()); !until.IsZero() {
		return webFile{}, until, nil
	}
	file, err := q.fileOf(got.Response)
	return file, until, err
}

func (q webRequest) request(ctx context.Context) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, q.address, nil)
	if err != nil {
		return nil, fault.New(fault.Invalid, "%s is not an address.", q.shown).WithHint("Write it like https://HOST/PATH").WithCause(err)
	}
	request.Header.Set("User-Agent", "platform")
	request.Header.Set("Accept", q.accept)
	if tag, ok := strings.CutPrefix(q.known, "etag:"); ok {
		request.Header.Set("If-None-Match", tag)
	} else if date, ok := strings.CutPrefix(q.known, "date:"); ok {
		request.Header.Set("If-Modified-Since", date)
	}
	q.logIn(request)
	return request, nil
}

// logIn adds the token for where a request goes, and only for there: what
// another address was given is taken out.
func (q webRequest) logIn(request *http.Request) {
	request.Header.Del("Authorization")
	if q.token == nil {
		return
	}
	if token := q.token(request.URL.String()); token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
}

// redirect decides whether a request goes on elsewhere.
func (q webRequest) redirect(next *http.Request, via []*http.Request) error {
	switch {
	case len(via) > webRedirects:
		return http.ErrUseLastResponse
	case next.URL.Scheme != "https" && (next.URL.Scheme != "http" || via[0].URL.Scheme == "https"),
		q.may != nil && !q.may(next.URL):
		return fmt.Errorf("%w: %s", errOtherHost, next.URL.Redacted())
	}
	q.logIn(next)
	return nil
}

// fileOf reads an answer.
func (q webRequest) fileOf(response *http.Response) (webFile, error) {
	if response.StatusCode == notModified && q.known != "" {
		return webFile{version: q.known, unchanged: true}, nil
	}
	if response.StatusCode != http.StatusOK {
		return webFile{}, statusFault(response.StatusCode, q.shown, response.Request.Header.Get("Authorization") != "")
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, q.limit+1))
	if err != nil {
		return webFile{}, fault.New(fault.Unavailable, "%s broke off while it was read.", q.shown).WithHint("Try again.").WithCause(err)
	}
	if int64(len(data)) > q.limit {
		return webFile{}, fault.New(fault.TooLarge, "%s is larger than %d MB.", q.shown, q.limit>>20).WithHint("Split it into several files.")
	}
	if isHTML(data) && !namesHTML(q.shown) {
		return webFile{}, htmlFault(q.shown)
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
	file.unchanged = file.version == q.known
	return file, nil
}
