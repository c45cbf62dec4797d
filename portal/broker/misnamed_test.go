package broker_test

import (
	"net/url"
	"strings"
	"testing"
)

// TestAMisspeltParameterIsNotLeftOut asks with names that nobody reads. Left out, they
// would make another question, and its yes one that nobody asked for.
func TestAMisspeltParameterIsNotLeftOut(t *testing.T) {
	t.Parallel()
	const (
		version   = "/matrix?q[][pacticipant]=web&q[][version]=3"
		canDeploy = "/can-i-deploy?pacticipant=web&version=3"
		pair      = "/matrix/provider/api/consumer/web"
		verify    = "/pacts/provider/api/for-verification"
		there     = "/environments/0190d3a0-0000-7000-8000-000000000002/deployed-versions/currently-deployed"
		tagged    = "/pacticipants/web/latest-version/dev/can-i-deploy/to/dev"
		branch    = "/pacticipants/web/branches/main/latest-version/can-i-deploy/to-environment/production"
	)
	tests := []struct{ path, name, meant string }{
		{version + "&enviromnet=production", "enviromnet", "environment"},
		{version + "&environmnets=production", "environmnets", "environment"},
		{version + "&environmentName=production", "environmentName", "environment"},
		{version + "&environment_name=production", "environment_name", "environment"},
		{version + "&ENVIRONMENT=production", "ENVIRONMENT", "environment"},
		{version + "&+environment=production", " environment", "environment"},
		{version + "&enviromnet[]=production", "enviromnet", "environment"},
		{version + "&env=production", "env", "environment"},
		{version + "&toEnvironment=production", "toEnvironment", "environment"},
		{version + "&to-environment=production", "to-environment", "environment"},
		{version + "&to=dev", "to", "tag (and latest=true), or environment"},
		{version + "&tags=dev", "tags", "tag"},
		{version + "&tga=dev", "tga", "tag"},
		{version + "&tagName=dev", "tagName", "tag"},
		{version + "&latst=true", "latst", "latest"},
		{version + "&lastest=true", "lastest", "latest"},
		{version + "&mainbranch=true", "mainbranch", "mainBranch"},
		{version + "&main_branch=true", "main_branch", "mainBranch"},
		{version + "&main-branch=true", "main-branch", "mainBranch"},
		{version + "&with-main-branches=true", "with-main-branches", "mainBranch"},
		{version + "&brnach=main", "brnach", "branch"},
		{version + "&latestBy=cvpv", "latestBy", "latestby"},
		{version + "&latest_by=cvpv", "latest_by", "latestby"},
		{version + "&sucsess[]=true", "sucsess", "success"},
		{version + "&limits=1", "limits", "limit"},
		{version + "&ignored[][pacticipant]=api", "ignored", "ignore"},
		{version + "&Q[][pacticipant]=api", "Q", "q"},
		{version + "&version=1", "version", "q[][version]"},
		{version + "&pacticipant=api", "pacticipant", "q[][pacticipant]"},
		{"/matrix?q[][pacticipant]=web&q[][vesion]=1", "q[][vesion]", "q[][version]"},
		{"/matrix?q[][pacticipant]=web&q[][versionNumber]=1", "q[][versionNumber]", "q[][version]"},
		{"/matrix?q[][pacticipant]=web&q[]vesion=1", "q[][vesion]", "q[][version]"},
		{"/matrix?q[][pacticipant]=web&q[][mainbranch]=true", "q[][mainbranch]", "q[][mainBranch]"},
		{"/matrix?q[][pacticipant]=web&q[][enviromnet]=production", "q[][enviromnet]", "q[][environment]"},
		{"/matrix?q[][pacticpant]=web", "q[][pacticpant]", "q[][pacticipant]"},
		{version + "&ignore[][pacticipant]=api&ignore[][versino]=1", "ignore[][versino]", "ignore[][version]"},
		{canDeploy + "&enviromnet=production", "enviromnet", "environment"},
		{canDeploy + "&environment=production&ignores[]=api", "ignores", "ignore"},
		{canDeploy + "&environment=production&ignore[][pacticipant]=api&ignore[][vers]=1", "ignore[][vers]", "ignore[][version]"},
		{canDeploy + "&environment=production&tag=dev", "tag", "to"},
		{canDeploy + "&environment=production&To=dev", "To", "to"},
		{canDeploy + "&environment=production&mainBranch=true", "mainBranch", "mainBranch at /matrix"},
		{canDeploy + "&environment=production&q[][pacticipant]=api", "q", "q at /matrix"},
		{canDeploy + "&environment=production&Version=1", "Version", "version"},
		{pair + "?enviromnet=production", "enviromnet", "environment"},
		{pair + "?q[][pacticipant]=other", "q", "q at /matrix"},
		{tagged + "?environment=production", "environment", "environment at /can-i-deploy"},
		{tagged + "?Latest=false", "Latest", "latest at /matrix"},
		{branch + "?environment=test", "environment", "environment at /can-i-deploy"},
		{branch + "?enviromnet=test", "enviromnet", "environment at /can-i-deploy"},
		{verify + "?provider_version_branhc=main", "provider_version_branhc", "providerVersionBranch"},
		{verify + "?consumer_version_selector[][tag]=dev", "consumer_version_selector", "consumerVersionSelectors"},
		{verify + "?consumer_version_selectors[][tag]=dev&consumer_version_selectors[][fallback_tags]=main", "consumerVersionSelectors[][fallback_tags]", "consumerVersionSelectors[][fallbackTag]"},
		{verify + "?consumerVersionSelectors[][mainbranch]=true", "consumerVersionSelectors[][mainbranch]", "consumerVersionSelectors[][mainBranch]"},
		{verify + "?IncludePendingStatus=false", "IncludePendingStatus", "includePendingStatus"},
		{there + "?pacticpant=web", "pacticpant", "pacticipant"},
		{there + "?pacticipant=web&applicationinstance=blue", "applicationinstance", "applicationInstance"},
		{there + "?pacticipant=web&instance=blue", "instance", "applicationInstance"},
		{branch + "?ignore[]=api", "ignore", "ignore at /can-i-deploy"},
	}
	c := world(t)
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			t.Parallel()
			says := `There is no parameter \"` + tt.name + `\" here; did you mean ` + tt.meant + `?`
			if a := c.send(t, "GET", tt.path, ""); a.status != 400 || !strings.Contains(a.body, says) {
				t.Errorf("%d %s\nwant 400 with %s", a.status, a.body, says)
			}
		})
	}
}

