package catalog

import (
	"bytes"
	"regexp"
	"strings"
)

// mkdocs is what we read of an mkdocs.yml: where the pages lie and in which
// order. Themes, plugins and extensions are the renderer's.
type mkdocs struct {
	folder string     // docs_dir, relative to the file
	nav    []navEntry // in order; empty when the file has none
}

type navEntry struct{ path, title string }

// maxNav bounds how many pages an order may name.
const maxNav = 2000

// docsDir finds docs_dir in a file that is no plain YAML, as those with tags for
// Python are.
var docsDir = regexp.MustCompile(`(?m)^docs_dir:[ \t]*['"]?([^'"#\r\n]+?)['"]?[ \t\r]*$`)

// parseMkdocs reads an mkdocs.yml. Whatever is wrong in it costs only the order
// of the pages.
func parseMkdocs(data []byte, l Limits) mkdocs {
	m := mkdocs{folder: "docs"}
	chunks := splitDocuments(bytes.ReplaceAll(data, []byte("!!python/"), []byte("python/")))
	if len(chunks) == 1 {
		if doc, problem := parseYAML(chunks[0], l); problem == nil && doc.kind == kindObject {
			if folder := doc.str("docs_dir"); folder != "" {
				m.folder = folder
			}
			m.add(doc.get("nav"), "", 0)
			return m
		}
	}
	if found := docsDir.FindSubmatch(data); found != nil {
		if folder := strings.TrimSpace(string(found[1])); folder != "" {
			m.folder = folder
		}
	}
	return m
}

// add takes the pages of a nav: paths, titles with paths, titles with more of both.
func (m *mkdocs) add(v *value, title string, depth int) {
	if v == nil || depth > 10 || len(m.nav) >= maxNav {
		return
	}
	switch v.kind {
	case kindString:
		if isMarkdown(v.text) && !strings.Contains(v.text, "://") {
			m.nav = append(m.nav, navEntry{path: v.text, title: title})
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

// titleOf returns the first heading of a page, "" when it has none. Front matter
// is passed over.
func titleOf(page []byte) string {
	if rest, ok := bytes.CutPrefix(page, []byte("---\n")); ok {
		if _, after, ended := bytes.Cut(rest, []byte("\n---\n")); ended {
			page = after
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

// maxTitle bounds the title of a document, in bytes.
const maxTitle = 300

func shortenedTo(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
