package backstage

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/internal/fault"
)

// refresh answers POST /refresh: the file of an entity is read again.
func (h *Handler) refresh(c echo.Context) error {
	var body struct {
		EntityRef string `json:"entityRef"`
	}
	if err := readJSON(c, &body); err != nil {
		return err
	}
	ref, err := catalog.ParseRef(body.EntityRef, catalog.RefDefaults{})
	if err != nil {
		return err
	}
	c.Set(SubjectKey, ref.String())
	if _, err := h.catalog.RefreshEntity(c.Request().Context(), ref); err != nil {
		return err
	}
	return c.NoContent(http.StatusOK)
}

// validateEntity answers POST /validate-entity: nothing when the entity is
// right, else what is wrong with it. Here the body of an error is a list.
func (h *Handler) validateEntity(c echo.Context) error {
	var body struct {
		Entity   json.RawMessage `json:"entity"`
		Location string          `json:"location"`
	}
	if err := readJSON(c, &body); err != nil {
		if fault.Is(err, fault.Invalid) {
			return wrong(c, wireError{Name: "InputError", Message: messageOf(fault.From(err))})
		}
		return err
	}
	if kind, target, found := strings.Cut(body.Location, ":"); !found || kind != urlType || target == "" {
		return wrong(c, wireError{Name: "TypeError", Message: "Invalid location ref " + body.Location +
			", only 'url:<target>' is supported, e.g. url:https://host/path"})
	}
	if len(body.Entity) == 0 || body.Entity[0] != '{' {
		return wrong(c, wireError{Name: "TypeError", Message: "The entity is no object"})
	}
	problems := h.catalog.ValidateJSON(c.Request().Context(), body.Entity, body.Location)
	if len(problems) == 0 {
		return c.NoContent(http.StatusOK)
	}
	list := make([]wireError, len(problems))
	for i, p := range problems {
		list[i] = wireError{Name: "InputError", Message: p.Message}
	}
	return wrong(c, list...)
}

func wrong(c echo.Context, list ...wireError) error {
	return answer(c, http.StatusBadRequest, struct {
		Errors []wireError `json:"errors"`
	}{list})
}

// problemText writes problems as one message.
func problemText(problems []catalog.Problem) string {
	lines := make([]string, len(problems))
	for i, p := range problems {
		lines[i] = "InputError: " + strings.TrimSuffix(p.String(), ".")
	}
	return strings.Join(lines, ", ")
}
