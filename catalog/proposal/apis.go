package proposal

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

var (
	openAPI  = regexp.MustCompile(`(?m)(^["']?(openapi|swagger)["']?|[{,]\s*"(openapi|swagger)")\s*:\s*["']?[23]`)
	asyncAPI = regexp.MustCompile(`(?m)(^["']?asyncapi["']?|[{,]\s*"asyncapi")\s*:\s*["']?[23]`)
	graphQL  = regexp.MustCompile(`(?m)^\s*(type\s+Query|schema)\b`)
	proto    = regexp.MustCompile(`(?m)^\s*service\s+\w+\s*\{`)
)

// maxAPIs is how many APIs are proposed; more are for a person to choose from.
const maxAPIs = 20

// apis finds descriptions of APIs by what is in the files.
func (l *looker) apis(component string) []API {
	var found []API
	for _, name := range l.likely() {
		if kind := l.apiType(name); kind != "" && len(found) < maxAPIs {
			found = append(found, API{Type: kind, File: name})
		}
	}
	taken := map[string]bool{}
	for i := range found {
		name := component
		if len(found) > 1 {
			base := path.Base(found[i].File)
			base = strings.TrimSuffix(base, path.Ext(base))
			if slices.Contains([]string{"openapi", "swagger", "asyncapi", "schema", "api"}, base) {
				base = strings.Trim(strings.ReplaceAll(path.Dir(found[i].File), "/", "-"), ".-") + "-" + found[i].Type
			}
			name = cleanName(component + "-" + strings.Trim(base, "-"))
		}
		for taken[strings.ToLower(name)] {
			name = cleanName(name + "-2")
		}
		taken[strings.ToLower(name)] = true
		found[i].Name = name
	}
	return found
}

// likely returns the files that may describe an API. Where not all can be read,
// those come first whose names say so, and what other tools keep is left out.
func (l *looker) likely() []string {
	if l.bound == 0 {
		return l.files
	}
	rank := func(name string) int {
		said := strings.ToLower(name)
		switch base := path.Base(said); {
		case strings.Contains(base, "openapi"), strings.Contains(base, "swagger"), strings.Contains(base, "asyncapi"):
			return 0
		case !isYAML(base) && path.Ext(base) != ".json", strings.Contains(said, "api"), strings.Contains(said, "schema"), strings.Contains(said, "spec"):
			return 1
		}
		return 2
	}
	files := slices.DeleteFunc(slices.Clone(l.files), ofTools)
	slices.SortStableFunc(files, func(a, b string) int { return rank(a) - rank(b) })
	return files
}

// ofTools reports whether a file has a name by which a tool finds it.
func ofTools(name string) bool {
	base := strings.ToLower(path.Base(name))
	if strings.HasPrefix(base, ".") || strings.HasPrefix(name, ".github/") {
		return true
	}
	for _, pattern := range []string{
		"package*.json", "tsconfig*.json", "composer.*", "renovate.json*", "*lock*", "docker-compose*", "compose*.yaml", "compose*.yml",
		"chart.yaml", "values*.yaml", "mkdocs.y*ml", "kustomization.y*ml", "action.y*ml", "angular.json", "*.config.json", "deno.json",
		"skaffold.yaml", "codecov.yml", "pubspec.yaml", "cloudbuild.yaml", "buildspec.yml", "appveyor.yml", "azure-pipelines.yml",
	} {
		if ok, err := path.Match(pattern, base); err == nil && ok {
			return true
		}
	}
	return false
}

func (l *looker) apiType(name string) string {
	switch ext := path.Ext(name); {
	case isYAML(name) || ext == ".json":
		if strings.HasPrefix(name, ".github/") || strings.HasSuffix(name, "package-lock.json") {
			return ""
		}
		const start = 4 << 10 // what a document is stands at its beginning
		head := l.head(name)
		head = head[:min(len(head), start)]
		switch {
		case openAPI.MatchString(head):
			return "openapi"
		case asyncAPI.MatchString(head):
			return "asyncapi"
		}
	case ext == ".graphql" || ext == ".graphqls" || ext == ".gql":
		if graphQL.MatchString(l.head(name)) {
			return "graphql"
		}
	case ext == ".proto":
		if proto.MatchString(l.head(name)) {
			return "grpc"
		}
	}
	return ""
}
