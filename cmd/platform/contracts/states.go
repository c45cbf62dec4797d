package contracts

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/goldenpath/platform/cmd/internal/cli"
	"github.com/goldenpath/platform/internal/fault"
)

const (
	// statesPath is where services made from a golden path set up provider states,
	// when they are started for a verification.
	statesPath = "/_pact/provider-states"

	// statesPatience is how long a provider may take to say whether it does.
	statesPatience = 2 * time.Second

	// maxStatesAnswer is how much of that answer is looked at.
	maxStatesAnswer = 64 << 10
)

// findStates finds where the provider's states are set up when nobody said so. It
// says so, because which states exist decides what passes.
func findStates(ctx context.Context, env *cli.Env, opts *verifyOptions, headers map[string]string) {
	if opts.stateURL != "" {
		return
	}
	opts.stateURL, opts.statesDoubt = OfferedStates(ctx, opts.url, headers)
	switch {
	case opts.statesDoubt != "" && opts.stateURL == "":
		env.Talk("%s %s Say where they are: --provider-states-url URL", env.Yellow("Warning:"), cli.Plain(opts.statesDoubt))
	case opts.statesDoubt != "":
		env.Talk("%s %s", env.Yellow("Warning:"), cli.Plain(opts.statesDoubt))
	case opts.stateURL != "":
		env.Talk("Provider states are set up at %s, which the provider offers.", fault.Address(opts.stateURL))
	}
}

// OfferedStates returns the usual place below a provider's address where it sets
// up provider states, or "" when it sets up none there. The doubt is a sentence,
// "" for none: a provider that breaks down when it is asked does not say that it
// has no states. A redirect is no answer: headers with secrets would follow it,
// and a page to log in is not a state.
func OfferedStates(ctx context.Context, provider string, headers map[string]string) (address, doubt string) {
	address, doubt = askForStates(ctx, provider, headers, statesPatience)
	return address, fault.HeaderValues(headers).Hide(doubt) // it may repeat what it was sent
}

func askForStates(ctx context.Context, provider string, headers map[string]string, patience time.Duration) (address, doubt string) {
	address, err := url.JoinPath(provider, statesPath) // a query stays at the end
	if err != nil {
		return "", "" // the verification says what is wrong with the address
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(limited, http.MethodPost, address, strings.NewReader(`{"state":"","action":"setup"}`))
	if err != nil {
		return "", ""
	}
	req.Header.Set("Content-Type", "application/json")
	for name, value := range headers {
		req.Header.Set(name, value)
	}
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	offered, why := readOffer(client.Do(req))
	switch {
	case ctx.Err() != nil: // nobody waits for it any more
		return "", ""
	case limited.Err() != nil:
		offered, why = false, fmt.Sprintf("gave no answer within %s", patience)
	}
	if why != "" {
		doubt = fmt.Sprintf("Whether the provider sets up provider states is not known: %s %s.", fault.Address(address), why)
	}
	switch {
	case offered && why != "": // Pact's verifier looks at the status alone
		return address, doubt + " It is taken to have set up what it is asked for."
	case offered:
		return address, ""
	case why != "":
		return "", doubt + " So none are set up."
	}
	return "", ""
}

// readOffer tells from an answer whether states are set up there, and what is
// wrong with it when it does not say that.
func readOffer(answer *http.Response, err error) (offered bool, why string) {
	if err != nil {
		if failed, is := errors.AsType[*url.Error](err); is {
			err = failed.Err // without the address, which may hold a key
		}
		return false, "gave no answer: " + err.Error()
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone, http.StatusNotImplemented:
		return false, ""
	}
	said := fmt.Sprintf("answered %d %s", answer.StatusCode, http.StatusText(answer.StatusCode))
	if answer.StatusCode < http.StatusOK || answer.StatusCode >= http.StatusMultipleChoices {
		return false, said
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxStatesAnswer))
	if err != nil {
		return false, "broke off its answer: " + err.Error()
	}
	kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	switch body = bytes.TrimSpace(body); {
	case strings.HasPrefix(http.DetectContentType(body), "text/html"):
		return true, said + " with a web page"
	case kind == "application/json" && len(body) > 0 && len(body) < maxStatesAnswer && !json.Valid(body):
		return true, said + " with JSON that cannot be read"
	}
	return true, ""
}
