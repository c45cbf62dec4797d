package catalog

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/goldenpath/platform/internal/pattern"
)

// mkdocs is what we read of an mkdocs.yml: where the pages lie and in which
// order. Themes, plugins and extensions are the renderer's.
type mkdocs struct {
	name       string // site_name
	folder     string // docs_dir, relative to the file
	folderLine int
	nav        []navEntry // in order; empty when the file has none
}

// navEntry is a page, or the mkdocs.yml of a site that is included.
type navEntry struct {
	path, title string
	line        int
	include     bool
}

// maxNav bounds how many pages an order may name.
const maxNav = 2000

// docsDir finds docs_dir in a file that is no plain YAML, as those with tags for
// Python are.
var docsDir = pattern.New(`(?m)^docs_dir:[ \t]*['"]?([^'"#\r\n]+?)['"]?[ \t\r]*$`)

// parseMkdocs reads an mkdocs.yml. Whatever is wrong in it costs only the order
// of the pages.
func parseMkdocs(data []byte, l Limits) (mkdocs, *Problem) {
	m := mkdocs{folder: "docs"}
	chunks := splitDocuments(bytes.ReplaceAll(data, []byte("!!python/"), []byte("python/")))
	var problem *Problem
	if len(chunks) == 1 {
		var doc *value
		doc, problem = parseYAML(chunks[0], l)
		if problem == nil && doc.kind == kindObject {
			m.name = doc.str("site_name")
			if folder := doc.get("docs_dir"); folder != nil && folder.kind == kindString && folder.text != "" {
				m.folder, m.folderLine = folder.text, folder.line
			}
			m.add(doc.get("nav"), "", 0)
			return m, nil
		}
		if problem == nil && doc.kind != kindNull {
			problem = &Problem{Line: doc.line, Message: "It is " + article(doc.typeName()) + ".", Hint: "Write keys with values, such as site_name: Orders"}
		}
	}
	if found := docsDir().FindSubmatchIndex(data); found != nil {
		if folder := strings.TrimSpace(string(data[found[2]:found[3]])); folder != "" {
			m.folder, m.folderLine = folder, 1+bytes.Count(data[:found[0]], []byte("\n"))
		}
	}
	return m, problem
}

// add takes the pages of a nav: paths, titles with paths, titles with more of both.
func (m *mkdocs) add(v *value, title string, depth int) {
	if v == nil || depth > 10 || len(m.nav) >= maxNav {
		return
	}
	switch v.kind {
	case kindString:
		target := strings.TrimSpace(v.text)
		for _, mark := range []string{"!include ", "*include "} {
			target = strings.TrimSpace(strings.TrimPrefix(target, mark))
		}
		include := slices.Contains(mkdocsNames, path.Base(target))
		if include || isMarkdown(target) && !strings.Contains(target, "://") {
			m.nav = append(m.nav, navEntry{path: target, title: title, line: v.line, include: include})
		}
	case kindList:
		for _, item := range v.items {
			m.add(item, "", depth+1)
		}
	case kindObject:
		for i, item := range v.items {
			m.add(item, v.keys[i], depth+1)
		}
	default:
	}
}

// titleOf returns the title that a page's front matter gives it, else its first
// heading, "" when it has neither.
func titleOf(page []byte) string {
	if matter := frontMatter().FindSubmatch(page); matter != nil {
		page = page[len(matter[0]):]
		if doc, problem := parseYAML(chunk{data: matter[1], line: 1}, DefaultLimits()); problem == nil {
			if title := strings.TrimSpace(doc.str("title")); title != "" {
				return printable(shortenedTo(title, maxTitle))
			}
		}
	}
	fence := ""
	for line := range bytes.Lines(page) {
		text := strings.TrimSpace(string(line))
		if mark := strings.TrimLeft(text, "`~"); len(text)-len(mark) >= 3 {
			if fence == "" {
				fence = text[:3]
			} else if strings.HasPrefix(text, fence) {
				fence = ""
			}
			continue
		}
		if title, ok := strings.CutPrefix(text, "# "); ok && fence == "" {
			title = strings.TrimSpace(strings.TrimRight(strings.TrimSpace(title), "#"))
			return printable(shortenedTo(title, maxTitle))
		}
	}
	return ""
}

// frontMatter is YAML between two lines of dashes at the top of a page.
var frontMatter = pattern.New(`\A(?:\x{feff})?---[ \t]*\r?\n((?:[^\n]*\n)*?)---[ \t]*(?:\r?\n|\z)`)

// maxTitle bounds the title of a document, in bytes.
const maxTitle = 300

func shortenedTo(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
