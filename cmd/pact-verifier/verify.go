package main

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"testing"

	"github.com/pact-foundation/pact-go/v2/provider"

	"github.com/goldenpath/platform/internal/pact"
)

// verify runs the pact of job against the provider. An error means that it could
// not be tried; what the provider got wrong is in the outcome.
func verify(t *testing.T, job pact.Job) (pact.Outcome, error) {
	t.Helper()
	target, err := url.Parse(job.BaseURL)
	if err != nil {
		return pact.Outcome{}, fmt.Errorf("parse the provider's address: %w", err)
	}
	redirects, content, err := hideLocations(job.Pact)
	if err != nil {
		return pact.Outcome{}, err
	}
	job.Pact = content
	end := ending(job.Time)
	notes := notes{provider: target.Host}
	desk, err := openDesk(job, &notes, end)
	if err != nil {
		return pact.Outcome{}, err
	}
	defer desk.close()

	transports, err := desk.transports()
	if err != nil {
		return pact.Outcome{}, fmt.Errorf("read the desk's address: %w", err)
	}
	err = provider.NewVerifier().VerifyProvider(t, provider.VerifyRequest{
		Provider:                   job.Provider,
		ProviderBaseURL:            job.BaseURL,
		PactURLs:                   []string{desk.pactURL()},
		ProviderVersion:            job.Version,
		PublishVerificationResults: true,
		ProviderStatesSetupURL:     desk.stateURL(),
		Transports:                 transports,
		RequestTimeout:             job.RequestTimeout,
		RequestFilter:              instead(until(end, relayTo(target, job, redirects, &notes))),
		DisableColoredOutput:       true,
	})
	outcome := notes.read()
	outcome.Ran, outcome.Failed = true, err != nil || t.Failed()
	outcome.TestResults = shown(desk.testResults())
	return outcome, nil
}

// instead returns middleware that lets h answer in place of pact-go's own proxy.
// That one listens on every address of the machine, so callers from elsewhere are
// turned away: they would reach the provider with our headers.
func instead(h http.Handler) func(http.Handler) http.Handler {
	return func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			host, _, err := net.SplitHostPort(r.RemoteAddr)
			if err != nil || !net.ParseIP(host).IsLoopback() {
				http.Error(w, "only for the verifier on this machine", http.StatusForbidden)
				return
			}
			h.ServeHTTP(w, r)
		})
	}
}
