package broker

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
)

// pairOf finds the two services in the path.
func (h *Handler) pairOf(c echo.Context) (consumer, provider contracts.Pacticipant, err error) {
	if !hasParams(c) {
		return consumer, provider, notFound()
	}
	if consumer, err = h.find(c, param(c, "consumer"), func(string) error { return notFound() }); err != nil {
		return consumer, provider, err
	}
	provider, err = h.find(c, param(c, "provider"), func(string) error { return notFound() })
	return consumer, provider, err
}

// pactsBetween lists the pacts of the pair in the path that f keeps, newest first.
func (h *Handler) pactsBetween(c echo.Context, f contracts.PactFilter) ([]contracts.Pact, error) {
	consumer, provider, err := h.pairOf(c)
	if err != nil {
		return nil, err
	}
	f.ConsumerIDs, f.ProviderIDs = []int64{consumer.ID}, []int64{provider.ID}
	return h.contracts.Pacts(c.Request().Context(), f)
}

// pactOfVersion finds the pact of the consumer version in the path.
func (h *Handler) pactOfVersion(c echo.Context) (contracts.Pact, error) {
	if _, _, err := h.pairOf(c); err != nil {
		return contracts.Pact{}, err
	}
	v, err := h.contracts.Version(c.Request().Context(), param(c, "consumer"), param(c, "version"))
	if err != nil {
		return contracts.Pact{}, missing(err)
	}
	list, err := h.pactsBetween(c, contracts.PactFilter{ConsumerVersionIDs: []int64{v.ID}})
	if err == nil && len(list) == 0 {
		err = notFound()
	}
	if err != nil {
		return contracts.Pact{}, err
	}
	return list[0], nil
}

func (h *Handler) showPact(c echo.Context) error {
	p, err := h.pactOfVersion(c)
	if err != nil {
		return err
	}
	return h.answerPact(c, p, http.StatusOK, "", nil)
}

// newest answers with the newest pact that f keeps. Results published for it say
// which version it was fetched for.
func (h *Handler) newest(c echo.Context, f contracts.PactFilter) error {
	f.Latest = true
	list, err := h.pactsBetween(c, f)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return notFound()
	}
	return h.answerPact(c, list[0], http.StatusOK, metadata{versions: []int64{list[0].ConsumerVersionID}}.encode(), nil)
}

func (h *Handler) latestTaggedPact(c echo.Context) error {
	return h.newest(c, contracts.PactFilter{Tag: param(c, "tag")})
}

func (h *Handler) latestUntaggedPact(c echo.Context) error {
	return h.newest(c, contracts.PactFilter{Untagged: true})
}

// latestBranchPact answers with the pact of the branch's head; when that version
// has none, there is none.
func (h *Handler) latestBranchPact(c echo.Context) error {
	consumer, _, err := h.pairOf(c)
	if err != nil {
		return err
	}
	versions, err := h.contracts.Versions(c.Request().Context(), contracts.VersionFilter{
		PacticipantIDs: []int64{consumer.ID}, Branch: param(c, "branch"), Latest: true,
	})
	if err != nil {
		return err
	}
	if len(versions) == 0 {
		return notFound()
	}
	return h.newest(c, contracts.PactFilter{ConsumerVersionIDs: []int64{versions[0].ID}})
}

// showContent answers with a content, as the newest version that has it. With
// metadata it is one of the versions that were selected.
func (h *Handler) showContent(c echo.Context) error {
	list, err := h.pactsWithContent(c)
	if err != nil {
		return err
	}
	encoded := param(c, "metadata")
	wanted := decodeMetadata(encoded).versions
	var selected []contracts.Pact
	for _, p := range list {
		if slices.Contains(wanted, p.ConsumerVersionID) {
			selected = append(selected, p)
		}
	}
	if len(selected) == 0 {
		return h.answerPact(c, list[0], http.StatusOK, encoded, nil)
	}
	return h.answerPact(c, selected[0], http.StatusOK, encoded, selected)
}

// pactsWithContent lists the publications of the content in the path, newest
// first; there is at least one.
func (h *Handler) pactsWithContent(c echo.Context) ([]contracts.Pact, error) {
	if _, _, err := h.pairOf(c); err != nil {
		return nil, err
	}
	content, err := h.contracts.Content(c.Request().Context(), param(c, "consumer"), param(c, "provider"), param(c, "sha"))
	if err != nil {
		return nil, missing(err)
	}
	list, err := h.pactsBetween(c, contracts.PactFilter{ContentIDs: []int64{content.ID}})
	if err == nil && len(list) == 0 {
		err = notFound()
	}
	return list, err
}

