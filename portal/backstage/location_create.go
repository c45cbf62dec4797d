package backstage

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
)

// created is the answer to a new location.
type created struct {
	Location location          `json:"location"`
	Entities []json.RawMessage `json:"entities"`
	Exists   *bool             `json:"exists,omitempty"`
}

// createLocation answers POST /locations. With dryRun it reads and stores
// nothing; with onConflict=refresh a location that is there is read again.
func (h *Handler) createLocation(c echo.Context) error {
	ctx := c.Request().Context()
	var in locationInput
	if err := readJSON(c, &in); err != nil {
		return err
	}
	l, err := h.toLocation(ctx, in)
	if err != nil {
		return err
	}
	c.Set(SubjectKey, in.Target)
	onConflict := c.QueryParam("onConflict")
	switch onConflict {
	case "", "reject", "refresh":
	default:
		return invalid("Invalid onConflict, must be refresh or reject")
	}
	if IsDryRun(c.QueryParam("dryRun")) {
		return h.dryRun(c, in, l)
	}
	if onConflict != "refresh" {
		taken, err := h.isRegistered(ctx, in)
		if err != nil {
			return err
		}
		if taken {
			return exists(in)
		}
	}
	r, err := h.catalog.Register(ctx, l)
	if err != nil {
		return err
	}
	// The same place may be registered in other words.
	if !r.Created && onConflict != "refresh" {
		return exists(in)
	}
	return answer(c, http.StatusCreated, created{Location: fromLocation(r.Location), Entities: []json.RawMessage{}})
}

// IsDryRun reports whether the parameter dryRun asks for nothing to be stored.
func IsDryRun(text string) bool { return truth(text) }

// isRegistered reports whether a location is there in the client's words.
func (h *Handler) isRegistered(ctx context.Context, in locationInput) (bool, error) {
	locations, err := h.registered(ctx)
	if err != nil {
		return false, err
	}
	for _, l := range locations {
		if shown := fromLocation(l); shown.Type == in.Type && shown.Target == in.Target {
			return true, nil
		}
	}
	return false, nil
}

// dryRun says what a location would bring.
func (h *Handler) dryRun(c echo.Context, in locationInput, l catalog.Location) error {
	r, err := h.catalog.Preview(c.Request().Context(), l)
	if err != nil {
		return err
	}
	if len(r.Found) == 0 && len(r.Problems) > 0 {
		return invalid("%s", problemText(r.Problems))
	}
	shown := fromLocation(r.Location)
	if shown.Target == "" {
		shown = location{Type: in.Type, Target: in.Target}
	}
	if r.Created || shown.ID == "" {
		shown.ID = shown.Type + ":" + shown.Target // nothing has an id yet
	}
	there := !r.Created
	return answer(c, http.StatusCreated, created{Location: shown, Entities: previewed(r), Exists: &there})
}

// previewed returns the entities that a preview found.
func previewed(r catalog.Registration) []json.RawMessage {
	out := make([]json.RawMessage, len(r.Found))
	for i, e := range r.Found {
		out[i] = e.Body
	}
	return out
}
