package broker_test

import (
	"strings"
	"testing"
)

// TestWhatEndedIsNotBroughtBack sends true where only the end of something is told: a
// 200 would say that it runs again.
func TestWhatEndedIsNotBroughtBack(t *testing.T) {
	t.Parallel()
	const production = "/environment/0190d3a0-0000-7000-8000-000000000002"
	for _, kind := range []struct{ path, field string }{
		{"/deployed-versions", "currentlyDeployed"},
		{"/released-versions", "currentlySupported"},
	} {
		t.Run(kind.field, func(t *testing.T) {
			t.Parallel()
			c := world(t)
			made := c.send(t, "POST", "/pacticipants/api/versions/a1"+kind.path+production, "{}")
			mustCreate(t, made)
			address := strings.TrimPrefix(made.header.Get("Location"), c.base)
			patch := func(address, value string, status int, in string) step {
				return step{
					method: "PATCH", path: address, body: `{"` + kind.field + `":` + value + `}`, status: status, in: []string{in},
					header: []string{"Content-Type", "application/merge-patch+json"},
				}
			}
			refused := `{"errors":{"` + kind.field + `":["cannot be set back to true`
			play(t, c, []step{
				patch(address, "true", 422, refused),
				patch(address, `"no"`, 400, "must be boolean"),
				patch(address, "null", 200, `"`+kind.field+`":true`),
				patch(address, "false", 200, `"`+kind.field+`":false`),
				patch(address, "true", 422, refused),
				patch(kind.path+"/none", "true", 404, "not found"),
				{method: "GET", path: address, status: 200, in: []string{`"` + kind.field + `":false`}},
			})
		})
	}
}