// answerPact answers with the stored pact, its interactions with ids, and links.
func (h *Handler) answerPact(c echo.Context, p contracts.Pact, status int, encoded string, selected []contracts.Pact) error {
	content, err := h.contracts.ContentByID(c.Request().Context(), p.ContentID)
	if err != nil {
		return missing(err)
	}
	doc, err := contracts.ParsePact("", content.Body)
	if err != nil {
		return err
	}
	u := h.urls(c)
	rels := pactLinks(u, p, encoded)
	if selected != nil {
		var versions []link
		for _, s := range selected {
			versions = append(versions, consumerVersionLink(u, s))
		}
		rels["pb:consumer-versions"] = versions
	}
	c.Response().Header().Set("X-Pact-Consumer-Version", p.ConsumerVersion)
	if prefers(c.Request(), extendedPact) {
		return h.answerExtended(c, p, doc, rels)
	}
	body, err := extend(doc.WithIDs(), p, rels)
	if err != nil {
		return err
	}
	if status == http.StatusCreated {
		c.Response().Header().Set(echo.HeaderLocation, u.pact(p.Consumer, p.Provider, p.ConsumerVersion))
	}
	return c.Blob(status, hal, body)
}

// extend adds the broker's keys to the end of a pact without parsing it again.
func extend(pact []byte, p contracts.Pact, rels links) ([]byte, error) {
	if !bytes.HasPrefix(pact, []byte("{")) {
		return pact, nil // any JSON is content; only an object takes links
	}
	more, err := json.Marshal(map[string]any{"createdAt": date(p.CreatedAt), "_links": rels})
	if err != nil {
		return nil, err
	}
	out := append([]byte(nil), pact[:len(pact)-1]...)
	if len(out) > 1 {
		out = append(out, ',')
	}
	return append(out, more[1:]...), nil
}

func consumerVersionLink(u urls, p contracts.Pact) link {
	return link{Title: "Consumer version", Name: p.ConsumerVersion, Href: u.version(p.Consumer, p.ConsumerVersion)}
}

// pactLinks are the relations of a pact. A verifier publishes its results to
// pb:publish-verification-results.
func pactLinks(u urls, p contracts.Pact, encoded string) links {
	self, pair := u.pact(p.Consumer, p.Provider, p.ConsumerVersion), u.pair(p.Consumer, p.Provider)
	content := u.content(p.Consumer, p.Provider, p.SHA)
	results := content + "/verification-results"
	if encoded != "" {
		results = content + "/metadata/" + encoded + "/verification-results"
	}
	return links{
		"self":                            link{Title: "Pact", Name: pactName(p), Href: self},
		"pb:consumer":                     link{Title: "Consumer", Name: p.Consumer, Href: u.pacticipant(p.Consumer)},
		"pb:consumer-version":             consumerVersionLink(u, p),
		"pb:provider":                     link{Title: "Provider", Name: p.Provider, Href: u.pacticipant(p.Provider)},
		"pb:pact-version":                 link{Title: "Pact content version permalink", Name: p.SHA, Href: content},
		"pb:latest-pact-version":          link{Title: "Latest version of this pact", Href: pair + "/latest"},
		"pb:all-pact-versions":            link{Title: "All versions of this pact", Href: pair + "/versions"},
		"pb:latest-untagged-pact-version": link{Title: "Latest untagged version of this pact", Href: pair + "/latest-untagged"},
		"pb:latest-tagged-pact-version":   link{Title: "Latest tagged version of this pact", Href: pair + "/latest/{tag}", Templated: true},
		"pb:previous-distinct":            link{Title: "Previous distinct version of this pact", Href: self + "/previous-distinct"},
		"pb:diff-previous-distinct":       link{Title: "Diff with previous distinct version of this pact", Href: self + "/diff/previous-distinct"},
		"pb:diff":                         link{Title: "Diff with another specified version of this pact", Href: content + "/diff/pact-version/{pactVersion}", Templated: true},
		"pb:pact-webhooks":                link{Title: fmt.Sprintf("Webhooks for the pact between %s and %s", p.Consumer, p.Provider), Href: u.at("/webhooks/provider/" + esc(p.Provider) + "/consumer/" + esc(p.Consumer))},
		"pb:consumer-webhooks":            link{Title: "Webhooks for all pacts with provider " + p.Provider, Href: u.at("/webhooks/consumer/" + esc(p.Provider))},
		"pb:tag-prod-version":             link{Title: "PUT to this resource to tag this consumer version as 'production'", Href: u.tag(p.Consumer, p.ConsumerVersion, "prod")},
		"pb:tag-version":                  link{Title: "PUT to this resource to tag this consumer version", Href: u.version(p.Consumer, p.ConsumerVersion) + "/tags/{tag}"},
		"pb:publish-verification-results": link{Title: "Publish verification results", Href: results},
		"pb:latest-verification-results":  link{Href: content + "/verification-results/latest"},
		"pb:triggered-webhooks":           link{Title: "Webhooks triggered by the publication of this pact", Href: self + "/triggered-webhooks"},
		"pb:matrix-for-consumer-version": link{
			Title: "View matrix rows for the consumer version to which this pact belongs",
			Href:  u.at("/matrix?q%5B%5D%5Bpacticipant%5D=" + url.QueryEscape(p.Consumer) + "&q%5B%5D%5Bversion%5D=" + url.QueryEscape(p.ConsumerVersion) + "&latestby=cvpv"),
		},
		"curies": curies(string(u), "pact"),
	}
}

