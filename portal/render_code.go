package portal

import (
	"html/template"
	"path"
	"slices"
	"strings"
)

// maxHighlight bounds what is coloured; longer files are shown plain.
const maxHighlight = 256 << 10

// highlight returns source code as HTML with its comments, strings, keywords
// and keys marked. It is a scanner of a few lines, not a grammar: right for
// what golden paths hold, cheap enough to run on every request, and without a
// table of two hundred languages to load when the program starts.
func highlight(name, source string) template.HTML {
	rules, known := rulesOf(name)
	if !known || len(source) > maxHighlight {
		return template.HTML(template.HTMLEscapeString(source)) //nolint:gosec // escaped
	}
	s := scanner{rules: rules, source: source}
	s.scan()
	return template.HTML(s.out.String()) //nolint:gosec // every piece is escaped when written
}

// codeRules say how a language writes what is worth marking.
type codeRules struct {
	line     string // begins a comment that ends with the line
	block    bool   // has /* */
	quotes   string // characters that begin and end strings
	keywords []string
	keys     bool // a word at the start of a line, before a colon, is a key
}

func rulesOf(name string) (codeRules, bool) {
	base := path.Base(name)
	ext := path.Ext(base)
	switch {
	case ext == ".go", base == "go.mod", base == "go.work":
		return codeRules{line: "//", block: true, quotes: "\"`'", keywords: goKeywords()}, true
	case ext == ".ts", ext == ".js", ext == ".mjs":
		return codeRules{line: "//", block: true, quotes: "\"`'", keywords: []string{
			"async", "await", "class", "const", "else", "export", "extends", "for", "from", "function", "if", "import",
			"interface", "let", "new", "null", "return", "throw", "try", "catch", "type", "undefined", "true", "false",
		}}, true
	case ext == ".yaml", ext == ".yml":
		return codeRules{line: "#", quotes: "\"'", keys: true, keywords: []string{"true", "false", "null"}}, true
	case ext == ".toml":
		return codeRules{line: "#", quotes: "\"'", keywords: []string{"true", "false"}}, true
	case ext == ".json":
		return codeRules{quotes: "\"", keywords: []string{"true", "false", "null"}}, true
	case ext == ".sh", base == "Makefile", strings.HasPrefix(base, ".env"), strings.HasSuffix(base, "ignore"):
		return codeRules{line: "#", quotes: "\"'", keywords: []string{
			"if", "then", "else", "fi", "for", "do", "done", "export", "set", "exec", "case", "esac",
		}}, true
	case strings.HasPrefix(base, "Dockerfile"):
		return codeRules{line: "#", quotes: "\"'", keywords: []string{
			"FROM", "RUN", "COPY", "ENTRYPOINT", "CMD", "WORKDIR", "ARG", "ENV", "EXPOSE", "USER", "AS", "LABEL", "HEALTHCHECK",
		}}, true
	}
	return codeRules{}, false
}

func goKeywords() []string {
	return []string{
		"break", "case", "chan", "const", "continue", "default", "defer", "else", "fallthrough", "for", "func", "go",
		"goto", "if", "import", "interface", "map", "package", "range", "return", "select", "struct", "switch", "type",
		"var", "nil", "true", "false", "module", "require", "tool", "toolchain",
	}
}

type scanner struct {
	rules  codeRules
	source string
	out    strings.Builder
}

func (s *scanner) scan() {
	rest, lineStart := s.source, true
	for rest != "" {
		n, class := s.token(rest, lineStart)
		s.write(class, rest[:n])
		if blank := strings.TrimSpace(rest[:n]) == "" || rest[:n] == "-"; strings.Contains(rest[:n], "\n") {
			lineStart = true
		} else if !blank {
			lineStart = false
		}
		rest = rest[n:]
	}
}

// token returns the length and the class of what rest begins with.
func (s *scanner) token(rest string, lineStart bool) (length int, class string) {
	r := s.rules
	switch {
	case r.line != "" && strings.HasPrefix(rest, r.line) && (r.line != "#" || s.hashBegins(rest)):
		return lineEnd(rest), "c"
	case r.block && strings.HasPrefix(rest, "/*"):
		if end := strings.Index(rest, "*/"); end >= 0 {
			return end + 2, "c"
		}
		return len(rest), "c"
	case strings.IndexByte(r.quotes, rest[0]) >= 0:
		return quotedLength(rest), "s"
	case wordByte(rest[0]):
		return s.word(rest, lineStart)
	}
	return 1, ""
}

// hashBegins reports whether the # that rest begins with starts a comment: not
// when it is glued to what is before it.
func (s *scanner) hashBegins(rest string) bool {
	at := len(s.source) - len(rest)
	return at == 0 || strings.IndexByte(" \t\n", s.source[at-1]) >= 0
}

func (s *scanner) word(rest string, lineStart bool) (length int, class string) {
	n := 0
	for n < len(rest) && wordByte(rest[n]) {
		n++
	}
	if s.rules.keys && lineStart {
		m := n
		for m < len(rest) && (wordByte(rest[m]) || strings.IndexByte("./-$", rest[m]) >= 0) {
			m++
		}
		if strings.HasPrefix(rest[m:], ":") && (m+1 == len(rest) || strings.IndexByte(" \n", rest[m+1]) >= 0) {
			return m, "k"
		}
	}
	switch {
	case slices.Contains(s.rules.keywords, rest[:n]):
		return n, "k"
	case rest[0] >= '0' && rest[0] <= '9':
		return n, "n"
	}
	return n, ""
}

func (s *scanner) write(class, text string) {
	if class == "" {
		s.out.WriteString(template.HTMLEscapeString(text))
		return
	}
	s.out.WriteString(`<span class="tok-` + class + `">` + template.HTMLEscapeString(text) + `</span>`)
}

func wordByte(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func lineEnd(s string) int {
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		return i
	}
	return len(s)
}

// quotedLength returns the length of the string that s begins with. Only a
// backquoted one goes over lines; an apostrophe in prose ends with its line.
func quotedLength(s string) int {
	quote := s[0]
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quote != '`':
			i++
		case s[i] == quote:
			return i + 1
		case s[i] == '\n' && quote != '`':
			return 1
		}
	}
	return 1
}
