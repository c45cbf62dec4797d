package broker_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/goldenpath/platform/contracts"
)

// TestInputThatNoRecordingShows has what a careless or hostile client sends.
func TestInputThatNoRecordingShows(t *testing.T) {
	t.Parallel()
	const (
		forVerification = "/pacts/provider/api/for-verification"
		production      = "/environments/0190d3a0-0000-7000-8000-000000000002"
		deploy          = "/pacticipants/api/versions/a1/deployed-versions" + "/environment/0190d3a0-0000-7000-8000-000000000002"
		publication     = `{"pacticipantName":"web","pacticipantVersionNumber":"9","contracts":[]`
	)
	publish := func(more, message string) step {
		return step{method: "POST", path: "/contracts/publish", body: publication + more + "}", status: 400, in: []string{message}}
	}
	ask := func(body, message string) step {
		return step{method: "POST", path: forVerification, body: body, status: 400, in: []string{message}}
	}
	contractOf := func(pact, more string) string {
		return fmt.Sprintf(`{"consumerName":"web","providerName":"api","specification":"pact","contentType":"application/json","content":%q%s}`,
			base64.StdEncoding.EncodeToString([]byte(pact)), more)
	}
	publishPacts := func(status int, message string, list ...string) step {
		body := strings.Replace(publication, `[]`, "["+strings.Join(list, ",")+"]", 1) + "}"
		return step{method: "POST", path: "/contracts/publish", body: body, status: status, in: []string{message}}
	}
	wrongly := func(more, messages string) step {
		return step{method: "GET", path: "/matrix?q[][pacticipant]=web&q[][version]=3" + more, status: 400, in: []string{`{"errors":[` + messages + `]}`}}
	}
	tooLong := strings.Repeat("n", contracts.MaxName+1)
	refused := func(method, path, body string) step {
		return step{method: method, path: path, body: body, status: 400, in: []string{`{"errors":{`}}
	}
	tests := []struct {
		name  string
		steps []step
	}{
		{"one question has one destination", []step{
			{method: "GET", path: "/matrix?q[][pacticipant]=web&q[][version]=3&mainBranch=true&environment=production", status: 400, in: []string{`{"errors":["Cannot specify more than one of tag, environment and mainBranch."]}`}},
			{method: "GET", path: "/matrix?q[][pacticipant]=web&q[][version]=3&latest=true&mainBranch=true&tag=dev", status: 400, in: []string{"Cannot specify more than one of"}},
			{method: "GET", path: "/matrix?q[][pacticipant]=web&q[][latest]=true&latestby=cvp&latest=true&mainBranch=true", status: 200},
		}},
		{"a semicolon is part of a name, as in Rack 3, and ends none", []step{
			{method: "PUT", path: "/pacticipants/web/versions/v0;v1", body: `{}`, status: 201, in: []string{`"number":"v0;v1"`}},
			{method: "GET", path: "/can-i-deploy?pacticipant=web&version=v0;v1&environment=production", status: 200, in: []string{"There are no missing dependencies"}},
			{method: "GET", path: "/can-i-deploy?pacticipant=web&version=v0;v2&environment=production", status: 200, in: []string{"for version v0;v2 of web"}},
			{method: "GET", path: "/matrix?q[][pacticipant]=web&q[][version]=v0;v2&environment=production", status: 200, in: []string{"for version v0;v2 of web"}},
			{method: "GET", path: "/can-i-deploy?pacticipant=web&version=3;environment=production", status: 400, in: []string{`{"errors":{`}},
			{method: "GET", path: "/can-i-deploy?pacticipant=web&&version=3&environment=production&", status: 200},
			{method: "PUT", path: "/pacticipants/web/branches/a;b/versions/3", body: `{}`, status: 201},
			{method: "GET", path: "/pacticipants/web/branches?q=a;b", status: 200, in: []string{`"name":"a;b"`}, notIn: []string{`"name":"main"`}},
		}},
		{"what a question has and nobody can read is not left out", []step{
			wrongly("&environment=", `"environment must not be blank"`),
			wrongly("&environment", `"environment must not be blank"`),
			wrongly("&environment[]=production", `"environment must be one text: environment=TEXT"`),
			wrongly("&environment%5Bname%5D=production", `"environment must be one text: environment=TEXT"`),
			wrongly("&environment[]=production&tag=%20", `"environment must be one text: environment=TEXT","tag must not be blank"`),
			wrongly("&latest=true&tag=", `"tag must not be blank"`),
			wrongly("&latest=true&tag[]=dev", `"tag must be one text: tag=TEXT"`),
			wrongly("&latest=true&mainBranch=", `"mainBranch must be true or false"`),
			wrongly("&latest=true&mainBranch=yes", `"mainBranch must be true or false"`),
			wrongly("&latest=true&mainBranch[]=true", `"mainBranch must be true or false"`),
			wrongly("&latest=1", `"latest must be true or false"`),
			wrongly("&branch=", `"branch must not be blank"`),
			wrongly("&latestby[]=cvpv", `"latestby must be cvp, cvpv or cp"`),
			wrongly("&limit[]=1", `"limit must be one text: limit=TEXT"`),
			wrongly("&q[][pacticipant]=api&q[][version]=", `"q[][version] of api must not be blank"`),
			wrongly("&q[][pacticipant]=api&q[][latest]=true&q[][tag]=", `"q[][tag] of api must not be blank"`),
			wrongly("&q[][pacticipant]=api&q[][tag][]=dev", `"q[][tag] of api must be one text: q[][tag]=TEXT"`),
			wrongly("&q[][pacticipant]=api&q[][mainBranch]=1", `"q[][mainBranch] of api must be true or false"`),
			wrongly("&q[][pacticipant][]=api", `"q[][pacticipant] must be one text: q[][pacticipant]=TEXT"`),
			wrongly("&ignore=api", `"ignore must be a list: ignore[][pacticipant]=TEXT"`),
			wrongly("&ignore[0][pacticipant]=api", `"ignore must be a list: ignore[][pacticipant]=TEXT"`),
			wrongly("&ignore[][pacticipant]=api&ignore[][version]=", `"ignore[][version] of api must not be blank"`),
			{method: "GET", path: "/matrix?q[0][pacticipant]=web&q[0][version]=3&environment=production", status: 400, in: []string{`{"errors":["q must be a list: q[][pacticipant]=TEXT"]}`}},
			{method: "GET", path: "/matrix?q=web&environment=production", status: 400, in: []string{`{"errors":["q must be a list: q[][pacticipant]=TEXT"]}`}},
			{method: "GET", path: "/matrix?q[][pacticipant]=web&q[][version]=3&latest=true&tag=dev&mainBranch=false&latestby=&limit=&success[]=", status: 200},
			{method: "GET", path: "/can-i-deploy?pacticipant=web&version=3&environment=", status: 400, in: []string{`{"errors":{"environment":["must be filled"]}}`}},
			{method: "GET", path: "/can-i-deploy?pacticipant=web&version=3&environment[]=production", status: 400, in: []string{`{"errors":{"environment":["must be a string"]}}`}},
			{method: "GET", path: "/can-i-deploy?pacticipant=web&version=3&environment=production&to=", status: 400, in: []string{`{"errors":{"to":["must be filled"]}}`}},
			{method: "GET", path: "/can-i-deploy?pacticipant=web&version=3&environment=production&to[]=dev", status: 400, in: []string{`"to":["must be a string"]`}},
			{method: "GET", path: "/can-i-deploy?pacticipant=web&version=3&environment=production&ignore=api", status: 400, in: []string{`{"errors":{"ignore":["must be a list: ignore[][pacticipant]=TEXT"]}}`}},
			{method: "GET", path: "/can-i-deploy?pacticipant=web&version=3&environment=production&ignore[]=api", status: 200, in: []string{`"ignored":`}},
		}},
		{"what is of the wrong kind is not left out", []step{
			publish(`,"tags":"dev"`, `{"errors":{"tags":["must be an array"]}}`),
			publish(`,"tags":[1," "]`, `{"errors":{"tags":["must be a string (at index 0)","cannot be blank (at index 1)"]}}`),
			publish(`,"branch":5,"buildUrl":5`, `{"errors":{"branch":["must be a string"],"buildUrl":["must be a string"]}}`),
			{method: "GET", path: "/pacticipants/web/versions/9", status: 404},
			{method: "PATCH", path: "/pacticipants/web", body: `{"mainBranch":5}`, status: 400, in: []string{`{"errors":{"mainBranch":["must be a string"]}}`}},
			{method: "GET", path: "/pacticipants/web", status: 200, in: []string{`"mainBranch":"main"`}},
			{method: "PUT", path: "/pacticipants/web", body: `{"displayName":[]}`, status: 400},
			{method: "POST", path: "/pacticipants", body: `{"name":"new","repositoryUrl":1}`, status: 400},
			{method: "PUT", path: "/pacticipants/web/versions/3", body: `{"buildUrl":1}`, status: 400},
			{method: "PATCH", path: "/pacticipants/web/versions/3", body: `{"tags":"dev"}`, status: 400, in: []string{`{"errors":{"tags":["must be an array"]}}`}},
			{method: "PATCH", path: "/pacticipants/web/versions/3", body: `{"tags":["dev",{"name":5},{"name":"a\nb"}]}`, status: 400, in: []string{`{"errors":{"tags":["must be a hash (at index 0)","name must be a string (at index 1)","cannot contain multiple lines (at index 2)"]}}`}},
			{method: "PATCH", path: "/pacticipants/web/versions/3", body: `{"tags":[{"name":"dev"}]}`, status: 200, in: []string{`"name":"dev"`}},
			{method: "POST", path: "/environments", body: `{"name":"new","production":false,"displayName":1}`, status: 400},
			ask(`{"providerVersionTags":"dev"}`, `"providerVersionTags":["must be an array"]`),
			ask(`{"providerVersionBranch":5}`, `{"errors":{"providerVersionBranch":["must be a string"]}}`),
			ask(`{"includeWipPactsSince":2020}`, `"includeWipPactsSince":["must be a string"]`),
			ask(`{"consumerVersionSelectors":[{"latest":"true"}]}`, "latest must be boolean (at index 0)"),
			ask(`{"consumerVersionSelectors":[{"latest":true,"consumer":5}]}`, "consumer must be a string (at index 0)"),
			ask(`{"consumerVersionSelectors":[{"latest":true,"consumer":""}]}`, "consumer cannot be blank (at index 0)"),
			ask(`{"consumerVersionSelectors":[{"latest":true,"branch":" "}]}`, "branch cannot be blank (at index 0)"),
			ask(`{"consumerVersionSelectors":[{"deployed":true,"environment":""}]}`, "environment cannot be blank (at index 0)"),
			ask(`{"providerVersionBranch":" "}`, `{"errors":{"providerVersionBranch":["cannot be blank"]}}`),
			{method: "POST", path: forVerification, body: `{"providerVersionTags":null,"consumerVersionSelectors":[{"tag":null,"latest":true}]}`, status: 200},
		}},
		{"an empty branch is none, unless pending or work in progress depend on it", []step{
			{method: "POST", path: forVerification, body: `{"providerVersionBranch":""}`, status: 200, in: []string{"web (3)"}},
			{method: "POST", path: forVerification, body: `{"providerVersionBranch":"","includePendingStatus":false}`, status: 200, in: []string{"web (3)"}},
			{method: "POST", path: forVerification, body: `{"providerVersionBranch":"","includePendingStatus":true,"providerVersionTags":["dev"]}`, status: 200},
			ask(`{"providerVersionBranch":"","includePendingStatus":true}`, "must not be an empty string"),
			ask(`{"providerVersionBranch":"","includeWipPactsSince":"2020-01-01"}`, "must not be an empty string"),
		}},
		{"a name has one line, and a main branch one word", []step{
			publish(`,"branch":"a\nb","tags":["a\rb"]`, `{"errors":{"branch":["cannot contain multiple lines"],"tags":["cannot contain multiple lines (at index 0)"]}}`),
			{method: "POST", path: "/pacticipants", body: `{"name":"a\nb"}`, status: 400, in: []string{`{"errors":{"name":["cannot contain multiple lines"]}}`}},
			{method: "PUT", path: "/pacticipants/a%0Ab", body: `{}`, status: 400, in: []string{"cannot contain multiple lines"}},
			{method: "PUT", path: "/pacticipants/web/versions/a%0Ab", body: `{}`, status: 400, in: []string{"cannot contain multiple lines"}},
			{method: "PUT", path: "/pacticipants/web/versions/3/tags/a%0Ab", body: `{}`, status: 400, in: []string{"cannot contain multiple lines"}},
			{method: "PUT", path: "/pacticipants/web/branches/a%0Ab/versions/3", body: `{}`, status: 400, in: []string{"cannot contain multiple lines"}},
			{method: "PATCH", path: "/pacticipants/web", body: `{"mainBranch":"a\nb"}`, status: 400, in: []string{`{"errors":{"mainBranch":["cannot contain multiple lines"]}}`}},
			{method: "PATCH", path: "/pacticipants/web", body: `{"mainBranch":"a b"}`, status: 400, in: []string{`{"errors":{"mainBranch":["cannot contain spaces"]}}`}},
		}},
		{"a name has no control characters", []step{
			publish(`,"branch":"a\u001bb","tags":["a\u009bb"]`, `{"errors":{"branch":["cannot contain control characters"],"tags":["cannot contain control characters (at index 0)"]}}`),
			{method: "POST", path: "/pacticipants", body: `{"name":"a\u001b[2Jb"}`, status: 400, in: []string{`{"errors":{"name":["cannot contain control characters"]}}`}},
			{method: "POST", path: "/pacticipants", body: `{"name":"new","displayName":"a\u0007b"}`, status: 400, in: []string{`{"errors":{"displayName":["cannot contain control characters"]}}`}},
			{method: "POST", path: "/environments", body: `{"name":"a\u001bb","production":false}`, status: 400, in: []string{`{"errors":{"name":["cannot contain control characters"]}}`}},
			{method: "POST", path: "/environments", body: `{"name":"new","displayName":"a\u001bb","production":false}`, status: 400, in: []string{`{"errors":{"displayName":["cannot contain control characters"]}}`}},
			refused("PUT", "/pacticipants/a%1Bb", `{}`),
			refused("PUT", "/pacticipants/web/labels/a%1Bb", `{}`),
			refused("PUT", "/pacticipants/web/versions/a%09b", `{}`),
			refused("PUT", "/pacticipants/web/versions/3/tags/a%C2%9Bb", `{}`),
			refused("PUT", "/pacticipants/web/branches/a%7Fb/versions/3", `{}`),
			refused("POST", deploy, `{"target":"a\u001bb"}`),
			{method: "PATCH", path: "/pacticipants/web", body: `{"mainBranch":"a\u001bb"}`, status: 400, in: []string{`{"errors":{"mainBranch":["cannot contain control characters"]}}`}},
			{method: "PUT", path: "/pacts/provider/a%1Bb/consumer/web/version/9", body: `{"interactions":[]}`, status: 400, in: []string{"cannot contain control characters"}},
			publishPacts(400, "cannot contain control characters", strings.Replace(contractOf(`{"interactions":[]}`, ""), `"api"`, `"a\u001bb"`, 1)),
			{method: "GET", path: "/pacticipants", status: 200, notIn: []string{`\u001b`}},
		}},
		{"a name has no half of a character, and the content of others may", []step{
			publish(`,"branch":"a\ud800b","tags":["dev","\udc00"]`, `{"errors":{"branch":["cannot contain \\ud800, which is half of a character"],"tags":["cannot contain \\udc00, which is half of a character (at index 1)"]}}`),
			{method: "POST", path: "/pacticipants", body: `{"name":"a\uD800"}`, status: 400, in: []string{`{"errors":{"name":["cannot contain \\uD800, which is half of a character"]}}`}},
			{method: "POST", path: "/pacticipants", body: `{"name":"a\udc00\ud800"}`, status: 400, in: []string{`"name":["cannot contain \\udc00`}},
			{method: "POST", path: "/pacticipants", body: `{"name":"a\ud83d\ud83d\ude00"}`, status: 400, in: []string{`"name":["cannot contain \\ud83d`}},
			{method: "POST", path: "/pacticipants", body: `{"name":"new","displayName":"\ud800","repositoryUrl":"\ud801"}`, status: 400, in: []string{`"displayName":["cannot`, `"repositoryUrl":["cannot`}},
			{method: "PATCH", path: "/pacticipants/web", body: `{"mainBranch":"\ud800"}`, status: 400, in: []string{`{"errors":{"mainBranch":["cannot contain`}},
			{method: "PUT", path: "/pacticipants/web/versions/3", body: `{"buildUrl":"https://ci/\ud800"}`, status: 400, in: []string{`{"errors":{"buildUrl":["cannot contain`}},
			{method: "PATCH", path: "/pacticipants/web/versions/3", body: `{"tags":[{"name":"\ud800"}]}`, status: 400, in: []string{`"tags":["cannot contain`}},
			{method: "POST", path: "/environments", body: `{"name":"new\ud800","production":false}`, status: 400, in: []string{`{"errors":{"name":["cannot contain`}},
			{method: "POST", path: deploy, body: `{"target":"\ud800"}`, status: 400, in: []string{`{"errors":{"target":["cannot contain`}},
			ask(`{"consumerVersionSelectors":[{"latest":true},{"branch":"\ud800"}]}`, `half of a character (at index 1)`),
			publishPacts(400, `half of a character (at index 0)`, strings.Replace(contractOf(`{"interactions":[]}`, ""), `"api"`, `"a\ud800"`, 1)),
			{method: "POST", path: "/contracts/publish", body: `{"pacticipantName":"web","pacticipantVersionNumber":"9\ud800","contracts":[]}`, status: 400, in: []string{`{"errors":{"pacticipantVersionNumber":["cannot contain`}},
			{method: "GET", path: "/pacticipants/web/versions", status: 200, notIn: []string{"\uFFFD"}},
			publishPacts(200, "web version 9 and provider api.", contractOf(`{"interactions":[{"description":"\ud800"}]}`, "")),
			{method: "POST", path: "/pacticipants", body: `{"name":"\ud83d\ude00 \\ud800","displayName":"\u00fc\\\\ud800"}`, status: 201, in: []string{`"name":"😀 \\ud800"`}},
			{method: "POST", path: "/environments", body: `{"name":"kept","production":false,"contacts":[{"name":"\ud800"}]}`, status: 201},
		}},
		{"a version has one pact with a provider, however often it is sent", []step{
			publishPacts(200, "web version 9 and provider api.", contractOf(`{"interactions":[]}`, ""), contractOf(`{ "interactions": [] }`, `,"onConflict":"merge"`)),
			publishPacts(400, `{"errors":{"contracts":["there is another pact with providerName ('api') and other content (at index 1)"]}}`, contractOf(`{"interactions":[]}`, ""), contractOf(`{"interactions":[{"description":"x"}]}`, "")),
			publishPacts(400, "onConflict must be one of: overwrite, merge (at index 0)", contractOf(`{"interactions":[]}`, `,"onConflict":"replace"`)),
			publishPacts(400, "providerName must be a string (at index 0)", strings.Replace(contractOf("{}", ""), `"api"`, "5", 1)),
		}},
		{"an instance that cannot be read does not end what runs elsewhere", []step{
			{method: "POST", path: deploy, body: `{}`, status: 201},
			{method: "POST", path: strings.Replace(deploy, "a1", "a2", 1), body: `{"applicationInstance":5}`, status: 400, in: []string{`"applicationInstance":["must be a string"]`}},
			{method: "GET", path: production + "/deployed-versions/currently-deployed", status: 200, in: []string{`"number":"a1"`}, notIn: []string{`"number":"a2"`}},
		}},
		{"a blank name is named", []step{
			{method: "POST", path: "/contracts/publish", body: `{"pacticipantName":" ","pacticipantVersionNumber":" ","contracts":[]}`, status: 400, in: []string{`"pacticipantName":["cannot be blank"]`, `"pacticipantVersionNumber":["cannot be blank"]`}},
			{method: "PUT", path: "/pacts/provider/api/consumer/web/version/%20", body: `{"interactions":[]}`, status: 400, in: []string{`{"errors":{"version":["is missing`}},
			refused("PUT", "/pacticipants/web/versions/%20", `{}`),
			refused("PUT", "/pacticipants/web/versions/3/tags/%20", `{}`),
			refused("PUT", "/pacticipants/web/branches/%20/versions/3", `{}`),
		}},
		{"a name that no database keeps is refused", []step{
			{method: "GET", path: "/pacticipants/a%00b", status: 400, in: []string{"U+0000"}},
			{method: "PUT", path: "/pacticipants/%ff", body: `{}`, status: 400},
			{method: "GET", path: "/can-i-deploy?pacticipant=web&version=%00&environment=production", status: 400, in: []string{"cannot be read"}},
			{method: "GET", path: "/matrix?q[][pacticipant]=%ff", status: 400, in: []string{"cannot be read"}},
			{method: "POST", path: "/pacticipants", body: `{"name":"a\u0000b"}`, status: 400, in: []string{`{"errors":{"name":["cannot contain the character U+0000"]}}`}},
			ask(`{"consumerVersionSelectors":[{"branch":"a\u0000b"}]}`, "U+0000"),
			refused("PUT", "/pacticipants/"+tooLong, `{}`),
			refused("PUT", "/pacticipants/web/labels/"+tooLong, `{}`),
			refused("PUT", "/pacticipants/web/versions/"+tooLong, `{}`),
			refused("PUT", "/pacticipants/web/versions/3/tags/"+tooLong, `{}`),
			refused("PUT", "/pacticipants/web/branches/"+tooLong+"/versions/3", `{}`),
			refused("POST", deploy, `{"target":"`+tooLong+`"}`),
			refused("POST", "/environments", `{"name":"`+tooLong+`","production":false}`),
			{method: "PUT", path: "/pacticipants/web/versions/3/tags/" + tooLong[1:], body: `{}`, status: 201},
		}},
		{"what is called like a form is found, and the form else", []step{
			{method: "PUT", path: "/pacticipants/package.json", body: `{}`, status: 201, in: []string{`/pacticipants/package%2Ejson"`}},
			{method: "GET", path: "/pacticipants/package%2Ejson", status: 200, in: []string{`"name":"package.json"`}},
			{method: "GET", path: "/pacticipants/web.json", status: 200, in: []string{`"name":"web"`}},
			{method: "GET", path: "/pacticipants/package.json", status: 200, in: []string{`"name":"package.json"`}},
			{method: "GET", path: "/pacticipants/nobody.json", status: 404, in: []string{`"error":"No pacticipant with name 'nobody' found"}`}},
			{method: "PUT", path: "/pacticipants/web/branches/x.json/versions/v.json", body: `{}`, status: 201},
			{method: "GET", path: "/pacticipants/web/versions/v.json", status: 200, in: []string{`"number":"v.json"`}},
			{method: "HEAD", path: "/pacticipants/web/versions/v.json", status: 200},
			{method: "GET", path: "/pacticipants/web/versions/3.json", status: 200, in: []string{`"number":"3"`}},
			{method: "GET", path: "/pacticipants/web/branches/x.json", status: 200, in: []string{`"name":"x.json"`}},
			{method: "GET", path: "/pacticipants/web/branches/x.json/versions/v.json", status: 200, in: []string{`"title":"Version","name":"v.json"`}},
			{method: "GET", path: "/pacticipants/web/branches/main.json", status: 200, in: []string{`"name":"main"`}},
			{method: "PUT", path: "/pacticipants/web/versions/v.csv", body: `{}`, status: 201},
			{method: "GET", path: "/pacticipants/web/versions/v.csv", status: 200, in: []string{`"number":"v.csv"`}},
			{method: "GET", path: "/pacts/provider/api/tag/dev.json", status: 200, in: []string{"/version/1"}},
			{method: "GET", path: "/pacts/provider/api/consumer/web/branch/main.json", status: 200, in: []string{"/version/1"}},
			{method: "GET", path: "/pacticipants/web/latest-version/dev/can-i-deploy/to/dev.json", status: 200, in: []string{"with tag dev"}},
			{method: "GET", path: "/pacts/provider/api/consumer/web/latest.json?x=.json", status: 200, in: []string{`"interactions"`}},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			play(t, world(t), tt.steps)
		})
	}
}
