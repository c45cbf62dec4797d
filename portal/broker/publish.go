package broker

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/internal/fault"
)

// notice is a sentence for whoever publishes; clients colour it by its type.
type notice struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// publishContracts stores the pacts of one consumer version, all or none.
func (h *Handler) publishContracts(c echo.Context) error {
	in, err := readPayload(c)
	if err != nil {
		return err
	}
	if err := checkPublish(in); err != nil {
		return err
	}
	p := contracts.Publication{
		Consumer: in.text("pacticipantName"), Version: in.text("pacticipantVersionNumber"), Branch: in.text("branch"),
		Tags: in.texts("tags"), BuildURL: in.text("buildUrl"), Lenient: true, RefuseSimilar: true,
	}
	for _, item := range in.list("contracts") {
		contract, _ := item.(map[string]any)
		content, err := decodeBase64(payload(contract).text("content"))
		if err != nil {
			return err
		}
		p.Contracts = append(p.Contracts, contracts.Contract{
			Consumer: payload(contract).text("consumerName"), Provider: payload(contract).text("providerName"), Content: content,
		})
	}
	out, err := h.contracts.Publish(c.Request().Context(), p)
	if similar, is := errors.AsType[*contracts.SimilarNameError](err); is {
		text := similarText(h.urls(c), similar)
		return failure{http.StatusConflict, map[string]any{
			"notices": []notice{{"error", text}}, "errors": problems{"contracts": {text}},
		}, plain}
	}
	if fault.Is(err, fault.Conflict) {
		return h.publishConflict(c, p, err)
	}
	if err != nil {
		return namesOrJSON(err, p)
	}
	return ok(c, publishedBody(h.urls(c), out))
}

// checkPublish validates the envelope; pacts themselves are the domain's.
func checkPublish(in payload) error {
	wrong := problems{}
	wrong.filled(in, "pacticipantName")
	wrong.filled(in, "pacticipantVersionNumber")
	wrong.words(in, "branch", "buildUrl")
	wrong.wordList(in, "tags")
	if branch, is := in["branch"].(string); is {
		wrong.name("branch", branch)
	}
	if !in.has("contracts") {
		wrong.add("contracts", "is missing")
	} else if _, isList := in["contracts"].([]any); !isList {
		wrong.add("contracts", "must be an array")
	}
	for i, item := range in.list("contracts") {
		contract, isObject := item.(map[string]any)
		if !isObject {
			wrong.add("contracts", "must be a hash (at index %d)", i)
			continue
		}
		checkContract(wrong, payload(contract), in.text("pacticipantName"), i)
	}
	return wrong.err()
}

func checkContract(wrong problems, contract payload, pacticipant string, index int) {
	add := func(format string, args ...any) {
		wrong.add("contracts", "%s (at index %d)", fmt.Sprintf(format, args...), index)
	}
	for _, field := range []string{"consumerName", "providerName", "content", "contentType", "specification"} {
		switch value, isText := contract[field].(string); {
		case !contract.has(field):
			add("%s is missing", field)
		case value == "" && (isText || contract[field] == nil):
			add("%s must be filled", field)
		case !isText:
			add("%s must be a string", field)
		}
	}
	if kind := contract.text("contentType"); kind != "" && kind != "application/json" {
		add("contentType must be one of: application/json")
	}
	if spec := contract.text("specification"); spec != "" && spec != "pact" {
		add("specification must be one of: pact")
	}
	if choice := contract["onConflict"]; choice != nil && choice != "overwrite" && choice != "merge" {
		add("onConflict must be one of: overwrite, merge")
	}
	if _, err := decodeBase64(contract.text("content")); err != nil {
		add("is not valid Base64")
	}
	if name := contract.text("consumerName"); name != "" && name != pacticipant {
		add("consumerName ('%s') must match pacticipantName ('%s')", name, pacticipant)
	}
}

func decodeBase64(s string) ([]byte, error) {
	return base64.StdEncoding.DecodeString(s)
}

// namesOrJSON puts a domain fault about a pact under the field contracts.
func namesOrJSON(err error, p contracts.Publication) error {
	if !fault.Is(err, fault.Invalid) {
		return err
	}
	wrong, pacts := problems{}, map[string]string{}
	for i, contract := range p.Contracts {
		doc, parseErr := contracts.ParsePact("", contract.Content)
		switch {
		case parseErr != nil:
			wrong.add("contracts", "%s (at index %d)", fault.From(parseErr).Message, i)
		case doc.Consumer != "" && doc.Consumer != p.Consumer:
			wrong.add("contracts", "consumer name in contract content ('%s') must match consumerName ('%s') (at index %d)", doc.Consumer, p.Consumer, i)
		case doc.Provider != "" && doc.Provider != contract.Provider:
			wrong.add("contracts", "provider name in contract content ('%s') must match providerName ('%s') (at index %d)", doc.Provider, contract.Provider, i)
		case pacts[contract.Provider] != "" && pacts[contract.Provider] != doc.SHA:
			wrong.add("contracts", "there is another pact with providerName ('%s') and other content (at index %d)", contract.Provider, i)
		default:
			pacts[contract.Provider] = doc.SHA
		}
	}
	if len(wrong) == 0 {
		return err
	}
	return wrong.err()
}

func conflictText(consumer, number, provider string) string {
	return fmt.Sprintf("Cannot change the content of the pact for %s version %s and provider %s, as race conditions will cause unreliable results for can-i-deploy. Each pact must be published with a unique consumer version number. Some Pact libraries generate random data when a concrete value for a type matcher is not specified, and this can cause the contract to mutate - ensure you have given example values for all type matchers. For more information see https://docs.pact.io/go/versioning", consumer, number, provider)
}

