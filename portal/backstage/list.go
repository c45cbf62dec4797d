package backstage

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
)

// listing is a request for entities by the older address, which has no limit
// unless one is given.
type listing struct {
	search catalog.Search
	fields projection
}

// place is what the parameter after holds.
type place struct {
	Limit  int `json:"limit,omitempty"`
	Offset int `json:"offset,omitempty"`
}

// listEntities answers GET /entities.
func (h *Handler) listEntities(c echo.Context) error {
	l, err := readListing(c)
	if err != nil {
		return err
	}
	if l.search.Limit == 0 || l.search.Limit > mostLimit {
		return h.streamEntities(c, l)
	}
	page, err := h.catalog.Search(c.Request().Context(), l.search)
	if err != nil {
		return err
	}
	if page.After {
		if err := linkNext(c, place{Limit: l.search.Limit, Offset: l.search.Offset + l.search.Limit}); err != nil {
			return err
		}
	}
	out := items(append(make([]byte, 0, size(page.Items)), '['), page.Items, l.fields)
	return ok(c, append(out, ']'))
}

func readListing(c echo.Context) (l listing, err error) {
	params := c.QueryParams()
	if l.fields, err = parseFields(params["fields"]); err != nil {
		return l, err
	}
	if l.search.Where, err = parseFilters(params["filter"]); err != nil {
		return l, err
	}
	if l.search.Order, err = parseOrder(params["order"]); err != nil {
		return l, err
	}
	from, err := readPlace(c)
	if err != nil {
		return l, err
	}
	l.search.Limit, l.search.Offset = from.Limit, from.Offset
	return l, nil
}

// parseOrder reads asc:path or desc:path. Without any, entities are sorted by
// their references.
func parseOrder(params []string) ([]catalog.OrderKey, error) {
	var keys []catalog.OrderKey
	for _, text := range params {
		order, field, found := strings.Cut(text, ":")
		if !found || field == "" || (order != "asc" && order != "desc") {
			return nil, invalid(`Invalid order parameter %q, expected <asc or desc>:<field name>`, text)
		}
		keys = append(keys, catalog.OrderKey{Key: field, Descending: order == "desc"})
	}
	if keys == nil {
		keys = []catalog.OrderKey{{Key: "kind"}, {Key: "metadata.namespace"}, {Key: "metadata.name"}}
	}
	return keys, nil
}

// readPlace reads limit, offset and after. What is given beside after counts
// more than what after holds.
func readPlace(c echo.Context) (place, error) {
	limit, err := integer(c, "limit")
	if err != nil {
		return place{}, err
	}
	offset, err := integer(c, "offset")
	if err != nil {
		return place{}, err
	}
	var p place
	if c.QueryParams().Has("after") {
		if p, err = readAfter(c.QueryParam("after")); err != nil {
			return p, err
		}
	}
	if limit != nil {
		p.Limit = *limit
		if p.Limit <= 0 {
			return p, invalid("Invalid limit, must be greater than zero")
		}
	}
	if offset != nil {
		p.Offset = *offset
	}
	if p.Offset < 0 || p.Limit < 0 {
		return p, invalid("Invalid offset, must be zero or greater")
	}
	return p, nil
}

func readAfter(text string) (p place, err error) {
	if text == "" {
		return p, invalid("Invalid after, must not be empty")
	}
	text = strings.NewReplacer(" ", "+", "-", "+", "_", "/", "=", "").Replace(text)
	data, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return p, invalid("Malformed after cursor, could not be parsed").WithCause(err)
	}
	if err := json.Unmarshal(data, &p); err != nil {
		return p, invalid("Malformed after cursor, could not be parsed").WithCause(err)
	}
	return p, nil
}

// linkNext names the next page in a header.
func linkNext(c echo.Context, p place) error {
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	next := *c.Request().URL
	params := next.Query()
	params.Del("offset")
	params.Set("after", base64.StdEncoding.EncodeToString(data))
	next.RawQuery = params.Encode()
	c.Response().Header().Set("Link", "<"+next.RequestURI()+`>; rel="next"`)
	return nil
}

// streamPage is how many entities are in memory at a time when all are asked for.
const streamPage = 500

// streamEntities writes everything that is found, a part at a time. A limit
// that is larger than what goes into memory is none.
func (h *Handler) streamEntities(c echo.Context, l listing) error {
	s := l.search
	s.Limit = streamPage
	page, err := h.catalog.Search(c.Request().Context(), s)
	if err != nil {
		return err
	}
	out := items(append(make([]byte, 0, size(page.Items)), '['), page.Items, l.fields)
	if !page.After {
		return ok(c, append(out, ']'))
	}
	c.Response().Header().Set(echo.HeaderContentType, jsonType)
	c.Response().WriteHeader(http.StatusOK)
	for page.After && page.Last != nil {
		if _, err := c.Response().Write(out); err != nil {
			return err
		}
		s.From, s.Offset = page.Last, 0
		if page, err = h.catalog.Search(c.Request().Context(), s); err != nil {
			return err
		}
		out = out[:0]
		if len(page.Items) > 0 {
			out = items(append(out, ','), page.Items, l.fields)
		}
	}
	_, err = c.Response().Write(append(out, ']'))
	return err
}