// numbered is a version by its number and address.
func numbered(u urls, service, number string) map[string]any {
	return map[string]any{
		"number": number, "_links": links{"self": link{Title: "Version", Name: number, Href: u.version(service, number)}},
	}
}

// latestPacts lists the newest pact of every pair.
func (h *Handler) latestPacts(c echo.Context) error {
	pacts, err := h.contracts.Pacts(c.Request().Context(), contracts.PactFilter{Latest: true})
	if err != nil {
		return err
	}
	slices.SortFunc(pacts, func(a, b contracts.Pact) int {
		return cmp.Or(strings.Compare(a.Consumer, b.Consumer), strings.Compare(a.Provider, b.Provider))
	})
	u := h.urls(c)
	latest := func(p contracts.Pact) link {
		return link{Href: u.pair(p.Consumer, p.Provider) + "/latest", Title: fmt.Sprintf("Latest pact between %s and %s", p.Consumer, p.Provider)}
	}
	return streamed(c, func(s *stream) {
		s.text(`{"pacts":`)
		list(s, mapped(pacts, func(p contracts.Pact) latestPactBody { return latestPactOf(u, p) }))
		s.text(`,"_links":{"self":`)
		s.value(link{Href: u.at("/pacts/latest")})
		s.text(`,"curies":`)
		s.value(curies(string(u), "pacts"))
		s.text(`,"pb:pacts":`)
		list(s, mapped(pacts, latest))
		s.text(`,"pacts":`)
		list(s, mapped(pacts, func(p contracts.Pact) link {
			deprecated := latest(p)
			deprecated.Name = "DEPRECATED - please use the pb:pacts relation"
			return deprecated
		}))
		s.text(`}}`)
	})
}

// latestPactBody is a pact in the list of the newest.
type latestPactBody struct {
	CreatedAt string         `json:"createdAt"`
	Embedded  map[string]any `json:"_embedded"`
	Links     struct {
		Self []link `json:"self"`
	} `json:"_links"`
}

func latestPactOf(u urls, p contracts.Pact) latestPactBody {
	body := latestPactBody{
		CreatedAt: date(p.CreatedAt),
		Embedded: map[string]any{
			"consumer": map[string]any{
				"name": p.Consumer, "_embedded": map[string]any{"version": numbered(u, p.Consumer, p.ConsumerVersion)},
				"_links": self(u.pacticipant(p.Consumer)),
			},
			"provider": map[string]any{"name": p.Provider, "_links": self(u.pacticipant(p.Provider))},
		},
	}
	body.Links.Self = []link{{Href: u.pair(p.Consumer, p.Provider) + "/latest"}, {Href: u.pact(p.Consumer, p.Provider, p.ConsumerVersion)}}
	return body
}

// previousDistinct answers with the newest earlier pact of other content.
func (h *Handler) previousDistinct(c echo.Context) error {
	p, err := h.pactOfVersion(c)
	if err != nil {
		return err
	}
	before, err := h.beforeDistinct(c, p)
	if err != nil {
		return err
	}
	return h.answerPact(c, before, http.StatusOK, "", nil)
}
