package broker_test

import (
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/portal/broker"
)

// serve starts a server with the broker mounted at prefix and returns its address.
func serve(t *testing.T, domain *contracts.Broker, prefix string) string {
	t.Helper()
	e := echo.New()
	broker.New(domain, broker.Options{}).Register(e.Group(prefix))
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	return server.URL
}
