package backstage

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
)

// defaultLocations is how many locations a page has when nobody says.
const defaultLocations = 1000

// locationCursor is a query for locations and the last one that was answered.
type locationCursor struct {
	Limit   int             `json:"limit"`
	AfterID string          `json:"afterId"`
	Query   json.RawMessage `json:"query,omitempty"`
}

// queryLocations answers POST /locations/by-query.
func (h *Handler) queryLocations(c echo.Context) error {
	q, err := readLocationQuery(c)
	if err != nil {
		return err
	}
	where, err := parsePredicate(q.Query)
	if err != nil {
		return err
	}
	locations, err := h.registered(c.Request().Context())
	if err != nil {
		return err
	}
	found := make([]location, 0, len(locations))
	for _, l := range locations {
		if shown := fromLocation(l); where == nil || shown.holds(where) {
			found = append(found, shown)
		}
	}
	slices.SortFunc(found, func(a, b location) int { return strings.Compare(a.ID, b.ID) })
	total := len(found)
	if q.AfterID != "" {
		found = slices.DeleteFunc(found, func(l location) bool { return l.ID <= q.AfterID })
	}
	page := struct {
		Items      []location `json:"items"`
		TotalItems int        `json:"totalItems"`
		PageInfo   struct {
			NextCursor string `json:"nextCursor,omitempty"`
		} `json:"pageInfo"`
	}{Items: found, TotalItems: total}
	if len(found) > q.Limit {
		page.Items = found[:q.Limit]
		q.AfterID = page.Items[q.Limit-1].ID
		data, err := json.Marshal(q)
		if err != nil {
			return err
		}
		page.PageInfo.NextCursor = base64.StdEncoding.EncodeToString(data)
	}
	return answer(c, http.StatusOK, page)
}

func readLocationQuery(c echo.Context) (q locationCursor, err error) {
	var body struct {
		Cursor *string         `json:"cursor"`
		Limit  *int            `json:"limit"`
		Query  json.RawMessage `json:"query"`
	}
	if err := readJSON(c, &body); err != nil {
		return q, err
	}
	q = locationCursor{Limit: defaultLocations, Query: body.Query}
	switch {
	case body.Cursor != nil:
		if q, err = readLocationCursor(*body.Cursor); err != nil {
			return q, err
		}
	case body.Limit != nil:
		q.Limit = *body.Limit
	}
	if q.Limit < 1 {
		return q, invalid("Limit must be a positive integer >= 1")
	}
	return q, nil
}

func readLocationCursor(text string) (q locationCursor, err error) {
	if text == "" {
		return q, invalid("Cursor cannot be empty")
	}
	if len(text) > maxCursor {
		return q, invalid("Malformed cursor: it is longer than any that is handed out")
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(data, &q)
	}
	if err != nil {
		return q, invalid("Malformed cursor, unknown encoding").WithCause(err)
	}
	return q, nil
}

// values returns what a location has for a key.
func (l location) value(key string) (string, bool) {
	switch strings.ToLower(key) {
	case "id":
		return l.ID, true
	case "type":
		return l.Type, true
	case "target":
		return l.Target, true
	case "entityref":
		return l.EntityRef, true
	}
	return "", false
}

// holds reports whether a condition holds for a location.
func (l location) holds(c catalog.Condition) bool {
	switch c := c.(type) {
	case catalog.AllOf:
		return !slices.ContainsFunc(c, func(c catalog.Condition) bool { return !l.holds(c) })
	case catalog.AnyOf:
		return slices.ContainsFunc(c, l.holds)
	case catalog.Not:
		return !l.holds(c.Condition)
	case catalog.Exists:
		_, there := l.value(c.Key)
		return there
	case catalog.Has:
		value, there := l.value(c.Key)
		return there && slices.ContainsFunc(c.Values, func(v string) bool { return strings.EqualFold(v, value) })
	case catalog.HasPrefix:
		value, there := l.value(c.Key)
		return there && strings.HasPrefix(strings.ToLower(value), strings.ToLower(c.Prefix))
	}
	return false
}
