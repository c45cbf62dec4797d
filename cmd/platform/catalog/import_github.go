package catalog

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/goldenpath/platform/portal/api/types"
)

// githubProvider is one part of Backstage's GitHub provider: an organisation and
// which of its repositories are read.
type githubProvider struct {
	Organization string `yaml:"organization"`
	Host         string `yaml:"host"`
	CatalogPath  string `yaml:"catalogPath"`
	Schedule     struct {
		Frequency yaml.Node `yaml:"frequency"`
	} `yaml:"schedule"`
	Filters struct {
		Branch     string `yaml:"branch"`
		Repository string `yaml:"repository"` // a regular expression for the whole name
		AllowForks *bool  `yaml:"allowForks"`
		Archived   bool   `yaml:"allowArchived"`
		Visibility words  `yaml:"visibility"`
		Topic      struct {
			Include words `yaml:"include"`
			Exclude words `yaml:"exclude"`
		} `yaml:"topic"`
	} `yaml:"filters"`
}

// fromGitHub registers the organisations of a GitHub provider with its filters.
// Where a filter has no counterpart the organisation is left out: more than was
// meant is worse than nothing.
func (in *intake) fromGitHub(ctx context.Context, node yaml.Node) error {
	providers := githubProviders(node)
	taken := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(providers)) {
		p, where := providers[name], strings.TrimSuffix("catalog.providers.github."+name, ".")
		if p.Organization == "" {
			in.leave(where, "It names no organisation. Register the one it reads: platform catalog register github-org:https://github.com/ORGANISATION")
			continue
		}
		request, why := p.location()
		if taken[request.Target] {
			why = "Another provider reads " + p.Organization + " already, and an organisation is registered once."
		}
		if why != "" {
			in.leave(where, why+" Register what it means: platform catalog register github-org:"+request.Target+" --repositories 'team-*'")
			continue
		}
		taken[request.Target] = true
		if request.Every, why = everyOf(p.Schedule.Frequency); why != "" {
			in.leave(where+".schedule", why)
		}
		if err := in.register(ctx, request); err != nil {
			return err
		}
	}
	return nil
}

// githubProviders returns the parts of a GitHub provider by name; one that has
// none is its only one.
func githubProviders(node yaml.Node) map[string]githubProvider {
	var one githubProvider
	if err := node.Decode(&one); err == nil && one.Organization != "" {
		return map[string]githubProvider{"": one}
	}
	var several map[string]yaml.Node
	out := map[string]githubProvider{}
	if err := node.Decode(&several); err != nil {
		return out
	}
	for name, part := range several {
		var p githubProvider
		if err := part.Decode(&p); err == nil {
			out[name] = p
		}
	}
	return out
}

// location is how the organisation is registered here, or why it cannot be.
func (p githubProvider) location() (request types.LocationRequest, why string) {
	host := p.Host
	if host == "" {
		host = "github.com"
	}
	expression := p.Filters.Repository
	pattern, ok := asPattern(expression)
	if ok {
		expression = ""
	}
	request = types.LocationRequest{
		Target: "https://" + host + "/" + p.Organization, Type: types.LocationRequestTypeGithubOrg,
		Organization: &types.OrganizationSettings{
			Path: strings.TrimPrefix(p.CatalogPath, "/"), Branch: p.Filters.Branch, Repositories: pattern, Expression: expression,
			Topics: p.Filters.Topic.Include, WithoutTopics: p.Filters.Topic.Exclude, Visibility: p.Filters.Visibility, Archived: p.Filters.Archived,
			Forks: p.Filters.AllowForks == nil || *p.Filters.AllowForks, // it takes forks when nothing says otherwise
		},
	}
	if !ok {
		request.Organization.Repositories = ""
		if _, err := regexp.Compile(expression); err != nil {
			why = "Its regular expression " + expression + " looks ahead or back, or is none."
		}
	}
	for _, text := range []string{host, p.Organization, p.CatalogPath, p.Filters.Branch, p.Filters.Repository} {
		if strings.Contains(text, "${") {
			why = "It holds a variable that is not set here."
		}
	}
	return request, why
}

// words are one or several.
type words []string

// UnmarshalYAML takes a single word as a list of it.
func (w *words) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*w = words{node.Value}
		return nil
	}
	return node.Decode((*[]string)(w))
}

// asPattern turns a simple regular expression into a pattern of names.
func asPattern(expression string) (string, bool) {
	expression = strings.TrimSuffix(strings.TrimPrefix(expression, "^"), "$")
	pattern := strings.ReplaceAll(strings.ReplaceAll(expression, ".*", "*"), `\.`, "\x00")
	pattern = strings.ReplaceAll(strings.ReplaceAll(pattern, ".", "?"), "\x00", ".")
	return pattern, regexp.MustCompile(`^[A-Za-z0-9_.*?-]*$`).MatchString(pattern) && !strings.Contains(expression, "?") &&
		strings.Count(expression, "*") == strings.Count(expression, ".*")
}
