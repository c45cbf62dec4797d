package broker

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
)

// verificationBody is a verification in an answer.
type verificationBody struct {
	ProviderName               string          `json:"providerName"`
	ProviderApplicationVersion string          `json:"providerApplicationVersion"`
	Success                    bool            `json:"success"`
	VerificationDate           string          `json:"verificationDate"`
	BuildURL                   string          `json:"buildUrl,omitempty"`
	TestResults                json.RawMessage `json:"testResults,omitempty"`
	VerifiedBy                 json.RawMessage `json:"verifiedBy"`
	Links                      links           `json:"_links"`
}

// recordVerification stores what a verifier found. Its address says which pact it
// fetched and why.
func (h *Handler) recordVerification(c echo.Context) error {
	list, err := h.pactsWithContent(c)
	if err != nil {
		return err
	}
	in, err := readPayload(c)
	if err != nil {
		return err
	}
	wrong := problems{}
	wrong.boolean(in, "success")
	wrong.filled(in, "providerApplicationVersion")
	wrong.words(in, "buildUrl")
	if err := wrong.err(); err != nil {
		return err
	}
	context := decodeMetadata(param(c, "metadata"))
	p := chosen(list, context)
	success, _ := in["success"].(bool)
	v, err := h.contracts.RecordClaim(c.Request().Context(), contracts.Verification{
		PactSHA: p.SHA, Consumer: p.Consumer, Provider: p.Provider, ConsumerVersion: p.ConsumerVersion,
		ProviderVersion: in.text("providerApplicationVersion"), Success: success, WIP: context.wip,
		Pending:      context.pending != nil && *context.pending || context.wip,
		Interactions: resultsOf(in["testResults"]), BuildURL: in.text("buildUrl"), TestResults: in.raw("testResults"), VerifiedBy: verifiedBy(in),
	})
	if err != nil {
		return err
	}
	u := h.urls(c)
	return created(c, true, resultURL(u, v), verificationOf(u, v, p.ConsumerVersion))
}

// chosen is the publication the metadata names, else the newest.
func chosen(list []contracts.Pact, m metadata) contracts.Pact {
	for _, p := range list {
		if slices.Contains(m.versions, p.ConsumerVersionID) || (m.number != "" && p.ConsumerVersion == m.number) {
			return p
		}
	}
	return list[0]
}

// verifiedBy flattens what a client says about itself, as the peer stores it.
func verifiedBy(in payload) json.RawMessage {
	by, _ := in["verifiedBy"].(map[string]any)
	out := map[string]any{}
	for _, key := range []string{"implementation", "version"} {
		if by[key] != nil {
			out[key] = by[key]
		}
	}
	language, _ := by["clientLanguage"].(map[string]any)
	for from, to := range map[string]string{"name": "client_implementation", "testFramework": "client_test_framework", "version": "client_version"} {
		if language[from] != nil {
			out[to] = language[from]
		}
	}
	raw, err := json.Marshal(out)
	if err != nil {
		return nil
	}
	return raw
}

// mismatchText makes one line of a mismatch as libpact reports it.
func mismatchText(m any) string {
	fields, ok := m.(map[string]any)
	if !ok {
		return fmt.Sprint(m)
	}
	in := payload(fields)
	text := in.text("description")
	if text == "" {
		text = in.text("message")
	}
	where := in.text("attribute")
	if at := in.text("identifier"); at != "" {
		where = strings.TrimSpace(where + " " + at)
	}
	switch {
	case text == "":
		raw, err := json.Marshal(fields)
		if err != nil {
			return where
		}
		return string(raw)
	case where == "":
		return text
	default:
		return where + ": " + text
	}
}

func resultURL(u urls, v contracts.Verification) string {
	return u.content(v.Consumer, v.Provider, v.PactSHA) + "/verification-results/" + strconv.FormatInt(v.ID, 10)
}

func verificationOf(u urls, v contracts.Verification, consumerVersion string) verificationBody {
	by := v.VerifiedBy
	if by == nil {
		by = json.RawMessage("{}")
	}
	name := fmt.Sprintf("Pact between %s (%s) and %s", v.Consumer, consumerVersion, v.Provider)
	content := u.content(v.Consumer, v.Provider, v.PactSHA)
	return verificationBody{
		ProviderName: v.Provider, ProviderApplicationVersion: v.ProviderVersion, Success: v.Success, VerificationDate: date(v.VerifiedAt),
		BuildURL: v.BuildURL, TestResults: v.TestResults, VerifiedBy: by,
		Links: links{
			"self":                  link{Title: "Verification result", Name: fmt.Sprintf("Verification result %d for %s", v.ID, name), Href: resultURL(u, v)},
			"pb:pact-version":       link{Title: "Pact", Name: name, Href: content + "/metadata/" + metadata{number: consumerVersion}.encode()},
			"pb:triggered-webhooks": link{Title: "Webhooks triggered by the publication of this verification result", Href: resultURL(u, v) + "/triggered-webhooks"},
		},
	}
}
