package catalog

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goldenpath/platform/internal/pattern"
)

// docsSite is a folder with docs.
type docsSite struct {
	pages  []docsPage // in order
	readme bool       // there are none, and a README stands for them
	wrong  []Problem  // without a file when it is about the entity that asks for them
}

// docsPage is a page of a site: its path there, and its file in the location.
type docsPage struct{ path, file, title string }

const (
	// maxSites bounds how deep sites may include others.
	maxSites = 5
	// maxSiteProblems bounds what is said of one site: entities may share it.
	maxSiteProblems = 20
)

// mkdocsNames are the names that the file with the order of pages may have.
var mkdocsNames = []string{"mkdocs.yml", "mkdocs.yaml"} //nolint:gochecknoglobals // a constant list

// site looks into a folder with an mkdocs.yml, or without one. Within are the
// files that include it.
func (r *reader) site(folder string, within []string) docsSite {
	if !r.present(folder) {
		return docsSite{wrong: []Problem{{Message: "The documents cannot be read: " + r.missing(folder) + ".", Hint: docsHint}}}
	}
	for _, name := range mkdocsNames {
		if config := path.Join(folder, name); r.present(config) {
			return r.siteOf(config, within)
		}
	}
	s := &siteReader{reader: r, folder: folder, taken: map[string]bool{}}
	s.fill(mkdocs{folder: "docs"}, "")
	return s.site
}

// siteOf reads what an mkdocs.yml describes.
func (r *reader) siteOf(config string, within []string) docsSite {
	s := &siteReader{reader: r, folder: path.Dir(config), config: config, within: append(slices.Clone(within), config), taken: map[string]bool{}}
	r.docs.orders[config] = true
	data, problem := r.files.read(config, r.limits.File)
	if problem != nil {
		s.say(0, "The documents cannot be read: "+problem.Message, problem.Hint)
		return s.site
	}
	m, problem := parseMkdocs(data, r.limits)
	if problem != nil {
		s.say(problem.Line, "The order of the pages cannot be read, so they are in that of their names. "+problem.Message, problem.Hint)
	}
	s.fill(m, config)
	return s.site
}

// siteReader brings the pages of a site in order.
type siteReader struct {
	reader *reader
	folder string
	config string // its mkdocs.yml; empty when there is none
	within []string
	site   docsSite
	taken  map[string]bool // pages by path
}

func (s *siteReader) say(line int, message, hint string) {
	if len(s.site.wrong) < maxSiteProblems {
		s.site.wrong = append(s.site.wrong, Problem{File: s.config, Line: line, Message: message, Hint: hint})
	}
}

func (s *siteReader) fill(m mkdocs, config string) {
	r := s.reader
	pages := path.Join(s.folder, m.folder)
	if path.IsAbs(m.folder) || !fs.ValidPath(pages) {
		s.say(m.folderLine, "docs_dir of "+config+" leads out of the location.", "Name a folder beside it.")
		return
	}
	found := r.markdown(pages)
	there := make(map[string]bool, len(found))
	for _, name := range found {
		there[name] = true
	}
	for _, entry := range m.nav {
		name := path.Clean(entry.path)
		file := path.Join(pages, name)
		switch {
		case entry.include:
			s.include(entry)
		case there[name]:
			s.add(docsPage{name, file, entry.title})
		case len(found) > maxDocuments: // not all were looked for
		case !fs.ValidPath(name):
			s.say(entry.line, "nav names "+entry.path+", which is not below "+pages+".", "Move the page there: a site has only pages of its docs_dir.")
		case r.present(file):
			s.add(docsPage{name, file, entry.title})
		default:
			s.say(entry.line, "nav names "+entry.path+", and there is no file "+file+".", "Write the page, or take it out of nav; paths begin at "+pages+".")
		}
	}
	for _, name := range found {
		s.add(docsPage{name, path.Join(pages, name), ""})
	}
	readme := path.Join(s.folder, "README.md")
	s.site.readme = len(s.site.pages) == 0 && r.present(readme) && r.files.check(readme) == nil
}

func (s *siteReader) add(p docsPage) {
	if !s.taken[p.path] {
		s.taken[p.path] = true
		s.site.pages = append(s.site.pages, p)
	}
}

// include takes in the pages of another site, below its name, as the plugin
// monorepo of MkDocs does.
func (s *siteReader) include(entry navEntry) {
	target := path.Join(s.folder, entry.path)
	configs := []string{target}
	if strings.ContainsAny(entry.path, "*?[") && fs.ValidPath(target) {
		configs = s.reader.files.glob(target, s.reader.limits)
	}
	for _, config := range configs {
		switch {
		case path.IsAbs(entry.path) || !fs.ValidPath(config):
			s.say(entry.line, "nav includes "+entry.path+", which leads out of the location.", "Include an mkdocs.yml of the same repository.")
		case !s.reader.present(config):
			s.say(entry.line, "nav includes "+entry.path+", and there is no file "+config+".", "The path begins at the folder of "+s.config+".")
		case slices.Contains(s.within, config):
			s.say(entry.line, "nav includes "+entry.path+", which includes this file.", "Take one of them out.")
		case len(s.within) >= maxSites:
			s.say(entry.line, "nav includes "+entry.path+" in a site that is included itself too often.", "Include it further up.")
		default:
			s.embed(config, s.reader.siteOf(config, s.within))
		}
	}
}

// embed adds the pages of an included site.
func (s *siteReader) embed(config string, site docsSite) {
	below := s.reader.siteName(config)
	for _, wrong := range site.wrong {
		if len(s.site.wrong) < maxSiteProblems {
			s.site.wrong = append(s.site.wrong, wrong)
		}
	}
	for _, page := range site.pages {
		page.path = path.Join(below, page.path)
		s.add(page)
	}
}

var notInAlias = pattern.New(`[^a-z0-9_/]+`)

// siteName returns the folder that the pages of a site have in one that includes
// it: its site_name, else where it is.
func (r *reader) siteName(config string) string {
	data, problem := r.files.read(config, r.limits.File)
	if problem == nil {
		if m, _ := parseMkdocs(data, r.limits); m.alias() != "" {
			return m.alias()
		}
	}
	return path.Base(path.Dir(config))
}

// alias is how a site is called in the paths of one that includes it.
func (m mkdocs) alias() string {
	name := strings.Trim(m.name, "/")
	if alias().MatchString(name) && fs.ValidPath(name) {
		return name
	}
	return strings.Trim(notInAlias().ReplaceAllString(strings.ToLower(strings.ReplaceAll(name, "/", "-")), "-"), "-")
}

var alias = pattern.New(`^[a-zA-Z0-9_\-/]+$`)