// refusedText is why a pact is refused that differs from one which was deleted.
func refusedText(refused error) string {
	f := fault.From(refused)
	return f.Message + " " + f.Hint
}

// publishConflict says for every pact that differs how it does. Of one that was deleted
// there is only why it is refused.
func (h *Handler) publishConflict(c echo.Context, p contracts.Publication, refused error) error {
	var notices []notice
	wrong := problems{}
	for _, contract := range p.Contracts {
		before, err := h.contracts.PublishedContent(c.Request().Context(), p.Consumer, p.Version, contract.Provider)
		if err != nil || contracts.SameContent(before, contract.Content) {
			continue
		}
		text := conflictText(p.Consumer, p.Version, contract.Provider)
		notices = append(notices, notice{"error", text}, notice{"info", contracts.Diff(before, contract.Content)})
		wrong.add("contracts", "%s", text)
	}
	if len(notices) == 0 {
		text := refusedText(refused)
		notices, wrong = []notice{{"error", text}}, problems{"contracts": {text}}
	}
	return failure{http.StatusConflict, map[string]any{"notices": notices, "errors": wrong}, plain}
}

// publishedBody says what was stored, in notices and, for older clients, logs.
func publishedBody(u urls, p contracts.Published) map[string]any {
	notices := publishedNotices(u, p)
	logs := make([]map[string]any, len(notices))
	for i, n := range notices {
		logs[i] = map[string]any{"level": n.Type, "message": n.Text, "deprecationWarning": "Replaced by notices"}
	}
	tags, pacts := []link{}, []link{}
	for _, tag := range p.Tags {
		tags = append(tags, link{Title: "Tag", Name: tag, Href: u.tag(p.Consumer, p.Version, tag)})
	}
	for _, contract := range p.Contracts {
		pacts = append(pacts, link{
			Title: "Pact", Name: fmt.Sprintf("Pact between %s (%s) and %s", p.Consumer, p.Version, contract.Provider),
			Href: u.pact(p.Consumer, contract.Provider, p.Version),
		})
	}
	return map[string]any{
		"logs": logs, "notices": notices,
		"_embedded": map[string]any{
			"pacticipant": map[string]any{"name": p.Consumer, "_links": links{"self": link{Href: u.pacticipant(p.Consumer)}}},
			"version":     numbered(u, p.Consumer, p.Version),
		},
		"_links": links{
			"pb:pacticipant":              link{Title: "Pacticipant", Name: p.Consumer, Href: u.pacticipant(p.Consumer)},
			"pb:pacticipant-version":      link{Title: "Pacticipant version", Name: p.Version, Href: u.version(p.Consumer, p.Version)},
			"pb:pacticipant-version-tags": tags,
			"pb:contracts":                pacts,
		},
	}
}

func publishedNotices(u urls, p contracts.Published) []notice {
	action := "Updated"
	if p.Created {
		action = "Created"
	}
	text := fmt.Sprintf("%s %s version %s", action, p.Consumer, p.Version)
	switch tags := strings.Join(p.Tags, ", "); {
	case p.Branch != "" && tags != "":
		text += " with branch " + p.Branch + " and tags " + tags
	case p.Branch != "":
		text += " with branch " + p.Branch
	case tags != "":
		text += " with tags " + tags
	}
	out := []notice{{"debug", text}}
	if p.Branch == "" {
		out = append(out, notice{"prompt", "  Next steps:\n    Configure the version branch to be the value of your repository branch."})
	}
	for _, contract := range p.Contracts {
		out = append(out, contractNotices(u, p, contract)...)
	}
	return out
}

func contractNotices(u urls, p contracts.Published, contract contracts.PublishedContract) []notice {
	outcome := "Pact successfully republished for %s version %s and provider %s with no content changes."
	if contract.Created {
		outcome = "Pact successfully published for %s version %s and provider %s."
	}
	out := []notice{
		{"success", fmt.Sprintf(outcome, p.Consumer, p.Version, contract.Provider)},
		{"debug", "  View the published pact at " + u.pact(p.Consumer, contract.Provider, p.Version)},
		{"debug", "  Events detected: contract_published" + changeText(contract.Changes)},
		{"prompt", "  Next steps:"},
	}
	if !contract.Verified {
		out = append(out, notice{"prompt", "    * Add Pact verification tests to the " + contract.Provider + " build. See https://docs.pact.io/go/provider_verification"})
	}
	return append(out, notice{"prompt", "    * Configure separate " + contract.Provider + " pact verification build and webhook to trigger it when the pact content changes. See https://docs.pact.io/go/webhooks"})
}

// changeText says on which lines of versions the content is new.
func changeText(changes []contracts.Change) string {
	if len(changes) == 0 {
		return ""
	}
	texts := make([]string, len(changes))
	for i, change := range changes {
		switch {
		case change.Tag == "" && change.First:
			texts[i] = "first time untagged pact published"
		case change.Tag == "":
			texts[i] = "pact content has changed since previous untagged version"
		case change.First:
			texts[i] = "first time any pact published for this consumer with consumer version tagged " + change.Tag
		default:
			texts[i] = "pact content has changed since the last consumer version tagged with " + change.Tag
		}
	}
	return ", contract_content_changed (" + strings.Join(texts, ", ") + ")"
}
