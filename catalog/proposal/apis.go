package proposal

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/goldenpath/platform/internal/pattern"
)

var (
	openAPI  = pattern.New(`(?m)(^["']?(openapi|swagger)["']?|[{,]\s*"(openapi|swagger)")\s*:\s*["']?[23]`)
	asyncAPI = pattern.New(`(?m)(^["']?asyncapi["']?|[{,]\s*"asyncapi")\s*:\s*["']?[23]`)
	graphQL  = pattern.New(`(?m)^\s*(type\s+Query|schema)\b`)
	proto    = pattern.New(`(?m)^\s*service\s+\w+\s*\{`)
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
	found = distinct(found)
	taken := map[string]bool{}
	for i := range found {
		name := component
		if words := telling(found[i].File, component); len(found) > 1 && words != "" {
			name = cleanName(component + "-" + words)
		}
		if taken[strings.ToLower(name)] {
			name = cleanName(name + "-" + found[i].Type)
		}
		for n := 2; taken[strings.ToLower(name)]; n++ {
			name = shortened(name, "-"+strconv.Itoa(n))
		}
		taken[strings.ToLower(name)] = true
		found[i].Name = name
	}
	return found
}

// distinct leaves out what is the same document in another notation.
func distinct(found []API) []API {
	stem := func(a API) string { return a.Type + " " + strings.TrimSuffix(a.File, path.Ext(a.File)) }
	seen := map[string]bool{}
	return slices.DeleteFunc(found, func(a API) bool {
		twice := seen[stem(a)]
		seen[stem(a)] = true
		return twice
	})
}

var word = pattern.New(`[A-Za-z0-9]+`)

// telling returns what the path of a file says beyond where such files lie
// anyway, and what the component is called anyway.
func telling(file, component string) string {
	known := map[string]bool{}
	for _, one := range word().FindAllString(strings.ToLower(component), -1) {
		known[one] = true
	}
	for _, one := range []string{
		"api", "apis", "app", "asyncapi", "assets", "conf", "contract", "contracts", "definition", "definitions", "doc", "docs", "go",
		"graphql", "grpc", "http", "inf", "internal", "java", "json", "kotlin", "main", "meta", "openapi", "pkg", "proto", "protobuf", "protos", "public",
		"resource", "resources", "rest", "schema", "schemas", "server", "spec", "specification", "specs", "src", "static", "swagger", "web", "webapp", "yaml",
	} {
		known[one] = true
	}
	var words []string
	for _, one := range word().FindAllString(strings.TrimSuffix(file, path.Ext(file)), -1) {
		if one = strings.ToLower(one); !known[one] {
			known[one] = true
			words = append(words, one)
		}
	}
	return strings.Join(words, "-")
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
		case openAPI().MatchString(head):
			return "openapi"
		case asyncAPI().MatchString(head):
			return "asyncapi"
		}
	case ext == ".graphql" || ext == ".graphqls" || ext == ".gql":
		if graphQL().MatchString(l.head(name)) {
			return "graphql"
		}
	case ext == ".proto":
		if proto().MatchString(l.head(name)) {
			return "grpc"
		}
	}
	return ""
}
