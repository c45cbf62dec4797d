package broker_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/contracts/contractstest"
)

// client sends requests to one server and remembers the last answer.
type client struct {
	base string
}

// answer is what a server said.
type answer struct {
	status int
	header http.Header
	body   string
}

func (c client) send(t *testing.T, method, path, body string, header ...string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, c.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "application/hal+json, application/json")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	if host := req.Header.Get("Host"); host != "" {
		req.Host = host
	}
	noRedirects := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := noRedirects.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(text)}
}

// world makes a broker with a few versions of a pact between web and api:
//
//	1 on main, tagged dev   /v1
//	2 on feat/x             /v2
//	3 on main               /v3, verified by a1 on main (success) and a2 (failure)
func world(t *testing.T) client {
	t.Helper()
	store := contractstest.NewStore()
	c := client{serve(t, contracts.New(store, store, nil), "/broker") + "/broker"}
	publish := func(number, branch, tag string) {
		pact := fmt.Sprintf(`{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":[{"description":"asks %[1]s",
			"providerStates":[{"name":"state of %[1]s"}],"request":{"method":"GET","path":"/v%[1]s"},"response":{"status":200}}],
			"metadata":{"pactSpecification":{"version":"3.0.0"}}}`, number)
		mustCreate(t, c.send(t, "PUT", "/pacticipants/web/branches/"+branch+"/versions/"+number, "{}"))
		if tag != "" {
			mustCreate(t, c.send(t, "PUT", "/pacticipants/web/versions/"+number+"/tags/"+tag, ""))
		}
		mustCreate(t, c.send(t, "PUT", "/pacts/provider/api/consumer/web/version/"+number, pact))
	}
	publish("1", "main", "dev")
	publish("2", "feat%2Fx", "")
	publish("3", "main", "")
	results := pactLink(t, c, "3", "pb:publish-verification-results")
	mustCreate(t, c.send(t, "POST", results, `{"success":true,"providerApplicationVersion":"a1"}`))
	mustCreate(t, c.send(t, "POST", results, `{"success":false,"providerApplicationVersion":"a2"}`))
	return c
}

// pactLink follows a relation of a version's pact, to a path below the base.
func pactLink(t *testing.T, c client, number, rel string) string {
	t.Helper()
	var pact struct {
		Links map[string]json.RawMessage `json:"_links"`
	}
	a := c.send(t, "GET", "/pacts/provider/api/consumer/web/version/"+number, "")
	if err := json.Unmarshal([]byte(a.body), &pact); err != nil {
		t.Fatal(err)
	}
	var link struct {
		Href string `json:"href"`
	}
	if err := json.Unmarshal(pact.Links[rel], &link); err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(link.Href, c.base)
}

func mustCreate(t *testing.T, a answer) {
	t.Helper()
	if a.status != http.StatusCreated {
		t.Fatalf("status %d, want 201: %s", a.status, a.body)
	}
}

// step is a request and what its answer must be.
type step struct {
	method, path, body string
	header             []string
	status             int
	in, notIn          []string
}

// play sends the requests in order.
func play(t *testing.T, c client, steps []step) {
	t.Helper()
	for _, s := range steps {
		a := c.send(t, s.method, s.path, s.body, s.header...)
		if a.status != s.status {
			t.Fatalf("%s %.200s %s: status %d, want %d: %s", s.method, s.path, s.body, a.status, s.status, a.body)
		}
		for _, part := range s.in {
			if !strings.Contains(a.body, part) {
				t.Errorf("%s %.200s %s: %q is not in %s", s.method, s.path, s.body, part, a.body)
			}
		}
		for _, part := range s.notIn {
			if strings.Contains(a.body, part) {
				t.Errorf("%s %.200s %s: %q is in %s", s.method, s.path, s.body, part, a.body)
			}
		}
	}
}

