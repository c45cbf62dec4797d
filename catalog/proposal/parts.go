package proposal

import (
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/goldenpath/platform/internal/pattern"
)

// maxParts bounds how many packages of a repository are proposed as components.
const maxParts = 100

// parts returns the folders of a repository with several packages that are
// components of their own, sorted; none when it is one thing.
func (l *looker) parts() []string {
	folders := l.members("", 0)
	if len(folders) == 0 {
		folders = l.gathered()
	}
	slices.Sort(folders)
	folders = slices.Compact(folders)
	if len(folders) < 2 {
		return nil
	}
	return folders[:min(len(folders), maxParts)]
}

// members returns the folders that the tools of languages take for packages of
// one workspace.
func (l *looker) members(folder string, depth int) []string {
	at := func(name string) string { return path.Join(folder, name) }
	var found []string
	for _, name := range []string{"package.json", "pom.xml", "Cargo.toml", "pyproject.toml", "settings.gradle", "settings.gradle.kts"} {
		if !l.has(at(name)) {
			continue
		}
		for _, pattern := range l.readManifest(at(name)).members {
			found = append(found, l.matching(folder, pattern)...)
		}
	}
	if l.has(at("pnpm-workspace.yaml")) {
		var doc struct{ Packages []string }
		if yaml.Unmarshal([]byte(l.head(at("pnpm-workspace.yaml"))), &doc) == nil {
			for _, pattern := range doc.Packages {
				found = append(found, l.matching(folder, pattern)...)
			}
		}
	}
	if l.has(at("go.work")) {
		for _, used := range goWork(l.head(at("go.work"))) {
			found = append(found, l.matching(folder, used)...)
		}
	}
	const deepest = 3
	var out []string
	for _, one := range found {
		if depth < deepest && l.has(path.Join(one, "pom.xml")) {
			if below := l.members(one, depth+1); len(below) > 0 { // it only gathers others
				out = append(out, below...)
				continue
			}
		}
		out = append(out, one)
	}
	return out
}

var goUse = pattern.New(`(?ms)^use\s+(?:\(([^)]*)\)|(\S+))`)

// goWork returns the folders that a go.work uses.
func goWork(text string) []string {
	var out []string
	for _, found := range goUse().FindAllStringSubmatch(text, -1) {
		for line := range strings.Lines(found[1] + "\n" + found[2]) {
			line, _, _ = strings.Cut(line, "//")
			if line = strings.Trim(strings.TrimSpace(line), `"`); line != "" {
				out = append(out, line)
			}
		}
	}
	return out
}

// matching returns the folders with a manifest that a pattern of a workspace
// means; ** is any depth.
func (l *looker) matching(below, pattern string) []string {
	pattern = path.Join(below, strings.TrimSuffix(pattern, "/"))
	if strings.HasPrefix(path.Base(pattern), "!") || pattern == "." || pattern == below || strings.HasPrefix(pattern, "..") {
		return nil
	}
	var out []string
	for _, folder := range l.withManifest() {
		start, rest, deep := strings.Cut(pattern, "/**")
		switch {
		case deep && rest == "" && strings.HasPrefix(folder, start+"/"):
			out = append(out, folder)
		default:
			if ok, err := path.Match(pattern, folder); err == nil && ok {
				out = append(out, folder)
			}
		}
	}
	return out
}

// withManifest returns the folders below the top that something is built in.
func (l *looker) withManifest() []string {
	var out []string
	for _, name := range l.files {
		if folder := path.Dir(name); folder != "." && isManifest(path.Base(name)) {
			out = append(out, folder)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func isManifest(base string) bool {
	if base == "Dockerfile" || base == "Containerfile" {
		return true
	}
	for _, known := range languages() {
		if ok, err := path.Match(known[0], base); err == nil && ok && known[0] != "tsconfig.json" && known[0] != "*.sln" {
			return true
		}
	}
	return false
}

// gathered returns the folders that lie side by side, each with something to
// build, where people keep several things in one repository.
func (l *looker) gathered() []string {
	beside := map[string][]string{}
	for _, folder := range l.withManifest() {
		switch parent := path.Dir(folder); {
		case slices.Contains([]string{"services", "apps", "packages", "libs", "functions", "microservices", "projects", "modules", "components"}, parent):
			beside["gathered"] = append(beside["gathered"], folder)
		case parent == "." && !slices.Contains([]string{"docker", "build", "deploy", "tools", "scripts", "docs", "test", "tests", "e2e", "ci", "cmd", "src"}, folder):
			beside["top"] = append(beside["top"], folder)
		}
	}
	if len(beside["gathered"]) > 1 {
		return beside["gathered"]
	}
	if _, file := l.language(); (file == "" || strings.Contains(file, "/")) && len(beside["top"]) > 1 && !l.has("Dockerfile") {
		return beside["top"]
	}
	return nil
}

// runsItself reports whether the top of a repository is a component beside its
// parts: something starts it, or it is built and is no mere workspace.
func (l *looker) runsItself() bool {
	if l.has("Dockerfile") || l.has("Procfile") || l.has("main.go") {
		return true
	}
	for _, known := range languages() {
		if known[0] == "tsconfig.json" || known[0] == "requirements.txt" || strings.HasSuffix(known[0], ".sln") || !l.has(known[0]) {
			continue
		}
		switch m := l.readManifest(known[0]); {
		case len(m.members) > 0 || m.private || l.has("pnpm-workspace.yaml") || l.has("go.work"):
		case strings.HasPrefix(known[0], "build.gradle") && (l.has("settings.gradle") || l.has("settings.gradle.kts")):
		case known[0] == "Cargo.toml" && m.name == "":
		default:
			return true
		}
	}
	return false
}