// TestWhatClientsSendIsRead has the queries that Pact's clients make, each with all the
// parameters it may have, and what others add to a query.
func TestWhatClientsSendIsRead(t *testing.T) {
	t.Parallel()
	tests := []struct{ client, path string }{
		{"pact broker can-i-deploy", "/matrix?q[][pacticipant]=web&q[][version]=3&ignore[][pacticipant]=api&ignore[][version]=a1&latestby=cvpv&environment=production"},
		{"pact broker can-i-deploy --to", "/matrix?q[][pacticipant]=web&q[][version]=3&tag=dev&latestby=cvp&latest=true"},
		{"pact broker can-i-deploy of two", "/matrix?q[][pacticipant]=web&q[][latest]=true&q[][tag]=dev&q[][pacticipant]=api&q[][branch]=main&q[][pacticipant]=web&q[][mainBranch]=true&latestby=cvpv"},
		{"pact broker can-i-merge", "/matrix?q[][pacticipant]=web&q[][version]=3&latestby=cvp&latest=true&mainBranch=true"},
		{"pact-broker of Ruby", "/matrix?" + url.PathEscape("q[][pacticipant]") + "=web&q%5B%5D%5Bversion%5D=3&latestby=cvp&success%5B%5D=true&success%5B%5D=&limit=1000&latest=true&tag=dev&ignore%5B%5D%5Bpacticipant%5D=api"},
		{"pact-broker of Ruby, main branches", "/matrix?q%5B%5D%5Bpacticipant%5D=web&q%5B%5D%5Blatest%5D=true&latestby=cvp&latest=true&mainBranch=true"},
		{"pact-broker of Ruby, sorted on its way", "/matrix?latest=true&latestby=cvp&q[][pacticipant]=web&q[][version]=3&tag=dev"},
		{"Pact JVM", "/matrix?q[][pacticipant]=web&latestby=cvp&q[][version]=3&environment=production&ignore[][pacticipant]=api&ignore[][version]=a1"},
		{"Pact JVM, to a tag", "/matrix?q[][pacticipant]=web&latestby=cvp&q[][tag]=dev&latest=true&tag=dev&latest=true"},
		{"Pact JVM, with main branches", "/matrix?q[][pacticipant]=web&latestby=cvp&q[][latest]=true&mainBranch=true&latest=true"},
		{"the link in a pact", "/matrix?q%5B%5D%5Bpacticipant%5D=web&q%5B%5D%5Bversion%5D=3&latestby=cvpv"},
		{"PactFlow's tools for assistants", "/matrix?latestby=cvpv&limit=100&q[]pacticipant=web&q[]version=3&q[]mainBranch=false&q[]pacticipant=api&q[]branch=main&q[]latest=true&q[]pacticipant=web&q[]environment=production&q[]pacticipant=api&q[]tag=dev"},
		{"the peer's own pages", "/matrix?q%5B%5Dpacticipant=web&q%5B%5Dtag=dev&q%5B%5Dlatest=true&q%5B%5Dpacticipant=api&latestby=cvpv&limit=100"},
		{"the peer's own tests", "/matrix?q[][pacticipant]=web&q[][version]=3&tag=dev&latestby=cvp&limit=2&days=30"},
		{"the newest of a consumer and a provider", "/matrix?q[][pacticipant]=web&latestby=cp"},
		{"the links of the index", "/can-i-deploy?pacticipant=web&version=3&environment=production"},
		{"the links of the index, to a tag", "/can-i-deploy?pacticipant=web&version=3&to=dev"},
		{"what is ignored, by name", "/can-i-deploy?pacticipant=web&version=3&environment=production&ignore%5B%5D=api"},
		{"what is ignored, by version", "/can-i-deploy?pacticipant=web&version=3&environment=production&ignore[][pacticipant]=api&ignore[][version]=a1"},
		{"a pair", "/matrix/provider/api/consumer/web?latestby=cvpv&limit=10&success[]=true"},
		{"a badge", "/pacticipants/web/branches/main/latest-version/can-i-deploy/to-environment/production?label=web&style=flat"},
		{"pact broker record-undeployment", "/environments/0190d3a0-0000-7000-8000-000000000002/deployed-versions/currently-deployed?pacticipant=web&applicationInstance="},
		{"pact-broker of Ruby, support that ends", "/environments/0190d3a0-0000-7000-8000-000000000002/released-versions/currently-supported?pacticipant=web&version=3&target=blue"},
		{"the probe of verifiers", "/pacts/provider/api/for-verification"},
		{"Pact for Ruby, before it posted", "/pacts/provider/api/for-verification?provider_version_tags[]=dev&consumer_version_selectors[][tag]=dev&consumer_version_selectors[][latest]=true&consumer_version_selectors[][fallback_tag]=dev&consumer_version_selectors[][consumer]=web&include_pending_status=true&include_wip_pacts_since=2020-01-01"},
	}
	const others = "&_=1700000000&ts=1&t=2&v=1&page=1&pageNumber=1&pageSize=100&size=3&format=json&lang=en&locale=de&team=a&test=1&max=3&log=x&" +
		"api-version=7.1&api_key=k&token=x&nocache=1&utm_source=mail&date=2020-01-01&sort=name&offset=5&session=1&region=eu&debug=true&retry=3&wait=x"
	c := world(t)
	for _, tt := range tests {
		t.Run(tt.client, func(t *testing.T) {
			t.Parallel()
			sep := map[bool]string{true: "", false: "?"}[strings.Contains(tt.path, "?")]
			alone, beside := c.send(t, "GET", tt.path, ""), c.send(t, "GET", tt.path+sep+others, "")
			if alone.status != 200 || beside.status != 200 || strings.ReplaceAll(beside.body, others, "") != alone.body {
				t.Errorf("%s\n%d %s\nand with what others add\n%d %s", tt.path, alone.status, alone.body, beside.status, beside.body)
			}
		})
	}
}

