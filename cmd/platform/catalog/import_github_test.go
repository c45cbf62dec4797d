package catalog

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/goldenpath/platform/catalog"
	"github.com/goldenpath/platform/portal/api/types"
)

func TestProvidersOfGitHub(t *testing.T) {
	t.Parallel()
	settings := func(change func(s *types.OrganizationSettings)) *types.OrganizationSettings {
		s := &types.OrganizationSettings{Forks: true}
		if change != nil {
			change(s)
		}
		return s
	}
	for _, tt := range []struct {
		name, text string
		target     string
		want       *types.OrganizationSettings
		why        string
	}{
		{"the least", "{organization: acme}", "https://github.com/acme", settings(nil), ""},
		{
			"with filters that have counterparts",
			"{organization: acme, host: git.acme.io, catalogPath: /x/*.yaml, filters: {repository: '^team-.*$', topic: {include: [go]}, allowForks: false, allowArchived: true}}",
			"https://git.acme.io/acme",
			&types.OrganizationSettings{Path: "x/*.yaml", Repositories: "team-*", Topics: []string{"go"}, Archived: true}, "",
		},
		{"a dot that is one", `{organization: acme, filters: {repository: 'acme\.github\.io'}}`, "https://github.com/acme", settings(func(s *types.OrganizationSettings) { s.Repositories = "acme.github.io" }), ""},
		{"any character", `{organization: acme, filters: {repository: 'a.c'}}`, "https://github.com/acme", settings(func(s *types.OrganizationSettings) { s.Repositories = "a?c" }), ""},
		{"a real expression", "{organization: acme, filters: {repository: '(a|b).*'}}", "https://github.com/acme", settings(func(s *types.OrganizationSettings) { s.Expression = "(a|b).*" }), ""},
		{"one that repeats", "{organization: acme, filters: {repository: 'ab*'}}", "https://github.com/acme", settings(func(s *types.OrganizationSettings) { s.Expression = "ab*" }), ""},
		{"one that may be left out", "{organization: acme, filters: {repository: '^ab?$'}}", "https://github.com/acme", settings(func(s *types.OrganizationSettings) { s.Expression = "^ab?$" }), ""},
		{"one that looks ahead", "{organization: acme, filters: {repository: '(?!old-).*'}}", "https://github.com/acme", nil, "looks ahead"},
		{"a branch", "{organization: acme, filters: {branch: main, repository: '.*'}}", "https://github.com/acme", settings(func(s *types.OrganizationSettings) { s.Branch, s.Repositories = "main", "*" }), ""},
		{"a topic that is not wanted", "{organization: acme, filters: {topic: {exclude: x}}}", "https://github.com/acme", settings(func(s *types.OrganizationSettings) { s.WithoutTopics = []string{"x"} }), ""},
		{"who may see it", "{organization: acme, filters: {visibility: [internal, private]}}", "https://github.com/acme", settings(func(s *types.OrganizationSettings) { s.Visibility = []string{"internal", "private"} }), ""},
		{"folders at any depth", "{organization: acme, catalogPath: '/**/catalog-info.{yml,yaml}'}", "https://github.com/acme", settings(func(s *types.OrganizationSettings) { s.Path = "**/catalog-info.{yml,yaml}" }), ""},
		{"what is looked at anyway", "{organization: acme, validateLocationsExist: true}", "https://github.com/acme", settings(nil), ""},
		{"a variable in a filter", "{organization: acme, filters: {branch: '${BRANCH}'}}", "https://github.com/acme", nil, "variable"},
		{"a variable", "{organization: '${ORG}'}", "https://github.com/${ORG}", nil, "variable"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for nested, text := range map[string]string{"": tt.text, "main": "main: " + tt.text} {
				var document yaml.Node
				if err := yaml.Unmarshal([]byte(text), &document); err != nil {
					t.Fatal(err)
				}
				found := githubProviders(*document.Content[0])
				if len(found) != 1 || found[nested].Organization == "" {
					t.Fatalf("providers: %+v", found)
				}
				request, why := found[nested].location()
				if request.Target != tt.target || !strings.Contains(why, tt.why) || (why == "") != (tt.why == "") {
					t.Errorf("%s, %q; want %s, %q", request.Target, why, tt.target, tt.why)
				}
				if diff := cmp.Diff(tt.want, request.Organization); tt.want != nil && diff != "" {
					t.Errorf("settings (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestHowOftenAProviderReads(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"{minutes: 30}": {"30m"}, "{hours: 1, minutes: 30}": {"1h30m"}, "{days: 2}": {"2d"}, "PT30M": {"30m"}, "P1DT12H": {"1d12h"}, "45 minutes": {"45m"}, "3h": {"3h"},
		"{seconds: 20}": {"1m", "more often"}, "{months: 3}": {"30d", "more rarely"}, "{cron: '0 * * * *'}": {"", "Only times"}, "{fortnights: 1}": {"", "Only times"}, "soon": {"", "Only times"}, "": {""},
	} {
		var p githubProvider
		if err := yaml.Unmarshal([]byte("{organization: acme, schedule: {frequency: "+text+", timeout: {minutes: 3}}}"), &p); err != nil {
			t.Fatal(err)
		}
		if text == "" {
			p.Schedule.Frequency = yaml.Node{}
		}
		every, why := everyOf(p.Schedule.Frequency)
		if every != want[0] || !strings.Contains(why, want[1]) || (why == "") != (want[1] == "") {
			t.Errorf("%s: %q, %q; want %q, %q", text, every, why, want[0], want[1])
		}
		if every != "" {
			if _, err := catalog.ParseEvery(every); err != nil {
				t.Errorf("%s: %v", text, err)
			}
		}
	}
}

func TestEachProviderWithoutACounterpartSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"gitlab": "GitLab", "gitlabOrg": "GitLab", "bitbucketCloud": "Bitbucket", "bitbucketServer": "Bitbucket", "azureDevOps": "Azure DevOps", "gitea": "Gitea", "gerrit": "Gerrit",
		"ldapOrg": "LDAP", "microsoftGraphOrg": "Graph", "githubOrg": "members of GitHub", "keycloakOrg": "log in", "awsS3": "buckets", "ours": "no such provider",
	} {
		if why := withoutProvider(name); !strings.Contains(why, want) || !strings.Contains(why, "platform catalog register") || !strings.Contains(why, "import --backstage") {
			t.Errorf("%s: %s", name, why)
		}
	}
}
