package proposal

import (
	"encoding/json"
	"encoding/xml"
	"path"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/goldenpath/platform/internal/pattern"
)

// manifest is what the file says by which a language builds a project.
type manifest struct {
	file              string
	name, description string
	text              string   // of the file
	members           []string // patterns of the folders with its parts
	needs             map[string]bool
	isLibrary         bool // it says that others are to use it
	starts            bool // it says how to start it
	private           bool // it is not to be published
}

// manifest reads the one of the language that the project is written in.
func (l *looker) manifest() manifest {
	_, file := l.language()
	switch {
	case file == "tsconfig.json" && l.has("package.json"):
		file = "package.json"
	case file == "" || !l.has(file) || strings.ContainsAny(file, "/"):
		return manifest{}
	}
	if strings.HasPrefix(file, "build.gradle") {
		for _, settings := range []string{"settings.gradle.kts", "settings.gradle"} {
			if l.has(settings) {
				return l.readManifest(settings)
			}
		}
	}
	return l.readManifest(file)
}

func (l *looker) readManifest(file string) manifest {
	if file == "go.mod" || file == "requirements.txt" { // they name no project
		return manifest{file: file}
	}
	m := manifest{file: file, text: l.head(file)}
	switch path.Base(file) {
	case "package.json":
		m.npm()
	case "pom.xml":
		m.maven()
	case "pyproject.toml":
		m.toml("project", "tool.poetry", "tool.uv.workspace")
	case "Cargo.toml":
		m.toml("package", "workspace")
	case "composer.json":
		m.npm()
	case "settings.gradle", "settings.gradle.kts":
		m.gradle()
	case "setup.py":
		m.python()
	}
	if strings.Contains(m.name, "$") { // it is worked out by the tool
		m.name = ""
	}
	if strings.Contains(m.description, "${") {
		m.description = ""
	}
	m.name = m.name[strings.LastIndexByte(m.name, '/')+1:] // without the scope of npm, the vendor of PHP
	m.description = prose(m.description)
	return m
}

func (m *manifest) npm() {
	var doc struct {
		Name, Description                               string
		Private                                         bool
		Workspaces                                      json.RawMessage
		Dependencies, DevDependencies, PeerDependencies map[string]any
		Scripts                                         map[string]any
	}
	if json.Unmarshal([]byte(m.text), &doc) != nil {
		return
	}
	m.name, m.description, m.private = doc.Name, doc.Description, doc.Private
	m.needs = map[string]bool{}
	for _, list := range []map[string]any{doc.Dependencies, doc.DevDependencies} {
		for name := range list {
			m.needs[name] = true
		}
	}
	for name := range doc.PeerDependencies {
		if name != "typescript" {
			m.isLibrary = true
		}
	}
	_, m.starts = doc.Scripts["start"]
	var nested struct{ Packages []string }
	if json.Unmarshal(doc.Workspaces, &m.members) != nil && json.Unmarshal(doc.Workspaces, &nested) == nil {
		m.members = nested.Packages
	}
}

// maven reads a pom.xml as far as it is there.
func (m *manifest) maven() {
	d := xml.NewDecoder(strings.NewReader(m.text))
	d.Strict = false
	var at []string
	for {
		token, err := d.Token()
		if err != nil {
			return
		}
		switch t := token.(type) {
		case xml.StartElement:
			at = append(at, t.Name.Local)
		case xml.EndElement:
			at = at[:max(len(at)-1, 0)]
		case xml.CharData:
			said := strings.TrimSpace(string(t))
			switch where := strings.Join(at, "/"); {
			case said == "":
			case where == "project/artifactId":
				m.name = said
			case where == "project/description":
				m.description = said
			case where == "project/modules/module":
				m.members = append(m.members, said)
			}
		}
	}
}

var (
	gradleName    = pattern.New(`rootProject\.name\s*=\s*["']([^"']+)["']`)
	gradleInclude = pattern.New(`(?m)^\s*include\b(.*)$`)
	quoted        = pattern.New(`["']([^"']+)["']`)
	setupName     = pattern.New(`\bname\s*=\s*["']([^"']+)["']`)
	setupSays     = pattern.New(`\bdescription\s*=\s*["']([^"']+)["']`)
)

func (m *manifest) gradle() {
	m.name = first(gradleName(), m.text)
	for _, line := range gradleInclude().FindAllStringSubmatch(m.text, -1) {
		for _, project := range quoted().FindAllStringSubmatch(line[1], -1) {
			m.members = append(m.members, strings.ReplaceAll(strings.Trim(project[1], ":"), ":", "/"))
		}
	}
}

func (m *manifest) python() {
	m.name, m.description = first(setupName(), m.text), first(setupSays(), m.text)
}

func first(pattern *regexp.Regexp, text string) string {
	if found := pattern.FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return ""
}

var (
	tomlSection = pattern.New(`^\[([A-Za-z0-9_.-]+)\]\s*(#.*)?$`)
	tomlText    = pattern.New(`^(name|description)\s*=\s*("(?:[^"\\]|\\.)*"|'[^']*')`)
	tomlMembers = pattern.New(`^members\s*=\s*\[(.*)`)
)

// toml reads the few things of a TOML file that matter here, from some sections.
func (m *manifest) toml(sections ...string) {
	wanted, inMembers := false, false
	for line := range strings.Lines(m.text) {
		line = strings.TrimSpace(line)
		if inMembers {
			inMembers = m.tomlItems(line)
			continue
		}
		if found := tomlSection().FindStringSubmatch(line); found != nil {
			wanted = false
			for _, section := range sections {
				wanted = wanted || section == found[1]
			}
			continue
		}
		if !wanted {
			continue
		}
		if found := tomlText().FindStringSubmatch(line); found != nil {
			value := strings.Trim(found[2], "'")
			if found[2][0] == '"' && yaml.Unmarshal([]byte(found[2]), &value) != nil {
				continue
			}
			if found[1] == "name" {
				m.name = value
			} else {
				m.description = value
			}
		}
		if found := tomlMembers().FindStringSubmatch(line); found != nil {
			inMembers = m.tomlItems(found[1])
		}
	}
}

// tomlItems takes the items of a list, and reports whether it goes on.
func (m *manifest) tomlItems(line string) bool {
	items, _, ended := strings.Cut(line, "]")
	for _, item := range quoted().FindAllStringSubmatch(items, -1) {
		m.members = append(m.members, item[1])
	}
	return !ended
}
