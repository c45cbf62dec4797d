package broker_test

import (
	"encoding/base64"
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

// TestWhatRunsKeepsItsPact publishes other content in the place of a pact that was deleted
// of a version that is deployed: the answer says why it is refused.
func TestWhatRunsKeepsItsPact(t *testing.T) {
	t.Parallel()
	c := world(t)
	mustCreate(t, c.send(t, "POST", "/pacticipants/web/versions/3/deployed-versions/environment/0190d3a0-0000-7000-8000-000000000002", "{}"))
	const other = `{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":[],"metadata":{"pactSpecification":{"version":"3.0.0"}}}`
	publication := `{"pacticipantName":"web","pacticipantVersionNumber":"3","contracts":[{"consumerName":"web","providerName":"api","specification":"pact","contentType":"application/json","content":"` +
		base64.StdEncoding.EncodeToString([]byte(other)) + `"}]}`
	const address, changed, refused = "/pacts/provider/api/consumer/web/version/3", "Cannot change the content of the pact for web version 3", "web 3 is in production, and its pact with api, which was deleted on "
	play(t, c, []step{
		{method: "PUT", path: address, body: other, status: 409, in: []string{changed}},
		{method: "POST", path: "/contracts/publish", body: publication, status: 409, in: []string{changed}},
		{method: "DELETE", path: address, status: 200},
		{method: "PUT", path: address, body: other, status: 409, in: []string{`{"error":"` + refused}},
		{method: "POST", path: "/contracts/publish", body: publication, status: 409, in: []string{`"notices":[{"type":"error","text":"` + refused, `"errors":{"contracts":["` + refused}},
	})
}
