package broker_test

import "testing"

// TestAResultIsOfAVersionWithWholeCharacters publishes results as verifiers do: what
// names the version is refused, what only tells of it is kept.
func TestAResultIsOfAVersionWithWholeCharacters(t *testing.T) {
	t.Parallel()
	c := world(t)
	results := pactLink(t, c, "3", "pb:publish-verification-results")
	play(t, c, []step{
		{method: "POST", path: results, body: `{"success":true,"providerApplicationVersion":"a\ud8003"}`, status: 400, in: []string{`{"errors":{"providerApplicationVersion":["cannot contain \\ud800, which is half of a character"]}}`}},
		{method: "POST", path: results, body: `{"success":true,"providerApplicationVersion":"a3","testResults":[{"testDescription":"\ud800","status":"passed"}]}`, status: 201},
		{method: "GET", path: "/pacticipants/api/versions", status: 200, in: []string{`"number":"a3"`}, notIn: []string{"\uFFFD"}},
	})
}
