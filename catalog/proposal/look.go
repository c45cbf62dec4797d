package proposal

import (
	"path"
	"slices"
	"strings"

	"github.com/goldenpath/platform/internal/pattern"
)

// languages are told by a file that every project in them has.
func languages() [][2]string {
	return [][2]string{
		{"go.mod", "go"},
		{"Cargo.toml", "rust"},
		{"pom.xml", "java"},
		{"build.gradle.kts", "kotlin"},
		{"build.gradle", "java"},
		{"pyproject.toml", "python"},
		{"requirements.txt", "python"},
		{"setup.py", "python"},
		{"tsconfig.json", "typescript"},
		{"package.json", "javascript"},
		{"*.csproj", "csharp"},
		{"*.sln", "csharp"},
		{"composer.json", "php"},
		{"Gemfile", "ruby"},
		{"mix.exs", "elixir"},
		{"Package.swift", "swift"},
		{"build.sbt", "scala"},
	}
}

// language prefers what lies at the top.
func (l *looker) language() (language, file string) {
	for _, known := range languages() {
		if l.has(known[0]) {
			return known[1], known[0]
		}
	}
	for _, known := range languages() {
		if file := l.named(known[0]); file != "" {
			return known[1], file
		}
	}
	return "", ""
}

var (
	heading  = pattern.New(`(?m)^#\s+(.+?)\s*#*\s*$`)
	mdLink   = pattern.New(`!?\[([^\]]*)\]\([^)]*\)`)
	mdMarks  = pattern.New("[*_`]")
	oneSpace = pattern.New(`\s+`)
)

// maxDescription is how much of a README describes a component.
const maxDescription = 200

// readme takes title and description from the first heading and paragraph.
func (l *looker) readme() (title, description, because string) {
	for _, name := range []string{"README.md", "readme.md", "Readme.md", "docs/index.md"} {
		if !l.has(name) {
			continue
		}
		text := strings.ReplaceAll(l.head(name), "\r\n", "\n")
		if m := heading().FindStringSubmatchIndex(text); m != nil {
			title = prose(text[m[2]:m[3]])
			text = text[m[1]:]
		}
		for paragraph := range strings.SplitSeq(text, "\n\n") {
			paragraph = strings.TrimSpace(paragraph)
			if paragraph == "" || strings.ContainsAny(paragraph[:1], "#<|!`-*>[") {
				continue
			}
			if description = prose(paragraph); description != "" {
				break
			}
		}
		return title, description, name
	}
	return "", "", ""
}

// prose takes the marks of Markdown out of a text and cuts it at a sentence.
func prose(s string) string {
	s = mdMarks().ReplaceAllString(mdLink().ReplaceAllString(s, "$1"), "")
	s = strings.TrimSpace(oneSpace().ReplaceAllString(s, " "))
	if len(s) <= maxDescription {
		return s
	}
	s = strings.ToValidUTF8(s[:maxDescription], "")
	if end := strings.LastIndex(s, ". "); end > 0 {
		return s[:end+1]
	}
	return strings.TrimSpace(s[:max(strings.LastIndexByte(s, ' '), 1)]) + "…"
}

// deployment returns a manifest that runs something on Kubernetes.
func (l *looker) deployment() string {
	if l.runs == nil {
		l.runs = new(l.findDeployment())
	}
	return *l.runs
}

func (l *looker) findDeployment() string {
	looked := 0
	for _, name := range l.files {
		if !isYAML(name) || strings.HasPrefix(name, ".github/") {
			continue
		}
		folder := path.Base(path.Dir(name))
		if !slices.Contains([]string{"k8s", "kubernetes", "deploy", "manifests", "base", "templates", "chart"}, folder) {
			continue
		}
		if looked++; l.bound > 0 && looked > l.bound/4 {
			l.miss(name)
			continue
		}
		head := l.head(name)
		if strings.Contains(head, "kind: Deployment") || strings.Contains(head, "kind: StatefulSet") {
			return name
		}
	}
	return ""
}

// experimental is the lifecycle of what nothing deploys.
const experimental = "experimental"

// lifecycle believes that what is deployed is used.
func (l *looker) lifecycle() (lifecycle, because string) {
	if file := l.deployment(); file != "" {
		return "production", file
	}
	for _, name := range l.files {
		if strings.HasPrefix(name, ".github/workflows/") && (strings.Contains(path.Base(name), "deploy") || strings.Contains(path.Base(name), "release")) {
			return "production", name
		}
	}
	if l.has(".gitlab-ci.yml") && strings.Contains(l.head(".gitlab-ci.yml"), "environment:") {
		return "production", ".gitlab-ci.yml"
	}
	return experimental, "nothing deploys it"
}

func isYAML(name string) bool {
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}
