package broker_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// TestWhatRunsIsNotDeleted has what clients see who delete a version that runs.
func TestWhatRunsIsNotDeleted(t *testing.T) {
	t.Parallel()
	c := world(t)
	made := c.send(t, "POST", "/environments", `{"name":"prod","production":true}`)
	mustCreate(t, made)
	var prod struct {
		UUID string `json:"uuid"`
	}
	if err := json.Unmarshal([]byte(made.body), &prod); err != nil {
		t.Fatal(err)
	}
	mustCreate(t, c.send(t, "POST", "/pacticipants/api/versions/a2/deployed-versions/environment/"+prod.UUID, `{}`))
	for _, path := range []string{"/pacticipants/api/versions/a2", "/pacticipants/api"} {
		a := c.send(t, "DELETE", path, "")
		if a.status != http.StatusConflict || !strings.Contains(a.body, "is in prod.") || !strings.Contains(a.body, "record-undeployment --service api --environment prod") {
			t.Errorf("DELETE %s: %d %s", path, a.status, a.body)
		}
	}
	play(t, c, []step{
		{method: "DELETE", path: "/pacticipants/api/versions/a1", status: 204},
		{method: "GET", path: "/pacticipants/api/versions/a2", status: 200},
	})
}
