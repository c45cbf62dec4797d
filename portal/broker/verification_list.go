package broker

import (
	"fmt"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// betaWarning is for clients that still fetch by GET.
const betaWarning = "WARNING - this version of the Pact library uses a beta version of the API which will be removed in the future. Please upgrade your Pact library. See https://docs.pact.io/pact_broker/advanced_topics/provider_verification_results/#pacts-for-verification for minimum required versions."

// pactsForVerification answers which pacts a provider has to verify, with notices
// for its log.
func (h *Handler) pactsForVerification(c echo.Context) error {
	p, err := h.provider(c)
	if err != nil {
		return err
	}
	in, err := readPayload(c)
	if err != nil {
		return err
	}
	q, err := h.verificationQuery(c, p.Name, in)
	if err != nil {
		return err
	}
	return h.answerForVerification(c, q)
}

// probeVerification is what verifiers ask before they post; older ones ask all of it
// here, with a query.
func (h *Handler) probeVerification(c echo.Context) error {
	p, err := h.provider(c)
	if err != nil {
		return err
	}
	asked, err := parseNested(c.Request().URL.RawQuery)
	if err != nil {
		return err
	}
	in, err := verificationPayload(asked)
	if err != nil {
		return err
	}
	q, err := h.verificationQuery(c, p.Name, in)
	if err != nil {
		return err
	}
	return h.answerForVerification(c, q, contracts.PactNotice{When: "before_verification", Text: betaWarning})
}

func (h *Handler) answerForVerification(c echo.Context, q contracts.PactQuery, first ...contracts.PactNotice) error {
	q.AddressesOnly = true
	list, err := h.contracts.PactsForVerification(c.Request().Context(), q)
	if err != nil {
		return err
	}
	u := h.urls(c)
	pacts := []map[string]any{}
	for _, p := range list {
		pacts = append(pacts, forVerification(u, q, p, first))
	}
	return ok(c, map[string]any{
		"_embedded": map[string]any{"pacts": pacts},
		"_links":    links{"self": link{Href: u.provider(q.Provider) + "/for-verification", Title: "Pacts to be verified"}},
	})
}

func forVerification(u urls, q contracts.PactQuery, p contracts.VerifiablePact, first []contracts.PactNotice) map[string]any {
	context, address := metadata{selected: p.Selected}, u.content(p.Consumer, p.Provider, p.SHA)
	if q.IncludePending { // to others a failure is one, so its result must not say otherwise
		context.pending = &p.Pending
	}
	subject := address
	if p.WIP {
		context = metadata{wip: true, versions: []int64{p.Selected[0].Version.ID}}
		subject += "/metadata/" + context.encode()
	}
	notices := []map[string]string{}
	for _, n := range slices.Concat(first, p.NoticesFor("The pact at "+subject)) {
		notices = append(notices, map[string]string{"when": n.When, "text": n.Text})
	}
	properties := map[string]any{"notices": notices}
	if q.IncludePending || p.WIP {
		properties["pending"] = p.Pending
	}
	if p.WIP {
		properties["wip"] = true
	}
	return map[string]any{
		"shortDescription": p.ShortDescription(), "verificationProperties": properties,
		"_links": links{"self": link{
			Href: address + "/metadata/" + context.encode(),
			Name: fmt.Sprintf("Pact between %s (%s) and %s", p.Consumer, p.ConsumerVersions[0], p.Provider),
		}},
	}
}

// verificationQuery reads and checks the body of a question. Pending is included
// unless the client says no.
func (h *Handler) verificationQuery(c echo.Context, provider string, in payload) (contracts.PactQuery, error) {
	q := contracts.PactQuery{
		Provider: provider, ProviderBranch: in.text("providerVersionBranch"), ProviderTags: in.texts("providerVersionTags"), IncludePending: true,
	}
	wrong := problems{}
	if value, sent := in["includePendingStatus"]; sent {
		q.IncludePending, _ = value.(bool)
		wrong.boolean(in, "includePendingStatus")
	}
	wrong.words(in, "providerVersionBranch", "includeWipPactsSince")
	wrong.wordList(in, "providerVersionTags")
	if since := in.text("includeWipPactsSince"); since != "" {
		var err error
		if q.IncludeWIPSince, err = parseDate(since); err != nil {
			wrong.add("includeWipPactsSince", "must be a date")
		}
	}
	branch, isText := in["providerVersionBranch"].(string)
	asked := in["includePendingStatus"] == true || in.text("includeWipPactsSince") != ""
	switch { // without being asked for either, an empty variable of a pipeline means no branch
	case isText && branch != "":
		wrong.name("providerVersionBranch", branch)
	case isText && asked && len(q.ProviderTags) == 0:
		wrong.add("providerVersionBranch", "when pending or WIP pacts are enabled and there are no tags provided, the provider version branch must not be an empty string, as it is used in the calculations for WIP/pending. A value must be provided (recommended), or it must not be set at all.")
	}
	if _, isList := in["consumerVersionSelectors"].([]any); in["consumerVersionSelectors"] != nil && !isList {
		wrong.add("consumerVersionSelectors", "must be an array") // to ignore it would verify something else
	}
	for i, item := range in.list("consumerVersionSelectors") {
		fields, isObject := item.(map[string]any)
		if !isObject {
			wrong.add("consumerVersionSelectors", "must be a hash (at index %d)", i)
			continue
		}
		if text := h.checkSelector(c, fields, q); text != "" {
			wrong.add("consumerVersionSelectors", "%s (at index %d)", text, i)
		}
		q.Selectors = append(q.Selectors, selectorFrom(fields))
	}
	return q, wrong.err()
}

func selectorFrom(in payload) contracts.Selector {
	is := func(key string) bool { b, _ := in[key].(bool); return b }
	return contracts.Selector{
		Consumer: in.text("consumer"), MainBranch: is("mainBranch"), Branch: in.text("branch"), FallbackBranch: in.text("fallbackBranch"),
		MatchingBranch: is("matchingBranch"), Tag: in.text("tag"), FallbackTag: in.text("fallbackTag"), Latest: is("latest"),
		Deployed: is("deployed"), Released: is("released"), DeployedOrReleased: is("deployedOrReleased"), Environment: in.text("environment"),
	}
}

// checkSelector says what is wrong with one selector, "" for nothing.
func (h *Handler) checkSelector(c echo.Context, in payload, q contracts.PactQuery) string {
	if wrong := mistyped(in); wrong != "" {
		return wrong
	}
	s := selectorFrom(in)
	if s == (contracts.Selector{Consumer: s.Consumer, FallbackTag: s.FallbackTag, FallbackBranch: s.FallbackBranch}) {
		return "must specify a value for environment or tag or branch, or specify mainBranch=true, matchingBranch=true, latest=true, deployed=true, released=true or deployedOrReleased=true"
	}
	if clash := s.Clash(q.ProviderBranch); clash != "" {
		return clash
	}
	if s.Environment != "" {
		_, err := h.contracts.Environment(c.Request().Context(), s.Environment)
		if fault.Is(err, fault.NotFound) {
			return fmt.Sprintf("environment with name '%s' does not exist", s.Environment)
		}
	}
	return ""
}

// mistyped finds a field of a selector that is of the wrong kind, or empty.
func mistyped(in payload) string {
	for _, field := range selectorTexts() {
		switch text, is := in[field].(string); {
		case !is && in[field] != nil:
			return field + " must be a string"
		case is && strings.TrimSpace(text) == "": // without it the selector would find more than was meant
			return field + " cannot be blank"
		}
	}
	for _, field := range selectorFlags() {
		if _, is := in[field].(bool); !is && in[field] != nil {
			return field + " must be boolean"
		}
	}
	return ""
}
