package portal

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
)

// paletteItem is one thing the command palette can go to.
type paletteItem struct {
	Group  string `json:"group"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Icon   string `json:"icon"`
	URL    string `json:"url"`
}

type paletteAnswer struct {
	Items []paletteItem `json:"items"`
}

// How many of each group an answer holds.
const (
	paletteEntities = 8
	palettePages    = 6
)

// searchPalette answers GET /palette?q=. The entities come from the catalog's
// index; pages and actions are matched letter by letter.
func (p *pages) searchPalette(c echo.Context) error {
	q := strings.TrimSpace(c.QueryParam("q"))
	answer := paletteAnswer{Items: []paletteItem{}}
	if q != "" {
		entities, err := p.paletteEntities(c, q)
		if err != nil {
			return err
		}
		answer.Items = append(answer.Items, entities...)
	}
	answer.Items = append(answer.Items, matching(p.palettePages(), q)...)
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(http.StatusOK, answer)
}

func (p *pages) paletteEntities(c echo.Context, q string) ([]paletteItem, error) {
	ctx := c.Request().Context()
	list, err := p.catalog.List(ctx, catalog.Query{Text: q, Limit: 4 * paletteEntities})
	if err != nil {
		return nil, err
	}
	items := make([]paletteItem, 0, paletteEntities)
	slices.SortStableFunc(list.Items, func(a, b catalog.Entity) int { return cmp.Compare(closeness(a, q), closeness(b, q)) })
	for _, e := range list.Items[:min(len(list.Items), paletteEntities)] {
		items = append(items, paletteItem{
			Group: "Catalog", Title: e.Title(), Detail: e.Kind + typeAfter(e), Icon: kindIcon(e.Kind), URL: entityURL(e.Ref()),
		})
	}
	if len(items) > 0 {
		return items, nil
	}
	near, err := p.catalog.Nearest(ctx, "", q)
	for _, ref := range near {
		items = append(items, paletteItem{Group: "Did you mean", Title: ref.Name, Detail: ref.Kind, Icon: kindIcon(ref.Kind), URL: entityURL(ref)})
	}
	return items, err
}

func typeAfter(e catalog.Entity) string {
	if t := e.SpecString("type"); t != "" {
		return " · " + t
	}
	return ""
}

// closeness orders the entities that match: the name itself, names that begin
// so, names that hold it, and then those whose description does. Among equals a
// component goes before its API.
func closeness(e catalog.Entity, q string) int {
	name, q := strings.ToLower(e.Metadata.Name), strings.ToLower(q)
	rank := 6
	switch {
	case name == q:
		rank = 0
	case strings.HasPrefix(name, q):
		rank = 2
	case strings.Contains(name, q):
		rank = 4
	}
	if e.Kind != catalog.KindComponent {
		rank++
	}
	return rank
}

func (p *pages) palettePages() []paletteItem {
	items := []paletteItem{
		{"Pages", "Home", "g h", "home", "/"},
		{"Pages", "Catalog", "g c", "catalog", "/catalog"},
		{"Pages", "APIs in the catalog", "", "api", "/catalog?kind=api"},
		{"Pages", "Groups in the catalog", "", "group", "/catalog?kind=group"},
		{"Pages", "Contracts", "g k", "contracts", "/contracts"},
		{"Pages", "Failed contracts", "", "no", "/contracts?show=failed"},
		{"Pages", "Runs", "g r", "runs", "/runs"},
		{"Pages", "Failed runs", "", "no", "/runs?state=failed"},
		{"Pages", "Admin", "g a", "admin", "/admin"},
		{"Pages", "What the catalog reads, and its problems", "Admin", "warning", "/admin/catalog"},
		{"Pages", "Tokens", "Admin", "key", "/admin/tokens"},
		{"Pages", "Audit log", "Admin", "log", "/admin/audit"},
		{"Actions", "Create a service", "g n", "create", "/create"},
		{"Actions", "Register a repository or file", "Admin", "location", "/admin/locations"},
	}
	for _, path := range p.paths.Paths() {
		items = append(items, paletteItem{"Actions", "Create: " + path.Title, path.Name, "rocket", createURL(path.Name)})
	}
	return items
}

// matching keeps the items whose title has the letters of q in order.
func matching(items []paletteItem, q string) []paletteItem {
	var found []paletteItem
	for _, item := range items {
		if inOrder(strings.ToLower(item.Title), strings.ToLower(strings.ReplaceAll(q, " ", ""))) {
			found = append(found, item)
		}
	}
	if q == "" {
		return found
	}
	// What holds the words as typed goes before what only has the letters.
	slices.SortStableFunc(found, func(a, b paletteItem) int {
		return cmp.Compare(looseness(a.Title, q), looseness(b.Title, q))
	})
	return found[:min(len(found), palettePages)]
}

func looseness(title, q string) int {
	at := strings.Index(strings.ToLower(title), strings.ToLower(q))
	if at < 0 {
		return len(title) + 100
	}
	return at
}

// inOrder reports whether all letters of q are in s, in their order.
func inOrder(s, q string) bool {
	for _, c := range q {
		i := strings.IndexRune(s, c)
		if i < 0 {
			return false
		}
		s = s[i+len(string(c)):]
	}
	return true
}
