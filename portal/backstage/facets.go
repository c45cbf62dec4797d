package backstage

import (
	"encoding/json"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
)

// facets answers GET /entity-facets.
func (h *Handler) facets(c echo.Context) error {
	params := c.QueryParams()
	where, err := parseFilters(params["filter"])
	if err != nil {
		return err
	}
	return h.answerFacets(c, where, params["facet"])
}

// facetsByPredicate answers POST /entity-facets.
func (h *Handler) facetsByPredicate(c echo.Context) error {
	var body struct {
		Facets texts           `json:"facets"`
		Filter texts           `json:"filter"`
		Query  json.RawMessage `json:"query"`
	}
	if err := readJSON(c, &body); err != nil {
		return err
	}
	filter, err := parseFilters(body.Filter)
	if err != nil {
		return err
	}
	query, err := parsePredicate(body.Query)
	if err != nil {
		return err
	}
	return h.answerFacets(c, both(filter, query), body.Facets)
}

// maxFacets bounds how many paths are counted in one request.
const maxFacets = 100

func (h *Handler) answerFacets(c echo.Context, where catalog.Condition, keys []string) error {
	var wanted []string
	for _, key := range keys {
		if key != "" {
			wanted = append(wanted, key)
		}
	}
	if len(wanted) == 0 {
		return invalid("Missing facet parameter")
	}
	if len(wanted) > maxFacets {
		return invalid("Invalid facet parameter, at most %d are counted at a time", maxFacets)
	}
	counts, err := h.catalog.CountValues(c.Request().Context(), where, wanted)
	if err != nil {
		return err
	}
	out := append(make([]byte, 0, 1024), `{"facets":{`...)
	written := map[string]bool{}
	for _, key := range wanted {
		if written[key] {
			continue
		}
		if len(written) > 0 {
			out = append(out, ',')
		}
		written[key] = true
		out = append(quoted(out, key), ":["...)
		for i, v := range counts[key] {
			if i > 0 {
				out = append(out, ',')
			}
			out = quoted(append(out, `{"value":`...), v.Value)
			out = strconv.AppendInt(append(out, `,"count":`...), int64(v.Count), 10)
			out = append(out, '}')
		}
		out = append(out, ']')
	}
	return ok(c, append(out, "}}"...))
}

// quoted appends a text as JSON.
func quoted(out []byte, text string) []byte {
	data, err := json.Marshal(text)
	if err != nil {
		return append(out, `""`...) // no text is
	}
	return append(out, data...)
}
