package portal

import (
	"strings"
	"testing"

	"github.com/goldenpath/platform/contracts"
)

// TestNamesMayBeAsLongAsTheBrokerTakes asks the API about what the Pact Broker's
// address stores: NAME stands for the longest name, and one letter more is refused.
func TestNamesMayBeAsLongAsTheBrokerTakes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ op, method, path, body string }{
		{op: "listContracts", path: "/contracts?service=NAME"},
		{op: "getContract", path: "/contracts/pairs/NAME/NAME"},
		{op: "compareContracts", path: "/contracts/pairs/NAME/NAME/changes?from=NAME&to=NAME"},
		{op: "compareContracts", path: "/contracts/pairs/NAME/NAME/changes?from_branch=NAME&to_branch=NAME"},
		{
			op: "publishContracts", method: "POST", path: "/contracts/publications",
			body: `{"consumer":"NAME","version":"NAME","branch":"NAME","tags":["NAME"],"contracts":[{"content":{}}]}`,
		},
		{
			op: "planVerification", method: "POST", path: "/contracts/verification-plan",
			body: `{"provider":"NAME","provider_branch":"NAME","provider_tags":["NAME"],"selectors":[{"consumer":"NAME","version":"NAME"},{"branch":"NAME","fallback_branch":"NAME"},{"tag":"NAME","fallback_tag":"NAME"},{"environment":"NAME"}]}`,
		},
		{
			op: "recordVerification", method: "POST", path: "/contracts/verifications",
			body: `{"sha":"s","consumer":"NAME","provider":"NAME","provider_version":"NAME","provider_branch":"NAME","provider_tags":["NAME"],"consumer_version":"NAME","success":true,"interactions":[]}`,
		},
		{op: "recordDeployment", method: "POST", path: "/contracts/deployments", body: `{"service":"NAME","version":"NAME","environment":"NAME","application_instance":"NAME"}`},
		{op: "recordUndeployment", method: "DELETE", path: "/contracts/deployments?service=NAME&environment=NAME&application_instance=NAME"},
		{op: "recordRelease", method: "POST", path: "/contracts/releases", body: `{"service":"NAME","version":"NAME","environment":"NAME"}`},
		{op: "recordSupportEnded", method: "DELETE", path: "/contracts/releases?service=NAME&version=NAME&environment=NAME"},
		{op: "canIDeploy", path: "/contracts/can-i-deploy?service=NAME&version=NAME&environment=NAME&ignore=NAME:NAME"},
		{op: "canIDeploy", path: "/contracts/can-i-deploy?service=NAME&branch=NAME&to_tag=NAME"},
		{op: "canIMerge", path: "/contracts/can-i-merge?service=NAME&tag=NAME"},
		{op: "registerProvider", method: "PUT", path: "/contracts/providers/NAME", body: `{"url":"http://inventory"}`},
		{op: "forgetProvider", method: "DELETE", path: "/contracts/providers/NAME"},
		{op: "verifyProvider", method: "POST", path: "/contracts/providers/NAME/verifications", body: `{"version":"NAME","branch":"NAME","tags":["NAME"]}`},
		{op: "addIgnoreRule", method: "POST", path: "/contracts/ignore-rules", body: `{"service":"NAME","version":"NAME","owner":"checkout","reason":"it leaves","expires_at":"2027-01-01T00:00:00Z"}`},
		{op: "addIgnoreRule", method: "POST", path: "/contracts/ignore-rules", body: `{"service":"NAME:NAME","owner":"checkout","reason":"it leaves","expires_at":"2027-01-01T00:00:00Z"}`},
		{op: "listRuns", path: "/runs?subject=NAME"},
	} {
		t.Run(tt.op, func(t *testing.T) {
			t.Parallel()
			ask := func(length int) string {
				name := strings.NewReplacer("NAME", strings.Repeat("x", length))
				answer := callAPI(t, newAPIServer(t, newAPIFakes().deps(), apiCaller), tt.method, name.Replace(tt.path), name.Replace(tt.body))
				return answer.Body.String()
			}
			const refused = "not as the API describes it"
			if body := ask(contracts.MaxName); strings.Contains(body, refused) {
				t.Errorf("a name of %d letters is refused: %.300s", contracts.MaxName, body)
			}
			if body := ask(contracts.MaxName + 1); !strings.Contains(body, refused) || !strings.Contains(body, "maximum string length is") {
				t.Errorf("a name of %d letters is taken: %.300s", contracts.MaxName+1, body)
			}
		})
	}
}