// TestRulesThatNoRecordingShows has what the Pact Broker's text says and no
// recorded exchange does.
func TestRulesThatNoRecordingShows(t *testing.T) {
	t.Parallel()
	const pair = "/pacts/provider/api/consumer/web"
	tests := []struct {
		name  string
		steps []step
	}{
		{"pacts on a branch are listed, and deleted, by its name", []step{
			{method: "GET", path: pair + "/branch/main", status: 200, in: []string{`/version/1"`, `/version/3"`}, notIn: []string{`/version/2"`}},
			{method: "GET", path: pair + "/branch/feat%2Fx", status: 200, in: []string{`/version/2"`}, notIn: []string{`/version/1"`}},
			{method: "GET", path: pair + "/branch/main/latest/versions", status: 200, in: []string{`/version/3"`}, notIn: []string{`/version/1"`}},
			{method: "DELETE", path: pair + "/branch/main/latest/versions", status: 200, in: []string{"pb:latest-pact-version"}},
			{method: "GET", path: pair + "/versions", status: 200, in: []string{`/version/1"`, `/version/2"`}, notIn: []string{`/version/3"`}},
			{method: "DELETE", path: pair + "/branch/main", status: 200},
			{method: "GET", path: pair + "/versions", status: 200, in: []string{`/version/2"`}, notIn: []string{`/version/1"`}},
			{method: "DELETE", path: pair + "/versions", status: 200, notIn: []string{"pb:latest-pact-version"}},
			{method: "GET", path: pair + "/latest", status: 404},
		}},
		{"an answer has a form that the client takes", []step{
			{method: "GET", path: "/pacticipants", status: 200, header: []string{"Accept", "text/html, application/*;q=0.8"}},
			{method: "GET", path: "/pacticipants", status: 200, header: []string{"Accept", "image/png, */*;q=0.1"}},
			{method: "GET", path: "/pacticipants", status: 200, header: []string{"Accept", ""}},
			{method: "GET", path: "/pacticipants", status: 406, header: []string{"Accept", "text/html"}},
			{method: "GET", path: "/pacticipants", status: 406, header: []string{"Accept", "application/json;q=0, text/plain"}},
			{method: "HEAD", path: "/pacticipants", status: 406, header: []string{"Accept", "text/html"}},
			{method: "GET", path: "/matrix?q[][pacticipant]=web&q[][pacticipant]=api", status: 200, header: []string{"Accept", "text/plain"}},
			{method: "PUT", path: "/pacticipants/web", body: `{"mainBranch":"main"}`, status: 200, header: []string{"Accept", "text/html"}},
		}},
		{"an address may end with the form", []step{
			{method: "GET", path: "/pacticipants.json", status: 200, in: []string{`"name":"web"`}},
			{method: "GET", path: pair + "/latest.json", status: 200, in: []string{`"interactions"`}},
			{method: "PUT", path: "/pacticipants/odd.json", body: `{}`, status: 201, in: []string{`"name":"odd.json"`}},
		}},
		{"pacts on the main branch need no name", []step{
			{method: "GET", path: pair + "/branch/versions", status: 200, in: []string{`/version/1"`, `/version/3"`}, notIn: []string{`/version/2"`}},
			{method: "GET", path: pair + "/branch/latest/versions", status: 200, in: []string{`/version/3"`}, notIn: []string{`/version/1"`}},
			{method: "GET", path: "/pacts/provider/api/branch/latest", status: 200, in: []string{`/version/3"`}, notIn: []string{`/version/1"`}},
			{method: "GET", path: pair + "/branch/none", status: 200, notIn: []string{"/version/1"}},
			{method: "GET", path: "/pacts/provider/api/consumer/nobody/branch/main", status: 404},
		}},
		{"pacts of tagged versions", []step{
			{method: "GET", path: pair + "/tag/dev", status: 200, in: []string{`/version/1"`}, notIn: []string{`/version/3"`}},
			{method: "DELETE", path: pair + "/tag/dev", status: 200},
			{method: "GET", path: pair + "/tag/dev", status: 200, notIn: []string{`/version/1"`}},
			{method: "GET", path: pair + "/version/3", status: 200},
		}},
		{"the latest result of the latest pact, and of that with a tag", []step{
			{method: "GET", path: pair + "/latest/verification-results/latest", status: 200, in: []string{`"providerApplicationVersion":"a2"`}},
			{method: "DELETE", path: pair + "/latest/verification-results/latest", status: 204},
			{method: "GET", path: pair + "/version/3/verification-results/latest", status: 200, in: []string{`"providerApplicationVersion":"a1"`}},
			{method: "DELETE", path: pair + "/version/3/verification-results/latest", status: 204},
			{method: "GET", path: pair + "/latest/verification-results/latest", status: 404},
			{method: "GET", path: pair + "/latest/dev/verification-results/latest", status: 404},
		}},
		{"states by branch and by environment", []step{
			{method: "GET", path: "/pacts/provider/api/provider-states", status: 200, in: []string{"state of 3"}, notIn: []string{"state of 1", "state of 2"}},
			{method: "GET", path: "/pacts/provider/api/provider-states/branch/feat%2Fx", status: 200, in: []string{"state of 2"}, notIn: []string{"state of 3"}},
			{method: "GET", path: "/pacts/provider/api/provider-states/environment/none", status: 404},
			{method: "GET", path: "/pacts/provider/nobody/provider-states/branch/main", status: 404, in: []string{"No provider with name 'nobody' found"}},
		}},
		{"deleting branches keeps the main one, and those named", []step{
			{method: "PUT", path: "/pacticipants/web/branches/keep/versions/4", body: "{}", status: 201},
			{method: "GET", path: "/pacticipants/web/branches?q=FEAT", status: 200, in: []string{"feat/x", `"totalElements":1`}, notIn: []string{`"keep"`}},
			{method: "DELETE", path: "/pacticipants/web/branches?exclude[]=keep", status: 202, in: []string{"Deleted 1 branches", "main, keep", `"type":"success"`}},
			{method: "GET", path: "/pacticipants/web/branches", status: 200, in: []string{`"main"`, `"keep"`}, notIn: []string{"feat/x"}},
			{method: "GET", path: "/pacticipants/web/versions/2", status: 200},
		}},
		{"deleting every integration leaves nobody", []step{
			{method: "DELETE", path: "/integrations", status: 204},
			{method: "DELETE", path: "/integrations", status: 204},
			{method: "GET", path: "/pacticipants", status: 200, notIn: []string{`"web"`, `"api"`}},
		}},
		{"a name that reads like another is refused, until somebody means it", []step{
			{
				method: "PUT", path: "/pacts/provider/Api-Service/consumer/web/version/9", body: `{"interactions":[]}`, status: 409,
				in: []string{"There is no pacticipant called", "Api-Service", "very similar to: api"},
			},
			{method: "GET", path: "/pacticipants/Api-Service", status: 404},
			{method: "GET", path: "/pacticipants/web/versions/9", status: 404},
			{method: "POST", path: "/pacticipants", body: `{"name":"Api-Service"}`, status: 201},
			{method: "PUT", path: "/pacts/provider/Api-Service/consumer/web/version/9", body: `{"interactions":[]}`, status: 201},
			{
				method: "POST", path: "/contracts/publish", status: 409, in: []string{`"notices":[{"type":"error"`, "very similar to: web", "errors"},
				body: `{"pacticipantName":"Webs","pacticipantVersionNumber":"1","contracts":[{"consumerName":"Webs","providerName":"api","specification":"pact","contentType":"application/json","content":"e30="}]}`,
			},
		}},
		{"two new services may be named alike", []step{
			{method: "PUT", path: "/pacts/provider/shop-provider/consumer/shop/version/1", body: `{"interactions":[]}`, status: 201},
		}},
		{"wrong methods, addresses and content types", []step{
			{method: "POST", path: "/pacts/latest", body: "{}", status: 405},
			{method: "OPTIONS", path: pair + "/branch/main", status: 200},
			{method: "GET", path: "/no/such/place", status: 404, in: []string{"The requested document was not found on this server."}},
			{method: "GET", path: "/pacticipants/web/versions/3/and/more", status: 404},
			{method: "GET", path: "/pacticipants/web/", status: 200},
			{method: "HEAD", path: "/pacticipants/web", status: 200},
			{method: "PATCH", path: "/deployed-versions/none", body: `{"currentlyDeployed":false}`, status: 415},
			{method: "PATCH", path: "/pacticipants/web", body: `{"displayName":"Shop"}`, header: []string{"Content-Type", "application/merge-patch+json"}, status: 200, in: []string{`"displayName":"Shop"`}},
		}},
		{"selectors that cannot be meant are refused, not left out", []step{
			{method: "POST", path: "/pacts/provider/api/for-verification", body: `{"consumerVersionSelectors":{"mainBranch":true}}`, status: 400, in: []string{"must be an array"}},
			{method: "POST", path: "/pacts/provider/api/for-verification", body: `{"consumerVersionSelectors":[{}]}`, status: 400, in: []string{"(at index 0)"}},
			{method: "POST", path: "/pacts/provider/api/for-verification", body: `{"consumerVersionSelectors":[{"tag":"a","branch":"b"}]}`, status: 400, in: []string{"cannot specify both a tag and a branch"}},
			{method: "POST", path: "/pacts/provider/api/for-verification", body: `{"consumerVersionSelectors":[{"matchingBranch":true}]}`, status: 400, in: []string{"providerVersionBranch"}},
			{method: "POST", path: "/pacts/provider/api/for-verification", body: `{"consumerVersionSelectors":[{"environment":"none"}]}`, status: 400, in: []string{"environment with name 'none' does not exist"}},
			{method: "POST", path: "/pacts/provider/api/for-verification", body: `{"consumerVersionSelectors":[{"branch":"none","fallbackBranch":"feat/x"}]}`, status: 200, in: []string{"web (2)", "feat/x"}},
			{method: "POST", path: "/pacts/provider/api/for-verification", body: `{"consumerVersionSelectors":[{"mainBranch":true,"consumer":"other"}]}`, status: 200, in: []string{`"pacts":[]`}},
			{method: "POST", path: "/pacts/provider/api/for-verification", body: `{"includePendingStatus":"yes"}`, status: 400, in: []string{"must be boolean"}},
			{method: "POST", path: "/pacts/provider/api/for-verification", body: `{"includeWipPactsSince":"yesterday"}`, status: 400, in: []string{"must be a date"}},
			{
				method: "POST", path: "/pacts/provider/api/for-verification", status: 200, in: []string{`"wip":true`, "web (2)", "'work in progress' pact"},
				body: `{"consumerVersionSelectors":[{"mainBranch":true}],"providerVersionBranch":"main","includeWipPactsSince":"2020-01-01"}`,
			},
			{method: "GET", path: "/pacts/provider/nobody/for-verification", status: 404},
		}},
		{"results are about a content, and last for the versions that have it", []step{
			{method: "PUT", path: "/pacts/provider/api/consumer/web/version/5", body: `{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":[]}`, status: 201},
			{method: "GET", path: pair + "/version/5/verification-results/latest", status: 404},
			{method: "PUT", path: "/pacts/provider/api/consumer/web/version/5", body: `{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":[{"description":"x"}]}`, status: 409, in: []string{"Cannot change the content"}},
			{method: "PUT", path: "/pacts/provider/api/consumer/web/version/5", body: `{"provider":{"name":"api"},"consumer":{"name":"web"},"interactions":[]}`, status: 200},
			{method: "PATCH", path: "/pacts/provider/api/consumer/web/version/5", body: `{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":[{"description":"x"}]}`, status: 200, in: []string{`"description":"x"`}},
			{method: "DELETE", path: pair + "/version/5", status: 200, in: []string{"pb:latest-pact-version"}},
		}},
		{"merging invents nothing", []step{
			{method: "PUT", path: "/pacts/provider/api/consumer/web/version/6", body: `{}`, status: 201},
			{method: "PATCH", path: "/pacts/provider/api/consumer/web/version/6", body: `{}`, status: 200, notIn: []string{`"":`, `"interactions"`}},
			{method: "PATCH", path: "/pacts/provider/api/consumer/web/version/6", body: `{"interactions":[{"description":"x"}]}`, status: 409, in: []string{"cannot be merged"}},
			{method: "PUT", path: "/pacts/provider/api/consumer/web/version/7", body: `{"interactions":"x"}`, status: 201},
			{method: "PATCH", path: "/pacts/provider/api/consumer/web/version/7", body: `{"interactions":"x"}`, status: 200, in: []string{`"interactions":"x"`}},
			{method: "PATCH", path: "/pacts/provider/api/consumer/web/version/7", body: `{"interactions":[]}`, status: 409, in: []string{"cannot be merged"}},
		}},
		{"problem documents for those who ask for them", []step{
			{
				method: "POST", path: "/environments", body: `{}`, header: []string{"Accept", "application/hal+json,application/problem+json"}, status: 400,
				in: []string{`"status":400`, `"pointer":"/name"`, `"title"`, `"type"`},
			},
			{method: "GET", path: "/pacticipants/nobody", header: []string{"Accept", "application/problem+json"}, status: 404, in: []string{`"detail":"No pacticipant with name 'nobody' found"`}},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			play(t, world(t), tt.steps)
		})
	}
}
