package catalog

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

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
		{"a real expression", "{organization: acme, filters: {repository: '(a|b).*'}}", "https://github.com/acme", nil, "regular expression"},
		{"one that repeats", "{organization: acme, filters: {repository: 'ab*'}}", "https://github.com/acme", nil, "regular expression"},
		{"one that may be left out", "{organization: acme, filters: {repository: 'ab?'}}", "https://github.com/acme", nil, "regular expression"},
		{"another branch", "{organization: acme, filters: {branch: develop}}", "https://github.com/acme", nil, "default branches"},
		{"a topic that is not wanted", "{organization: acme, filters: {topic: {exclude: [x]}}}", "https://github.com/acme", nil, "by topic"},
		{"folders at any depth", "{organization: acme, catalogPath: '/**/catalog-info.yaml'}", "https://github.com/acme", nil, "catalogPath"},
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
