package broker

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
)

func (h *Handler) listIntegrations(c echo.Context) error {
	pairs, err := h.contracts.Integrations(c.Request().Context())
	if err != nil {
		return err
	}
	pairs, page, err := paged(c, pairs)
	if err != nil {
		return err
	}
	u := h.urls(c)
	return streamed(c, func(s *stream) {
		s.text(`{"_embedded":{"integrations":`)
		list(s, mapped(pairs, func(i contracts.Integration) map[string]any { return integrationOf(u, i) }))
		s.text(`}`)
		s.page(page, u.at("/integrations"), func() {
			s.text(`"self":`)
			s.value(link{Href: u.at("/integrations"), Title: "All integrations"})
		})
		s.text(`}`)
	})
}

func integrationOf(u urls, i contracts.Integration) map[string]any {
	path := "/provider/" + esc(i.Provider) + "/consumer/" + esc(i.Consumer)
	return map[string]any{
		"consumer": map[string]any{"name": i.Consumer}, "provider": map[string]any{"name": i.Provider},
		"_links": links{
			"pb:dashboard":          link{Title: "BETA: Pacts to show on the dashboard", Href: u.at("/dashboard" + path)},
			"pb:matrix":             link{Title: "Matrix of pacts/verification results for " + i.Consumer + " and " + i.Provider, Href: u.at("/matrix" + path)},
			"pb:group":              link{Href: u.pacticipant(i.Consumer)},
			"pb:delete_integration": link{Title: "Delete the integration between " + i.Consumer + " and " + i.Provider, Href: u.at("/integrations" + path)},
		},
	}
}

func (h *Handler) deleteIntegration(c echo.Context) error {
	if !hasParams(c) {
		return notFound()
	}
	if err := h.contracts.DeleteIntegration(c.Request().Context(), param(c, "consumer"), param(c, "provider")); err != nil {
		return missing(err)
	}
	return c.NoContent(http.StatusNoContent)
}

func (h *Handler) deleteIntegrations(c echo.Context) error {
	if err := h.contracts.DeleteIntegrations(c.Request().Context()); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
