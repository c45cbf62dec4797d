package broker_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/goldenpath/platform/contracts"
	"github.com/goldenpath/platform/contracts/contractstest"
)

// TestWhatASuccessMeans publishes successes with test results as clients send them,
// and as none should, and asks the gate. ID-A and ID-B stand for the ids of the
// pact's two interactions, "asks" given a user and "tells".
func TestWhatASuccessMeans(t *testing.T) {
	t.Parallel()
	const (
		ruby = `"summary":{"testCount":3,"failureCount":0},"metadata":{"warning":"These test results use a beta format.","pactVerificationResultsSpecification":{"version":"1.0.0-beta.1"}}`
		asks = `"testDescription":"has status code 200","testFullDescription":"Verifying a pact between web and api Given a user asks","interactionProviderState":"a user","interactionDescription":"asks"`
		body = `"testDescription":"has a matching body","interactionProviderState":"a user","interactionDescription":"asks"`
		tell = `"testDescription":"has status code 200","interactionProviderState":null,"interactionDescription":"tells"`
	)
	for _, tt := range []struct {
		name, results string
		want          contracts.Verdict
	}{
		{"nobody says more than success", `null`, contracts.Yes},
		{"an object that says nothing", `{}`, contracts.Yes},
		{"Pact's core and Pact-JVM", `[{"interactionId":"ID-A","success":true},{"interactionId":"ID-B","success":true}]`, contracts.Yes},
		{"Pact's core with nothing that differs", `[{"interactionId":"ID-A","success":true,"mismatches":[]},{"interactionId":"ID-B","success":true,"mismatches":[],"exceptions":[],"interactionDescription":"tells"}]`, contracts.Yes},
		{"Pact for Ruby", `{"tests":[{` + asks + `,"status":"passed","actualStatus":200},{` + body + `,"status":"passed"},{` + tell + `,"status":"passed"}],` + ruby + `}`, contracts.Yes},
		{"Pact for Ruby with an answer that speaks of failures", `{"tests":[{` + asks + `,"status":"passed","actualStatus":500,"actualBody":{"success":false,"status":"failed","errors":["x"]},"actualHeaders":{"error":"1"}},{` + tell + `,"status":"passed"}],` + ruby + `}`, contracts.Yes},
		{"Pact for Ruby with a state in its own words", `{"tests":[{"interactionDescription":"asks","interactionProviderState":"given a user","status":"passed"},{` + tell + `,"status":"passed"}]}`, contracts.Yes},
		{"earlier Pact for Ruby", `{"examples":[{"description":"has status code 200","status":"passed","file_path":"x","line_number":3,"run_time":0.1}],"summary":{"exampleCount":1,"failureCount":0}}`, contracts.Yes},
		{"RSpec", `{"version":"3.12.0","examples":[{"id":"x","description":"has status code 200","status":"passed","pending_message":null}],"summary":{"duration":0.2,"example_count":1,"failure_count":0,"pending_count":0,"errors_outside_of_examples_count":0},"summary_line":"1 example, 0 failures"}`, contracts.Yes},
		{"the report of Pact's core", `{"errors":[],"notices":[],"output":["1 failed"],"pendingErrors":[],"result":true}`, contracts.Yes},
		{"a test that names no interaction", `{"tests":[{"testDescription":"asks","status":"passed"}]}`, contracts.Yes},
		{"a list that names no interaction", `[{"success":true}]`, contracts.Yes},
		{"counts of what passed", `{"summary":{"success":0,"passed":3,"failed":0}}`, contracts.Yes},
		{"texts for booleans", `[{"interactionDescription":"asks","success":"true"},{"interactionDescription":"tells","success":"True"}]`, contracts.Yes},
		{"something else", `["asks","tells",3,null]`, contracts.Yes},

		{"nothing ran", `[]`, contracts.Unknown},
		{"no test ran", `{"tests":[],"summary":{"testCount":0,"failureCount":0}}`, contracts.Unknown},
		{"a count of no tests", `{"summary":{"testCount":0,"failureCount":0}}`, contracts.Unknown},
		{"a part of the interactions by id", `[{"interactionId":"ID-A","success":true}]`, contracts.Unknown},
		{"a part of the interactions by name", `{"tests":[{` + asks + `,"status":"passed"}],` + ruby + `}`, contracts.Unknown},
		{"another interaction by id", `[{"interactionId":"x","success":true}]`, contracts.Unknown},
		{"another interaction by name", `[{"interactionDescription":"another","success":true}]`, contracts.Unknown},
		{"another interaction in Ruby's form", `{"tests":[{"interactionDescription":"another","status":"passed"}],` + ruby + `}`, contracts.Unknown},
		{"a failure by id", `[{"interactionId":"ID-A","success":true},{"interactionId":"ID-B","success":false}]`, contracts.Unknown},
		{"a failure beside a pass", `[{"interactionId":"ID-A","success":true},{"interactionId":"ID-A","success":false},{"interactionId":"ID-B","success":true}]`, contracts.Unknown},
		{"a failure of another interaction", `[{"interactionId":"ID-A","success":true},{"interactionId":"ID-B","success":true},{"interactionDescription":"another","success":false}]`, contracts.Unknown},
		{"a pass with mismatches", `[{"interactionId":"ID-A","success":true,"mismatches":[{"attribute":"status","description":"Expected 200 but got 500"}]},{"interactionId":"ID-B","success":true}]`, contracts.Unknown},
		{"a pass with an exception", `[{"interactionId":"ID-A","success":true},{"interactionId":"ID-B","success":true,"exceptions":[{"message":"refused"}]}]`, contracts.Unknown},
		{"Pact for Ruby with one failed test", `{"tests":[{` + asks + `,"status":"passed"},{` + body + `,"status":"failed","exception":{"class":"X","message":"y"},"differences":[{"description":"z"}]},{` + tell + `,"status":"passed"}],"summary":{"testCount":3,"failureCount":1}}`, contracts.Unknown},
		{"passed tests and a count of failures", `{"tests":[{` + asks + `,"status":"passed"},{` + tell + `,"status":"passed"}],"summary":{"testCount":2,"failureCount":1}}`, contracts.Unknown},
		{"a count of failures alone", `{"summary":{"testCount":2,"failureCount":2}}`, contracts.Unknown},
		{"a count of failures as text", `{"summary":{"failure_count":"2"}}`, contracts.Unknown},
		{"a status under another name", `{"tests":[{"testDescription":"asks","testStatus":"failed"}]}`, contracts.Unknown},
		{"a failed test that names no interaction", `{"tests":[{"testDescription":"asks","status":"failed"}]}`, contracts.Unknown},
		{"false as text", `[{"interactionDescription":"a","success":"false"}]`, contracts.Unknown},
		{"false as text, and no name", `[{"success":"False"}]`, contracts.Unknown},
		{"false as a number", `[{"success":0}]`, contracts.Unknown},
		{"no success as a whole", `{"success":false}`, contracts.Unknown},
		{"no success in another case", `{"Success":false}`, contracts.Unknown},
		{"a word as a whole", `"failed"`, contracts.Unknown},
		{"RSpec with a failure", `{"examples":[{"status":"failed"}]}`, contracts.Unknown},
		{"RSpec with an ignored failure", `{"examples":[{"description":"has status code 200","status":"pending"}],"summary":{"failure_count":0,"pending_count":1}}`, contracts.Unknown},
		{"RSpec that could not load its files", `{"examples":[],"summary":{"failure_count":0,"errors_outside_of_examples_count":1}}`, contracts.Unknown},
		{"the report of Pact's core with a pending failure", `{"errors":[],"pendingErrors":[{"interaction":"asks","mismatch":{"type":"error","message":"refused"}}],"result":true}`, contracts.Unknown},
		{"a failure inside a result", `[{"interactionId":"ID-A","success":true,"tests":[{"status":"failed"}]},{"interactionId":"ID-B","success":true}]`, contracts.Unknown},
		{"lists of lists", `[[{"success":true}],[{"success":false}]]`, contracts.Unknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			store := contractstest.NewStore()
			b := contracts.New(store, store, nil)
			c := client{serve(t, b, "/broker") + "/broker"}
			pact := c.send(t, "PUT", "/pacts/provider/api/consumer/web/version/3", `{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":[
				{"description":"asks","providerState":"a user","request":{"method":"GET","path":"/"},"response":{"status":200}},
				{"description":"tells","request":{"method":"POST","path":"/"},"response":{"status":201}}]}`)
			mustCreate(t, pact)
			mustCreate(t, c.send(t, "POST", pactLink(t, c, "3", "pb:publish-verification-results"),
				`{"success":true,"providerApplicationVersion":"a1","testResults":`+withIDs(t, pact.body, tt.results)+`}`))
			mustCreate(t, c.send(t, "POST", "/environments", `{"name":"prod","production":true}`))
			if _, err := b.RecordDeployment(t.Context(), contracts.Deployment{Service: "api", Version: "a1", Environment: "prod"}); err != nil {
				t.Fatal(err)
			}
			a, err := b.CanIDeploy(t.Context(), contracts.Question{Service: "web", Version: "3", Environment: "prod"})
			if err != nil || a.Verdict != tt.want {
				t.Errorf("%s, %v, want %s: %+v", a.Verdict, err, tt.want, a.Reasons)
			}
		})
	}
}

// withIDs puts the ids of a served pact's interactions in the place of ID-A, ID-B.
func withIDs(t *testing.T, pact, results string) string {
	t.Helper()
	var served struct {
		Interactions []struct {
			ID string `json:"_id"`
		} `json:"interactions"`
	}
	if err := json.Unmarshal([]byte(pact), &served); err != nil || len(served.Interactions) != 2 {
		t.Fatalf("%v: %s", err, pact)
	}
	return strings.NewReplacer("ID-A", served.Interactions[0].ID, "ID-B", served.Interactions[1].ID).Replace(results)
}
