package portal

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// lostPath is where the official Pact command line asks for the pacts and the states
// of a provider: it takes the host of the broker's address and forgets its path.
const lostPath = "/pacts/provider/*"

// showTheWay sends who lost the broker's path back to it, escaped slashes and all.
func showTheWay(c echo.Context) error {
	u := c.Request().URL
	to := "/broker" + u.EscapedPath()
	if u.RawQuery != "" {
		to += "?" + u.RawQuery
	}
	return c.Redirect(http.StatusTemporaryRedirect, to)
}
