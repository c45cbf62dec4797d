package portal

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
)

// contractsPage shows who promised what to whom, as a matrix and as a list.
type contractsPage struct {
	frame
	Query     string
	Show      string // all, failed, unverified or verified
	Filters   []facetValue
	Pairs     []pairRow // of one page
	Pager     pager
	Total     int // of all pairs, shown or not
	Providers []string
	Matrix    []matrixRow
}

type pairRow struct {
	contracts.Pair
	URL   string
	Badge badge
}

// matrixRow is a consumer with one cell for each provider; a cell without a
// pair is empty.
type matrixRow struct {
	Consumer string
	Cells    []pairRow
}

// The matrix is drawn while it fits a page; the list always is.
const matrixMost = 14

func newPairRow(pair contracts.Pair) pairRow {
	return pairRow{Pair: pair, URL: PairPage(pair.Consumer, pair.Provider), Badge: pairBadge(pair.Verdict)}
}

func (p *pages) listContracts(c echo.Context) error {
	pairs, err := p.contracts.Pairs(c.Request().Context())
	if err != nil {
		return err
	}
	values := c.QueryParams()
	page := contractsPage{
		frame: newFrame(c, "Contracts", "contracts"), Query: strings.TrimSpace(values.Get("q")), Total: len(pairs),
		Show: oneOf(values.Get("show"), "all", "failed", "unverified", "verified"),
	}
	found := slices.DeleteFunc(mapped(pairs, newPairRow), func(row pairRow) bool {
		return page.Query != "" && !containsFold(row.Consumer+" "+row.Provider, page.Query)
	})
	for _, show := range []field{{"all", "All"}, {"failed", "Failed"}, {"unverified", "Unverified"}, {"verified", "Verified"}} {
		count := 0
		for _, row := range found {
			if shows(show.Name, row.Verdict) {
				count++
			}
		}
		value := show.Name
		if value == "all" {
			value = ""
		}
		page.Filters = append(page.Filters, facetValue{
			Label: show.Value, Count: count, URL: with(values, "show", value, "pairs", ""), Chosen: show.Name == page.Show,
		})
	}
	page.Pairs = slices.DeleteFunc(found, func(row pairRow) bool { return !shows(page.Show, row.Verdict) })
	slices.SortStableFunc(page.Pairs, func(a, b pairRow) int { return cmp.Compare(trouble(a.Verdict), trouble(b.Verdict)) })
	page.drawMatrix()
	page.Pairs, page.Pager = pageOf(page.Pairs, values, "pairs")
	return p.render(c, http.StatusOK, "contracts/list", page)
}

func containsFold(text, words string) bool {
	text = strings.ToLower(text)
	for word := range strings.FieldsSeq(strings.ToLower(words)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

func shows(filter string, v contracts.Verdict) bool {
	switch filter {
	case "failed":
		return v == contracts.No
	case "unverified":
		return v == contracts.Unknown
	case "verified":
		return v == contracts.Yes
	}
	return true
}

// trouble orders verdicts by how much they need somebody.
func trouble(v contracts.Verdict) int {
	switch v {
	case contracts.No:
		return 0
	case contracts.Unknown:
		return 1
	case contracts.Yes:
	}
	return 2
}

// drawMatrix arranges the pairs by consumer and provider.
func (p *contractsPage) drawMatrix() {
	var consumers []string
	cells := map[[2]string]pairRow{}
	for _, row := range p.Pairs {
		consumers, p.Providers = append(consumers, row.Consumer), append(p.Providers, row.Provider)
		cells[[2]string{row.Consumer, row.Provider}] = row
	}
	slices.Sort(consumers)
	slices.Sort(p.Providers)
	consumers, p.Providers = slices.Compact(consumers), slices.Compact(p.Providers)
	if len(p.Providers) > matrixMost || len(consumers) > 3*matrixMost || len(p.Pairs) < 2 {
		p.Providers = nil
		return
	}
	for _, consumer := range consumers {
		row := matrixRow{Consumer: consumer}
		for _, provider := range p.Providers {
			row.Cells = append(row.Cells, cells[[2]string{consumer, provider}])
		}
		p.Matrix = append(p.Matrix, row)
	}
}