// TestOneQuestionIsAsked has queries that say two things, or one that has no meaning.
func TestOneQuestionIsAsked(t *testing.T) {
	t.Parallel()
	const (
		version   = "/matrix?q[][pacticipant]=web&q[][version]=3"
		canDeploy = "/can-i-deploy?pacticipant=web&version=3"
		verify    = "/pacts/provider/api/for-verification"
		there     = "/environments/0190d3a0-0000-7000-8000-000000000002/deployed-versions/currently-deployed"
	)
	refused := func(path, says string) step { return step{method: "GET", path: path, status: 400, in: []string{says}} }
	answered := func(path string, in ...string) step { return step{method: "GET", path: path, status: 200, in: in} }
	tests := []struct {
		name  string
		steps []step
	}{
		{"a parameter has one value", []step{
			refused(version+"&environment=test&environment=production", `{"errors":["environment must be given once, not as \"test\" and as \"production\""]}`),
			refused(version+"&environment=production&environment=", `environment must be given once`),
			refused(version+"&latest=true&tag=dev&tag=main", `tag must be given once, not as \"dev\" and as \"main\"`),
			refused(version+"&latest=true&latest=false", `latest must be given once`),
			refused(version+"&mainBranch=true&latest=true&mainBranch=false", `mainBranch must be given once`),
			refused(version+"&branch=a&branch=b", `branch must be given once`),
			refused(version+"&latestby=cvp&latestby=cvpv", `latestby must be given once`),
			refused(version+"&limit=1&limit=2", `limit must be given once`),
			refused(version+"&success=true&success=false", `success must be given once`),
			refused(version+"&environment[]=production&environment=production", `environment must be one text`),
			refused(canDeploy+"&environment=test&environment=production", `{"errors":{"environment":["must be given once, not as \"test\" and as \"production\""]}}`),
			refused(canDeploy+"&version=2&environment=production", `{"errors":{"version":["must be given once, not as \"3\" and as \"2\""]}}`),
			refused(canDeploy+"&pacticipant=api&environment=production", `"pacticipant":["must be given once`),
			refused(canDeploy+"&to=dev&to=main", `"to":["must be given once`),
			answered(version + "&environment=production&environment=production"),
			answered(version + "&latest=true&tag=dev&latest=true"),
			answered(canDeploy + "&version=3&environment=production"),
			answered(version+"&q[][version]=2&q[][pacticipant]=web&latestby=cvpv&environment=production&utm=1&utm=2", `"deployable"`),
		}},
		{"a word has a meaning", []step{
			refused(version+"&latestby=foo", `{"errors":["latestby must be cvp, cvpv or cp"]}`),
			refused(version+"&latestby=CVPV", `latestby must be cvp, cvpv or cp`),
			refused(version+"&latestby[]=cvpv", `latestby must be cvp, cvpv or cp`),
			refused("/matrix?q[][pacticipant]=web&latestby=cvpq[][tag]=dev&latest=true", `latestby must be cvp, cvpv or cp`),
			refused(version+"&success=maybe", `{"errors":["success must be true or false"]}`),
			refused(version+"&success[]=true&success[]=maybe", `{"errors":["success[] must be true or false"]}`),
			refused(version+"&success[][is]=true", `success[] must be true or false`),
			refused(version+"&success[is]=true", `success must be true or false`),
			refused(version+"&limit=many", "The limit must be 1 or greater."),
			refused(version+"&limit=-1", "The limit must be 1 or greater."),
			refused(version+"&limit=1.5", "The limit must be 1 or greater."),
			refused("/matrix/provider/api/consumer/web?latestby=foo", `latestby must be cvp, cvpv or cp`),
			refused("/matrix/provider/api/consumer/web?environment=nowhere", `Environment with name 'nowhere' does not exist`),
			answered(version + "&latestby=&limit=&success="),
			answered(version + "&latestby=cp&limit=5&success[]=false&success[]="),
		}},
		{"the newest of a tag, or whatever is in an environment", []step{
			refused(canDeploy+"&environment=production&latest=true", `{"errors":{"":["Cannot specify both latest=true and an environment."]}}`),
			refused(canDeploy+"&to=dev&latest=false", `{"errors":{"latest":["cannot be false: 'to' asks about the latest versions with the tag"]}}`),
			refused(canDeploy+"&to=dev&latest=1", `{"errors":{"latest":["must be true or false"]}}`),
			refused(canDeploy+"&to=dev&latest=true&latest=false", `{"errors":{"latest":["must be given once`),
			refused(canDeploy+"&latest=true", `Must specify either an environment or a 'to' tag.`),
			answered(canDeploy + "&to=dev&latest=true"),
			answered(canDeploy + "&environment=production&latest=false"),
		}},
		{"pacts to verify are asked for with a query, too", []step{
			{method: "GET", path: verify, status: 200, in: []string{"web (3)", `"pending":`}, notIn: []string{"web (1)"}},
			{method: "GET", path: verify + "?consumer_version_selectors[][tag]=dev&consumer_version_selectors[][latest]=true&include_pending_status=false", status: 200, in: []string{"web (1)"}, notIn: []string{"web (3)", `"pending":`}},
			{method: "GET", path: verify + "?consumerVersionSelectors[][branch]=feat/x&consumerVersionSelectors[][main_branch]=true", status: 400, in: []string{"consumerVersionSelectors"}},
			{method: "GET", path: verify + "?consumerVersionSelectors[][branch]=feat/x&consumerVersionSelectors[][branch]=main", status: 200, in: []string{"web (2)", "web (3)"}},
			refused(verify+"?provider_version_tags=dev", `{"errors":{"providerVersionTags":["must be an array"]}}`),
			refused(verify+"?include_pending_status=maybe", `{"errors":{"includePendingStatus":["must be boolean"]}}`),
			refused(verify+"?include_pending_status=", `{"errors":{"includePendingStatus":["must be boolean"]}}`),
			refused(verify+"?include_wip_pacts_since=soon", `{"errors":{"includeWipPactsSince":["must be a date"]}}`),
			refused(verify+"?provider_version_branch=a&provider_version_branch=b", `"providerVersionBranch":["must be given once, not as \"a\" and as \"b\""]`),
			refused(verify+"?provider_version_branch=a&providerVersionBranch=b", `"providerVersionBranch":["must be given once`),
			refused(verify+"?consumer_version_selectors[][tag]=", `tag cannot be blank (at index 0)`),
			refused(verify+"?consumer_version_selectors[0][tag]=dev", `"consumerVersionSelectors":["must be an array"]`),
			refused(verify+"?consumer_version_selectors[][latest]=1", `latest must be boolean (at index 0)`),
			refused(verify+"?provider_version_branch=%ff", "cannot be read"),
		}},
		{"what cannot be read is neither deleted nor ended", []step{
			{method: "DELETE", path: "/pacticipants/web/branches?excludes[]=feat/x", status: 400, in: []string{`There is no parameter \"excludes\" here; did you mean exclude?`}},
			{method: "DELETE", path: "/pacticipants/web/branches?exclude=feat/x", status: 400, in: []string{`{"errors":{"exclude":["must be an array"]}}`}},
			{method: "DELETE", path: "/pacticipants/web/branches?exclude[]=main&exclude[][name]=feat/x", status: 400, in: []string{`{"errors":{"exclude":["must be a string (at index 1)"]}}`}},
			answered("/pacticipants/web/branches", `"name":"feat/x"`),
			refused(there+"?pacticipant=web&pacticipant=api", `{"errors":{"pacticipant":["must be given once, not as \"web\" and as \"api\""]}}`),
			refused(there+"?pacticipant[]=web", `{"errors":{"pacticipant":["must be one text: pacticipant=TEXT"]}}`),
		}},
		{"a pair has the rows that are asked for", []step{
			answered("/matrix/provider/api/consumer/web", `"success":1,"failed":1`, `"number":"a1"`, `"number":"a2"`),
			{method: "GET", path: "/matrix/provider/api/consumer/web?success=false&latestby=cvpv", status: 200, in: []string{`"number":"a2"`}, notIn: []string{`"number":"a1"`}},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			play(t, world(t), tt.steps)
		})
	}
}
