package portal

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
)

// ignoreRulesPage shows what the gate does not count, who decided that, and until
// when.
type ignoreRulesPage struct {
	frame
	Rules []ignoreRow
}

type ignoreRow struct {
	contracts.IgnoreRule
	Ended   bool
	Badge   badge
	Command string // that removes it
}

func (p *pages) listIgnoreRules(c echo.Context) error {
	rules, err := p.contracts.IgnoreRules(c.Request().Context())
	if err != nil {
		return err
	}
	page := ignoreRulesPage{frame: newFrame(c, "Ignore rules", "contracts", crumb{"Contracts", "/contracts"})}
	now := p.now()
	for _, r := range rules {
		row := ignoreRow{IgnoreRule: r, Badge: badge{"wait", "skipped", "In force"}, Command: "platform contracts ignore remove " + r.ID}
		if r.Expired(now) {
			row.Ended, row.Badge = true, badge{"unknown", "clock", "Expired"}
		}
		page.Rules = append(page.Rules, row)
	}
	// What is in force comes first, and of that what ends soonest.
	slices.SortStableFunc(page.Rules, func(a, b ignoreRow) int {
		switch {
		case a.Ended == b.Ended:
			return a.ExpiresAt.Compare(b.ExpiresAt)
		case a.Ended:
			return 1
		}
		return -1
	})
	return p.render(c, http.StatusOK, "contracts/ignored", page)
}
