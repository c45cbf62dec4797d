package contracts

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
)

// statesPath is where services made from a golden path set up provider states,
// when they are started for a verification.
const statesPath = "/_pact/provider-states"

// findStates returns where the provider's states are set up when nobody said
// so. It says so, because which states exist decides what passes.
func findStates(ctx context.Context, env *cli.Env, opts verifyOptions, headers map[string]string) string {
	if opts.stateURL != "" {
		return opts.stateURL
	}
	address := OfferedStates(ctx, opts.url, headers)
	if address != "" {
		env.Talk("Provider states are set up at %s, which the provider offers.", fault.Address(address))
	}
	return address
}

// OfferedStates returns the usual place below a provider's address where it sets
// up provider states, or "" when nothing answers there. A redirect is no answer:
// headers with secrets would follow it, and a page to log in is not a state.
func OfferedStates(ctx context.Context, provider string, headers map[string]string) string {
	address, err := url.JoinPath(provider, statesPath) // a query stays at the end
	if err != nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(`{"state":"","action":"setup"}`))
	if err != nil {
		return ""
	}
	req.Header.Set("Content-Type", "application/json")
	for name, value := range headers {
		req.Header.Set(name, value)
	}
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		Timeout:       2 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		return ""
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return ""
	}
	return address
}
