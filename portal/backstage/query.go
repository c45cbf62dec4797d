package backstage

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
)

// defaultLimit is how many entities a page has when nobody says, mostLimit how
// many it has at most, because it is put together in memory. The next page is
// named, so that who follows it gets all.
const (
	defaultLimit = 20
	mostLimit    = 10_000
)

// entityQuery is one request for a page of entities.
type entityQuery struct {
	cursor // what is asked for, and where in the answer
	fields projection
	limit  *int
	offset *int
}

// queryEntities answers GET /entities/by-query.
func (h *Handler) queryEntities(c echo.Context) error {
	q, err := readQuery(c)
	if err != nil {
		return err
	}
	return h.answerQuery(c, q)
}

// readQuery reads the parameters. A cursor holds the query that it is a place
// in; what is given beside it does not count.
func readQuery(c echo.Context) (q entityQuery, err error) {
	params := c.QueryParams()
	if q.fields, err = parseFields(params["fields"]); err != nil {
		return q, err
	}
	if q.limit, err = integer(c, "limit"); err != nil {
		return q, err
	}
	if text := params.Get("cursor"); text != "" {
		q.cursor, err = readCursor(text)
		return q, err
	}
	if q.offset, err = integer(c, "offset"); err != nil {
		return q, err
	}
	if q.Order, err = parseOrderFields(params["orderField"]); err != nil {
		return q, err
	}
	if q.WithTotal, err = wantsTotal(params.Get("totalItems")); err != nil {
		return q, err
	}
	q.Filter = params["filter"]
	if term := params.Get("fullTextFilterTerm"); term != "" {
		q.FullText = &fullText{Term: term, Fields: csv(params["fullTextFilterFields"])}
	}
	return q, nil
}

// queryBody is the body of POST /entities/by-query.
type queryBody struct {
	Cursor         *string         `json:"cursor"`
	Query          json.RawMessage `json:"query"`
	Filter         texts           `json:"filter"`
	OrderBy        []orderField    `json:"orderBy"`
	OrderField     texts           `json:"orderField"`
	FullTextFilter *fullText       `json:"fullTextFilter"`
	Fields         texts           `json:"fields"`
	Limit          *int            `json:"limit"`
	Offset         *int            `json:"offset"`
	TotalItems     string          `json:"totalItems"`
}

// queryByPredicate answers POST /entities/by-query.
func (h *Handler) queryByPredicate(c echo.Context) error {
	var body queryBody
	if err := readJSON(c, &body); err != nil {
		return err
	}
	q, err := body.read()
	if err != nil {
		return err
	}
	return h.answerQuery(c, q)
}

func (b queryBody) read() (q entityQuery, err error) {
	if q.fields, err = parseFields(b.Fields); err != nil {
		return q, err
	}
	q.limit = b.Limit
	if b.Cursor != nil {
		if *b.Cursor == "" {
			return q, invalid("Cursor cannot be empty")
		}
		q.cursor, err = readCursor(*b.Cursor)
		return q, err
	}
	fields, err := parseOrderFields(b.OrderField)
	if err != nil {
		return q, err
	}
	if q.WithTotal, err = wantsTotal(b.TotalItems); err != nil {
		return q, err
	}
	q.Order = slices.Concat(b.OrderBy, fields)
	q.Query, q.Filter, q.FullText, q.offset = b.Query, b.Filter, b.FullTextFilter, b.Offset
	return q, nil
}

// wantsTotal reads totalItems: include, the default, or exclude.
func wantsTotal(text string) (bool, error) {
	switch text {
	case "", "include":
		return true, nil
	case "exclude":
		return false, nil
	}
	return false, invalid("Invalid totalItems, must be include or exclude")
}

func (h *Handler) answerQuery(c echo.Context, q entityQuery) error {
	page, err := h.search(c.Request().Context(), q)
	if err != nil {
		return err
	}
	next, previous := "", ""
	if page.After && page.Last != nil {
		if next, err = q.write(page.Last, false); err != nil {
			return err
		}
	}
	if page.Before && page.First != nil {
		if previous, err = q.write(page.First, true); err != nil {
			return err
		}
	}
	total := page.Total
	if !q.WithTotal {
		total = 0
	}
	out := append(make([]byte, 0, size(page.Items)+len(next)+len(previous)), `{"items":[`...)
	out = items(out, page.Items, q.fields)
	out = strconv.AppendInt(append(out, `],"totalItems":`...), int64(total), 10)
	out = append(out, `,"pageInfo":{`...)
	if next != "" {
		out = append(append(append(out, `"nextCursor":"`...), next...), '"')
	}
	if previous != "" {
		if next != "" {
			out = append(out, ',')
		}
		out = append(append(append(out, `"prevCursor":"`...), previous...), '"')
	}
	return ok(c, append(out, "}}"...))
}

// search finds the page that a query asks for. No entities at all, a limit of
// zero, still counts them.
func (h *Handler) search(ctx context.Context, q entityQuery) (catalog.SearchPage, error) {
	if err := notNegative("limit", q.limit); err != nil {
		return catalog.SearchPage{}, err
	}
	if err := notNegative("offset", q.offset); err != nil {
		return catalog.SearchPage{}, err
	}
	s, err := q.search()
	if err != nil {
		return catalog.SearchPage{}, err
	}
	s.Limit = defaultLimit
	if q.limit != nil {
		s.Limit, s.CountOnly = min(*q.limit, mostLimit), *q.limit == 0
	}
	if q.offset != nil {
		s.Offset = *q.offset
	}
	return h.catalog.Search(ctx, s)
}
