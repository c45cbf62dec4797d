package scaffolds

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"text/template"
)

// templateFuncs are pure: they turn a value into text that is safe where it is
// put.
func templateFuncs() template.FuncMap {
	return template.FuncMap{"yaml": quoteYAML, "quote": strconv.Quote, "raw": quoteRaw, "markdown": escapeMarkdown, "shorten": Shorten}
}

// quoteYAML writes a string as YAML reads it in double quotes, which is how
// JSON writes it.
func quoteYAML(s string) (string, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return "", err
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}

// quoteRaw writes a Go string in backquotes where they can hold it.
func quoteRaw(s string) string {
	if strconv.CanBackquote(s) {
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}

// escapeMarkdown writes a text so that a page shows it as it is: no sign of it is
// taken for a mark.
func escapeMarkdown(s string) string {
	var out strings.Builder
	for i, r := range s {
		if strings.ContainsRune("\\`*_[]<&|", r) || i == 0 && strings.ContainsRune("#>+-=~", r) {
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return out.String()
}

// pageData is what a path's templates may use.
type pageData struct {
	Name, Owner, System, Description, Module string
	Path, Version                            string
	Team                                     string     // the owner's name
	SystemName                               string     // the system's name, "" when it is part of none
	Feature                                  string     // what costs are added up by
	Reviewer                                 string     // the owner where code is kept: @acme/checkout, "" when that is unknown
	Source                                   string     // where files are read, "" when that is unknown
	Consumes                                 []consumed // by package
	Packs                                    []string
	Extra                                    map[string]any
}

// parsing returns what parses a template when it is asked first.
func parsing(name string, text []byte) func() (*template.Template, error) {
	return sync.OnceValues(func() (*template.Template, error) {
		return template.New(name).Delims("[[", "]]").Option("missingkey=error").Funcs(templateFuncs()).Parse(string(text))
	})
}

// fill executes a template of the path.
func (c *content) fill(name string, data any) ([]byte, error) {
	parsed, ok := c.templates[name]
	if !ok {
		return nil, fmt.Errorf("there is no template %s", name)
	}
	t, err := parsed()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, data); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
