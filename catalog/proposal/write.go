package proposal

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// YAML writes the proposal as a catalog file, with the reasons for its guesses
// as comments. Owner must be filled in.
func (p Proposal) YAML() []byte {
	var b bytes.Buffer
	b.WriteString("# What this repository is, for the software catalog. Check it with: platform catalog validate catalog-info.yaml\n")
	for i, one := range p.Components() {
		if i > 0 {
			b.WriteString("---\n")
		}
		one.write(&b)
	}
	return b.Bytes()
}

// write writes a component and its APIs.
func (p Proposal) write(b *bytes.Buffer) {
	b.WriteString("apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n")
	p.line(b, "name", p.Name)
	if p.Title != "" && p.Title != p.Name {
		p.line(b, "title", p.Title)
	}
	if p.Description != "" {
		p.line(b, "description", p.Description)
	}
	if len(p.Annotations) > 0 {
		b.WriteString("  annotations:\n")
		for _, key := range slices.Sorted(maps.Keys(p.Annotations)) {
			fmt.Fprintf(b, "    %s: %s\n", key, scalar(p.Annotations[key]))
		}
	}
	if len(p.Tags) > 0 {
		fmt.Fprintf(b, "  tags: [%s]%s\n", strings.Join(p.Tags, ", "), p.why("tags"))
	}
	b.WriteString("spec:\n")
	p.spec(b, p.Type)
	if len(p.APIs) > 0 {
		b.WriteString("  providesApis:\n")
		for _, api := range p.APIs {
			fmt.Fprintf(b, "    - %s\n", scalar(api.Name))
		}
	}
	for _, api := range p.APIs {
		b.WriteString("---\napiVersion: backstage.io/v1alpha1\nkind: API\nmetadata:\n")
		fmt.Fprintf(b, "  name: %s\n", scalar(api.Name))
		b.WriteString("spec:\n")
		p.spec(b, api.Type)
		fmt.Fprintf(b, "  definition:\n    $text: %s\n", scalar("./"+api.File))
	}
}

// spec writes what components and APIs have in common.
func (p Proposal) spec(b *bytes.Buffer, kind string) {
	if kind == p.Type {
		p.line(b, "type", kind)
	} else {
		fmt.Fprintf(b, "  type: %s\n", scalar(kind))
	}
	p.line(b, "lifecycle", p.Lifecycle)
	p.line(b, "owner", p.Owner)
	if p.System != "" {
		fmt.Fprintf(b, "  system: %s\n", scalar(p.System))
	}
}

func (p Proposal) line(b *bytes.Buffer, key, value string) {
	fmt.Fprintf(b, "  %s: %s%s\n", key, scalar(value), p.why(key))
}

// why is the reason for a guess, as a comment.
func (p Proposal) why(key string) string {
	if p.Because[key] == "" {
		return ""
	}
	inLine := func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' { // a file may be called anything, and these end a line
			return ' '
		}
		return r
	}
	word := " # from "
	if strings.HasPrefix(p.Because[key], "nothing ") {
		word = " # because " // it is no file
	}
	return word + strings.Map(inLine, p.Because[key])
}

// scalar writes a text in one line, quoted where YAML would take it for
// something else.
func scalar(s string) string {
	node := yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	if strings.ContainsAny(s, "\n\r") {
		node.Style = yaml.DoubleQuotedStyle
	}
	text, err := yaml.Marshal(&node)
	if err != nil || bytes.Count(text, []byte("\n")) > 1 {
		return fmt.Sprintf("%q", s)
	}
	return strings.TrimSuffix(string(text), "\n")
}
