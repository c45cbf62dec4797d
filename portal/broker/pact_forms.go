package broker

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
)

// extendedPact is a pact beside what the broker says of it: some who read pacts stumble
// over keys that are not theirs.
const extendedPact = "application/vnd.pactbrokerextended.v1+json"

// prefers reports whether a request would rather have a form than JSON.
func prefers(r *http.Request, form string) bool {
	return isRead(r.Method) && wanted(r, form).preferredTo(wanted(r, jsonForms()...))
}

// answerExtended answers with a pact under a key of its own, and the tags of which it
// is the newest pact.
func (h *Handler) answerExtended(c echo.Context, p contracts.Pact, doc *contracts.Document, rels links) error {
	names, err := h.headTags(c, p)
	if err != nil {
		return err
	}
	u := h.urls(c)
	tags := []map[string]any{}
	for _, name := range names {
		tags = append(tags, map[string]any{
			"name": name, "latest": true, "_links": links{
				"self":           link{Title: "Tag", Name: name, Href: u.tag(p.Consumer, p.ConsumerVersion, name)},
				"pb:latest-pact": link{Name: "The latest pact with the tag " + name, Href: u.pair(p.Consumer, p.Provider) + "/latest/" + esc(name)},
			},
		})
	}
	return write(c, http.StatusOK, extendedPact+";charset=utf-8", map[string]any{
		"contract": json.RawMessage(doc.WithIDs()), "createdAt": date(p.CreatedAt),
		"_embedded": map[string]any{"tags": tags}, "_links": rels,
	})
}

// headTags are the tags of a version whose newest pact of the pair is p.
func (h *Handler) headTags(c echo.Context, p contracts.Pact) ([]string, error) {
	details, err := h.contracts.VersionDetails(c.Request().Context(), []int64{p.ConsumerVersionID})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, tag := range details[p.ConsumerVersionID].Tags {
		newest, err := h.contracts.Pacts(c.Request().Context(), contracts.PactFilter{
			ConsumerIDs: []int64{p.ConsumerID}, ProviderIDs: []int64{p.ProviderID}, Tag: tag.Name, Latest: true,
		})
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(newest, func(n contracts.Pact) bool { return n.ConsumerVersionID == p.ConsumerVersionID }) {
			names = append(names, tag.Name)
		}
	}
	return names, nil
}

// latestPact answers with the newest pact of a pair. Who would rather have a page is led
// to the one about the pair, where there are pages: it shows that pact.
func (h *Handler) latestPact(c echo.Context) error {
	switch html := prefers(c.Request(), echo.MIMETextHTML); {
	case html && h.options.PairPage != nil:
		consumer, provider, err := h.pairOf(c)
		if err != nil {
			return err
		}
		root := strings.TrimSuffix(h.base(c), c.Request().Header.Get(mountHeader))
		return c.Redirect(http.StatusSeeOther, root+h.options.PairPage(consumer.Name, provider.Name))
	case !acceptable(c.Request(), append(jsonForms(), extendedPact)...):
		return c.NoContent(http.StatusNotAcceptable)
	}
	return h.newest(c, contracts.PactFilter{})
}
