package portal

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// showAlive answers GET /healthz: the process runs and answers.
func (*Server) showAlive(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.String(http.StatusOK, "ok\n")
}

// readiness is what /readyz says. Messages are left out: they are for those who
// may read, at /api/v1/health and /admin.
type readiness struct {
	Status string          `json:"status"`
	Checks map[string]bool `json:"checks"`
}

// showReady answers GET /readyz: whether requests should be sent here now.
func (s *Server) showReady(c echo.Context) error {
	answer := readiness{Status: "ok", Checks: map[string]bool{}}
	for _, check := range s.options.About.Health(c.Request().Context()) {
		answer.Checks[check.Name] = check.OK
		if !check.OK {
			answer.Status = "failing"
		}
	}
	if s.draining.Load() {
		answer.Status = "stopping"
	}
	status := http.StatusOK
	if answer.Status != "ok" {
		status = http.StatusServiceUnavailable
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(status, answer)
}
