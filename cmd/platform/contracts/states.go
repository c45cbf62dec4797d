package contracts

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/goldenpath/platform/cmd/internal/cli"
)

// statesPath is where services made from a golden path set up provider states,
// when they are started for a verification.
const statesPath = "/_pact/provider-states"

// findStates returns where the provider's states are set up when nobody said
// so: at the usual place, if something answers there. It says so, because which
// states exist decides what passes.
func findStates(ctx context.Context, env *cli.Env, opts verifyOptions, headers map[string]string) string {
	if opts.stateURL != "" {
		return opts.stateURL
	}
	address := strings.TrimRight(opts.url, "/") + statesPath
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
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 2 * time.Second}).Do(req)
	if err != nil {
		return ""
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return ""
	}
	env.Talk("Provider states are set up at %s, which the provider offers.", address)
	return address
}
