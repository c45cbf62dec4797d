package portal

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/catalog"
)

// historyShown is how many changes the history of an entity lists.
const historyShown = 100

type historyPage struct {
	entityFrame
	Changes []changeRow
	Cut     bool   // there are older changes
	Command string // lists more
}

// changeRow is one change of an entity, in words.
type changeRow struct {
	catalog.Change
	Title string
	From  string // its name before, or where it was written
	To    string // its name since then, when that changed
}

func (p *pages) showHistory(c echo.Context) error {
	f, err := p.entityFrame(c, tabHistory)
	if err != nil {
		return err
	}
	ref := f.Entity.Ref()
	changes, err := p.catalog.History(c.Request().Context(), ref, historyShown+1)
	if err != nil {
		return err
	}
	page := historyPage{entityFrame: f, Command: "platform catalog history " + ref.String()}
	page.Changes = changeRows(changes)
	if page.Cut = len(changes) > historyShown; page.Cut {
		page.Changes = page.Changes[:historyShown]
	}
	return p.render(c, http.StatusOK, "entity/history", page)
}

// changeRows puts changes into words.
func changeRows(changes []catalog.Change) []changeRow {
	rows := make([]changeRow, len(changes))
	for i, change := range changes {
		rows[i] = changeRow{Change: change, Title: strings.ToUpper(string(change.What[:1])) + string(change.What[1:]), From: change.From}
		if change.PreviousRef != (catalog.Ref{}) {
			rows[i].From, rows[i].To = change.PreviousRef.String(), change.Ref.String()
		}
	}
	return rows
}
