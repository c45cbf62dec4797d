package contracts

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"time"

	"github.com/goldenpath/platform/internal/fault"
	"github.com/goldenpath/platform/portal/api/types"
)

// selector is a consumer version selector as Pact's documentation writes it.
type selector struct {
	Consumer           string `json:"consumer"`
	Version            string `json:"version"` // ours alone
	MainBranch         bool   `json:"mainBranch"`
	Branch             string `json:"branch"`
	FallbackBranch     string `json:"fallbackBranch"`
	MatchingBranch     bool   `json:"matchingBranch"`
	Tag                string `json:"tag"`
	FallbackTag        string `json:"fallbackTag"`
	Latest             bool   `json:"latest"`
	Deployed           bool   `json:"deployed"`
	Released           bool   `json:"released"`
	DeployedOrReleased bool   `json:"deployedOrReleased"`
	Environment        string `json:"environment"`
}

// questionOf asks for what the options pick.
func questionOf(opts verifyOptions) (types.VerificationQuestion, error) {
	question := types.VerificationQuestion{Provider: opts.provider, ProviderBranch: opts.branch, ProviderTags: opts.tags, IncludePending: opts.pending}
	if len(opts.consumers) > 0 && len(opts.rawSelectors) > 0 {
		return question, fault.New(fault.Invalid, "--consumer and --selector both say which pacts are meant.").
			WithHint(`Name the consumer in the selector: --selector '{"consumer": "web", "mainBranch": true}'`)
	}
	for _, c := range opts.consumers {
		question.Selectors = append(question.Selectors,
			types.Selector{Consumer: c, MainBranch: true}, types.Selector{Consumer: c, DeployedOrReleased: true})
	}
	for _, text := range opts.rawSelectors {
		list, err := parseSelectors(text)
		if err != nil {
			return question, err
		}
		question.Selectors = append(question.Selectors, list...)
	}
	if opts.wipSince == "" {
		return question, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if since, err := time.Parse(layout, opts.wipSince); err == nil {
			question.IncludeWipSince = since
			return question, nil
		}
	}
	return question, fault.New(fault.Invalid, "%q is not a date.", opts.wipSince).
		WithHint("Write it like --include-wip-pacts-since 2026-01-31").WithField("--include-wip-pacts-since", "is not a date")
}

// parseSelectors reads one selector, or a list of them.
func parseSelectors(text string) ([]types.Selector, error) {
	bad := func(why string) error {
		return fault.New(fault.Invalid, "%q is not a consumer version selector: %s.", text, why).
			WithHint(`Write it like --selector '{"mainBranch": true}'`).WithField("--selector", "%s", why)
	}
	trimmed := strings.TrimSpace(text)
	if !strings.HasPrefix(trimmed, "[") {
		trimmed = "[" + trimmed + "]"
	}
	in := json.NewDecoder(bytes.NewReader([]byte(trimmed)))
	in.DisallowUnknownFields()
	var list []selector
	if err := in.Decode(&list); err != nil {
		return nil, bad(strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := in.Token(); err != io.EOF {
		return nil, bad("there is more after it")
	}
	out := make([]types.Selector, len(list))
	for i, s := range list {
		if s == (selector{Consumer: s.Consumer, FallbackBranch: s.FallbackBranch, FallbackTag: s.FallbackTag}) {
			return nil, bad("it picks nothing")
		}
		if s.Version != "" && (s.Consumer == "" || s != (selector{Consumer: s.Consumer, Version: s.Version})) {
			return nil, bad("a version goes with a consumer, and with nothing else")
		}
		out[i] = types.Selector{
			Consumer: s.Consumer, Version: s.Version, MainBranch: s.MainBranch, Branch: s.Branch, FallbackBranch: s.FallbackBranch,
			MatchingBranch: s.MatchingBranch, Tag: s.Tag, FallbackTag: s.FallbackTag, Latest: s.Latest,
			Deployed: s.Deployed, Released: s.Released, DeployedOrReleased: s.DeployedOrReleased, Environment: s.Environment,
		}
	}
	return out, nil
}
