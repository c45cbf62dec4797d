package portal

import (
	"net/http"

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

// changeRow is one change of an entity.
type changeRow struct {
	catalog.Change
	What    string
	Renamed string // its name before
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

// changeRows puts changes, newest first, into words.
func changeRows(changes []catalog.Change) []changeRow {
	rows := make([]changeRow, len(changes))
	for i, change := range changes {
		rows[i] = changeRow{Change: change, What: "Changed"}
		var before *catalog.Change // of the same entity, whatever its name was
		for j := i + 1; j < len(changes) && before == nil; j++ {
			if changes[j].UID == change.UID {
				before = &changes[j]
			}
		}
		switch {
		case change.Operation == catalog.OperationDelete:
			rows[i].What = "Removed"
		case change.PreviousRef != (catalog.Ref{}):
			rows[i].What, rows[i].Renamed = "Renamed", change.PreviousRef.String()
		case before == nil || before.Operation == catalog.OperationDelete:
			rows[i].What = "Added"
		case before.LocationID != change.LocationID:
			rows[i].What = "Moved to another location"
		}
	}
	return rows
}
