package portal

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/contracts"
)

// catalogPage is the list of entities with its filters.
type catalogPage struct {
	frame
	Query    string // text filter
	Hidden   []field
	Facets   []facet
	Columns  []column
	Rows     []entityRow
	Total    int
	From, To int
	NextURL  string
	FirstURL string
	Filtered bool
	ClearURL string
}

// field is a name and a value of a form or of a list of facts.
type field struct{ Name, Value string }

// facet is one way to narrow the list.
type facet struct {
	Title  string
	Values []facetValue
	More   []facetValue // shown on request
}

type facetValue struct {
	Label  string
	Count  int
	URL    string
	Chosen bool
}

// column is a heading of the table; one with a URL orders by it.
type column struct {
	Title, URL, Sorted string // Sorted: ascending, descending or ""
	Class              string
}

// entityRow is one line of the table.
type entityRow struct {
	Entity      catalog.Entity
	URL         string
	Icon        string
	Type        string
	Lifecycle   string
	Owner       *entityLink
	System      *entityLink
	Gate        badge
	GateURL     string
	GateReason  string
	DeployedAt  time.Time
	Deployed    string
	Environment string
}

// The facets of the list, in order, and how many values each shows at first.
const facetShown = 6

func facetKeys() []field {
	return []field{
		{catalog.FacetKind, "Kind"},
		{catalog.FacetType, "Type"},
		{catalog.FacetOwner, "Owner"},
		{catalog.FacetSystem, "System"},
		{catalog.FacetLifecycle, "Lifecycle"},
		{catalog.FacetTag, "Tag"},
	}
}

func (p *pages) listEntities(c echo.Context) error {
	values := c.QueryParams()
	query := catalogQuery(values)
	ctx := c.Request().Context()
	list, err := p.catalog.List(ctx, query)
	if err != nil {
		return err
	}
	page := catalogPage{
		frame: newFrame(c, "Catalog", "catalog"), Query: query.Text, Total: list.Total,
		Columns: catalogColumns(values), ClearURL: "/catalog",
	}
	if page.Facets, err = p.facets(ctx, query, values); err != nil {
		return err
	}
	if page.Rows, err = p.entityRows(c, list.Items); err != nil {
		return err
	}
	for _, key := range facetKeys() {
		for _, v := range values[key.Name] {
			page.Hidden = append(page.Hidden, field{key.Name, v})
		}
	}
	page.Filtered = len(page.Hidden) > 0 || query.Text != ""
	if query.Order != "" {
		page.Hidden = append(page.Hidden, field{"order", query.Order})
	}
	seen, _ := strconv.Atoi(values.Get("seen")) // only a count to show; nonsense counts as none
	seen = min(max(seen, 0), list.Total)
	page.From, page.To = min(seen+1, list.Total), min(seen+len(list.Items), list.Total)
	if list.Next != "" {
		page.NextURL = with(values, "cursor", list.Next, "seen", strconv.Itoa(page.To))
	}
	if query.Cursor != "" {
		page.FirstURL = with(values)
	}
	return p.render(c, http.StatusOK, "catalog/list", page)
}

func catalogQuery(values url.Values) catalog.Query {
	return catalog.Query{
		Kinds: values[catalog.FacetKind], Types: values[catalog.FacetType], Owners: values[catalog.FacetOwner],
		Systems: values[catalog.FacetSystem], Lifecycles: values[catalog.FacetLifecycle], Tags: values[catalog.FacetTag],
		Text: strings.TrimSpace(values.Get("q")), Order: values.Get("order"), Cursor: values.Get("cursor"),
		Limit: catalog.DefaultLimit,
	}
}

