package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/goldenpath/platform/internal/fault"
	. "github.com/goldenpath/platform/portal/api/types" //nolint:staticcheck // the generated half of this package does the same
)

// maxProblem is how much of an error's body is read: more is not a problem
// document of ours.
const maxProblem = 1 << 20

// New returns a client of the server at base, for example
// http://127.0.0.1:8080, that sends its requests through doer and, when token
// is not empty, with that token. Its methods return the server's faults as
// errors, so an answer without an error is a good one.
func New(base string, doer HttpRequestDoer, token, agent string) (*ClientWithResponses, error) {
	authorize := func(_ context.Context, req *http.Request) error {
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		req.Header.Set("User-Agent", agent)
		return nil
	}
	c, err := NewClientWithResponses(strings.TrimRight(base, "/")+"/api/v1",
		WithHTTPClient(faultDoer{doer: doer, base: base}), WithRequestEditorFn(authorize))
	if err != nil {
		return nil, fmt.Errorf("make client of %s: %w", base, err)
	}
	return c, nil
}

// faultDoer turns everything that is not a good answer into a fault.
type faultDoer struct {
	doer HttpRequestDoer
	base string
}

// Do sends req.
func (d faultDoer) Do(req *http.Request) (*http.Response, error) {
	resp, err := d.doer.Do(req)
	if err != nil {
		return nil, unreachable(req.Context(), d.base, err)
	}
	if resp.StatusCode >= http.StatusBadRequest {
		defer func() { _ = resp.Body.Close() }()
		return nil, Fault(resp)
	}
	if err := expectOurs(resp, d.base); err != nil {
		_ = resp.Body.Close()
		return nil, err
	}
	return resp, nil
}

// expectOurs refuses an answer no platform gives: a login page of a proxy, or
// some other server on the port.
func expectOurs(resp *http.Response, base string) error {
	if resp.StatusCode == http.StatusNoContent {
		return nil
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if resp.StatusCode < http.StatusMultipleChoices && (kind == "application/json" || kind == "text/event-stream" || kind == "text/markdown") {
		return nil
	}
	return fault.New(fault.Unavailable, "What answers at %s is not a platform server (%s, %q).", fault.Address(base), resp.Status, kind).
		WithHint("Check the address: PLATFORM_URL, --url or platform login.")
}

// unreachable explains that no answer came.
func unreachable(ctx context.Context, base string, err error) error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f
	}
	if ctx.Err() != nil && errors.Is(ctx.Err(), context.Canceled) {
		return fault.New(fault.Interrupted, "Interrupted.").WithCause(err)
	}
	return fault.New(fault.Unavailable, "No answer from %s.", fault.Address(base)).
		WithHint("Is the server running and the address right? Start one with: platform serve").
		WithCause(err)
}

// Fault rebuilds the server's fault from an answer that is an error. An answer
// that is no problem document (a proxy's, say) is classified by its status.
func Fault(resp *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxProblem))
	if err != nil {
		return fault.New(fault.Unavailable, "The server's answer broke off.").WithHint("Try again.").WithCause(err)
	}
	var p Problem
	if json.Unmarshal(body, &p) != nil || !fault.Code(p.Code).Valid() || p.Detail == "" {
		return faultOfStatus(resp)
	}
	return FaultOf(p)
}

// FaultOf rebuilds the fault a problem document describes.
func FaultOf(p Problem) *fault.Error {
	f := fault.New(fault.Code(p.Code), "%s", p.Detail)
	f.Hint = p.Hint
	for _, field := range p.Fields {
		f = f.WithField(field.Name, "%s", field.Message)
	}
	if f.Code == fault.Internal && p.RequestID != "" {
		f = f.WithHint("%s", strings.TrimSpace(p.Hint+" Request id: "+p.RequestID))
	}
	return f
}

// faultOfStatus is what is known about an error without a problem document.
func faultOfStatus(resp *http.Response) error {
	code := fault.Internal
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusProxyAuthRequired:
		code = fault.Unauthenticated
	case http.StatusForbidden:
		code = fault.Forbidden
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return fault.New(fault.NotFound, "The server does not know this request (%s).", resp.Status).
			WithHint("Is it a platform server of the same version? Ask it: platform version")
	case http.StatusRequestEntityTooLarge:
		code = fault.TooLarge
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		code = fault.Unavailable
	}
	return fault.New(code, "The server answered %s.", resp.Status).
		WithHint("Something between you and the platform may have answered: check PLATFORM_URL and proxies, then try again.")
}
