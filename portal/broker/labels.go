package broker

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
)

func (h *Handler) listLabels(c echo.Context) error {
	list, err := h.contracts.Pacticipants(c.Request().Context(), "")
	if err != nil {
		return err
	}
	var names []string
	for _, p := range list {
		for _, l := range p.Labels {
			names = append(names, l.Name)
		}
	}
	slices.Sort(names)
	names, page, err := paged(c, slices.Compact(names))
	if err != nil {
		return err
	}
	labels := []map[string]any{}
	for _, name := range names {
		labels = append(labels, map[string]any{"name": name})
	}
	address := h.base(c) + "/labels"
	rels := links{"self": link{Title: "Labels", Href: address}}
	answer := map[string]any{"_embedded": map[string]any{"labels": labels}, "_links": rels}
	if page != nil {
		answer["page"] = page
		maps.Copy(rels, page.beside(address))
	}
	return ok(c, answer)
}

func (h *Handler) showLabel(c echo.Context) error { return h.answerLabel(c, false) }

func (h *Handler) answerLabel(c echo.Context, isNew bool) error {
	p, err := h.pacticipant(c)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(p.Labels, func(l contracts.Label) bool { return l.Name == param(c, "label") })
	if at < 0 {
		return notFound()
	}
	u, label := h.urls(c), p.Labels[at]
	self := u.pacticipant(p.Name) + "/labels/" + esc(label.Name)
	return created(c, isNew, self, map[string]any{
		"name": label.Name, "createdAt": date(label.CreatedAt),
		"_links": links{
			"self":        link{Title: "Label", Name: label.Name, Href: self},
			"pacticipant": link{Title: "Pacticipant", Name: p.Name, Href: u.pacticipant(p.Name)},
		},
	})
}

func (h *Handler) addLabel(c echo.Context) error {
	if !hasParams(c) {
		return notFound()
	}
	isNew, err := h.contracts.AddLabel(c.Request().Context(), param(c, "pacticipant"), param(c, "label"))
	if err != nil {
		return err
	}
	return h.answerLabel(c, isNew)
}

func (h *Handler) removeLabel(c echo.Context) error {
	if err := h.contracts.RemoveLabel(c.Request().Context(), param(c, "pacticipant"), param(c, "label")); err != nil {
		return missing(err)
	}
	return c.NoContent(http.StatusNoContent)
}

// labelled is where services with a label are listed. Whatever is below a service
// called label starts the same.
const labelled = "/pacticipants/label/"

// unlikeLabel escapes the name in an address about a service called label, so that
// the router takes it for any other. A label with one of the names below is still
// found, unless there is such a service.
func (h *Handler) unlikeLabel(ctx context.Context, raw string) string {
	rest, is := strings.CutPrefix(raw, labelled)
	if !is {
		return raw
	}
	ours := strings.Contains(rest, "/")
	if slices.Contains([]string{"branches", "latest-version", "versions"}, rest) {
		_, err := h.contracts.Pacticipant(ctx, "label")
		ours = err == nil
	}
	if !ours {
		return raw
	}
	return "/pacticipants/%6Cabel/" + rest
}