// with returns the address of the list with some parameters changed. It always
// begins at the first page unless told otherwise.
func with(values url.Values, pairs ...string) string {
	next := url.Values{}
	for key, list := range values {
		if key != "cursor" && key != "seen" && strings.Join(list, "") != "" {
			next[key] = slices.Clone(list)
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if next.Del(pairs[i]); pairs[i+1] != "" {
			next.Set(pairs[i], pairs[i+1])
		}
	}
	if len(next) == 0 {
		return "?"
	}
	return "?" + next.Encode()
}

func catalogColumns(values url.Values) []column {
	order := values.Get("order")
	if order == "" {
		order = "name"
	}
	columns := []column{
		{Title: "Name", URL: "name"},
		{Title: "Type", URL: "type", Class: "narrow-hide"},
		{Title: "Owner", URL: "owner"},
		{Title: "Lifecycle", URL: "lifecycle", Class: "medium-hide"},
		{Title: "System", URL: "system", Class: "wide-only"},
		{Title: "Gate"},
		{Title: "Last deploy", Class: "medium-hide"},
		{Title: "Facts from", URL: "updated", Class: "narrow-hide"},
	}
	for i, col := range columns {
		if col.URL == "" {
			continue
		}
		next := col.URL
		switch order {
		case col.URL:
			columns[i].Sorted, next = "ascending", "-"+col.URL
		case "-" + col.URL:
			columns[i].Sorted = "descending"
		}
		columns[i].URL = with(values, "order", next)
	}
	return columns
}

func (p *pages) facets(ctx context.Context, query catalog.Query, values url.Values) ([]facet, error) {
	keys := make([]string, 0, len(facetKeys()))
	for _, key := range facetKeys() {
		keys = append(keys, key.Name)
	}
	counts, err := p.catalog.Facets(ctx, query, keys...)
	if err != nil {
		return nil, err
	}
	var facets []facet
	for _, key := range facetKeys() {
		f := facet{Title: key.Value}
		for _, count := range counts[key.Name] {
			v := facetValue{Label: count.Label, Count: count.Count, Chosen: chosen(values[key.Name], count.Value, count.Label)}
			if v.Label == "" {
				v.Label = count.Value
			}
			v.URL = toggled(values, key.Name, count.Value, count.Label)
			if v.Chosen || len(f.Values) < facetShown {
				f.Values = append(f.Values, v)
			} else {
				f.More = append(f.More, v)
			}
		}
		if len(f.Values) > 0 {
			facets = append(facets, f)
		}
	}
	return facets, nil
}

// chosen reports whether list has a value, which people may write as its label.
func chosen(list []string, value, label string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, value) || strings.EqualFold(s, label) })
}

// toggled returns the address with a value of a filter added or taken away.
func toggled(values url.Values, key, value, label string) string {
	next := url.Values{}
	for k, list := range values {
		next[k] = slices.Clone(list)
	}
	if chosen(next[key], value, label) {
		next[key] = slices.DeleteFunc(next[key], func(s string) bool { return chosen([]string{s}, value, label) })
	} else {
		next[key] = append(next[key], value)
	}
	return with(next)
}

// entityRows adds to entities what a table shows of them.
func (p *pages) entityRows(c echo.Context, entities []catalog.Entity) ([]entityRow, error) {
	rows := make([]entityRow, len(entities))
	var services []string
	for i, e := range entities {
		row := entityRow{
			Entity: e, URL: entityURL(e.Ref()), Icon: kindIcon(e.Kind),
			Type: e.SpecString("type"), Lifecycle: e.SpecString("lifecycle"),
		}
		if owner, ok, err := p.catalog.OwnerOf(c.Request().Context(), e); err != nil {
			return nil, err
		} else if ok {
			row.Owner = linkTo(owner)
		}
		if system, ok, err := p.catalog.SystemOf(c.Request().Context(), e); err != nil {
			return nil, err
		} else if ok {
			row.System = linkTo(system)
		}
		if e.Kind == catalog.KindComponent {
			services = append(services, e.Metadata.Name)
		}
		rows[i] = row
	}
	if len(services) > 0 {
		p.addGates(c, rows, services)
	}
	return rows, nil
}

// addGates adds what contracts know of the components among rows.
func (p *pages) addGates(c echo.Context, rows []entityRow, services []string) {
	var gates map[string]contracts.GateStatus
	var running []contracts.Deployment
	p.side(c, "gates and deployments", func(ctx context.Context) (err error) {
		if gates, err = p.contracts.GateStatuses(ctx, p.gateFor, services); err != nil {
			return err
		}
		running, err = p.contracts.Deployments(ctx, contracts.DeploymentFilter{Current: true})
		return err
	})
	for i := range rows {
		if rows[i].Entity.Kind != catalog.KindComponent {
			continue
		}
		name := rows[i].Entity.Metadata.Name
		if gate, ok := gates[name]; ok {
			rows[i].Gate, rows[i].GateReason = gateBadge(gate.Verdict), gate.Reason
			rows[i].GateURL = entityURL(rows[i].Entity.Ref(), "contracts")
		}
		for _, d := range running {
			if d.Service == name && d.CreatedAt.After(rows[i].DeployedAt) {
				rows[i].DeployedAt, rows[i].Deployed, rows[i].Environment = d.CreatedAt, d.Version, d.Environment
			}
		}
	}
}
