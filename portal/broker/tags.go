package broker

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

func (h *Handler) showTag(c echo.Context) error { return h.answerTag(c, false) }

func (h *Handler) answerTag(c echo.Context, isNew bool) error {
	service, number := param(c, "pacticipant"), param(c, "version")
	tag, err := h.contracts.Tag(c.Request().Context(), service, number, param(c, "tag"))
	if err != nil {
		return missing(err)
	}
	u := h.urls(c)
	self := u.tag(service, number, tag.Name)
	return created(c, isNew, self, map[string]any{
		"name": tag.Name, "createdAt": date(tag.CreatedAt),
		"_links": links{
			"self":        link{Title: "Tag", Name: tag.Name, Href: self},
			"version":     link{Title: "Version", Name: number, Href: u.version(service, number)},
			"pacticipant": link{Title: "Pacticipant", Name: service, Href: u.pacticipant(service)},
		},
	})
}

func (h *Handler) addTag(c echo.Context) error {
	if !hasParams(c) {
		return notFound()
	}
	_, isNew, err := h.contracts.AddTag(c.Request().Context(), param(c, "pacticipant"), param(c, "version"), param(c, "tag"))
	if err != nil {
		return err
	}
	return h.answerTag(c, isNew)
}

func (h *Handler) removeTag(c echo.Context) error {
	err := h.contracts.RemoveTag(c.Request().Context(), param(c, "pacticipant"), param(c, "version"), param(c, "tag"))
	if err != nil {
		return missing(err)
	}
	return c.NoContent(http.StatusNoContent)
}
