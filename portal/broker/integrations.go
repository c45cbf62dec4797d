package broker

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

func (h *Handler) listIntegrations(c echo.Context) error {
	list, err := h.contracts.Integrations(c.Request().Context())
	if err != nil {
		return err
	}
	u := h.urls(c)
	out := []map[string]any{}
	for _, i := range list {
		path := "/provider/" + esc(i.Provider) + "/consumer/" + esc(i.Consumer)
		out = append(out, map[string]any{
			"consumer": map[string]any{"name": i.Consumer}, "provider": map[string]any{"name": i.Provider},
			"_links": links{
				"pb:dashboard":          link{Title: "BETA: Pacts to show on the dashboard", Href: u.at("/dashboard" + path)},
				"pb:matrix":             link{Title: "Matrix of pacts/verification results for " + i.Consumer + " and " + i.Provider, Href: u.at("/matrix" + path)},
				"pb:group":              link{Href: u.pacticipant(i.Consumer)},
				"pb:delete_integration": link{Title: "Delete the integration between " + i.Consumer + " and " + i.Provider, Href: u.at("/integrations" + path)},
			},
		})
	}
	return ok(c, map[string]any{
		"_embedded": map[string]any{"integrations": out},
		"_links":    links{"self": link{Href: u.at("/integrations"), Title: "All integrations"}},
	})
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
