package broker_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/contracts/contractstest"
)

// TestAClaimThatContradictsItselfIsNoYes publishes successes beside which a single
// result failed, in the forms that clients send, and asks the gate.
func TestAClaimThatContradictsItselfIsNoYes(t *testing.T) {
	t.Parallel()
	const failed = `"interactionDescription":"asks","success":false`
	for results, want := range map[string]contracts.Verdict{
		`null`:               contracts.Yes,
		`[{"success":true}]`: contracts.Yes,
		`{"tests":[{"testDescription":"asks","status":"passed"}]}`: contracts.Yes,
		`[]`:                                     contracts.Unknown,
		`[{"interactionId":"x",` + failed + `}]`: contracts.Unknown,
		`[{` + failed + `}]`:                     contracts.Unknown,
		`[{"success":true},{"interactionDescription":"another","success":false}]`: contracts.Unknown,
		`{"tests":[{"testDescription":"asks","status":"failed"}]}`:                contracts.Unknown,
	} {
		t.Run(results, func(t *testing.T) {
			t.Parallel()
			store := contractstest.NewStore()
			b := contracts.New(store, store, nil)
			c := client{serve(t, b, "/broker") + "/broker"}
			mustCreate(t, c.send(t, "PUT", "/pacts/provider/api/consumer/web/version/3", `{"consumer":{"name":"web"},"provider":{"name":"api"},
				"interactions":[{"description":"asks","request":{"method":"GET","path":"/"},"response":{"status":200}}]}`))
			mustCreate(t, c.send(t, "POST", pactLink(t, c, "3", "pb:publish-verification-results"),
				`{"success":true,"providerApplicationVersion":"a1","testResults":`+results+`}`))
			mustCreate(t, c.send(t, "POST", "/environments", `{"name":"prod","production":true}`))
			if _, err := b.RecordDeployment(t.Context(), contracts.Deployment{Service: "api", Version: "a1", Environment: "prod"}); err != nil {
				t.Fatal(err)
			}
			a, err := b.CanIDeploy(t.Context(), contracts.Question{Service: "web", Version: "3", Environment: "prod"})
			if err != nil || a.Verdict != want {
				t.Errorf("%s, %v, want %s: %+v", a.Verdict, err, want, a.Reasons)
			}
		})
	}
}

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
