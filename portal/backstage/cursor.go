package backstage

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/goldenpath/platform/catalog"
)

// cursorVersion changes when cursors are read differently. Old ones are refused:
// whoever holds one starts again.
const cursorVersion = 1

// maxCursor bounds what is decoded.
const maxCursor = 1 << 16

// cursor is a query and a place in its answer. It is base64 of JSON because the
// clients look into it: one that has the key query is sent back by POST.
type cursor struct {
	Version   int             `json:"v"`
	Filter    []string        `json:"filter,omitempty"`
	Query     json.RawMessage `json:"query,omitempty"`
	Order     []orderField    `json:"orderFields,omitempty"`
	FullText  *fullText       `json:"fullTextFilter,omitempty"`
	WithTotal bool            `json:"total,omitempty"`
	Previous  bool            `json:"isPrevious,omitempty"`
	Place     *catalog.Place  `json:"place,omitempty"`
}

// orderField is a path to sort by; its order is asc, the default, or desc.
type orderField struct {
	Field string `json:"field"`
	Order string `json:"order,omitempty"`
}

// fullText is a term to look for in the values of some paths.
type fullText struct {
	Term   string   `json:"term"`
	Fields []string `json:"fields,omitempty"`
}

// write returns the cursor for a place in the answer.
func (c cursor) write(place *catalog.Place, previous bool) (string, error) {
	c.Version, c.Place, c.Previous = cursorVersion, place, previous
	data, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(data), nil
}

// readCursor decodes a cursor. It says nothing of whether its query is valid;
// that is checked like any other.
func readCursor(text string) (cursor, error) {
	if len(text) > maxCursor {
		return cursor{}, invalid("Malformed cursor: it is longer than any that is handed out")
	}
	// A plus that was not escaped arrives as a space, and some write base64 for addresses.
	text = strings.NewReplacer(" ", "+", "-", "+", "_", "/", "=", "").Replace(text)
	data, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return cursor{}, invalid("Malformed cursor: it is not base64").WithCause(err)
	}
	var c cursor
	if err := json.Unmarshal(data, &c); err != nil {
		return cursor{}, invalid("Malformed cursor: it is not one of this API").WithCause(err)
	}
	switch {
	case c.Version != cursorVersion:
		return cursor{}, invalid("Malformed cursor: it was not handed out by this version").
			WithHint("Start again without a cursor.")
	case c.Place == nil || c.Place.ID == "" || len(c.Place.Values) != len(c.Order):
		return cursor{}, invalid("Malformed cursor: it names no place in its list")
	}
	return c, nil
}

// search translates the query of the cursor.
func (c cursor) search() (catalog.Search, error) {
	filter, err := parseFilters(c.Filter)
	if err != nil {
		return catalog.Search{}, err
	}
	predicate, err := parsePredicate(c.Query)
	if err != nil {
		return catalog.Search{}, err
	}
	s := catalog.Search{Where: both(filter, predicate), From: c.Place, Backward: c.Previous}
	for _, o := range c.Order {
		key, err := orderKey(o)
		if err != nil {
			return catalog.Search{}, err
		}
		s.Order = append(s.Order, key)
	}
	if c.FullText != nil {
		s.Text = strings.TrimSpace(c.FullText.Term)
	}
	if s.Text == "" {
		return s, nil
	}
	// Without fields the first one that the list is sorted by is searched, and
	// without that the uid, so that a bare term finds next to nothing: as it is.
	if s.TextKeys = c.FullText.Fields; len(s.TextKeys) == 0 && len(s.Order) > 0 {
		s.TextKeys = []string{s.Order[0].Key}
	}
	return s, nil
}

func orderKey(o orderField) (catalog.OrderKey, error) {
	if o.Field == "" {
		return catalog.OrderKey{}, invalid("Invalid order field, it names no field")
	}
	switch o.Order {
	case "", "asc":
		return catalog.OrderKey{Key: o.Field}, nil
	case "desc":
		return catalog.OrderKey{Key: o.Field, Descending: true}, nil
	}
	return catalog.OrderKey{}, invalid("Invalid order field order, must be asc or desc")
}

// parseOrderFields reads path[,asc|desc].
func parseOrderFields(params []string) ([]orderField, error) {
	var out []orderField
	for _, text := range params {
		field, order, _ := strings.Cut(text, ",")
		o := orderField{Field: strings.TrimSpace(field), Order: strings.TrimSpace(order)}
		if _, err := orderKey(o); err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}
