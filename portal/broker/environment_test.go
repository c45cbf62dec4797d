package broker_test

import "testing"

// TestAnEnvironmentKeepsItsNameWhileSomethingIsInIt renames one, which is no question
// of names that are taken: pipelines would find nothing under the old one.
func TestAnEnvironmentKeepsItsNameWhileSomethingIsInIt(t *testing.T) {
	t.Parallel()
	const (
		id         = "0190d3a0-0000-7000-8000-000000000002"
		production = "/environments/" + id
		deployed   = "/pacticipants/web/versions/3/deployed-versions/environment/" + id
	)
	c := world(t)
	play(t, c, []step{
		{method: "POST", path: deployed, body: `{}`, status: 201},
		{method: "PUT", path: production, body: `{"name":"former","production":true}`, status: 409, in: []string{"web 3 is in production.", "record-undeployment --service web"}},
		{method: "PUT", path: production, body: `{"name":"test","production":true}`, status: 409, in: []string{"web 3 is in production."}},
		{method: "PUT", path: production, body: `{"name":"production","displayName":"Live","production":true}`, status: 200},
		{method: "DELETE", path: production, status: 409},
	})
}
